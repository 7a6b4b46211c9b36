"""Columns of cells as a table in a terminal: text left-aligned, numbers right-aligned, and only columns that fit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from msgspec.structs import replace

from zenpro_nb.limits import TABLE_CELL, TABLE_FEW, TABLE_PROSE
from zenpro_nb.ui.cells import Cell, TableColumn, fold, shortened, text_width

_GAP = "  "


def table(columns: Sequence[TableColumn], width: int | None) -> tuple[str, list[str]]:
    """Return the lines of the table, and the names of the columns that do not fit.

    Args:
        columns: all with the same number of cells.
        width: of the terminal; None for no limit.

    Example:
        >>> names = TableColumn("name", [Cell("ops"), Cell("research")])
        >>> print(table([names, TableColumn("members", [Cell("12"), Cell("3")], right=True)], 80)[0])
        name      members
        ops            12
        research        3
    """
    whole = [_whole(column) for column in columns]  # a terminal has no hover text
    if width is None or _total([column.width for column in whole]) <= width:
        return _drawn(whole, [column.width for column in whole]), []
    wrapping = [column if column.key else _whole(column) for column in columns]
    if len(columns) <= TABLE_FEW and _total(list(map(_narrowest, wrapping))) <= width:
        return _drawn(wrapping, _shared_out(wrapping, width)), []
    return _cut(columns, width)


def _whole(column: TableColumn) -> TableColumn:
    """Return the column with full texts."""
    return replace(column, cells=[Cell(cell.text) for cell in column.cells])


def _narrowest(column: TableColumn) -> int:
    """Return the minimum width of the column with wrapped text."""
    words = [word for text in [column.name, *(cell.shown for cell in column.cells)] for word in text.split()]
    return min(max(map(text_width, words), default=1), TABLE_CELL)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _shared_out(columns: Sequence[TableColumn], width: int) -> list[int]:
    """Return the widths of a few columns: the widest shrink, none below its minimum."""
    widths = [column.width for column in columns]
    least = [_narrowest(column) for column in columns]
    while _total(widths) > width:
        widest = max((index for index in range(len(widths)) if widths[index] > least[index]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _cut(columns: Sequence[TableColumn], width: int) -> tuple[str, list[str]]:
    """Cut the long cells of many columns, wrap sentences, and leave out the columns that do not fit."""
    cut = [
        column
        if column.prose
        else replace(column, cells=[Cell(shortened(cell.shown, TABLE_CELL), quiet=cell.quiet) for cell in column.cells])
        for column in columns
    ]
    shown, folded = fold(cut, width, len(_GAP))
    widths = [min(column.width, TABLE_PROSE) if column.prose else column.width for column in shown]
    for at, column in enumerate(shown):  # the remaining width goes to sentences
        if column.prose:
            widths[at] = min(column.width, widths[at] + max(width - _total(widths), 0))
    return _drawn(shown, widths), [column.name for column in folded]


def _drawn(columns: Sequence[TableColumn], widths: Sequence[int]) -> str:
    names = [column.name for column in columns]
    rows = [
        *([names] if any(names) else ()),
        *zip(*([cell.shown for cell in column.cells] for column in columns), strict=True),
    ]
    return "\n".join(line for row in rows for line in _lines(row, columns, widths))


def _lines(row: Sequence[str], columns: Sequence[TableColumn], widths: Sequence[int]) -> list[str]:
    wrapped = list(map(_wrapped, row, widths))
    return [_GAP.join(map(_padded, pieces, widths, columns)).rstrip() for pieces in zip_longest(*wrapped, fillvalue="")]


def _wrapped(text: str, width: int) -> list[str]:
    if text_width(text) <= width:
        return [text]
    import wcwidth  # large tables, imported only for drawing

    return wcwidth.wrap(text, width, break_on_hyphens=False)


def _padded(text: str, width: int, column: TableColumn) -> str:
    import wcwidth  # as above

    return wcwidth.rjust(text, width) if column.right else wcwidth.ljust(text, width)
