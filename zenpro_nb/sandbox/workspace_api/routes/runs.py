"""Runs: start (ZenML Pro only), steps, graph, logs, stop and delete (API facts 9.2). Prune snapshots (12.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.tables import Organization
from zenpro_nb.sandbox.errors import BadValueError, ForbiddenError, MissingError
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.workspace_api import bodies, dag, log_entries
from zenpro_nb.sandbox.workspace_api.calls import WorkspaceCall
from zenpro_nb.sandbox.workspace_api.filters import flag_value
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Thing
from zenpro_nb.sandbox.workspace_api.items.pipelines import RUN_TEMPLATE, SNAPSHOT, Snapshot
from zenpro_nb.sandbox.workspace_api.items.runs import COMPLETED, RUN, STEP, STOPPED, STOPPING, Run, StepRun
from zenpro_nb.sandbox.workspace_api.items.stacks import PROJECT
from zenpro_nb.sandbox.workspace_api.listings.running import RUNS, STEPS
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError, TaskRunningError
from zenpro_nb.sandbox.workspace_api.rights import DELETE, PRUNE, READ, UPDATE
from zenpro_nb.sandbox.workspace_api.routes.lists import find, matching, page_of, project_of
from zenpro_nb.sandbox.workspace_api.statistics.groups import answer
from zenpro_nb.sandbox.workspace_api.statistics.question import Question
from zenpro_nb.sandbox.workspace_api.world import Pruning

STARTS_RUNS = "template_run"  # the feature of a plan


def _run(call: WorkspaceCall, *actions: str) -> Run:
    return _allowed(call, RUN, *actions)


def _step(call: WorkspaceCall) -> StepRun:
    return _allowed(call, STEP)


def _allowed(call: WorkspaceCall, kind: DataType[Thing], *actions: str) -> Thing:
    """Return the item in the route, if the caller can read it and perform all these actions on it."""
    item = find(call, kind)
    for action in (READ, *actions):
        call.rights.require(action, item)
    return item


def statistics(call: WorkspaceCall) -> object:
    """Count and aggregate the runs of a project that the caller can read (API facts 12.1)."""
    question = Question.of(call.body(), RUNS.names)
    project = project_of(call, dict(question.filters).get("project"))
    matches = matching(RUNS, call, question.filters)
    runs = [run for run in call.world.all(RUN, call.now) if run.project is project and call.rights.may_read(run)]
    return answer(question, (run for run in runs if matches(run)), call.now)


def steps(call: WorkspaceCall) -> object:
    """List the steps of a run."""
    run = _run(call)
    return page_of(STEPS, call, [step for step in run.steps if step.exists(call.now)])


def status(call: WorkspaceCall) -> object:
    """Return the status of a run."""
    return _run(call).status(call.now)


def configuration(call: WorkspaceCall) -> object:
    """Return the configuration of a run's pipeline."""
    return _run(call).metadata(call.now)["config"]


def graph(call: WorkspaceCall) -> object:
    """Return the graph of a run."""
    return dag.graph_of(_run(call), call.now)


def logs(call: WorkspaceCall) -> object:
    """Return the logs of a run."""
    run = _run(call)
    source, logs_id = call.query.get("source"), call.query.get("logs_id")
    if (source is None) == (logs_id is None):
        message = "Either source or logs_id must be provided."
        raise BadValueError(message if source is None else "Only one of source or logs_id must be provided.")
    return _entries(run, source, logs_id, call)


def step_status(call: WorkspaceCall) -> object:
    """Return the status of a step."""
    return _step(call).status(call.now)


def step_configuration(call: WorkspaceCall) -> object:
    """Return the configuration of a step."""
    return _step(call).metadata(call.now)["config"]


def step_logs(call: WorkspaceCall) -> object:
    """Return the logs of a step."""
    source, logs_id = call.query.get("source"), call.query.get("logs_id")
    return _entries(_step(call), source if source or logs_id else "step", logs_id, call)


def _entries(of: Run | StepRun, source: str | None, logs_id: str | None, call: WorkspaceCall) -> Sequence[object]:
    noun = "run" if isinstance(of, Run) else "step"
    log = of.log()
    if logs_id is not None and logs_id != log.id:
        raise MissingError(f"No logs found for ID '{logs_id}' in {noun} {of.id}")
    if source is not None and source != log.body(call.now)["source"]:
        raise MissingError(f"No logs found for source '{source}' in {noun} {of.id}")
    return log_entries.entries_of(of, call.now)


def stop(call: WorkspaceCall) -> object:
    """Stop a run that is in progress."""
    run = _run(call, UPDATE)
    graceful = call.query.get("graceful")
    if graceful is not None:
        flag_value("graceful", graceful)
    state = run.status(call.now)
    if state == COMPLETED:
        raise ForbiddenError("Cannot stop a run that is already completed.")
    if state == STOPPED:
        raise ForbiddenError("Run is already stopped.")
    if state == STOPPING:
        raise ForbiddenError("Run is already being stopped.")
    if not run.in_progress(call.now):
        # 0.98.0 passes a failed run to its orchestrator, which has nothing left to stop.
        raise BadValueError(f"The run has ended already: it is {state}.")
    call.world.stop_run(run, call.now)
    return None


def delete(call: WorkspaceCall) -> object:
    """Delete a run with its steps."""
    call.world.delete_run(_run(call, DELETE))
    return None


def start_snapshot(call: WorkspaceCall) -> object:
    """Start a run of a snapshot."""
    snapshot = find(call, SNAPSHOT)
    call.rights.require(READ, snapshot)
    return _start(call, snapshot, None)


def start_template(call: WorkspaceCall) -> object:
    """Start a run of a template."""
    template = find(call, RUN_TEMPLATE)
    call.rights.require(READ, template)
    return _start(call, template.snapshot, template.id)


def _start(call: WorkspaceCall, snapshot: Snapshot, template_id: str | None) -> object:
    """Start a run now, owned by the caller. Its status then follows the clock: initializing, running, completed."""
    for kind in (SNAPSHOT, RUN):
        call.rights.require_create(kind.permission, snapshot.project)
    query = select(Organization).where(Organization.id == call.ctx.workspace.organization_id)
    plans.require_room(call.ctx.session, call.ctx.session.scalars(query).one(), STARTS_RUNS)
    if not snapshot.runnable:
        raise BadValueError("This snapshot can not be run because it is not associated with a remote stack and build.")
    run = call.world.start_run(snapshot, call.account, call.now, template_id)
    return call.envelope.item_body(run, hydrate=True)


def prune_snapshots(call: WorkspaceCall) -> object:
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
