"""Read the projects of a workspace: a list of objects that belong to projects is read per project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import RouteNotFoundError, UsageError
from zenpro_nb.query.matching import unknown
from zenpro_nb.query.read import Query, read_listing
from zenpro_nb.query.where import ALL
from zenpro_nb.resources.workspace.people import PROJECTS
from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    from zenpro_nb.client import Client


class ProjectScope(Struct, frozen=True):
    """One project; `param` is the value sent for it, None if the server has no projects."""

    name: str | None
    param: str | None


WHOLE = ProjectScope(None, None)


def projects(session: Session, client: Client) -> list[tuple[str, str]] | None:
    """Return names and ids of the projects, oldest first; None if the server is too old to have projects.

    Before about 0.80 each workspace had one project, which was also called workspace (API facts 9.3).
    """
    try:
        listing = read_listing(client, Query(PROJECTS, columns=["name", "id"], params={"sort_by": "asc:created"}))
    except RouteNotFoundError:
        return None
    projects_: list[tuple[str, str]] = []
    for part in listing.parts:
        table = part.page.table
        pairs = zip(table.column("name").to_pylist(), table.column("id").to_pylist(), strict=True)
        projects_.extend((name, key) for name, key in pairs if name and key)  # a project without them cannot be read
    session.names.remember(PROJECTS.noun, projects_)
    return projects_


def scopes(session: Session, client: Client, names: Sequence[str]) -> list[ProjectScope]:
    """Return the selected projects: those named, `all`, or the only one.

    Raises:
        UnknownNameError: the workspace has no such project.
        UsageError: none was named and there are several; the message lists them.
    """
    project_names = projects(session, client)
    session.names.keep("projects", client.url, project_names)
    if project_names is None:
        return [WHOLE]
    if ALL in names:
        return [ProjectScope(name, key) for name, key in project_names]
    if names:
        return [_find_project(text, project_names) for text in dict.fromkeys(names)]
    if len(project_names) == 1:
        return [ProjectScope(*project_names[0])]
    if not project_names:
        raise UsageError("You cannot see any project", hint="Ask an administrator for a role in a project.")
    names_text = ", ".join(name for name, _ in project_names[: limits.NAMES_IN_MESSAGE]) + (
        " …" if len(project_names) > limits.NAMES_IN_MESSAGE else ""
    )
    hint = f"Add --project NAME or --project {ALL}."
    raise UsageError(f"There are {len(project_names)} projects: {names_text}", hint=hint).completed_by(
        f"--project {ALL}"
    )


def guess(session: Session, client: Client, names: Sequence[str]) -> list[ProjectScope]:
    """Return the projects that are probably selected, to read them while their list is still being fetched.

    These are the cached ones, or those named: a server accepts a name in place of an id (API facts 9.3).
    """
    if names and ALL not in names:
        return [ProjectScope(text, text) for text in dict.fromkeys(names)]
    cached = session.names.value("projects", client.url)
    if not isinstance(cached, list) or (len(cached) != 1 and not names):
        return []
    return [ProjectScope(name, key) for name, key in cached]


def remembered_projects(session: Session, client: Client, names: Sequence[str]) -> list[ProjectScope]:
    """Return the projects with these names if all of them were in the list when it was last read; otherwise none.

    For reads, which the server refuses if one of the projects is gone (API facts 6.3).
    """
    cached = session.names.value("projects", client.url)
    if not isinstance(cached, list) or ALL in names:
        return []
    scopes_by_text = {text: ProjectScope(name, key) for name, key in cached for text in (name, key)}
    return [scopes_by_text[text] for text in dict.fromkeys(names)] if scopes_by_text.keys() >= set(names) else []


def project_of(session: Session, client: Client, record: Mapping[str, object]) -> str | None:
    """Return the name of the project that a workspace's record belongs to; None if the record does not say."""
    body = record.get("body")
    key = body.get("project_id") if isinstance(body, Mapping) else None
    if not key:
        return None
    names_by_id = session.names.by_id(PROJECTS.noun)
    if key not in names_by_id:
        projects(session, client)
        names_by_id = session.names.by_id(PROJECTS.noun)
    return names_by_id.get(str(key))


def _find_project(text: str, project_names: Sequence[tuple[str, str]]) -> ProjectScope:
    for name, key in project_names:
        if text in (name, key):
            return ProjectScope(name, key)
    raise unknown(PROJECTS.noun, text, [name for name, _ in project_names])
