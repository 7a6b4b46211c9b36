"""One object as a card: its fields with readable labels, and details that do not fit a table of one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zenpro_nb import limits
from zenpro_nb.frames.attrs import facts
from zenpro_nb.frames.display import foot
from zenpro_nb.frames.display.excerpt import every_row
from zenpro_nb.resources import RESOURCES
from zenpro_nb.resources.nouns import singular
from zenpro_nb.security import printable
from zenpro_nb.ui.cards import Block, Card
from zenpro_nb.ui.cells import NOTHING, YES_SIGN, Cell, TableColumn

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames.rows import Rows

VIEW = "card"
_BEGINNINGS = ("is_", "has_")


def card_of(frame: pd.DataFrame | Rows) -> Card | None:
    """Return the card of a DataFrame with one row; None for others."""
    if len(frame) != 1 or not len(frame.columns):
        return None
    about = facts(frame)
    resource = RESOURCES.get(str(about.get("noun", "")))
    helps = {column.name: column.help for column in resource.columns} if resource is not None else {}
    label = resource.label if resource is not None else ""
    columns = every_row(frame, index=False)
    missing = [label_of(column.name) for column in columns if column.cells[0].nothing]
    cells = [column for column in columns if not column.cells[0].nothing and column.name != label]
    name = next((column.cells[0].text for column in columns if column.name == label), "")
    kind = singular(str(about.get("noun", "")))
    first, *rest = foot.parts(about, rows=1, total=1)
    notes = [part for part in rest if part not in (foot.SANDBOX, foot.COMPLETE)]
    if missing:
        notes.append(f"empty: {', '.join(missing)}")
    return Card(
        title=f"{name}  ({kind})" if name and kind else name or kind or first,
        rows=[(label_of(column.name), column.cells[0]) for column in cells],
        hints=[helps.get(column.name, "") for column in cells],
        next_steps=list(map(str, about.get("next") or ())),
        badge=foot.SANDBOX if about.get("sandbox") else "",
        blocks=list(_blocks(about.get("details") or {})),
        notes=notes,
    )


def label_of(name: str) -> str:
    """Return a readable label for the name of a column.

    >>> label_of("is_active"), label_of("display_name"), label_of("is_a_b")
    ('active', 'display name', 'a b')
    """
    for beginning in _BEGINNINGS:
        name = name.removeprefix(beginning)
    return name.replace("_", " ")


def html(frame: pd.DataFrame) -> str | None:
    """Return the card as HTML."""
    card = card_of(frame)
    return None if card is None else card.html()


def text(frame: pd.DataFrame | Rows, width: int | None) -> str | None:
    """Return the card as text."""
    card = card_of(frame)
    return None if card is None else card.text(width)


def _blocks(details: Mapping[str, Any]) -> Iterator[Block]:
    permissions = _permissions(details.get("permissions"))
    if permissions:
        yield Block("permissions", list(_matrix(permissions)))
    members = details.get("members")
    if isinstance(members, Mapping) and members.get("names"):
        names = [Cell(printable.cell(name)) for name in members["names"]]
        count, invited = members.get("count", len(names)), members.get("invited") or 0
        numbers = f"{count - invited:,}, and {invited:,} invited" if invited else f"{count:,}"
        yield Block(f"members ({numbers})", list(_side_by_side(names, members)))


def _permissions(records: Any) -> dict[str, list[str]]:
    """Return the actions by type of resource. Records with an unexpected shape are skipped."""
    by_type: dict[str, list[str]] = {}
    for record in records if isinstance(records, list) else ():
        if isinstance(record, Mapping) and isinstance(record.get("actions"), list):
            by_type.setdefault(str(record.get("resource")), []).extend(map(str, record["actions"]))
    return by_type


def _matrix(permissions: Mapping[str, Sequence[str]]) -> Iterator[TableColumn]:
    """Yield a column with the types of resources, and a column of signs for each action."""
    yield TableColumn("resource", [Cell(printable.cell(name)) for name in permissions])
    for action in dict.fromkeys(action for actions in permissions.values() for action in actions):
        cells = [Cell(YES_SIGN, hint=f"can {action}") if action in has else NOTHING for has in permissions.values()]
        yield TableColumn(printable.cell(action), cells)


def _side_by_side(names: list[Cell], members: Mapping[str, Any]) -> Iterator[TableColumn]:
    more = members.get("count", len(names)) - len(names)
    if more > 0:
        names = [*names, Cell(f"and {more:,} more", quiet=True)]
    height = -(-len(names) // limits.CARD_COLUMNS)
    for start in range(0, len(names), height):
        part = names[start : start + height]
        yield TableColumn("", [*part, *[Cell("")] * (height - len(part))])
