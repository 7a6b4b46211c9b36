"""One run: its start, which only servers of ZenML Pro know, its steps, graph and logs, and its end (API facts 9.2)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from zenpro_nb.sandbox import plans
from zenpro_nb.sandbox.errors import BadValueError, ForbiddenError, MissingError
from zenpro_nb.sandbox.tables import Organization
from zenpro_nb.sandbox.workspace_api import dag, log_entries
from zenpro_nb.sandbox.workspace_api.filters import flag_value
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Thing
from zenpro_nb.sandbox.workspace_api.items.pipelines import RUN_TEMPLATE, SNAPSHOT, Snapshot
from zenpro_nb.sandbox.workspace_api.items.runs import COMPLETED, RUN, STEP, STOPPED, STOPPING, Run, StepRun
from zenpro_nb.sandbox.workspace_api.listings.running import STEPS
from zenpro_nb.sandbox.workspace_api.rights import DELETE, READ, UPDATE
from zenpro_nb.sandbox.workspace_api.routes.lists import find, page_of
from zenpro_nb.sandbox.workspace_api.visit import Visit

STARTS_RUNS = "template_run"  # the feature of a plan


def _run(visit: Visit, *actions: str) -> Run:
    return _allowed(visit, RUN, *actions)


def _step(visit: Visit) -> StepRun:
    return _allowed(visit, STEP)


def _allowed(visit: Visit, kind: DataType[Thing], *actions: str) -> Thing:
    """Return the thing that stands in the route, if it may be read and all of this may be done with it."""
    item = find(visit, kind)
    for action in (READ, *actions):
        visit.rights.require(action, item)
    return item


def steps(visit: Visit) -> object:
    """List the steps of a run."""
    run = _run(visit)
    return page_of(STEPS, visit, [step for step in run.steps if step.exists(visit.now)])


def status(visit: Visit) -> object:
    """Return the status of a run."""
    return _run(visit).status(visit.now)


def configuration(visit: Visit) -> object:
    """Return the configuration of a run's pipeline."""
    return _run(visit).metadata(visit.now)["config"]


def graph(visit: Visit) -> object:
    """Return the graph of a run."""
    return dag.of(_run(visit), visit.now)


def logs(visit: Visit) -> object:
    """Return what a run has logged."""
    run = _run(visit)
    source, logs_id = visit.query.get("source"), visit.query.get("logs_id")
    if (source is None) == (logs_id is None):
        few = "Either source or logs_id must be provided."
        raise BadValueError(few if source is None else "Only one of source or logs_id must be provided.")
    return _entries(run, source, logs_id, visit)


def step_status(visit: Visit) -> object:
    """Return the status of a step."""
    return _step(visit).status(visit.now)


def step_configuration(visit: Visit) -> object:
    """Return the configuration of a step."""
    return _step(visit).metadata(visit.now)["config"]


def step_logs(visit: Visit) -> object:
    """Return what a step has logged."""
    source, logs_id = visit.query.get("source"), visit.query.get("logs_id")
    return _entries(_step(visit), source if source or logs_id else "step", logs_id, visit)


def _entries(of: Run | StepRun, source: str | None, logs_id: str | None, visit: Visit) -> Sequence[object]:
    what = "run" if isinstance(of, Run) else "step"
    log = of.log()
    if logs_id is not None and logs_id != log.id:
        raise MissingError(f"No logs found for ID '{logs_id}' in {what} {of.id}")
    if source is not None and source != log.body(visit.now)["source"]:
        raise MissingError(f"No logs found for source '{source}' in {what} {of.id}")
    return log_entries.of(of, visit.now)


def stop(visit: Visit) -> object:
    """Stop a run that is in progress."""
    run = _run(visit, UPDATE)
    graceful = visit.query.get("graceful")
    if graceful is not None:
        flag_value("graceful", graceful)
    state = run.status(visit.now)
    if state == COMPLETED:
        raise ForbiddenError("Cannot stop a run that is already completed.")
    if state == STOPPED:
        raise ForbiddenError("Run is already stopped.")
    if state == STOPPING:
        raise ForbiddenError("Run is already being stopped.")
    if not run.in_progress(visit.now):
        # 0.98.0 hands a failed run to its orchestrator, which has nothing to stop any more.
        raise BadValueError(f"The run has ended already: it is {state}.")
    visit.world.stop_run(run, visit.now)
    return None


def delete(visit: Visit) -> object:
    """Delete a run with its steps."""
    visit.world.delete_run(_run(visit, DELETE))
    return None


def start_snapshot(visit: Visit) -> object:
    """Start a run of a snapshot."""
    snapshot = find(visit, SNAPSHOT)
    visit.rights.require(READ, snapshot)
    return _start(visit, snapshot, None)


def start_template(visit: Visit) -> object:
    """Start a run of a template."""
    template = find(visit, RUN_TEMPLATE)
    visit.rights.require(READ, template)
    return _start(visit, template.snapshot, template.id)


def _start(visit: Visit, snapshot: Snapshot, template_id: str | None) -> object:
    """Start a run now, for whoever asks. It goes its way by the clock: initializing, running, done."""
    for kind in (SNAPSHOT, RUN):
        visit.rights.require_create(kind.permission, snapshot.project)
    query = select(Organization).where(Organization.id == visit.door.workspace.organization_id)
    plans.require_room(visit.door.session, visit.door.session.scalars(query).one(), STARTS_RUNS)
    if not snapshot.runnable:
        raise BadValueError("This snapshot can not be run because it is not associated with a remote stack and build.")
    run = visit.world.start_run(snapshot, visit.account, visit.now, template_id)
    return visit.envelope.shown(run, hydrate=True)
