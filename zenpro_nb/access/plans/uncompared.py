"""What a plan could not compare, because a list could not be read completely."""

from __future__ import annotations

from zenpro_nb import limits
from zenpro_nb.access.model.inventory import Inventory, InventoryList
from zenpro_nb.resources.nouns import words
from zenpro_nb.syntax.counts import name_list

COMPARED = ("assignments", "team_members", "teams", "roles", "invitations")  # the lists that plans depend on

_NAMED = {"team_id": "teams", "role_id": "roles"}  # by the parts of a list, the list that names them


def incomplete_lists(inventory: Inventory | None) -> dict[str, InventoryList | None]:
    """Return the lists that plans depend on and that are not whole; all of them, as None, without an inventory."""
    lists = {name: inventory[name] if inventory is not None else None for name in COMPARED}
    return {name: found for name, found in lists.items() if found is None or not found.complete or found.gap}


def uncompared(inventory: Inventory) -> list[str]:
    """Return one sentence per list that could not be compared, with the consequence for the plan.

    Example:
        >>> from zenpro_nb.access.model.inventory import Gap, list_of
        >>> gap = Gap("forbidden", "You cannot read it.", {"7": "You cannot read it."})
        >>> members = list_of("team_members", complete=False, gap=gap)
        >>> uncompared(Inventory.of({"team_members": members, "teams": [{"id": "7", "name": "ops"}]}))[1]
        'team members of ops could not be compared: additions may already exist, and removals are blocked. You cannot \
read it.'
    """
    return [
        f"{words(name)}{_parts(found, inventory)} could not be compared: additions may already exist, and removals are "
        f"blocked. {found.gap_text}"
        for name, found in incomplete_lists(inventory).items()
        if found is not None
    ]


def _parts(found: InventoryList, inventory: Inventory) -> str:
    """Return the teams or roles whose rows are missing, as a part of a sentence; "" if the whole list is."""
    if found.gap is None or not found.gap.parts or found.type.part not in _NAMED:
        return ""
    rows = inventory[_NAMED[found.type.part]].frame
    names = dict(zip(rows["id"], rows["name"], strict=True))
    return f" of {name_list([str(names.get(key) or key) for key in found.gap.parts], limits.NAMES_IN_MESSAGE)}"
