"""What the caller cannot see: workspaces whose runs they cannot all read, and workspaces that are not in their list.

A workspace leaves out runs that the caller cannot read, without a word. Counted as they are, the missing runs would
make other people look idle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb.access.effective.effective import effective_access
from zenpro_nb.access.effective.implied_roles import INHERITED
from zenpro_nb.access.effective.paths import alive, roles_of, workspaces_of
from zenpro_nb.access.model.columns import (
    BY_OWNER,
    BY_SUPERUSER,
    ORGANIZATION_ADMIN,
    SCOPES,
    VIA,
    WORKSPACE,
    WORKSPACE_ADMIN,
)
from zenpro_nb.usage.activity import Activity, ActivityGap
from zenpro_nb.usage.permissions import READ

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory

# Predefined roles that read all runs of a workspace (API facts 7.7), if the server does not return which roles do.
_READERS = (ORGANIZATION_ADMIN, WORKSPACE_ADMIN, "Workspace Developer", "Workspace Viewer")
_NOT_READABLE = "you have no role there that reads all runs"


def with_blind_spots(inventory: Inventory, activity: Activity, paths: pd.DataFrame | None = None) -> Activity:
    """Return the activity with a gap for each workspace whose runs the caller may not all be able to read.

    The reason of each gap names the workspace.

    Args:
        inventory: contains the account of the caller, and which roles allow `READ`.
        activity: the runs that the caller read.
        paths: the effective access of all principals, if it was computed before.
    """
    own = _own_paths(inventory, paths)
    readers = inventory.roles_allowing(*READ)
    if readers is None:
        roles = roles_of(inventory)
        readers = frozenset(roles.loc[roles["predefined"] & roles["name"].isin(_READERS), "id"])
    reads = own["role_id"].isin(readers) | own["via"].isin([VIA[BY_SUPERUSER], VIA[BY_OWNER]])
    whole = set(own.loc[reads & (own["scope"] == SCOPES[WORKSPACE]), "workspace_id"])
    workspace_ids = {gap.workspace_id for gap in activity.gaps if gap.project_id is None}
    blind = [key for key in alive(inventory) if key not in whole and key not in workspace_ids]
    names = workspaces_of(inventory).set_index("id")["name"]
    gaps = [*activity.gaps, *(ActivityGap(key, None, _NOT_READABLE) for key in blind)]
    return replace(
        activity,
        gaps=tuple(
            replace(gap, reason=_place_text(str(names.get(gap.workspace_id, gap.workspace_id)), gap.reason))
            for gap in gaps
        ),
    )


def _place_text(workspace: str, reason: str) -> str:
    """Return the reason of a gap as a part of a sentence, with the name of the workspace.

    >>> _place_text("ml-dev", "You cannot see any of its projects.")
    'ml-dev: you cannot see any of its projects'
    >>> _place_text("ml-old", "The workspace ml-old is asleep.")
    'the workspace ml-old is asleep'
    """
    words = reason.rstrip(".")
    words = words[:1].lower() + words[1:]
    return words if workspace in words else f"{workspace}: {words}"


def sees_every_workspace(inventory: Inventory, paths: pd.DataFrame | None = None) -> bool:
    """Return whether the caller's list of workspaces is complete: other callers see only workspaces granted to them."""
    if not inventory.workspaces.complete:
        return False
    own = _own_paths(inventory, paths)
    roles = roles_of(inventory)
    inherited = roles.loc[roles["predefined"] & roles["name"].isin(INHERITED), "id"]
    return bool((own["role_id"].isin(inherited) | (own["via"] == VIA[BY_SUPERUSER])).any())


def _own_paths(inventory: Inventory, paths: pd.DataFrame | None) -> pd.DataFrame:
    paths = effective_access(inventory) if paths is None else paths
    return paths[paths["user_id"].isin(inventory.me.frame["id"].dropna())]
