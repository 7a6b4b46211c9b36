"""Read the names of the projects of an inventory, which tables show in place of their ids."""

from __future__ import annotations

from zenpro_nb import query
from zenpro_nb.access import Inventory
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.resources.workspace.people import PROJECTS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces import read_project_names, targets


def name_projects(session: Session, inventory: Inventory) -> None:
    """Read the names of the projects in which roles are assigned into the names of the session."""
    listed = inventory.workspace_projects.frame
    session.names.remember(PROJECTS.noun, zip(listed["name"], listed["id"], strict=True))
    rows = inventory.assignments.frame[["project_id", "workspace_id"]].dropna().drop_duplicates()
    pairs = list(zip(rows["project_id"], rows["workspace_id"], strict=True))
    known = session.names.by_id(PROJECTS.noun)
    if all(key in known for key, _ in pairs):
        return
    found = {record.get("id"): targets.target_of(session, record) for record in query.records(session, WORKSPACES)}
    read_project_names(session, [(key, found[place]) for key, place in pairs if place in found])
