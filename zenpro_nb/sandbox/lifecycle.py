"""A workspace's status as a function of time (API facts 8.2; the transitions there are inferred).

Nothing ticks: a workspace stores the goal it was given and when, and its status is worked out when somebody looks.

    create -> not_initialized -> pending -> available      deactivate -> pending -> deactivated
                                        `-> failed         delete     -> pending -> deleted (the row stays)
    enroll -> pending, until the workspace's own server calls PATCH /workspace_status -> available

Only the reply to the creation says not_initialized: ZenML's development tool looks again at once, and waits for nothing
but pending (API facts 11.6).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from zenpro_nb.sandbox.tables import Workspace

Status = Literal["not_initialized", "pending", "available", "failed", "deactivated", "deleted"]

AVAILABLE = "available"
DEACTIVATED = "deactivated"
DELETED = "deleted"
FAILED = "failed"
PENDING = "pending"
NOT_INITIALIZED = "not_initialized"
# Not a status of the API: an enrolled workspace whose server has not called yet; it is shown as pending.
ENROLLING = "enrolling"

# API facts 11.2: what a workspace says of a state that somebody asked for.
USER_ACTION = "user_action"
# A convention of the sandbox alone: a way to see a failure on purpose.
FAILING_PREFIX = "fail-"
FAILING_REASON = f"The sandbox lets every workspace fail whose name begins with '{FAILING_PREFIX}'."


def status_of(workspace: Workspace, now: datetime, duration: timedelta) -> str:
    """Return the status that the API shows at this moment."""
    if workspace.goal == ENROLLING:
        return PENDING
    if now - workspace.goal_set >= duration:
        return workspace.goal
    return NOT_INITIALIZED if workspace.is_new and now <= workspace.goal_set else PENDING


def desired_state(workspace: Workspace) -> str:
    """Return where the workspace is going, which is never pending or failed (API facts 8.1)."""
    return AVAILABLE if workspace.goal in (FAILED, ENROLLING) else workspace.goal


def set_goal(workspace: Workspace, goal: str, now: datetime, *, is_new: bool = False) -> None:
    """Send the workspace towards a state; one that is doomed to fail goes to failed instead of available."""
    doomed = goal == AVAILABLE and workspace.name.startswith(FAILING_PREFIX)
    workspace.goal = FAILED if doomed else goal
    workspace.goal_reason = FAILING_REASON if doomed else USER_ACTION
    workspace.goal_set = now
    workspace.is_new = is_new
    workspace.updated = now
