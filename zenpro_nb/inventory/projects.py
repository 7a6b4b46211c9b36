"""Read the projects of workspaces from their own servers: for plans that name them, and to show names for their ids."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.access import Gap, Inventory, list_of
from zenpro_nb.errors import ZenProError
from zenpro_nb.inventory.fetch import Answer, Request, Source, ask
from zenpro_nb.inventory.join import read_of
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.resources.workspace.people import PROJECTS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces import read_project_names, targets

_LIST = "workspace_projects"


def with_projects(session: Session, inventory: Inventory, workspace_ids: Collection[str]) -> Inventory:
    """Return the inventory with the projects of these workspaces; a workspace that cannot be read is a gap.

    Raises:
        ConnectionFailedError: the control plane cannot be reached.
        InterruptedReadError: Ctrl-C.
    """
    if not workspace_ids:
        return inventory
    rows = inventory.workspaces.frame
    names = dict(zip(rows["id"], rows["name"], strict=True))
    workspace_targets = targets.resolve(session, sorted(workspace_ids)).found
    source = Source(_LIST)
    requests = [
        Request(source, part=key, target=target)
        for key, target in zip(sorted(workspace_ids), workspace_targets, strict=True)
    ]
    answers = ask(session, requests)
    read = read_of(_LIST, answers)
    read.frame["workspace"] = read.frame["workspace_id"].map(names)
    failed = {answer.request.part: _reason(answer) for answer in answers if answer.error is not None}
    others = {str(key): "It was not read." for key in names if key not in workspace_ids}
    gap = read.gap or Gap("not asked", "Only the projects of some workspaces were read.")
    project_list = list_of(
        _LIST,
        read.frame,
        fields=read.fields,
        complete=False,
        started=read.started,
        finished=read.finished,
        gap=replace(gap, parts={**others, **failed}),
    )
    return inventory.with_lists(project_list, requests=sum(answer.requests for answer in answers))


def _reason(answer: Answer) -> str:
    error = answer.error
    return error.message if isinstance(error, ZenProError) else str(error)


def name_projects(session: Session, inventory: Inventory) -> None:
    """Read the names of the projects in which roles are assigned into the names of the session."""
    frame = inventory.workspace_projects.frame
    session.names.remember(PROJECTS.noun, zip(frame["name"], frame["id"], strict=True))
    rows = inventory.assignments.frame[["project_id", "workspace_id"]].dropna().drop_duplicates()
    pairs = list(zip(rows["project_id"], rows["workspace_id"], strict=True))
    names_by_id = session.names.by_id(PROJECTS.noun)
    if all(key in names_by_id for key, _ in pairs):
        return
    by_id = {record.get("id"): targets.target_of(session, record) for record in query.records(session, WORKSPACES)}
    read_project_names(session, [(key, by_id[place]) for key, place in pairs if place in by_id])
