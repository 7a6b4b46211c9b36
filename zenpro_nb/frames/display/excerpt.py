"""The visible part of a DataFrame: its rows, columns and cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.frames.attrs import facts
from zenpro_nb.frames.display.values import ID, format_of
from zenpro_nb.frames.rows import Rows
from zenpro_nb.resources.model import DataType, Display
from zenpro_nb.security import printable
from zenpro_nb.ui.cells import GAP, TableColumn, fold

if TYPE_CHECKING:
    import pandas as pd


class Excerpt(Struct, frozen=True):
    """The visible part of a DataFrame.

    Attributes:
        columns: columns of cells.
        folded: the names of the columns that are folded away.
        rows: the number of visible rows.
        total: the number of all rows.
        notes: more parts of the foot line, printable.
    """

    columns: Sequence[TableColumn]
    folded: Sequence[str]
    rows: int
    total: int
    notes: Sequence[str] = ()


def excerpt(frame: pd.DataFrame, width: int) -> Excerpt:
    """Return the part of a DataFrame that a notebook shows, according to the options of pandas.

    Args:
        frame: any DataFrame with attrs of zenpro.
        width: the maximum width in characters, beyond which columns are folded away; 0 for no limit.
    """
    import pandas as pd  # printing plain rows does not need it

    part, gap = _rows(frame)
    most = pd.get_option("display.max_columns")
    shows_all = most is None or most > limits.FRAME_COLUMNS
    columns = [*_index(part, gap), *_columns(part, gap, pd.get_option("display.max_colwidth"))]
    shown, folded = fold(columns, width) if width and not shows_all else (columns, [])
    for column in reversed(shown[most or len(shown) :]):
        if not column.index:
            shown.remove(column)
            folded.insert(0, column)
    return Excerpt(shown, [column.name for column in folded], len(part), len(frame))


def every_row(frame: pd.DataFrame | Rows, *, index: bool) -> list[TableColumn]:
    """Return all rows as columns of cells with full texts."""
    if isinstance(frame, Rows):
        return _of_rows(frame)
    return [*(_index(frame, None) if index else ()), *_columns(frame, None, None)]


def few_rows(frame: pd.DataFrame) -> Excerpt:
    """Return all columns with full texts, for as many rows as the options of pandas allow."""
    part, gap = _rows(frame)
    return Excerpt([*_index(part, gap), *_columns(part, gap, None)], [], len(part), len(frame))


def _rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, int | None]:
    """Return the visible rows, the first and the last ones as in pandas, and the position of the gap between them."""
    import pandas as pd

    most = pd.get_option("display.max_rows")
    most = limits.FRAME_ROWS if most == 0 else most
    if most is None or len(frame) <= most:
        return frame, None
    shown = max(min(pd.get_option("display.min_rows") or most, most), 1)
    first, last = shown - shown // 2, shown // 2
    # Use slices: Arrow copies a whole column to select single rows.
    ends = [frame.iloc[:first], frame.iloc[len(frame) - last :]] if last else [frame.iloc[:first]]
    part = pd.concat(ends)
    part.attrs = frame.attrs
    return part, first


def _columns(part: pd.DataFrame, gap: int | None, cut: int | None) -> list[TableColumn]:
    styles = facts(part).get("styles", {})
    return [
        _column(_name(label), part.iloc[:, place], styles.get(label, "") if isinstance(label, str) else "", gap, cut)
        for place, label in enumerate(part.columns)
    ]


def _of_rows(rows: Rows) -> list[TableColumn]:
    styles = facts(rows).get("styles", {})
    return [
        _table_column(
            printable.cell(column.name),
            values,
            styles.get(column.name, ""),
            None,
            None,
            numeric=column.kind in (DataType.COUNT, DataType.FLOAT),
            fractional=column.kind is DataType.FLOAT,
        )
        for column, values in zip(rows.declared, rows.cells, strict=True)
    ]


def _index(part: pd.DataFrame, gap: int | None) -> list[TableColumn]:
    styles = facts(part).get("styles", {})
    import pandas as pd

    columns = []
    for level in range(part.index.nlevels):
        name = part.index.names[level]
        values = pd.Series(part.index.get_level_values(level))
        style = styles.get(name, "") if isinstance(name, str) else ""
        columns.append(_column("" if name is None else _name(name), values, style, gap, None, index=True))
    return columns


def _column(
    name: str, series: pd.Series, style: str, gap: int | None, cut: int | None, *, index: bool = False
) -> TableColumn:
    from pandas.api import types

    dtype = series.dtype
    return _table_column(
        name,
        series.tolist(),
        style,
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
    style: str,
    gap: int | None,
    cut: int | None,
    *,
    numeric: bool,
    fractional: bool,
    length: bool = False,
    index: bool = False,
) -> TableColumn:
    make = format_of(style, cut, numeric=numeric, fractional=fractional)
    cells = [make(value) for value in values]
    if gap is not None:
        cells.insert(gap, GAP)
    return TableColumn(name, cells, numeric or length, style == Display.PROSE.value, style == ID and not index, index)


def _name(label: Any) -> str:
    """Return the name of a column; all parts of a name with several levels."""
    return printable.cell(" / ".join(map(str, label)) if isinstance(label, tuple) else label)
