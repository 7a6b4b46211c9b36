"""Tables in plain text stay aligned if the texts in them are replaced by shorter or longer ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, zip_longest

from msgspec import Struct

from zenpro_nb.ui.cells import text_width

_MARK = "\x1f"  # separates the cells of a line while texts are replaced; it belongs to no word
_UNALIGNED = (_MARK, "\x1b", "\t", "\r")  # characters whose width depends on the place
_LEAST = 2  # blanks between two columns, and lines and columns of a table


class _Column(Struct, frozen=True):
    """The places of a column in the lines of a table."""

    start: int
    end: int


def align(text: str, replace: Callable[[str], str]) -> str:
    r"""Return the text after replacing texts in it, with the columns of its tables aligned again.

    Args:
        text: the output of a cell.
        replace: returns a text with replacements; it keeps the number of lines.

    >>> print(align("name          teams\nAda Lovelace      2", lambda text: text.replace("Ada Lovelace", "Al Ba")))
    name   teams
    Al Ba      2
    """
    replaced, lines = replace(text), text.split("\n")
    is_markup = text.lstrip()[:1] in ("<", "{", "[")
    if replaced == text or len(lines) < _LEAST or is_markup or any(sign in text for sign in _UNALIGNED):
        return replaced
    grids = [_places(line) for line in lines]
    tables = list(_tables(grids))
    columns_of = {number: columns for first, last, columns in tables for number in range(first, last)}
    marked = [
        _MARK.join(_cut(grid, columns_of[number])) if number in columns_of else line
        for number, (line, grid) in enumerate(zip(lines, grids, strict=True))
    ]
    results = replace("\n".join(marked)).split("\n")
    if len(results) != len(lines):
        return replaced
    for first, last, columns in tables:
        rows = [line.split(_MARK) for line in results[first:last]]
        before = [_cut(grid, columns) for grid in grids[first:last]]
        widths = [[text_width(cell) for row in table for cell in row] for table in (rows, before)]
        whole = widths[0] == widths[1]
        results[first:last] = _replaced(lines[first:last], rows, before) if whole else _drawn(rows, before, columns)
    return "\n".join(results)


def _places(line: str) -> list[str]:
    """Return the characters of a line by the place that they take in a terminal."""
    if line.isascii():
        return list(line)
    places: list[str] = []
    for letter in line:
        width = text_width(letter)
        if width <= 0 and places:
            places[-1] += letter
        else:
            places += [letter, *[""] * (width - 1)]
    return places


def _tables(grids: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, list[_Column]]]:
    """Yield the first line of each table, the line after its last one, and its columns."""
    first = 0
    while first < len(grids):
        columns: list[_Column] = []
        last = first
        blank = _blank_places(grids[first])
        end = len(grids[first])
        while last < len(grids) and grids[last]:
            end_here = max(end, len(grids[last]))
            common = (blank | set(range(end, end_here))) & (
                _blank_places(grids[last]) | set(range(len(grids[last]), end_here))
            )
            found = _columns(common, end_here)
            # A line that crosses the space between two columns, such as the one below a table, is not a part of it.
            if last > first and len(found) < max(len(columns), _LEAST):
                break
            blank, end, columns, last = common, end_here, found, last + 1
        if last - first >= _LEAST and len(columns) >= _LEAST:
            yield first, last, columns
        first = max(last, first + 1)


def _blank_places(grid: Sequence[str]) -> set[int]:
    return {place for place, letter in enumerate(grid) if letter == " "}


def _columns(blank: set[int], end: int) -> list[_Column]:
    """Return the columns between the blanks that all lines share."""
    columns, start, gap = [], 0, 0
    for place in range(end):
        if place in blank:
            gap += 1
            continue
        if gap >= _LEAST and place > gap:
            columns.append(_Column(start, place - gap))
            start = place
        elif gap >= _LEAST:
            start = place
        gap = 0
    return [*columns, _Column(start, end)]


def _cut(grid: Sequence[str], columns: Sequence[_Column]) -> list[str]:
    """Return the cells of a line, with their blanks."""
    cells = ["".join(grid[column.start : column.end]) for column in columns]
    return ["".join(grid[: columns[0].start]), *cells]


def _replaced(lines: Sequence[str], rows: Sequence[Sequence[str]], before: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines with cells of the same width in the places of the old ones."""
    results = []
    for line, cells, originals in zip(lines, rows, before, strict=True):
        parts, last = [], 0
        for cell, original in zip(cells, originals, strict=True):
            at = line.index(original, last)
            parts += [line[last:at], cell]
            last = at + len(original)
        results.append("".join([*parts, line[last:]]))
    return results


def _drawn(rows: Sequence[Sequence[str]], before: Sequence[Sequence[str]], columns: Sequence[_Column]) -> list[str]:
    """Return the lines of a table with new widths, if any cell has one."""
    indents, *new = zip_longest(*rows, fillvalue="")
    _, *old = zip_longest(*before, fillvalue="")
    gaps = [after.start - column.end for column, after in pairwise(columns)]
    drawn = [_padded(cells, originals) for cells, originals in zip(new, old, strict=True)]
    spaces = [" " * gap for gap in gaps] + [""]
    return [
        "".join([indent, *(part for pair in zip(cells, spaces, strict=True) for part in pair)]).rstrip()
        for indent, *cells in zip(indents, *drawn, strict=True)
    ]


def _padded(cells: Sequence[str], originals: Sequence[str]) -> list[str]:
    """Return the cells of a column with the same width, aligned as they were."""
    width = max(map(text_width, originals))
    if [text_width(cell) for cell in cells] != [text_width(cell) for cell in originals]:
        width = max(text_width(cell.strip()) for cell in cells)
    right = any(cell.startswith(" ") for cell in originals) and all(
        not cell.endswith(" ") for cell in originals if cell
    )
    lines = []
    for cell in cells:
        word = cell.strip() if right else cell.rstrip()
        space = " " * (width - text_width(word))
        lines.append(space + word if right else word + space)
    return lines
