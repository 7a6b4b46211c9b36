"""Count the rows of a list by columns (`--by`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import WORKSPACE_LISTS, Column, DataType, Display, Resource, Table
from zenpro_nb.resources.columns import CREATED
from zenpro_nb.resources.model import PERIODS

if TYPE_CHECKING:
    import pandas as pd

COUNT = "count"
_SYNONYMS = {"date": "day"}


class Grouping(Struct, frozen=True):
    """What `--by` counts, and the options of the table of counts. The list itself is read without these options.

    Attributes:
        by: the columns and periods, as typed.
        periods: those of `by` that are not columns.
        time: the column of the periods; "" if there are none.
        names: the column whose values are collected for each row; "" if there is none.
        resource: declares the columns of the result.
        columns, sort, limit: the options of the command, which apply to the result.
    """

    by: tuple[str, ...]
    periods: tuple[str, ...]
    time: str
    names: str
    resource: Resource
    columns: str | None
    sort: str | None
    limit: int | None

    @property
    def sources(self) -> list[str]:
        """Return the columns of the list that are needed."""
        columns = [self.time if name in self.periods else name for name in self.by]
        return list(dict.fromkeys([*columns, *filter(None, [self.names])]))

    def count(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a row for each different value, the largest number first; periods are in order of time.

        A missing value counts as a value. A row with several values in a list counts for each of them.
        """
        import pandas as pd  # heavy: only where rows are counted

        keys = pd.DataFrame({name: self._values(frame, name) for name in self.by}, index=frame.index)
        if self.names:
            keys[self.names] = frame[self.names].astype(object)
        for name in self.by:
            if _has_lists(keys[name]):
                keys = keys.explode(name)
        groups = keys.groupby(list(self.by), observed=True, dropna=False, sort=False)
        counts = groups.size().reset_index(name=COUNT)
        if self.names:
            counts[self.names] = [[*group.dropna().unique()] for _, group in groups[self.names]]
        result = frames.with_types(self.resource.columns, counts)
        result = frames.sort(result, ",".join([f"-{COUNT}", *self.by]))
        return frames.sort(result, ",".join(self.periods)) if self.periods else result

    def _values(self, frame: pd.DataFrame, name: str) -> pd.Series:
        import pandas as pd  # as in `count`

        series = frame[self.time if name in self.periods else name]
        if not isinstance(series.dtype, pd.DatetimeTZDtype):
            return series.astype(object)
        days: pd.Series = series.dt.floor("D")
        if name == "week":
            days -= pd.to_timedelta(days.dt.day_of_week, unit="D")
        elif name == "month":
            days -= pd.to_timedelta(days.dt.day - 1, unit="D")
        return days


def grouping_of(resource: Resource, by: str, *, columns: str | None, sort: str | None, limit: int | None) -> Grouping:
    """Return what `--by` counts.

    Raises:
        UnknownNameError: the list has no such column, or the result has none for the other options.
        UsageError: the values of a column cannot be counted.
    """
    declared = {column.name: column for column in resource.columns}
    words = frames.split_columns(by)
    names = tuple(dict.fromkeys(word if word in declared else _SYNONYMS.get(word, word) for word in words))
    time = ""
    if periods := tuple(name for name in names if name in PERIODS and name not in declared):
        time = CREATED.name if CREATED.name in declared else resource.time_column.name if resource.time_column else ""
        if not time:
            raise UsageError(
                f"--by {periods[0]}: `{resource.noun}` has no column with a time",
                hint=f"Columns: {', '.join(declared)}.",
            )
    frames.check_columns(resource, [name for name in names if name not in periods])
    for name in names:
        if name in declared and declared[name].kind is DataType.JSON:
            raise UsageError(f"--by {name}: nested values cannot be counted", hint="Choose another column.")
    label = resource.label if resource not in WORKSPACE_LISTS and resource.label in declared else ""
    label = "" if label in names else label
    own = [_counted_column(name, declared) for name in names]
    listed = [Column(label, DataType.LIST, help="the objects, by name", display=Display.NAMES)] if label else []
    result = Table(
        noun="rows",
        help="",
        columns=(*own, Column(COUNT, DataType.COUNT, help="number of rows"), *listed),
        deciding=(*names, COUNT),
    )
    for text in (columns, sort):
        frames.check_columns(result, [name.removeprefix("-") for name in frames.split_columns(text)])
    return Grouping(names, periods, time, label, result, columns, sort, limit)


def _counted_column(name: str, declared: dict[str, Column]) -> Column:
    if name not in declared:
        return Column(name, DataType.TIME if name in PERIODS else DataType.TEXT, display=Display.DAY)
    column = declared[name]
    if column.kind is DataType.TIME:
        return replace(column, display=Display.DAY)
    return replace(column, kind=DataType.TEXT) if column.kind is DataType.LIST else column


def _has_lists(series: pd.Series) -> bool:
    return any(isinstance(value, list) for value in series)
