"""Select the rows that match: conditions on the columns of a list that must all be true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.frames import coerce
from zenpro_nb.frames.attrs import ALL_MATCHING, NAME
from zenpro_nb.frames.columns import check_columns, require
from zenpro_nb.frames.condition_tests import NUMBERS, Test, condition_test, kind_of, number_of, numpy_bools, time_of
from zenpro_nb.resources.model import Column, DataType, Resource
from zenpro_nb.syntax.conditions import Condition

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames.rows import Rows


class Predicate(Struct, frozen=True, eq=False):
    """Conditions that must all be true.

    A missing value matches no comparison; `!=` is the opposite of `=`, and so matches missing values. A time has the
    precision in which it is written: `created=2026-01-31` is the whole day, and `created>2026-01-31` begins after it. A
    list matches `=` if it contains the value, and counts as missing if it is empty. Texts with commas between them
    match each of these texts.

    Attributes:
        resource: the list. Frames of a schemaless one can have further columns.
        now: the time that `7d` is relative to.
        conditions: the conditions. They are added with `also`, which checks them.

    Example:
        >>> from zenpro_nb.resources import RESOURCES
        >>> from zenpro_nb.syntax.conditions import parse
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"member_count": [1, 2, 3]})
        >>> few = Predicate(RESOURCES["teams"], datetime.now()).also(parse("member_count<3"))
        >>> few.rows(frame)["member_count"].tolist()
        [1, 2]
    """

    resource: Resource
    now: datetime
    conditions: tuple[Condition, ...] = ()
    _tests: Mapping[Condition, Test] = {}

    @property
    def names(self) -> list[str]:
        """Return the columns that it uses, each once."""
        return list(dict.fromkeys(condition.column for condition in self.conditions))

    @property
    def _columns(self) -> dict[str, Column]:
        return {column.name: column for column in self.resource.columns}

    def also(self, *conditions: Condition) -> Predicate:
        """Return the predicate with further conditions.

        Raises:
            UnknownNameError: a condition is about an unknown column.
            UsageError: a value does not fit its column's type, or the operator is not defined for it.
        """
        check_columns(self.resource, [condition.column for condition in conditions])
        columns = self._columns
        tests = {
            condition: condition_test(columns[condition.column].kind, condition, self.now)
            for condition in conditions
            if condition.column in columns
        }
        return replace(self, conditions=(*self.conditions, *conditions), _tests={**self._tests, **tests})

    def without(self, conditions: Iterable[Condition]) -> Predicate:
        """Return the predicate without these conditions."""
        left = set(conditions)
        return replace(self, conditions=tuple(condition for condition in self.conditions if condition not in left))

    def value(self, condition: Condition) -> Any:
        """Return the value that a condition on a declared column compares with, as the type of the column."""
        kind = self._columns[condition.column].kind
        if kind is DataType.TIME:
            return time_of(condition, self.now)
        if kind in NUMBERS:
            return number_of(kind, condition)
        return coerce.boolean(condition.value) if kind is DataType.BOOL else condition.value

    def mask(self, frame: pd.DataFrame) -> Any:
        """Return a bool for each row of a frame.

        Raises:
            UnknownNameError: the frame has no such column.
            UsageError: the undeclared column has another type.
        """
        import numpy as np  # not needed for a list without conditions

        fits = np.ones(len(frame), dtype=bool)
        if not len(frame):
            return fits  # the further columns of such a frame are unknown
        require(self.names, [str(name) for name in frame.columns], "The table")
        for condition in self.conditions:
            series = frame[condition.column]
            test = self._tests.get(condition) or condition_test(kind_of(series), condition, self.now)
            fits &= numpy_bools(test(series))
        return fits

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the matching rows with a new index, and with attrs that list the conditions.

        A condition that is already in the attrs has been applied before.
        """
        if not self.conditions:
            return frame
        import pandas as pd  # as in `mask`

        attrs = dict(frame.attrs)
        conditions = attrs.get(NAME, {}).get("where", [])
        pending = self.without(condition for condition in self.conditions if str(condition) in conditions)
        remaining = frame[pending.mask(frame)].reset_index(drop=True) if pending.conditions else frame
        remaining.attrs = {}  # pandas would make a deep copy of these for every column that is examined
        for name, dtype in remaining.dtypes.items():
            if isinstance(dtype, pd.CategoricalDtype):
                remaining[name] = remaining[name].cat.remove_unused_categories()
        remaining.attrs = attrs
        mark(remaining, [str(condition) for condition in self.conditions])
        return remaining

    def mask_of(self, table: Any) -> Any:
        """Return the result of `mask` for an Arrow table whose columns are declared."""
        from zenpro_nb.frames import kinds  # imports pandas and Arrow

        declared = self._columns
        columns = [declared[name] for name in self.names]
        return self.mask(kinds.to_pandas(table.select(self.names).cast(kinds.schema(columns)), columns))


def mark(frame: pd.DataFrame | Rows, conditions: Sequence[str]) -> None:
    """Write the conditions into the attrs: the rows are not the whole list, but can be all rows that match."""
    if not conditions:
        return
    facts = frame.attrs.get(NAME, {})
    where = list(dict.fromkeys([*facts.get("where", []), *conditions]))
    all_matching = bool(facts.get(ALL_MATCHING, facts.get("complete", True)))
    frame.attrs[NAME] = {**facts, "where": where, "rows": len(frame), "complete": False, ALL_MATCHING: all_matching}
