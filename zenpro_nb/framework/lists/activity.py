"""Read the runs that people started, for verdicts on roles, people and removals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import limits
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.parameters.window import start_of
from zenpro_nb.syntax.counts import counted, named

if TYPE_CHECKING:
    from zenpro_nb.access import Inventory
    from zenpro_nb.access.model.role_usage import RoleUsage
    from zenpro_nb.usage.activity import Activity


def read_activity(ctx: CommandContext, inventory: Inventory, window: str, subject: str) -> Activity:
    """Return the runs of an organization in a window until now; warn about the workspaces that could not be counted.

    Args:
        inventory: the organization, read with `permissions.USAGE_PAIRS`.
        window: its beginning, as typed.
        subject: what is unknown because of a gap, for the warning: "verdicts".

    Raises:
        ZenProError: the control plane could not be read.
    """
    # Few commands read the servers of workspaces. Modules with numpy are not needed for the help of a command.
    from zenpro_nb.usage.blind_spots import with_blind_spots
    from zenpro_nb.workspaces import usage

    with ctx.ui.progress("runs") as advance:
        activity = usage.read_activity(ctx.session, inventory.organization_id, start_of(ctx, window), progress=advance)
    activity = with_blind_spots(inventory, activity)
    if activity.gaps:
        workspaces = inventory.workspaces.frame.set_index("id")["name"].to_dict()
        places = sorted({str(workspaces.get(gap.workspace_id, gap.workspace_id)) for gap in activity.gaps})
        ctx.ui.warn_incomplete(
            f"{subject} are unknown where runs could not be counted, in {counted(len(places), 'workspace')}: "
            f"{named(places, limits.LISTED)}"
        )
    return activity


def read_role_usage(ctx: CommandContext, inventory: Inventory, window: str) -> RoleUsage:
    """Return which roles of an organization were used to start runs in a window until now.

    Args:
        inventory: the organization, read with `permissions.USAGE_PAIRS`.
        window: its beginning, as typed.
    """
    from zenpro_nb.usage.evidence import role_usage

    return role_usage(inventory, read_activity(ctx, inventory, window, "verdicts on unused roles"), window)


def describe_window(activity: Activity) -> str:
    """Return the window of an activity in words."""
    return f"{activity.since:%Y-%m-%d} to {activity.until:%Y-%m-%d}"
