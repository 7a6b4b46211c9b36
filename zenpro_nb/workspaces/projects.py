"""The projects of a workspace: a list of what belongs to projects is read for one of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zenpro_nb import limits
from zenpro_nb.client import Client
from zenpro_nb.errors import RouteNotFoundError, UsageError
from zenpro_nb.query import Query, read_listing, unknown
from zenpro_nb.resources.workspace.people import PROJECTS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.targets import ALL


@dataclass(frozen=True)
class ProjectScope:
    """One project; `param` is what is sent for it, None where the server knows no projects."""

    name: str | None
    param: str | None


def projects(session: Session, client: Client) -> list[tuple[str, str]] | None:
    """Names and ids of the projects, the oldest first; None where the server is too old to have any.

    Before about 0.80 there was one project for each workspace, which was called workspace too (fact sheet, 9.3).
    """
    try:
        listing = read_listing(client, Query(PROJECTS, columns=["name", "id"], params={"sort_by": "asc:created"}))
    except RouteNotFoundError:
        return None
    found: list[tuple[str, str]] = []
    for part in listing.parts:
        table = part.page.table
        found.extend(zip(table.column("name").to_pylist(), table.column("id").to_pylist(), strict=True))
    session.names.remember(PROJECTS.noun, found)
    return found


def scopes(session: Session, client: Client, names: Sequence[str]) -> list[ProjectScope]:
    """The projects that are meant: those named, `all`, or the only one there is.

    Raises:
        UnknownNameError: the workspace has no such project.
        UsageError: none was named and there are several; the message lists them.
    """
    found = projects(session, client)
    if found is None:
        return [ProjectScope(None, None)]
    if ALL in names:
        return [ProjectScope(name, key) for name, key in found]
    if names:
        return [_named(text, found) for text in dict.fromkeys(names)]
    if len(found) == 1:
        return [ProjectScope(*found[0])]
    if not found:
        raise UsageError("There is no project that you can see", hint="Ask for a role in one.")
    listed = ", ".join(name for name, _ in found[: limits.LISTED]) + (" …" if len(found) > limits.LISTED else "")
    raise UsageError(f"There are {len(found)} projects: {listed}", hint=f"Add --project NAME or --project {ALL}.")


def _named(text: str, found: Sequence[tuple[str, str]]) -> ProjectScope:
    for name, key in found:
        if text in (name, key):
            return ProjectScope(name, key)
    raise unknown(PROJECTS.noun, text, [name for name, _ in found])
