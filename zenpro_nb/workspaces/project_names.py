"""The names of projects, which only the workspaces' own servers know: the control plane lists roles by project ID."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from zenpro_nb import query
from zenpro_nb.client import across_servers
from zenpro_nb.errors import ZenProError
from zenpro_nb.resources.workspace.people import PROJECTS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.targets import AVAILABLE, Target

_TRIED = "project names"


def read_project_names(session: Session, wanted: Iterable[tuple[str, Target]]) -> None:
    """Read names of projects from their running workspaces into the names of the session.

    A server can be unreachable from here, so each one is tried once per session, without retries.

    Args:
        wanted: ids of projects, with their workspaces.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    known = session.names.by_id(PROJECTS.noun)
    unknown = {target.url: target for key, target in wanted if key not in known}
    untried = [
        target
        for url, target in unknown.items()
        if url and target.status == AVAILABLE and session.names.kept(_TRIED, url) is None
    ]
    for target in untried:
        session.names.keep(_TRIED, target.url, True)
    across_servers([partial(_read, session, target) for target in untried], patience=0)


def _read(session: Session, target: Target) -> None:
    """Read the names of the projects of a workspace. Without them, roles are shown with the ids of their projects."""
    try:
        found = query.records(session, PROJECTS, at=target.where(session))
    except ZenProError:
        return
    session.names.remember(PROJECTS.noun, [(record.get("name"), record.get("id")) for record in found])
