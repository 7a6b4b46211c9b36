"""Selecting the rows that match: conditions on columns, interpreted by the type of the column."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.errors import UsageError
from zenpro_nb.frames import coerce
from zenpro_nb.frames.attrs import ALL_MATCHING, NAME
from zenpro_nb.frames.columns import check_columns, require
from zenpro_nb.resources.model import Column, DataType, Resource
from zenpro_nb.syntax.conditions import ORDER, Condition
from zenpro_nb.syntax.timespec import FORMS, TimeSpan, parse_time

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames.rows import Rows

Test = Callable[["pd.Series"], Any]  # returns a bool for each row; a missing value is not true

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBERS = (DataType.COUNT, DataType.FLOAT)
_ORDERED = (*_NUMBERS, DataType.TIME)
_WORDS = {
    DataType.TEXT: "text",
    DataType.ID: "an ID",
    DataType.CATEGORY: "a word",
    DataType.BOOL: "yes or no",
    DataType.COUNT: "a number",
    DataType.FLOAT: "a number",
    DataType.TIME: "a time",
    DataType.LIST: "a list",
    DataType.JSON: "an object",
}


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
            condition: _test(columns[condition.column].kind, condition, self.now)
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
            return _time(condition, self.now)
        if kind in _NUMBERS:
            return _number(kind, condition)
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
            test = self._tests.get(condition) or _test(_kind_of(series), condition, self.now)
            fits &= _plain(test(series))
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


def _plain(fits: Any) -> Any:
    """Return numpy bools; missing ones are False."""
    import pandas as pd

    series = fits if isinstance(fits, pd.Series) else pd.Series(fits)
    return series.to_numpy(dtype=bool, na_value=False)


def _test(kind: DataType, condition: Condition, now: datetime) -> Test:
    if condition.value is None:
        positive = _missing(kind)
    elif condition.operator == "~":
        positive = _containing(kind, condition, condition.value)
    elif kind is DataType.TIME:
        return _of_time(condition.operator, _time(condition, now))
    elif condition.operator in ORDER:
        return _order(kind, condition)
    else:
        positive = _equal(kind, condition, condition.value)
    return (lambda series: ~_plain(positive(series))) if condition.operator == "!=" else positive


def _missing(kind: DataType) -> Test:
    if kind is DataType.LIST:
        return lambda series: series.map(lambda items: items is None or len(items) == 0).astype(bool)
    return lambda series: series.isna()


def _equal(kind: DataType, condition: Condition, text: str) -> Test:
    if kind is DataType.BOOL:
        flag = coerce.boolean(text)
        if flag is None:
            raise _wrong(kind, condition, f"Write {condition.column}=true or {condition.column}=false.")
        return lambda series: series == flag
    if kind in _NUMBERS:
        number = _number(kind, condition)
        return lambda series: series == number
    if kind is DataType.LIST:
        alternatives = set(condition.alternatives)
        return lambda series: series.map(lambda items: not alternatives.isdisjoint(items or ())).astype(bool)
    if kind is DataType.JSON:
        return lambda series: series.map(lambda value: coerce.text(value) == text).astype(bool)
    if condition.words:
        return lambda series: series.isin(condition.alternatives)
    return lambda series: series == text


def _order(kind: DataType, condition: Condition) -> Test:
    if kind not in _ORDERED:
        raise UsageError(
            f"{condition}: {condition.column} is {_WORDS[kind]}, which {condition.operator} cannot compare",
            hint=f"Use = or !={'' if kind is DataType.BOOL else ' or ~'}. To sort by this column, use --sort.",
        )
    compare, number = _COMPARE[condition.operator], _number(kind, condition)
    return lambda series: compare(series, number)


def _containing(kind: DataType, condition: Condition, text: str) -> Test:
    if kind in (*_ORDERED, DataType.BOOL):
        more = "" if kind is DataType.BOOL else " < > <= >="
        raise UsageError(
            f"{condition}: {condition.column} is {_WORDS[kind]}, but ~ is only for text",
            hint=f"Use one of: = !={more}.",
        )
    part = text.casefold()
    if kind is DataType.LIST:
        return lambda series: series.map(
            lambda items: any(part in str(item).casefold() for item in items or ())
        ).astype(bool)
    if kind is DataType.JSON:
        return lambda series: series.map(lambda value: part in (coerce.text(value) or "").casefold()).astype(bool)
    return lambda series: _holding(series, part)


def _holding(series: pd.Series, part: str) -> Any:
    """Return which texts contain a part, ignoring case; each category is examined once."""
    import numpy as np
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        words = [place for place, word in enumerate(series.cat.categories) if part in str(word).casefold()]
        return series.cat.codes.isin(words)
    texts = series.to_numpy(dtype=object)
    return np.fromiter((isinstance(text, str) and part in text.casefold() for text in texts), bool, len(texts))


def _of_time(operator_: str, span: TimeSpan) -> Test:
    import pandas as pd

    start, end = pd.Timestamp(span.start), pd.Timestamp(span.end)
    tests: dict[str, Test] = {
        "=": lambda series: (series >= start) & (series < end),
        "!=": lambda series: ~((series >= start) & (series < end)),
        "<": lambda series: series < start,
        "<=": lambda series: series < end,
        ">": lambda series: series >= end,
        ">=": lambda series: series >= start,
    }
    return tests[operator_]


def _time(condition: Condition, now: datetime) -> TimeSpan:
    try:
        return parse_time(condition.value or "", now)
    except ValueError:
        raise _wrong(DataType.TIME, condition, f"Write {FORMS}.") from None


def _number(kind: DataType, condition: Condition) -> int | float:
    text = (condition.value or "").strip()
    for make in (int, float):
        try:
            number: int | float = make(text)
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    raise _wrong(kind, condition, f"Write {condition.column}{condition.operator}3.")


def _wrong(kind: DataType, condition: Condition, hint: str) -> UsageError:
    return UsageError(f"{condition}: {condition.column} is {_WORDS[kind]}, but {condition.value!r} is not", hint=hint)


def _kind_of(series: pd.Series) -> DataType:
    """Return the type of an undeclared column, by its dtype."""
    import pandas as pd
    from pandas.api import types

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return DataType.CATEGORY
    if isinstance(dtype, pd.DatetimeTZDtype):
        return DataType.TIME
    if types.is_bool_dtype(dtype):
        return DataType.BOOL
    if types.is_integer_dtype(dtype):
        return DataType.COUNT
    if types.is_float_dtype(dtype):
        return DataType.FLOAT
    if isinstance(dtype, pd.StringDtype):
        return DataType.TEXT
    present = series.dropna()
    texts = all(isinstance(value, list) and all(isinstance(item, str) for item in value) for value in present)
    return DataType.LIST if len(present) and texts else DataType.JSON
