"""Display a plan: signs and colors for actions, one line per row, sums in the footer, and other formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.access.plans.consequences import SUMS, sums
from zenpro_nb.access.plans.formats.file import plan_text
from zenpro_nb.access.plans.formats.frame import SIGNS, VIEW, markdown, plan_of
from zenpro_nb.errors import UsageError
from zenpro_nb.ui.cells import GAP, NOTHING, Cell, TableColumn
from zenpro_nb.ui.folding import total_width

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.plans.model import Plan

ACTION = "action"
UNSENT = "nothing was sent"
# Columns with the color of the action; the texts of other columns keep their color.
_MARKED = (ACTION, "principal", "after")
# For additions and removals, other columns contain the same values.
_OF_UPDATES = ("before", "after")
_TARGET = ("principal", "role", "scope")
_REASONS = ("guard", "override")  # no line names them, also if all rows have the same one
_USUAL = {"reversible": "yes"}  # a column with only this value is hidden


def _dress(frame: pd.DataFrame, excerpt: frames.Excerpt) -> frames.Excerpt:
    """Return the table with its signs and colors, without columns that say nothing."""
    actions = next((column for column in excerpt.columns if column.name == ACTION), None)
    if actions is None:
        return excerpt
    tones = [cell.text if cell.text in SIGNS else "" for cell in actions.cells]
    columns = list(_with_sign(excerpt.columns, tones))
    nonempty = [column for column in columns if not column.empty and not _says_nothing(column)]
    left = [column.name for column in columns if all(column is not other for other in nonempty)]
    notes = sums(str(action) for action in frame[ACTION])
    facts = frames.facts(frame)
    # The question below a table contains them too. They are about the whole plan.
    is_whole = len(frame) == facts.get("rows") and not facts.get(frames.CONFIRMATION)
    notes += [str(facts["losses"]).rstrip(".")] if is_whole and facts.get("losses") else []
    # The table above a question has a line of its own about this.
    unsent = [] if facts.get(frames.CONFIRMATION) else [UNSENT]
    return replace(excerpt, columns=nonempty, folded_columns=[*excerpt.folded_columns, *left], notes=[*notes, *unsent])


def _with_sign(columns: Sequence[TableColumn], tones: Sequence[str]) -> Iterator[TableColumn]:
    for column in columns:
        if not column.index:
            cells = [_with_tone(cell, tone, column.name) for cell, tone in zip(column.cells, tones, strict=True)]
            yield replace(column, cells=cells, prose=column.name in _REASONS)


def _with_tone(cell: Cell, tone: str, name: str) -> Cell:
    if name == ACTION and tone:
        return Cell(f"{SIGNS[tone]} {tone}", tone=tone)
    if name in _OF_UPDATES and tone in ("add", "remove", "blocked", "skipped", "noop"):
        return NOTHING
    if name == "remaining_roles":
        # The name of the column makes the prefix redundant.
        cell = replace(cell, text=cell.text.removeprefix("still has ").removeprefix("it through "))
    marked = tone in ("blocked", "skipped", "noop") or name in _MARKED
    return replace(cell, tone=tone) if marked and tone and not cell.nothing else cell


def _in_terminal(columns: Sequence[TableColumn], width: int | None) -> Sequence[TableColumn]:
    """Return the columns for a terminal: if they do not fit, one column has the principal, the role, and the scope."""
    by_name = {column.name: column for column in columns}
    parts = [by_name[name] for name in _TARGET if name in by_name]
    if width is None or "scope" not in by_name or total_width(columns) <= width:
        return columns
    rows = zip(*(part.cells for part in parts), strict=True)
    names = [part.name for part in parts]
    target = TableColumn(
        "target", [_target(dict(zip(names, row, strict=True))) for row in rows], prose=True, deciding=2
    )
    return [target if column is parts[0] else column for column in columns if column.name not in names[1:]]


def _target(cells: dict[str, Cell]) -> Cell:
    """Return the target of a step, such as `ada@example.com as Workspace Viewer in workspace ml-prod`."""
    if GAP in cells.values():
        return GAP
    texts = {name: cell.text for name, cell in cells.items() if not cell.nothing}
    words = [texts.get("principal", ""), f"as {texts['role']}" if "role" in texts else ""]
    scope = texts.get("scope", "")
    words.append(f"in {scope}" if scope and any(words) else scope)
    tone = next((cell.tone for cell in cells.values() if cell.tone), "")
    return Cell(" ".join(filter(None, words)), tone=tone)


def _says_nothing(column: TableColumn) -> bool:
    usual = _USUAL.get(column.name)
    return usual is not None and {cell.text for cell in column.cells} <= {usual}


def _plan(frame: pd.DataFrame) -> Plan | None:
    """Return the plan of a frame; None if the frame is no longer a plan."""
    try:
        return plan_of(frame)
    except UsageError:
        return None


def _as_markdown(frame: pd.DataFrame) -> str | None:
    plan = _plan(frame)
    return None if plan is None else markdown(plan)


def _as_json(frame: pd.DataFrame) -> str | None:
    plan = _plan(frame)
    return None if plan is None else f"{plan_text(plan)}\n"


frames.register_view(
    VIEW,
    frames.View(
        dress=_dress,
        in_terminal=_in_terminal,
        tones={words: name for name, words in SUMS.items()},
        documents={".md": _as_markdown, ".json": _as_json},
    ),
)
