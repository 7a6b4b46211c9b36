"""Sentences about the selected access paths, and the answer if there are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zenpro_nb import access as pure
from zenpro_nb.access import Inventory

if TYPE_CHECKING:
    import pandas as pd


def empty_teams(inventory: Inventory, selection: Mapping[str, Any]) -> tuple[pd.DataFrame, str]:
    """Return the selected roles of teams without members, and a clause about these teams, "" if there are none."""
    rows = pure.select(pure.roles_of_empty_teams(inventory), inventory, **selection)
    return rows, pure.empty_teams_text(
        inventory, rows, f"{_role(selection) or 'a role'} in {_place(inventory, selection)}"
    )


def no_access(inventory: Inventory, selection: Mapping[str, Any]) -> str:
    """Return the answer to a question about access that has no rows."""
    place = _place(inventory, selection)
    role, principal = _role(selection), selection["principal"]
    if any(list_.gap is not None for list_ in (inventory.members, inventory.assignments, inventory.team_members)):
        who, wanted = principal or "anyone", f"has {role or 'access'}"
        return f"unknown whether {who} {wanted} in {place}: not all lists could be read"
    _, empty_text = empty_teams(inventory, selection)
    if principal is None:
        nobody = f"no one has {role or 'access'} in {place}"
        return "; ".join(filter(None, [nobody, empty_text]))
    if empty_text:
        return empty_text
    subject = f"{principal} is deactivated and" if pure.is_deactivated(inventory, principal) else principal
    return f"{subject} {f'does not have {role}' if role else 'has no access'} in {place}"


def _role(selection: Mapping[str, Any]) -> str:
    """Return the selected role in words; "" if any role is selected."""
    return "an admin role" if selection["admins"] else f"the role {selection['role']}" if selection["role"] else ""


def _place(inventory: Inventory, selection: Mapping[str, Any]) -> str:
    workspace, project = selection["workspace"], selection["project"]
    if project is not None:
        return f"project {project}" + (f" of {workspace}" if workspace else "")
    return workspace or inventory.organization_name or inventory.organization_id
