"""info and statistics: version, settings and object counts of workspace servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from zenpro_nb.client import segment
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.parameters import Workspaces
from zenpro_nb.errors import NotFoundError, ZenProError
from zenpro_nb.framework.declare import CommandContext, ListOptions, Org, listing, reading
from zenpro_nb.query import projects, record_of
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.resources.workspace.facts import INFO, STATISTICS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.many import Failure, each
from zenpro_nb.workspaces.targets import Target, resolve

if TYPE_CHECKING:
    from zenpro_nb.client import Client
    from zenpro_nb.frames import Table

Rows = Callable[[Session, Target], list[dict[str, Any]]]


@listing(INFO)
def info(ctx: CommandContext, options: ListOptions, workspace: Workspaces = (), org: Org = None) -> Table:
    """Read the version and settings of each server.

    Examples:
        # Show the version of one server
        info --workspace ml-prod
    """
    return _frame(ctx, INFO, _info_rows, workspace, options)


@listing(STATISTICS)
def statistics(ctx: CommandContext, options: ListOptions, workspace: Workspaces = (), org: Org = None) -> Table:
    """Read the object counts of each server.

    Examples:
        # Count the objects of one workspace
        statistics --workspace ml-prod
    """
    return _frame(ctx, STATISTICS, _statistics_rows, workspace, options)


def _frame(
    ctx: CommandContext, resource: Resource, rows_of: Rows, workspaces: Sequence[str], options: ListOptions
) -> Table:
    """Return the rows of all workspaces in one frame; report the workspaces that fail."""
    session = ctx.session
    targets = resolve(session, workspaces, options.org)
    results = each(targets.found, lambda target: rows_of(session, target))
    rows: list[dict[str, Any]] = []
    failures = []
    for target, result in zip(targets.found, results, strict=True):
        if isinstance(result, ZenProError):
            failures.append(Failure(target.name, result))
        else:
            rows += result
    facts: dict[str, Any] = {"failed": [failure.row for failure in failures], "skipped": dict(targets.skipped)}
    frame = reading.frame_of_records(ctx, resource, rows, options, route=resource.path, **facts)
    across_workspaces.warn(ctx, failures, targets)
    return frame


def _info_rows(session: Session, target: Target) -> list[dict[str, Any]]:
    """Return the version and settings of the server as one row."""
    return [{**record_of(target.client(session).get(INFO.path)), WORKSPACE.name: target.name}]


def _statistics_rows(session: Session, target: Target) -> list[dict[str, Any]]:
    """Return one row per project that you can see, or a single row for a workspace without projects."""
    client = target.client(session)
    totals = record_of(client.get(STATISTICS.path))
    names = [name for name, _ in projects(session, client) or ()]
    counts = client.fan_out([partial(_of_project, client, name) for name in names])
    rows: Sequence[Mapping[str, Any]] = [
        {PROJECT.name: name, **count} for name, count in zip(names, counts, strict=True)
    ]
    return [{**totals, **row, WORKSPACE.name: target.name} for row in rows or [{}]]


def _of_project(client: Client, name: str) -> Mapping[str, Any]:
    try:
        return record_of(client.get(f"/api/v1/projects/{segment(name)}/statistics"))
    except NotFoundError:  # deleted a moment ago
        return {}
