"""A frame as a table of a terminal: text to the left, numbers to the right, and only what fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

import wcwidth

from zenpro_nb.limits import TABLE_CELL, TABLE_FEW
from zenpro_nb.security.printable import cell

if TYPE_CHECKING:
    import pandas as pd

_GAP = "  "


@dataclass
class _Column:
    name: str
    cells: list[str]
    numeric: bool

    @cached_property
    def natural(self) -> int:
        """Return the room that it takes when nothing is cut or wrapped."""
        return max(map(room, [self.name, *self.cells]))

    @cached_property
    def narrowest(self) -> int:
        """Return the room that it needs where its words may stand below each other."""
        words = [word for cell in [self.name, *self.cells] for word in cell.split()]
        return min(max(map(room, words), default=1), TABLE_CELL)


def table(frame: pd.DataFrame, width: int | None) -> tuple[str, list[str]]:
    """Return the lines of the table, and the names of the columns for which there is no room.

    Args:
        width: of the terminal; None where lines may be as long as they need to be.

    Example:
        >>> import pandas as pd
        >>> print(table(pd.DataFrame({"name": ["ops", "research"], "members": [12, 3]}), 80)[0])
        name      members
        ops            12
        research        3
    """
    columns = _columns(frame)
    if width is None:
        return _drawn(columns, [column.natural for column in columns]), []
    if len(columns) <= TABLE_FEW and _total([column.narrowest for column in columns]) <= width:
        return _drawn(columns, _shared_out(columns, width)), []
    return _cut(columns, width)


def room(text: str) -> int:
    """Return how many places of a terminal a printable text takes: East Asian characters two, accents none."""
    return len(text) if text.isascii() else wcwidth.width(text)


def _columns(frame: pd.DataFrame) -> list[_Column]:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    found = []
    for position, name in enumerate(frame.columns):
        series = frame.iloc[:, position]
        filled = series.astype(object).where(series.notna(), "")
        cells = [cell(" ".join(str(value).split())) for value in filled]
        numeric = is_numeric_dtype(series.dtype) and not is_bool_dtype(series.dtype)
        found.append(_Column(cell(name), cells, numeric))
    return found


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _shared_out(columns: Sequence[_Column], width: int) -> list[int]:
    """Return the widths of few columns: the widest give way, none below what it needs."""
    widths = [column.natural for column in columns]
    least = [column.narrowest for column in columns]
    while _total(widths) > width:
        widest = max((index for index in range(len(widths)) if widths[index] > least[index]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _cut(columns: Sequence[_Column], width: int) -> tuple[str, list[str]]:
    """Cut long cells of many columns, and leave out from the right the columns that do not fit."""
    cut = [_Column(one.name, [_shortened(cell, TABLE_CELL) for cell in one.cells], one.numeric) for one in columns]
    kept = len(cut)
    while kept > 1 and _total([column.natural for column in cut[:kept]]) > width:
        kept -= 1
    shown = cut[:kept]
    return _drawn(shown, [column.natural for column in shown]), [column.name for column in cut[kept:]]


def _shortened(text: str, limit: int) -> str:
    return text if room(text) <= limit else f"{wcwidth.clip(text, 0, limit - 1).rstrip()}…"


def _drawn(columns: Sequence[_Column], widths: Sequence[int]) -> str:
    rows = [[column.name for column in columns], *zip(*(column.cells for column in columns), strict=True)]
    return "\n".join(line for row in rows for line in _lines(row, columns, widths))


def _lines(row: Sequence[str], columns: Sequence[_Column], widths: Sequence[int]) -> list[str]:
    wrapped = list(map(_wrapped, row, widths))
    return [_GAP.join(map(_padded, pieces, widths, columns)).rstrip() for pieces in zip_longest(*wrapped, fillvalue="")]


def _wrapped(text: str, width: int) -> list[str]:
    return [text] if room(text) <= width else wcwidth.wrap(text, width, break_on_hyphens=False)


def _padded(text: str, width: int, column: _Column) -> str:
    return wcwidth.rjust(text, width) if column.numeric else wcwidth.ljust(text, width)
