"""Count or delete unused snapshots (API facts 12.4)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from zenpro_nb.sandbox import limits, queries
from zenpro_nb.sandbox.workspace_api import bodies
from zenpro_nb.sandbox.workspace_api.calls import WorkspaceCall
from zenpro_nb.sandbox.workspace_api.items.pipelines import SNAPSHOT
from zenpro_nb.sandbox.workspace_api.items.stacks import PROJECT
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError, TaskRunningError
from zenpro_nb.sandbox.workspace_api.rights import PRUNE
from zenpro_nb.sandbox.workspace_api.world import Pruning


def prune(call: WorkspaceCall) -> object:
    """Count the unused snapshots, or start the task that deletes them. No route shows the task."""
    body = call.body()
    bodies.require(body, "project", "older_than")
    try:
        project = call.world.get(PROJECT, str(UUID(body["project"])), call.now)
    except (TypeError, ValueError, AttributeError):
        message = "Input should be a valid UUID"
        raise InvalidRequestError("uuid_parsing", ("body", "project"), message, body["project"]) from None
    older_than = bodies.moment(body, "older_than") or call.now
    call.rights.require_in(PRUNE, SNAPSHOT.permission, project)
    if not bodies.flag(body, "apply"):
        return {"snapshot_count": len(call.world.unused_snapshots(project, older_than)), "task_id": None}
    if call.world.is_pruning():
        raise TaskRunningError("Another maintenance task is still running. Retry once it has finished.")
    duration = min(call.ctx.context.options.lifecycle, timedelta(seconds=limits.PRUNE_SECONDS))
    call.world.prune(Pruning(project, older_than, call.now + duration))
    return {"snapshot_count": None, "task_id": queries.new_id()}
