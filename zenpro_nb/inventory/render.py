"""Display a comparison: signs and colors for changes, as in a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.ui.cells import Cell, TableColumn

if TYPE_CHECKING:
    import pandas as pd

DIFF_VIEW = "diff"
_CHANGE = "change"
_SIGNS = {"added": "+", "removed": "−", "changed": "~", "unknown": "?", "not comparable": "?"}
# The color of each column, by the kind of change; other columns keep theirs.
_TONES = {
    "added": dict.fromkeys((_CHANGE, "name", "after"), "add"),
    "removed": dict.fromkeys((_CHANGE, "name", "before"), "remove"),
    "changed": {_CHANGE: "update", "before": "remove", "after": "add"},
    "unknown": dict.fromkeys((_CHANGE, "name", "before", "after"), "noop"),
    "not comparable": dict.fromkeys((_CHANGE, "name", "before", "after"), "noop"),
}


def _dress(_: pd.DataFrame, excerpt: frames.Excerpt) -> frames.Excerpt:
    """Return the table with signs and colors."""
    changes = next((column for column in excerpt.columns if column.name == _CHANGE), None)
    if changes is None:
        return excerpt
    words = [cell.text for cell in changes.cells]
    return replace(excerpt, columns=[_with_tone(column, words) for column in excerpt.columns])


def _with_tone(column: TableColumn, words: list[str]) -> TableColumn:
    cells = [_cell(cell, column.name, word) for cell, word in zip(column.cells, words, strict=True)]
    return replace(column, cells=cells)


def _cell(cell: Cell, name: str, word: str) -> Cell:
    tone = _TONES.get(word, {}).get(name, "")
    if name == _CHANGE and word in _SIGNS:
        return Cell(f"{_SIGNS[word]} {word}", tone=tone)
    return replace(cell, tone=tone) if tone and not cell.nothing else cell


frames.register_view(DIFF_VIEW, frames.View(dress=_dress))
