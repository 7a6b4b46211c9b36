"""Columns of cells as a table in a terminal: text left-aligned, numbers right-aligned, and only columns that fit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import zip_longest

from msgspec.structs import replace

from zenpro_nb.limits import TABLE_CELL, TABLE_FEW, TABLE_NARROW, TABLE_PROSE, TABLE_TORN, TABLE_WRAPPED
from zenpro_nb.ui.cells import WORD_BREAKS, Cell, TableColumn, shorten, text_width
from zenpro_nb.ui.colors import paint
from zenpro_nb.ui.folding import FoldingOrder, among, folding_order, ids_last, put_back

_GAP = "  "
_WHOLE_WORDS = 2  # the first columns that decide: a name, and for example the command that fixes a finding


def table(columns: Sequence[TableColumn], width: int | None, *, color: bool = False) -> tuple[str, list[str]]:
    """Return the lines of the table, and the names of the columns that do not fit.

    In a narrow terminal times are relative. Without a limit, web addresses come last.

    Args:
        columns: all with the same number of cells.
        width: of the terminal; None for no limit.
        color: whether the terminal supports colors, see `ui.colors`.

    Example:
        >>> names = TableColumn("name", [Cell("ops"), Cell("research")])
        >>> print(table([names, TableColumn("members", [Cell("12"), Cell("3")], right=True)], 80)[0])
        name      members
        ops            12
        research        3
    """
    whole = [_whole(column) for column in columns]  # a terminal has no hover text
    if width is None:
        whole.sort(key=lambda column: column.link and not column.deciding and not column.index)
    if width is None or _total([column.width for column in whole]) <= width:
        return _draw(whole, [column.width for column in whole], color), []
    if width < TABLE_NARROW:
        columns = list(map(_brief, columns))
    wrapping = [column if column.key else _whole(column) for column in columns]
    if len(columns) <= TABLE_FEW and _total(list(map(_narrowest, wrapping))) <= width:
        return _draw(wrapping, _shared_out(wrapping, width), color), []
    below: list[TableColumn] = []
    while True:
        beside = [column for column in columns if not any(column is other for other in below)]
        text, left = _cut(beside, width, color, list(map(_whole, below)))
        more = [column for column in beside if column.name in left and _fits_below(column)]
        if not more:
            return text, left
        below = among(columns, [*below, *more])


def _fits_below(column: TableColumn) -> bool:
    """Return whether its texts are printed below the rows if they do not fit beside the others."""
    return not column.empty and ((column.command and bool(column.deciding)) or (column.prose and column.vital))


def _whole(column: TableColumn) -> TableColumn:
    """Return the column with full texts."""
    return replace(column, cells=[replace(cell, short="") for cell in column.cells])


def _brief(column: TableColumn) -> TableColumn:
    """Return the column with relative times."""
    cells = [replace(cell, text=cell.brief) if cell.brief else cell for cell in column.cells]
    return replace(column, cells=cells)


def _narrowest(column: TableColumn) -> int:
    """Return the minimum width of the column with wrapped text."""
    return column.longest_word if column.solid else min(column.longest_word, TABLE_CELL)


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


def _cut(
    columns: Sequence[TableColumn], width: int, color: bool, below: Sequence[TableColumn] = ()
) -> tuple[str, list[str]]:
    """Cut the long cells of many columns, wrap sentences, and leave out the columns that do not fit.

    The long names of columns that decide are wrapped before one of these columns is left out.

    Args:
        below: columns whose texts are printed below the rows.
    """
    all_columns = visible = ids_last([column if column.prose else _shorten(column, TABLE_CELL) for column in columns])
    order = folding_order(visible)
    left_out = visible[0]
    for folded_count, left_out in enumerate(order.columns):
        widths = [
            _least(column, width, left_out=left_out, last=column is left_out, is_only=not below)
            if folded_count >= order.minor
            else _width_at(order, folded_count, column)
            for column in visible
        ]
        if _total(widths) <= width:
            back = put_back(order, folded_count, visible, width + len(_GAP), partial(_with_gap, order), hints=False)
            visible = among(all_columns, [*visible, *back])
            break
        visible = [column for column in visible if column is not left_out]
    widths = list(map(_usual, visible))
    last = max(visible, key=lambda column: column.deciding)
    least = [_least(column, width, left_out=left_out, last=column is last, is_only=not below) for column in visible]
    whole = [_narrowest(column) for column in visible]
    while _total(widths) > width and (wide := [at for at, limit in enumerate(least) if widths[at] > limit]):
        # Sentences are wrapped before names, and between words before words of the least deciding ones are broken.
        words = [at for at in wide if visible[at].prose and widths[at] > whole[at]]
        torn = [at for at in wide if visible[at].prose and visible[at] is last]
        widths[max(words or torn or wide, key=widths.__getitem__)] -= 1
    visible = [_wrapped(*pair) if pair[0].wraps else pair[0] for pair in zip(visible, widths, strict=True)]
    for at, column in enumerate(visible):  # the remaining width goes to sentences
        if column.prose:
            widths[at] = min(column.width, widths[at] + max(width - _total(widths), 0))
    names = {column.name for column in visible}
    more = [
        [line for lines in row for line in lines]
        for row in zip(*(_lines_below(column, width) for column in below), strict=True)
    ]
    text = _draw(visible, widths, color, more)
    return text, [column.name for column in columns if column.name not in names]


def _lines_below(column: TableColumn, width: int) -> list[list[str]]:
    """Return the lines that are printed below each row, and below the names of the columns.

    A command stays on one line, which the terminal breaks: it is copied in one piece.
    """
    texts = [column.name, *("" if cell.nothing else cell.display for cell in column.cells)]
    pieces = [[text] if column.command else _wrap(text, width - len(_GAP)) for text in texts]
    return [[f"{_GAP}{piece}" for piece in parts] if text else [] for text, parts in zip(texts, pieces, strict=True)]


def _wrapped(column: TableColumn, width: int) -> TableColumn:
    """Return the column with the texts cut that cannot be wrapped to this width without breaking a word anywhere."""
    return replace(
        column,
        cells=[
            cell
            if all(text_width(line) <= width for line in _breakable(cell.display, width).split())
            else replace(cell, short=shorten(cell.display, width))
            for cell in column.cells
        ],
    )


def _shorten(column: TableColumn, width: int) -> TableColumn:
    """Return the column with its texts cut to this width."""
    return replace(column, cells=[replace(cell, short=shorten(cell.display, width)) for cell in column.cells])


def _width_at(order: FoldingOrder, folded_count: int, column: TableColumn) -> int:
    """Return the width that a column should have while this number of columns is folded.

    No word of a column that decides is torn.
    """
    width = order.width_at(folded_count, column)
    return max(width, _narrowest(column)) if column.prose and (column.deciding or column.solid) else width


def _with_gap(order: FoldingOrder, folded_count: int, column: TableColumn) -> int:
    return _width_at(order, folded_count, column) + len(_GAP)


def _usual(column: TableColumn) -> int:
    return min(column.width, max(TABLE_PROSE, _narrowest(column))) if column.prose else column.width


def _least(column: TableColumn, width: int, *, left_out: TableColumn, last: bool, is_only: bool) -> int:
    """Return the smallest width of a column: that of its name, and of wrapped texts.

    Args:
        width: of the terminal. Three fifths of it are enough for an ID.
        left_out: the next column to be left out. Parts of requests are left out before an ID is broken, and addresses
            are broken before their `@` for a vital column.
        last: words of the column are broken before it is left out.
        is_only: no texts are printed below the rows. Where some are, sentences are not narrowed as much.
    """
    if column.solid:
        return _narrowest(column)
    if column.prose:
        if column.vital and not is_only:
            return _usual(column)
        # Of the most important sentences, such as commands to copy, no word is torn.
        unbroken = min(max(TABLE_WRAPPED, _narrowest(column)), max(TABLE_TORN, width * 3 // 5))
        whole = left_out.solid or column.command or (column.deciding <= _WHOLE_WORDS and not last)
        parts = 0 if last else min(column.longest_part, TABLE_TORN)
        return min(_usual(column), unbroken if column.deciding and whole else max(TABLE_WRAPPED, parts))
    if column.wraps:
        two_lines = min(column.width // 2 + 1, TABLE_WRAPPED)
        word = column.longest_part if left_out.vital else _narrowest(column)
        return min(_usual(column), max(text_width(column.name), min(word, TABLE_TORN), two_lines))
    return _usual(column)


def _draw(
    columns: Sequence[TableColumn], widths: Sequence[int], color: bool, below: Sequence[Sequence[str]] = ()
) -> str:
    names = [Cell(column.name) for column in columns]
    rows = [
        *([names] if any(column.name for column in columns) else ()),
        *zip(*(column.cells for column in columns), strict=True),
    ]
    return "\n".join(
        line
        for row, more in zip_longest(rows, below, fillvalue=())
        for line in (*_lines(row, columns, widths, color), *more)
    )


def _lines(row: Sequence[Cell], columns: Sequence[TableColumn], widths: Sequence[int], color: bool) -> list[str]:
    wrapped = [_wrap(cell.display, width) for cell, width in zip(row, widths, strict=True)]
    lines = [list(map(_pad, pieces, widths, columns)) for pieces in zip_longest(*wrapped, fillvalue="")]
    for pieces in lines:
        pieces[-1] = pieces[-1].rstrip()
    if color:  # after the alignment, which counts letters
        lines = [[paint(piece, cell) for piece, cell in zip(pieces, row, strict=True)] for pieces in lines]
    return [_GAP.join(pieces).rstrip() for pieces in lines]


def _wrap(text: str, width: int) -> list[str]:
    if text_width(text) <= width:
        return [text]
    import wcwidth  # large tables, imported only for drawing

    return wcwidth.wrap(_breakable(text, width), width, break_on_hyphens=False)


def _breakable(text: str, width: int) -> str:
    """Return the text with blanks where its words that are longer than the line are best broken.

    >>> _breakable("Invited by christina.budkiewicz@example.com", 28)
    'Invited by christina.budkiewicz @example.com'
    """
    if all(text_width(word) <= width for word in text.split(" ")):
        return text
    return " ".join(part for word in text.split(" ") for part in _parts(word, width))


def _parts(word: str, width: int) -> list[str]:
    """Return the longest parts of a word that fit: an address is broken before its `@`, an ID after a hyphen.

    >>> _parts("christina.budkiewicz@example.com", 14)
    ['christina.budk', 'iewicz', '@example.com']
    """
    parts = [""]
    for piece in WORD_BREAKS.split(word):
        if text_width(piece) <= width < text_width(parts[-1]) + text_width(piece):
            parts.append(piece)
            continue
        for letter in piece:
            if text_width(parts[-1]) + text_width(letter) > width:
                parts.append("")
            parts[-1] += letter
    return parts


def _pad(text: str, width: int, column: TableColumn) -> str:
    import wcwidth  # as above

    return wcwidth.rjust(text, width) if column.right else wcwidth.ljust(text, width)
