"""Display the verdicts about all principals: those who can first, with their paths; the others are counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.access.model.columns import ARROW, NO
from zenpro_nb.ui.cells import Cell, TableColumn

if TYPE_CHECKING:
    import pandas as pd

VERDICTS_VIEW = "access-verdicts"


def _stand_in(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return the rows of principals who can, or may; None if there are none, or if a condition selected the rows."""
    facts = frames.facts(frame)
    if facts.get("where") or len(frame) != facts.get("rows") or "verdict" not in frame.columns:
        return None
    rows = frame[frame["verdict"] != NO]
    if not len(rows) or len(rows) == len(frame):
        return None
    rows.attrs = frame.attrs
    return rows


def _in_terminal(columns: Sequence[TableColumn], _: int | None) -> Sequence[TableColumn]:
    """Return the columns for a terminal, where a path does not repeat the principal beside it."""
    by_name = {column.name: column for column in columns}
    if not {"principal", "reason"} <= set(by_name):
        return columns
    principal, reason = by_name["principal"], by_name["reason"]
    cells = [_without(cell, name.text) for cell, name in zip(reason.cells, principal.cells, strict=True)]
    return [replace(reason, cells=cells) if column is reason else column for column in columns]


def _without(reason: Cell, principal: str) -> Cell:
    return replace(reason, text=reason.text.replace(f": {principal}{ARROW}", ": ", 1))


frames.register_view(VERDICTS_VIEW, frames.View(stand_in=_stand_in, in_terminal=_in_terminal))
