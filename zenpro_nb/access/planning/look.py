"""How a plan is shown: signs and colours for what is done, one line a row, sums at the foot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zenpro_nb import frames, limits
from zenpro_nb.terminal.cells import Cell, TableColumn, taken

if TYPE_CHECKING:
    import pandas as pd

VIEW = "plan"
ACTION = "action"
SIGNS = {"add": "+", "remove": "−", "update": "~", "blocked": "⊘", "noop": "="}
_SUMS = {"add": "to add", "remove": "to remove", "update": "to change", "blocked": "blocked", "noop": "as they are"}
NOTHING, UNSENT = "nothing to do", "nothing was sent"
# Who is marked as what is done is; of all others the words stay as they are.
_MARKED = (ACTION, "principal")
# What goes first where there is no room for all: what is told by others, then what few ask for.
_FOLDED_FIRST = ("reversible", "mail", "kind", "reason", "needs", "before", "after", "still_has")
_ALWAYS_YES = {"reversible": "yes"}  # a column that says nothing but this is folded away


def sums(actions: Sequence[str]) -> list[str]:
    """Return how many rows of a plan do what.

    >>> sums(["add", "add", "blocked", "noop"])
    ['2 to add', '1 blocked', '1 as they are']
    """
    found = Counter(actions)
    return [f"{found[name]:,} {words}" for name, words in _SUMS.items() if found[name]] or [NOTHING]


def _dressed(frame: pd.DataFrame, shown: frames.Excerpt) -> frames.Excerpt:
    """Return the table with its signs and colours, and what there is no room for folded away."""
    if ACTION not in frame.columns:
        return shown
    actions = next(column for column in shown.columns if column.name == ACTION)
    tones = [one.text if one.text in SIGNS else "" for one in actions.cells]
    columns = list(_signed(shown.columns, tones))
    kept = _fitting(columns)
    left = [column.name for column in columns if all(column is not one for one in kept)]
    notes = [*sums([str(one) for one in frame[ACTION]]), UNSENT]
    return replace(shown, columns=kept, folded=[*shown.folded, *left], notes=notes)


def _signed(columns: Sequence[TableColumn], tones: Sequence[str]) -> Iterator[TableColumn]:
    for column in columns:
        if column.index:
            continue
        cells = [_toned(cell, tone, column.name) for cell, tone in zip(column.cells, tones, strict=True)]
        yield replace(column, cells=cells, prose=False)


def _toned(cell: Cell, tone: str, name: str) -> Cell:
    if name == ACTION and tone:
        return Cell(f"{SIGNS[tone]} {tone}", tone=tone)
    marked = tone in ("blocked", "noop") or name in _MARKED
    return replace(cell, tone=tone) if marked and tone and not cell.nothing else cell


def _fitting(columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Return the columns that say something, as many as fit a page."""
    kept = [column for column in columns if not column.empty and not _says_nothing(column)]
    for name in _FOLDED_FIRST:
        if taken(kept) <= limits.FRAME_WIDTH:
            break
        kept = [column for column in kept if column.name != name]
    return kept


def _says_nothing(column: TableColumn) -> bool:
    usual = _ALWAYS_YES.get(column.name)
    return usual is not None and {cell.text for cell in column.cells} <= {usual}


frames.register_view(
    VIEW, frames.View(dress=_dressed, folds=False, tones={words: name for name, words in _SUMS.items()})
)
