"""The visible part of a DataFrame: its rows, columns and cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.frames.attrs import CONFIRMATION, SEEN, facts, folded_of
from zenpro_nb.frames.display.values import ID, UNITS, align, format_of, moment_of, order_of, with_age
from zenpro_nb.frames.rows import Rows
from zenpro_nb.resources.model import DataType, Display
from zenpro_nb.security import printable
from zenpro_nb.ui.cells import GAP, Cell, TableColumn
from zenpro_nb.ui.folding import folding_order, ids_last, with_distinct_rows

if TYPE_CHECKING:
    import pandas as pd


_SENTENCES = {Display.PROSE.value, Display.NAMES.value, Display.COMMAND.value, Display.REQUEST.value}


class Excerpt(Struct, frozen=True):
    """The visible part of a DataFrame.

    Attributes:
        columns: columns of cells.
        folded_columns: the names of the columns that are folded away.
        rows: the number of visible rows.
        total: the number of all rows.
        notes: more parts of the foot line, printable.
    """

    columns: Sequence[TableColumn]
    folded_columns: Sequence[str]
    rows: int
    total: int
    notes: Sequence[str] = ()


class _Look(Struct, frozen=True):
    """How the metadata of a DataFrame say that its columns are displayed."""

    styles: Mapping[str, str]
    order: Sequence[str]
    now: datetime

    @classmethod
    def of(cls, table: pd.DataFrame | Rows) -> _Look:
        """Return the look of a table. Times are relative to the time of the read, because a notebook is kept."""
        attributes = facts(table)
        moment = moment_of(attributes.get(SEEN) or attributes.get("time"))
        return cls(attributes.get("styles") or {}, attributes.get("deciding") or (), moment)

    def style(self, label: Any) -> str:
        """Return the declared style of a column."""
        return self.styles.get(label, "") if isinstance(label, str) else ""

    def deciding(self, label: Any) -> int:
        """Return the place of a column among those that decide, from 1; 0 for other columns."""
        return self.order.index(label) + 1 if isinstance(label, str) and label in self.order else 0


def excerpt(frame: pd.DataFrame) -> Excerpt:
    """Return the part of a DataFrame that a notebook shows, according to the options of pandas, with all columns.

    Columns beyond `display.max_columns` are folded away.
    """
    import pandas as pd  # printing plain rows does not need it

    part, gap = _rows(frame)
    folded = folded_of(frame)
    columns = [
        *_index(part, gap),
        *without(_columns(part, gap, pd.get_option("display.max_colwidth")), folded),
    ]
    most = pd.get_option("display.max_columns") or len(columns)
    extra = sum(not column.index for column in columns) - most
    if extra <= 0:
        return Excerpt(columns, folded, len(part), len(frame))
    columns = ids_last(columns)
    hidden_columns = folding_order(columns).columns[:extra]
    visible_columns = [column for column in columns if not any(column is other for other in hidden_columns)]
    names = [*folded, *(column.name for column in hidden_columns)]
    return Excerpt(visible_columns, names, len(part), len(frame))


def without(columns: Sequence[TableColumn], names: Sequence[str]) -> list[TableColumn]:
    """Return the columns with other names."""
    return [column for column in columns if column.name not in names]


def every_row(frame: pd.DataFrame | Rows, *, index: bool) -> list[TableColumn]:
    """Return all rows as columns of cells with full texts."""
    if isinstance(frame, Rows):
        return _of_rows(frame)
    return [*(_index(frame, None) if index else ()), *_columns(frame, None, None)]


def sortable_rows(frame: pd.DataFrame, *, index: bool) -> list[TableColumn]:
    """Return all rows as columns of cells with full texts, and a number by which each cell is sorted."""
    columns = every_row(frame, index=index)
    data: list[Any] = [*(frame.index.get_level_values(level) for level in range(frame.index.nlevels * index))]
    data += [frame.iloc[:, place] for place in range(len(frame.columns))]
    return [
        replace(
            column,
            cells=[replace(cell, order=order_of(value)) for cell, value in zip(column.cells, values, strict=True)],
        )
        for column, values in zip(columns, data, strict=True)
    ]


def whole_columns(frame: pd.DataFrame) -> list[TableColumn]:
    """Return all rows of a DataFrame as columns of cells with full texts, without its index."""
    return every_row(frame, index=False)


def few_rows(frame: pd.DataFrame) -> Excerpt:
    """Return all columns with full texts, for as many rows as the options of pandas allow."""
    part, gap = _rows(frame)
    folded = folded_of(frame)
    columns = [*_index(part, gap), *without(_columns(part, gap, None), folded)]
    return Excerpt(columns, folded, len(part), len(frame))


def _rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, int | None]:
    """Return the visible rows, the first and the last ones as in pandas, and the position of the gap between them."""
    import pandas as pd

    most = pd.get_option("display.max_rows")
    most = limits.FRAME_ROWS if most == 0 else most
    if most is None or len(frame) <= (max(most, limits.CONFIRMED_ROWS) if facts(frame).get(CONFIRMATION) else most):
        return frame, None
    row_count = max(min(pd.get_option("display.min_rows") or most, most), 1)
    first, last = row_count - row_count // 2, row_count // 2
    # Use slices: Arrow copies a whole column to select single rows.
    ends = [frame.iloc[:first], frame.iloc[len(frame) - last :]] if last else [frame.iloc[:first]]
    part = pd.concat(ends)
    part.attrs = frame.attrs
    return part, first


def _columns(part: pd.DataFrame, gap: int | None, cut: int | None) -> list[TableColumn]:
    look = _Look.of(part)
    return with_distinct_rows(
        [_column(_name(label), part.iloc[:, place], look, label, gap, cut) for place, label in enumerate(part.columns)]
    )


def _of_rows(rows: Rows) -> list[TableColumn]:
    look = _Look.of(rows)
    columns = [
        _table_column(
            printable.cell(column.name),
            values,
            look,
            column.name,
            None,
            None,
            numeric=column.kind in (DataType.COUNT, DataType.FLOAT),
            fractional=column.kind is DataType.FLOAT,
        )
        for column, values in zip(rows.column_types, rows.cells, strict=True)
    ]
    return with_distinct_rows(columns)


def _index(part: pd.DataFrame, gap: int | None) -> list[TableColumn]:
    look = _Look.of(part)
    import pandas as pd

    columns = []
    for level in range(part.index.nlevels):
        name = part.index.names[level]
        values = pd.Series(part.index.get_level_values(level))
        columns.append(_column("" if name is None else _name(name), values, look, name, gap, None, index=True))
    return columns


def _column(
    name: str, series: pd.Series, look: _Look, label: Any, gap: int | None, cut: int | None, *, index: bool = False
) -> TableColumn:
    from pandas.api import types

    dtype = series.dtype
    return _table_column(
        name,
        series.tolist(),
        look,
        label,
        gap,
        cut,
        numeric=types.is_numeric_dtype(dtype) and not types.is_bool_dtype(dtype),
        fractional=types.is_float_dtype(dtype),
        length=types.is_timedelta64_dtype(dtype),
        index=index,
    )


def _table_column(
    name: str,
    values: Sequence[Any],
    look: _Look,
    label: Any,
    gap: int | None,
    cut: int | None,
    *,
    numeric: bool,
    fractional: bool,
    length: bool = False,
    index: bool = False,
) -> TableColumn:
    style, deciding = look.style(label), 0 if index else look.deciding(label)
    make = format_of(style, None if deciding else cut, numeric=numeric, fractional=fractional)
    cells = [make(value) for value in values]
    if fractional and style not in UNITS:
        cells = align(cells)
    cells = [
        with_age(cell, value, look.now) if isinstance(value, datetime) and style != Display.DAY.value else cell
        for cell, value in zip(cells, values, strict=True)
    ]
    if gap is not None:
        cells.insert(gap, GAP)
    is_long = cut is not None and not numeric and not deciding and _has_sentences(cells)
    return TableColumn(
        name,
        cells,
        right=numeric or length,
        prose=style in _SENTENCES or is_long,
        solid=style == Display.REQUEST.value,
        command=style == Display.COMMAND.value,
        key=_is_key(style, label) and not index,
        index=index,
        deciding=deciding,
    )


def _is_key(style: str, label: Any) -> bool:
    return style == ID or (isinstance(label, str) and label.endswith("_ids"))


def _has_sentences(cells: Sequence[Cell]) -> bool:
    """Return whether the texts are sentences, which can be read on two lines as well as on one."""
    return any(len(cell.display) > limits.TABLE_PROSE and " " in cell.display and not cell.signal for cell in cells)


def _name(label: Any) -> str:
    """Return the name of a column; all parts of a name with several levels."""
    return printable.cell(" / ".join(map(str, label)) if isinstance(label, tuple) else label)
