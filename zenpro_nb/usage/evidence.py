"""The verdicts on the roles of an organization, as evidence for the audit and for reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import frames
from zenpro_nb.access.effective.effective import effective_access
from zenpro_nb.access.model.columns import DIRECT, TEAM, VIA
from zenpro_nb.access.model.keys import AssignmentKey, HeldRoleKey, MembershipKey
from zenpro_nb.access.model.role_usage import RoleUsage, UsedRole
from zenpro_nb.usage.roles import run_roles
from zenpro_nb.usage.unused import usage_of_paths

if TYPE_CHECKING:
    from zenpro_nb.access.model.inventory import Inventory
    from zenpro_nb.usage.activity import Activity


def role_usage(inventory: Inventory, activity: Activity, window: str) -> RoleUsage:
    """Return the verdict of each role that an account has, directly or through a team.

    Args:
        inventory: contains which roles allow `permissions.RUN_PERMISSIONS`.
        activity: the runs of the organization in a window.
        window: the window as typed.
    """
    paths = effective_access(inventory)
    paths = paths[paths["via"].isin([VIA[DIRECT], VIA[TEAM]]) & paths["user_id"].notna() & paths["role_id"].notna()]
    starting = run_roles(inventory).starting or frozenset()
    found = {}
    for row in frames.convert(usage_of_paths(inventory, paths, activity), "records"):
        team = {"user_id": None} if row["team_id"] else {}
        membership = MembershipKey(row["team_id"], row["user_id"]) if row["team_id"] else None
        key = HeldRoleKey(AssignmentKey.of({**row, **team}), membership)
        found[key] = UsedRole(
            row["verdict"],
            row["reason"],
            row["role_id"] in starting,
            row["runs"] or 0,
            row["scheduled_runs"] or 0,
            row["last_run"].date() if row["last_run"] else None,
        )
    return RoleUsage(window, f"{activity.since:%Y-%m-%d} to {activity.until:%Y-%m-%d}", found)
