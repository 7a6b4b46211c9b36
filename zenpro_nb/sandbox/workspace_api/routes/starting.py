"""Starting runs on the server, as only servers of ZenML Pro do (section 9.2)."""

from __future__ import annotations

from sqlalchemy import select

from zenpro_nb.sandbox import plans
from zenpro_nb.sandbox.errors import BadValueError
from zenpro_nb.sandbox.tables import Organization
from zenpro_nb.sandbox.workspace_api.items.pipelines import RUN_TEMPLATE, SNAPSHOT, Snapshot
from zenpro_nb.sandbox.workspace_api.items.runs import RUN
from zenpro_nb.sandbox.workspace_api.rights import READ
from zenpro_nb.sandbox.workspace_api.routes.lists import find
from zenpro_nb.sandbox.workspace_api.visit import Visit

FEATURE = "template_run"


def from_snapshot(visit: Visit) -> object:
    """Start a run of a snapshot."""
    snapshot = find(visit, SNAPSHOT)
    visit.rights.require(READ, snapshot)
    return _start(visit, snapshot, None)


def from_template(visit: Visit) -> object:
    """Start a run of a template."""
    template = find(visit, RUN_TEMPLATE)
    visit.rights.require(READ, template)
    return _start(visit, template.snapshot, template.id)


def _start(visit: Visit, snapshot: Snapshot, template_id: str | None) -> object:
    """Start a run now, for whoever asks. It goes its way by the clock: initializing, running, done."""
    for kind in (SNAPSHOT, RUN):
        visit.rights.require_create(kind.permission, snapshot.project)
    query = select(Organization).where(Organization.id == visit.door.workspace.organization_id)
    plans.require_room(visit.door.session, visit.door.session.scalars(query).one(), FEATURE)
    if not snapshot.runnable:
        raise BadValueError("This snapshot can not be run because it is not associated with a remote stack and build.")
    run = visit.world.start_run(snapshot, visit.account, visit.now, template_id)
    return visit.envelope.shown(run, hydrate=True)
