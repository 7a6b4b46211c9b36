"""The noun `snapshots`: list pipeline snapshots and run templates, and start runs from them.

Run templates are deprecated upstream in favor of named snapshots, but older servers only have run templates. Newer
servers have both routes. A server without one of them responds with 404.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.client import across_servers
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.parameters import (
    EVERY,
    Hydrate,
    OneProject,
    OneWorkspace,
    Projects,
    Workspaces,
    thing,
)
from zenpro_nb.commands.workspaces.target_workspace import write_target
from zenpro_nb.commands.workspaces.workspace_noun import inside_noun
from zenpro_nb.errors import NotFoundError, UnknownNameError, ZenProError
from zenpro_nb.framework.declare import CommandContext, ListOptions, Org, Write
from zenpro_nb.query import Piece, Query
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.pipelines import KIND, RUN_TEMPLATES, SNAPSHOTS, TEMPLATES_AS_SNAPSHOTS
from zenpro_nb.resources.workspace.runs import RUNS
from zenpro_nb.workspaces.many import Advance, Failure, GatherResult
from zenpro_nb.workspaces.targets import Target, resolve

if TYPE_CHECKING:
    import pandas as pd

SnapshotName = Annotated[str, thing(SNAPSHOTS.noun)]

_KINDS = {SNAPSHOTS.path: "snapshot", RUN_TEMPLATES.path: "run template"}


def _read(
    ctx: CommandContext,
    options: ListOptions,
    workspace: Workspaces = (),
    project: Projects = (),
    org: Org = None,
    hydrate: Hydrate = False,
) -> pd.DataFrame:
    """Read snapshots and run templates from the selected workspaces, newest first.

    Examples:
        # List the snapshots that have a name
        snapshots --workspace ml-prod --project churn --named-only
        # List the 20 newest snapshots of all workspaces
        snapshots --workspace all --limit 20
    """
    targets = resolve(ctx.session, workspace, org)
    queries = [across_workspaces.ask_of(SNAPSHOTS, options, hydrate=hydrate)]
    if _templates_match(options):
        queries.append(across_workspaces.ask_of(TEMPLATES_AS_SNAPSHOTS, options, hydrate=hydrate))
    queries = [across_workspaces.with_creation(query_) for query_ in queries]
    with ctx.ui.progress(SNAPSHOTS.noun) as advance:
        result = _gather(ctx, targets.found, queries, project or EVERY, advance)
    return across_workspaces.describe_result(ctx, targets, queries[0], result, options, labels=_kinds)


def _templates_match(options: ListOptions) -> bool:
    """Return whether run templates can match the filters: none of them exists only for snapshots."""
    shared = {filter_.name for filter_ in TEMPLATES_AS_SNAPSHOTS.filters}
    return all(name in shared for name, value in options.filters.items() if value is not None and value != ())


def _kinds(pieces: Sequence[Piece]) -> dict[str, list[str | None]]:
    return {KIND.name: [_KINDS[piece.path] for piece in pieces]}


def _gather(
    ctx: CommandContext,
    targets: Sequence[Target],
    queries: Sequence[Query],
    projects: Sequence[str],
    advance: Advance,
) -> GatherResult:
    """Read all lists of all workspaces concurrently. A workspace fails if one of its lists fails.

    A list that a server lacks counts as a failure only if it lacks all of them.

    Raises:
        ZenProError: no workspace could be read; this is the error of the first.
        InterruptedReadError: Ctrl-C.
    """
    calls = [partial(_pieces, ctx, target, query_, projects) for target in targets for query_ in queries]
    results = across_servers(calls, advance)
    gather_result = GatherResult()
    for number, target in enumerate(targets):
        found = results[number * len(queries) : (number + 1) * len(queries)]
        errors = [_server_error(result) for result in found if isinstance(result, Exception)]
        serious = [error for error in errors if not isinstance(error, NotFoundError)]
        if serious or len(errors) == len(found):
            gather_result.failures.append(Failure(target.name, (serious or errors)[0]))
        else:
            gather_result.pieces.extend(
                piece for result in found if not isinstance(result, Exception) for piece in result
            )
    if targets and len(gather_result.failures) == len(targets):
        raise gather_result.failures[0].error
    return gather_result


def _server_error(error: Exception) -> ZenProError:
    """Return the error of a server; raise any other."""
    if not isinstance(error, ZenProError):
        raise error
    return error


def _pieces(ctx: CommandContext, target: Target, query_: Query, projects: Sequence[str]) -> list[Piece]:
    pieces = query.pieces(ctx.session, query_, target.where(ctx.session, projects))
    return [replace(piece, path=query_.resource.path) for piece in pieces]


def _either(ctx: CommandContext, name: str, at: query.Where) -> Resource:
    """Return the list that contains an object with this name or ID: the snapshots, otherwise the run templates.

    Raises:
        UnknownNameError: neither list contains it; this is the error of the snapshots.
    """
    try:
        query.find(ctx.session, SNAPSHOTS.noun, name, at=at)
    except (UnknownNameError, NotFoundError) as error:
        try:
            query.find(ctx.session, RUN_TEMPLATES.noun, name, at=at)
        except (UnknownNameError, NotFoundError):
            raise error from None
        return RUN_TEMPLATES
    return SNAPSHOTS


snapshots = inside_noun(SNAPSHOTS, read=_read, choose=_either)


@snapshots.write(name="run")
def run(
    ctx: CommandContext, name: SnapshotName, workspace: OneWorkspace = None, project: OneProject = None, org: Org = None
) -> Write:
    """Start a run of a snapshot or run template.

    Requires a server that can start runs, as in ZenML Pro. If a snapshot and a run template have the same name, the
    snapshot is used.

    Examples:
        # Get the snapshot with a name
        one = snapshots --workspace ml-prod --project churn --name production --limit 1
        # Start a run of it
        snapshots run {one.id} --workspace ml-prod
    """
    place = write_target(ctx, workspace, org)
    projects = (project,) if project else ()
    at = replace(place.at, projects=projects or (query.ALL,))
    resource = _either(ctx, name, at)
    found = place.find(resource.noun, name, projects)
    # The route exists only on servers that can start runs, as in ZenML Pro: zenml 0.98.0,
    # pipeline_snapshot_endpoints.py and run_templates_endpoints.py.
    body = {"run_configuration": None} if resource is SNAPSHOTS else {}
    path = f"{resource.path}/{found.id}/runs"
    return place.write(
        "POST",
        path,
        f"run of {found.name}",
        name=found.name,
        body=body,
        resource=RUNS,
        irreversible="a started run can only be stopped; run `runs stop`",
    )
