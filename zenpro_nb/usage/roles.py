"""Roles that allow starting runs, and roles that administer something: by their permissions, not by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb.access.effective.paths import roles_of
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, PROJECT_ADMIN, WORKSPACE_ADMIN
from zenpro_nb.usage.permissions import IN_CONTROL_PLANE, IN_WORKSPACES, RUN_PERMISSIONS, START

if TYPE_CHECKING:
    from zenpro_nb.access.model.inventory import Inventory

# Predefined roles that administer something by their documented description (API facts 7.7).
_ADMINISTRATORS = (
    ORGANIZATION_ADMIN, "Organization Manager", "Billing Admin", WORKSPACE_ADMIN, "Stack Admin", PROJECT_ADMIN,
)  # fmt: skip


class RunRoles(Struct, frozen=True):
    """What roles allow, by their ids.

    Attributes:
        starting: the roles that allow starting runs; None if the server does not return which roles do.
        administering: the roles that administer something, and those of which this is unknown.
        everywhere: the predefined roles of the organization that apply to all its workspaces with every permission.
    """

    starting: frozenset[str] | None
    administering: frozenset[str]
    everywhere: frozenset[str]


def run_roles(inventory: Inventory) -> RunRoles:
    """Return which roles allow starting runs, and which administer something.

    If it is unknown which roles allow one of the administrative actions in workspaces, every custom role counts as
    administering. Predefined roles are documented.

    Args:
        inventory: contains which roles allow `permissions.RUN_PERMISSIONS`.

    Example:
        >>> from zenpro_nb.access import Inventory
        >>> start = {"action": "create", "resource": "pipeline_run", "known": True}
        >>> roles = [{"id": "7", "name": "Trainer", "system_managed": False}]
        >>> found = run_roles(Inventory.of({"roles": roles, "permissions": [{**start, "role_id": "7"}]}))
        >>> found.starting, found.administering
        (frozenset({'7'}), frozenset({'7'}))
    """
    roles = roles_of(inventory)
    roles = roles[roles["real"].astype(bool)]
    predefined = roles["predefined"].astype(bool)
    documented = roles.loc[predefined & roles["name"].isin(_ADMINISTRATORS), "id"]
    found = {pair: inventory.roles_allowing(*pair) for pair in RUN_PERMISSIONS}
    administering = {str(key) for key in documented}
    administering.update(key for pair in (*IN_WORKSPACES, *IN_CONTROL_PLANE) for key in found[pair] or ())
    if any(found[pair] is None for pair in IN_WORKSPACES):
        administering.update(str(key) for key in roles.loc[~predefined, "id"])
    whole = roles.loc[predefined & (roles["name"] == ORGANIZATION_ADMIN), "id"]
    return RunRoles(
        # Organization Admin has every permission: if the server returns no role at all, it does not support the filter.
        starting=found[START] or None,
        administering=frozenset(administering),
        everywhere=frozenset(str(key) for key in whole),
    )
