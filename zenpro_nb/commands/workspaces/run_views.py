"""logs and dag: the logs of one run, and the graph of its steps and artifacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from zenpro_nb import query
from zenpro_nb.commands.workspaces.parameters import EVERY, Projects, Workspaces, thing
from zenpro_nb.framework.declare import CommandContext, ListOptions, Opt, Org, command, listing, reading
from zenpro_nb.pictures.dag import Dag
from zenpro_nb.resources.workspace.facts import LOGS
from zenpro_nb.workspaces import logs as run_logs
from zenpro_nb.workspaces.targets import resolve_one

if TYPE_CHECKING:
    from zenpro_nb.frames import Table


RunName = Annotated[str, thing("runs", metavar="RUN")]
Step = Annotated[str | None, Opt(help="Show only the logs of this step, by name.")]


@listing(LOGS)
def logs(
    ctx: CommandContext,
    options: ListOptions,
    name: RunName,
    workspace: Workspaces = (),
    project: Projects = (),
    step: Step = None,
    org: Org = None,
) -> Table:
    """Read the logs of a run and its steps, ordered by time.

    Examples:
        # Get the newest failed run
        one = runs --workspace ml-prod --project churn --status failed --limit 1
        # Show its logs
        logs {one.id} --workspace ml-prod
    """
    at, found = _find_run(ctx, name, workspace, project, org)
    read = run_logs.read(at.client_of(ctx.session), found.record, step)
    frame = reading.frame_of_records(ctx, LOGS, read.entries, options, route=LOGS.path.format(id=found.id))
    frame.attrs["zenpro"].update(complete=not read.failed)
    for place, error in read.failed[:1]:
        origin = f"step {place.step}" if place.step else "the run"
        more = f" ({len(read.failed) - 1} more could not be read)" if len(read.failed) > 1 else ""
        ctx.ui.warn_incomplete(f"logs {place.source} of {origin} cannot be read: {run_logs.reason(error)}{more}")
    return frame


@command()
def dag(ctx: CommandContext, name: RunName, workspace: Workspaces = (), project: Projects = (), org: Org = None) -> Dag:
    """Draw a run as a graph of its steps and artifacts.

    Each step shows its state.

    Examples:
        # Get the newest run
        one = runs --workspace ml-prod --project churn --limit 1
        # Draw it
        dag {one.id} --workspace ml-prod
    """
    at, found = _find_run(ctx, name, workspace, project, org)
    answer = query.record_of(at.client_of(ctx.session).get(f"/api/v1/runs/{found.id}/dag"))
    return Dag.of(found.name, answer)


def _find_run(
    ctx: CommandContext, name: str, workspace: Sequence[str], project: Sequence[str], org: str | None
) -> tuple[query.Where, query.Found]:
    """Return the workspace and the run in it."""
    at = resolve_one(ctx.session, workspace, org).where(ctx.session, project or EVERY)
    return at, query.find(ctx.session, "runs", name, at=at)
