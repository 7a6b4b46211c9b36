"""What servers say of themselves: version and kind, and how much there is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from zenpro_nb.client import Client, segment
from zenpro_nb.errors import NotFoundError
from zenpro_nb.query import projects, record_of
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.resources.workspace.facts import INFO, STATISTICS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.targets import Target


def info_rows(session: Session, target: Target) -> list[dict[str, Any]]:
    """What the server says of itself."""
    return [{**record_of(target.client(session).get(INFO.path)), WORKSPACE.name: target.name}]


def statistics_rows(session: Session, target: Target) -> list[dict[str, Any]]:
    """A row for each project that you can see, or one for a workspace without any."""
    client = target.client(session)
    whole = record_of(client.get(STATISTICS.path))
    names = [name for name, _ in projects(session, client) or ()]
    counted = client.fan_out([partial(_of_project, client, name) for name in names])
    rows: Sequence[Mapping[str, Any]] = [
        {PROJECT.name: name, **count} for name, count in zip(names, counted, strict=True)
    ]
    return [{**whole, **row, WORKSPACE.name: target.name} for row in rows or [{}]]


def _of_project(client: Client, name: str) -> Mapping[str, Any]:
    try:
        return record_of(client.get(f"/api/v1/projects/{segment(name)}/statistics"))
    except NotFoundError:  # deleted a moment ago
        return {}
