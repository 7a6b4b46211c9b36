"""Typed rows without pandas and Arrow, for printed results: importing those takes longer than reading a small list.

A value is what `formats.plain` returns for the cell of a DataFrame: None for a missing value, a `datetime` in UTC for a
time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from zenpro_nb.frames import coerce
from zenpro_nb.resources.model import Column

if TYPE_CHECKING:
    import pandas as pd

Cells = list[list[Any]]  # one list of values per column


class Rows:
    """Rows of typed columns, with the parts of a DataFrame's interface that shaping and printing need.

    Args:
        columns: the declared columns, in order.
        cells: the values of each column.
        rows: the number of rows; a table can have no columns.
        attrs: its metadata, as in the attrs of a DataFrame.

    Example:
        >>> from zenpro_nb.resources.model import DataType
        >>> rows = Rows([Column("n", DataType.COUNT)], [[1, None]], 2, {})
        >>> len(rows.head(1)), rows.frame()["n"].tolist()
        (1, [1, <NA>])
    """

    def __init__(self, columns: Sequence[Column], cells: Cells, rows: int, attrs: Mapping[Any, Any]) -> None:
        self.column_types = tuple(columns)
        self.cells = cells
        self.attrs: dict[Any, Any] = dict(attrs)
        self._rows = rows

    def __len__(self) -> int:
        return self._rows

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return [column.name for column in self.column_types]

    def values(self, name: str) -> list[Any]:
        """Return the values of the column with this name."""
        return self.cells[self.columns.index(name)]

    def head(self, rows: int) -> Self:
        """Return the first rows."""
        return type(self)(
            self.column_types, [values[:rows] for values in self.cells], min(rows, self._rows), {**self.attrs}
        )

    def __getitem__(self, names: Sequence[str]) -> Self:
        """Return the columns with these names, in this order."""
        places = [self.columns.index(name) for name in names]
        return type(self)(
            [self.column_types[at] for at in places], [self.cells[at] for at in places], self._rows, self.attrs
        )

    def frame(self) -> pd.DataFrame:
        """Return the DataFrame of the rows."""
        from zenpro_nb.frames import kinds  # imports pandas and Arrow

        loose = dict(zip(self.columns, self.table().itercolumns(), strict=True))
        frame = kinds.frame_of(kinds.arrays_of(loose, self.column_types), self._rows)
        frame.attrs = dict(self.attrs)
        return frame

    def table(self) -> Any:
        """Return the Arrow table of the rows."""
        import pyarrow as pa  # as above

        from zenpro_nb.frames import kinds

        arrays = [
            kinds.array(column.kind, [coerce.COERCE[column.kind](value) for value in values])[0]
            for column, values in zip(self.column_types, self.cells, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=kinds.schema(self.column_types))


Table: TypeAlias = "pd.DataFrame | Rows"


def as_frame(table: Table) -> pd.DataFrame:
    """Return the DataFrame of a table that may be `Rows`."""
    return table.frame() if isinstance(table, Rows) else table
