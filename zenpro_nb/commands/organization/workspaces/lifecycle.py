"""Deploy and deactivate workspaces, undo it, and wait for a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames, limits, query
from zenpro_nb.framework.declare import (
    AVAILABLE,
    DEACTIVATED,
    DELETED,
    CommandContext,
    Observation,
    Opt,
    Timeout,
    Undo,
    WorkspaceName,
    Write,
    is_changed,
    waiting,
)
from zenpro_nb.resources.control_plane import WORKSPACES

if TYPE_CHECKING:
    import pandas as pd


Until = Annotated[
    str,
    Opt(
        type=click.Choice([AVAILABLE, DEACTIVATED, DELETED]),
        help="Wait for this state. Default: available.",
    ),
]


def transition(ctx: CommandContext, workspace: str, verb: str, goal: str) -> Write:
    """Return the write that moves the workspace to the state `goal`."""
    found = query.find(ctx.session, "workspaces", workspace)
    return Write(
        "PATCH",
        f"/workspaces/{found.id}/{verb}",
        target=f"workspace {found.name}",
        name=found.name,
        resource=WORKSPACES,
        verify=is_changed(ctx.session, f"/workspaces/{found.id}", {"desired_state": goal}),
        **_undo_of_transition(found, goal),
    )


def _undo_of_transition(found: query.Found, goal: str) -> dict[str, Any]:
    """Return the undo that moves the workspace back to its previous desired state."""
    before, path = found.record.get("desired_state"), f"/workspaces/{found.id}"
    status = found.record.get("status")
    verbs = {AVAILABLE: "deploy", DEACTIVATED: "deactivate"}
    if before not in verbs:
        return {"irreversible": "its previous state is unknown or cannot be restored"}
    if before == goal and status != goal:
        return {
            "irreversible": f"it was {status or 'in an unknown state'}, not {goal}, and no request can restore that"
        }
    was = {"desired_state": before}
    inverse = Undo(
        "PATCH", f"{path}/{verbs[before]}", Observation(path=path), expected_now={"desired_state": goal}, restores=was
    )
    return {"before": was, "inverse": (inverse,), "noop": f"already {goal}" if before == goal else ""}


def wait(
    ctx: CommandContext, workspace: WorkspaceName, until: Until = AVAILABLE, timeout: Timeout = limits.LIFECYCLE_TIMEOUT
) -> pd.DataFrame:
    """Wait until a workspace reaches a state, and show it. Fails if the workspace fails.

    Examples:
        # Wait until a workspace is available
        workspaces wait ml-prod
    """
    found = query.find(ctx.session, "workspaces", workspace, remembered=True)
    record = waiting.workspace(ctx, found.id, found.name, until, timeout)
    frame = frames.from_records(WORKSPACES, [record])
    query.note(ctx.session, frame, route=f"/workspaces/{found.id}")
    return frame
