"""The part of a frame that is shown: which rows and columns, and the cells in them."""

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
    """What is shown of a frame.

    Attributes:
        columns: columns of cells.
        folded: the names of those that are folded away.
        rows: how many rows are shown.
        total: how many there are.
        notes: what the foot says more, printable.
    """

    columns: Sequence[TableColumn]
    folded: Sequence[str]
    rows: int
    total: int
    notes: Sequence[str] = ()


def excerpt(frame: pd.DataFrame, width: int) -> Excerpt:
    """Return what is shown of a frame in a notebook, as pandas' own options say.

    Args:
        frame: any frame whose attrs are ours.
        width: characters beyond which columns are folded away; 0 folds none.
    """
    import pandas as pd  # what is printed of a list may do without

    part, gap = _rows(frame)
    most = pd.get_option("display.max_columns")
    chosen = most is None or most > limits.FRAME_COLUMNS
    columns = [*_index(part, gap), *_columns(part, gap, pd.get_option("display.max_colwidth"))]
    shown, folded = fold(columns, width) if width and not chosen else (columns, [])
    for column in reversed(shown[most or len(shown) :]):
        if not column.index:
            shown.remove(column)
            folded.insert(0, column)
    return Excerpt(shown, [column.name for column in folded], len(part), len(frame))


def every_row(frame: pd.DataFrame | Rows, *, index: bool) -> list[TableColumn]:
    """Return all of a frame as columns of cells, nothing cut."""
    if isinstance(frame, Rows):
        return _of_rows(frame)
    return [*(_index(frame, None) if index else ()), *_columns(frame, None, None)]


def few_rows(frame: pd.DataFrame) -> Excerpt:
    """Return all columns of the rows that pandas' options allow, nothing cut."""
    part, gap = _rows(frame)
    return Excerpt([*_index(part, gap), *_columns(part, gap, None)], [], len(part), len(frame))


def _rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, int | None]:
    """Return the rows that are shown, and behind how many of them some are left out; the first and last, as pandas."""
    import pandas as pd

    most = pd.get_option("display.max_rows")
    most = limits.FRAME_ROWS if most == 0 else most
    if most is None or len(frame) <= most:
        return frame, None
    few = max(min(pd.get_option("display.min_rows") or most, most), 1)
    first, last = few - few // 2, few // 2
    # Slices, since Arrow copies a whole column to take rows out of it one by one.
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

    found = []
    for level in range(part.index.nlevels):
        name = part.index.names[level]
        values = pd.Series(part.index.get_level_values(level))
        style = styles.get(name, "") if isinstance(name, str) else ""
        found.append(_column("" if name is None else _name(name), values, style, gap, None, index=True))
    return found


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
    """Return the name of a column; of one that has several, all of them."""
    return printable.cell(" / ".join(map(str, label)) if isinstance(label, tuple) else label)
