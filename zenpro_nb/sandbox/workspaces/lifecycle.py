"""The status of a workspace as a function of time (API facts 8.2; the transitions there are inferred).

There is no timer: a workspace stores its target state and the time it was set, and each request computes the status.

    create -> not_initialized -> pending -> available      deactivate -> pending -> deactivated
                                        `-> failed         delete     -> pending -> deleted (the row stays)
    enroll -> pending, until the workspace's own server calls PATCH /workspace_status -> available

Only the response to the creation contains not_initialized: ZenML's development tool polls again immediately, and waits
only while the status is pending (API facts 11.6).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from zenpro_nb.sandbox.database.tables import Workspace

Status = Literal["not_initialized", "pending", "available", "failed", "deactivated", "deleted"]

AVAILABLE = "available"
DEACTIVATED = "deactivated"
DELETED = "deleted"
FAILED = "failed"
PENDING = "pending"
NOT_INITIALIZED = "not_initialized"
# Not a status of the API: an enrolled workspace whose server has not reported yet. The API shows it as pending.
ENROLLING = "enrolling"

# API facts 11.2: the reason that a workspace shows for a state that a user requested.
USER_ACTION = "user_action"
# A convention of the sandbox only: a way to trigger a failure.
FAILING_PREFIX = "fail-"
FAILING_REASON = f"In the sandbox, every workspace whose name begins with '{FAILING_PREFIX}' fails."


def status_of(workspace: Workspace, now: datetime, duration: timedelta) -> str:
    """Return the status that the API shows at this time."""
    if workspace.target_state == ENROLLING:
        return PENDING
    if now - workspace.target_since >= duration:
        return workspace.target_state
    return NOT_INITIALIZED if workspace.is_new and now <= workspace.target_since else PENDING


def desired_state(workspace: Workspace) -> str:
    """Return the desired state that the API shows, which is never pending or failed (API facts 8.1)."""
    return AVAILABLE if workspace.target_state in (FAILED, ENROLLING) else workspace.target_state


def set_target_state(workspace: Workspace, target_state: str, now: datetime, *, is_new: bool = False) -> None:
    """Set the target state. A workspace with the failing prefix gets failed instead of available."""
    fails = target_state == AVAILABLE and workspace.name.startswith(FAILING_PREFIX)
    workspace.target_state = FAILED if fails else target_state
    workspace.target_reason = FAILING_REASON if fails else USER_ACTION
    workspace.target_since = now
    workspace.is_new = is_new
    workspace.updated = now
