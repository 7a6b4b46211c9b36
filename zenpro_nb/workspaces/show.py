"""One thing of a workspace as a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb.frames import from_records
from zenpro_nb.query import fill as path_of
from zenpro_nb.query import note
from zenpro_nb.resources import Resource
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.find import Thing
from zenpro_nb.workspaces.many import PROJECT, WORKSPACE, fill
from zenpro_nb.workspaces.projects import projects
from zenpro_nb.workspaces.targets import Target

if TYPE_CHECKING:
    import pandas as pd


def one_row(session: Session, target: Target, resource: Resource, thing: Thing, *, raw: bool = False) -> pd.DataFrame:
    """The thing with every column that the resource declares."""
    frame = from_records(resource, [thing.record], raw=raw)
    fill(frame, WORKSPACE, [target.name], [len(frame)], insert=raw)
    if resource.scoped:
        fill(frame, PROJECT, [project_of(session, target, thing)], [len(frame)], insert=raw)
    note(session, frame, route=path_of(resource.detail, {"id": thing.id}), workspaces=[target.name])
    return frame


def project_of(session: Session, target: Target, thing: Thing) -> str | None:
    """The name of the project that the thing belongs to."""
    if thing.project is not None:
        return thing.project
    key = (thing.record.get("body") or {}).get("project_id")
    known = session.names.by_id("projects")
    if key and key not in known:
        projects(session, target.client(session))
        known = session.names.by_id("projects")
    return known.get(str(key)) if key else None
