"""Display a comparison: signs and colors for changes, as in a plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.limits import DIFF_NARROW, PAGE_NARROW
from zenpro_nb.resources.nouns import words
from zenpro_nb.ui.cells import Cell, TableColumn

if TYPE_CHECKING:
    import pandas as pd

DIFF_VIEW = "diff"
_CHANGE, _CHANGED = "change", "before → after"
_NAME, _VALUES = "name", ("before", "after")
_VALUE = ("column", *_VALUES)
_LONG = (_NAME, *_VALUES)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
_SIGNS = {"added": "+", "removed": "−", "changed": "~", "unknown": "?", "not comparable": "?"}
# The color of each column, by the kind of change; other columns keep theirs.
_TONES = {
    "added": dict.fromkeys((_CHANGE, "name", "after"), "add"),
    "removed": dict.fromkeys((_CHANGE, "name", "before"), "remove"),
    "changed": {_CHANGE: "update", "before": "remove", "after": "add"},
    "unknown": dict.fromkeys((_CHANGE, "name", "before", "after"), "noop"),
    "not comparable": dict.fromkeys((_CHANGE, "name", "before", "after"), "noop"),
}


def totals(frame: pd.DataFrame) -> str:
    """Return the changes of each list in one line: `members +12 −3, teams +1 ~2`; "" if nothing has changed.

    An object counts once, also if several of its columns have changed. A list or column that cannot be compared has
    no count.
    """
    objects = frame.dropna(subset=["key"]).drop_duplicates(["list", "change", "key"])
    counts = Counter(zip(objects["list"], objects["change"], strict=True))
    lists = {name: [f"{sign}{counts[name, change]:,}" for change, sign in _SIGNS.items() if counts[name, change]]
             for name in objects["list"].unique()}  # fmt: skip
    return ", ".join(" ".join([words(str(name)), *numbers]) for name, numbers in lists.items())


def _dress(_: pd.DataFrame, excerpt: frames.Excerpt) -> frames.Excerpt:
    """Return the table with signs and colors."""
    changes = next((column for column in excerpt.columns if column.name == _CHANGE), None)
    if changes is None:
        return excerpt
    words = [cell.text for cell in changes.cells]
    columns = _with_times(excerpt.columns)
    return replace(excerpt, columns=[_with_tone(column, words) for column in columns])


def _with_times(columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Return the columns with the times among the values like other times, with seconds if the minutes are equal."""
    values = [column for column in columns if column.name in _VALUES]
    rows = [_times(row) for row in zip(*(column.cells for column in values), strict=True)]
    cells = dict(zip((column.name for column in values), zip(*rows, strict=True), strict=False))
    return [replace(column, cells=cells.get(column.name, column.cells)) for column in columns]


def _times(row: Sequence[Cell]) -> list[Cell]:
    moments = [datetime.fromisoformat(cell.text) if _TIME.fullmatch(cell.text) else None for cell in row]
    shown = [frames.any_value(moment) if moment else cell for cell, moment in zip(row, moments, strict=True)]
    if len({cell.text for cell in shown}) == len(shown):
        return shown
    return [
        frames.any_value(moment, precision="seconds") if moment else cell
        for cell, moment in zip(row, moments, strict=True)
    ]


def _with_tone(column: TableColumn, words: list[str]) -> TableColumn:
    cells = [_cell(cell, column.name, word) for cell, word in zip(column.cells, words, strict=True)]
    return replace(column, cells=cells)


def _cell(cell: Cell, name: str, word: str) -> Cell:
    tone = _TONES.get(word, {}).get(name, "")
    if name == _CHANGE and word in _SIGNS:
        return Cell(f"{_SIGNS[word]} {word}", tone=tone)
    return replace(cell, tone=tone) if tone and not cell.nothing else cell


def _in_terminal(columns: Sequence[TableColumn], width: int | None) -> Sequence[TableColumn]:
    """Return the columns for a terminal: long names and values are wrapped.

    In a narrow one, the name of the column and both values share one column, in the narrowest ones with the name of the
    object.
    """
    names = [column.name for column in columns]
    if width is None or not {*_VALUE, _NAME} <= {*names}:
        return columns
    columns = [replace(column, prose=True) if column.name in _LONG else column for column in columns]
    if width >= DIFF_NARROW:
        return columns
    joined = (_NAME, *_VALUE) if width < PAGE_NARROW else _VALUE
    parts = [columns[names.index(name)] for name in joined]
    cells = [_difference(*row) for row in zip(*(part.cells for part in parts), strict=True)]
    title = f"{_NAME}, {_CHANGED}" if _NAME in joined else _CHANGED
    one = TableColumn(title, cells, prose=True, deciding=parts[0].deciding or parts[-2].deciding)
    return [one if column is parts[0] else column for column in columns if column.name not in joined[1:]]


def _difference(*row: Cell) -> Cell:
    """Return the change of a value in one text; the reason of an unknown one; nothing for a whole object."""
    *name, column, before, after = row
    if column.nothing:
        value = before if after.nothing else after
        known = [cell for cell in (*name, value) if not cell.nothing]
        return replace(known[0], text=": ".join(cell.text for cell in known)) if known else value
    label = ", ".join(cell.text for cell in (*name, column) if not cell.nothing)
    return Cell(f"{label}: {before.text} → {after.text}", tone="update")


frames.register_view(DIFF_VIEW, frames.View(dress=_dress, in_terminal=_in_terminal))
