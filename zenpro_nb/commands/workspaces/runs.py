"""The noun `runs`: list runs, stop one, delete many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import frames, query
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.parameters import OneProject, OneWorkspace, Projects, thing
from zenpro_nb.commands.workspaces.target_workspace import WriteTarget, write_target
from zenpro_nb.commands.workspaces.workspace_noun import inside_noun
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.parameters.aliases import Org
from zenpro_nb.framework.writes.checks import changed, fields_of, gone
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.framework.writes.write_command import Destroys
from zenpro_nb.resources.workspace.runs import RUNS, STEPS
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

_ENDED = {"stopped", "cancelled", "failed", "completed"}
_STOPPED = {"stopping", "cancelling", *_ENDED}

RunName = Annotated[str, thing(RUNS.noun, metavar="RUN")]
RunNames = Annotated[tuple[str, ...], thing(RUNS.noun)]
Graceful = Annotated[bool, Opt(help="Let the steps that are being run end by themselves.")]


def _with_error_of_step(ctx: CommandContext, frame: pd.DataFrame, at: query.Where) -> None:
    """Fill in the error of a failed run from its steps: the run itself has none (API facts 12.9)."""
    status, error, project, key = frame[["status", "error", "project_id", "id"]].iloc[0]
    if status != "failed" or isinstance(error, str):
        return
    params = {"pipeline_run_id": key, "status": "failed", "hydrate": True}
    steps = frames.from_records(STEPS, query.records(ctx.session, STEPS, {}, params, at=_in_project(at, project)))
    failed = steps.dropna(subset=["error"])
    if len(failed):
        frame["error"] = f"{failed['name'].iloc[0]}: {failed['error'].iloc[0]}"
        frame["error"] = frame["error"].astype(steps["error"].dtype)


def _in_project(at: query.Where, project: str) -> query.Where:
    return replace(at, projects=(str(project),))


runs = inside_noun(
    RUNS,
    complete=_with_error_of_step,
    examples=(
        "runs --workspace ml-prod --project churn --limit 20",
        "runs --workspace all --project all --status failed --created gte:-7d",
        "runs --workspace ml-prod --project all --pipeline-name churn_training --columns name,status,start_time",
    ),
)


@runs.write(asks="Stop the {target}?")
def stop(
    ctx: CommandContext,
    name: RunName,
    workspace: OneWorkspace = None,
    project: OneProject = None,
    org: Org = None,
    graceful: Graceful = False,
) -> Write:
    """Stop a run that is under way, by name or id. Asks first.

    Examples:
        one = runs --workspace ml-prod --project all --limit 1
        runs stop {one.id} --workspace ml-prod --dry-run
    """
    place = write_target(ctx, workspace, org)
    found = place.find(RUNS.noun, name, (project,) if project else ())
    path = f"{RUNS.path}/{found.id}"
    status = fields_of(found.record).get("status")
    return place.write(
        "POST",
        f"{path}/stop",
        f"run {found.name}",
        name=found.name,
        params={"graceful": graceful},
        happened=changed(place.session, path, {"status": _STOPPED}, at=place.at),
        noop=f"already {status}" if status in _ENDED else "",
    )


def _ask_nothing_more(write: Write) -> str:
    """Leave the question to the warning of the first write, which says how many runs there are."""
    return ""


@runs.write(asks=Destroys(_ask_nothing_more), several=True, filters=RUNS)
def delete(
    ctx: CommandContext,
    runs: RunNames = (),
    workspace: OneWorkspace = None,
    project: Projects = (),
    org: Org = None,
    **given: Any,
) -> list[Write]:
    """Delete runs: those named, or all that fit the filters of `runs`. Says how many and asks first.

    Examples:
        runs delete --workspace ml-prod --project churn --status failed --created lt:-7d --dry-run
    """
    # What is being run is left alone by no filter.
    chosen = {name: value for name, value in given.items() if value is not None and value != ()}
    # How filters are joined chooses nothing by itself, and must never mean every run.
    filters = chosen.keys() - {"logical_operator"}
    if bool(runs) == bool(filters) or (runs and chosen):
        raise UsageError(
            "No runs were named, and no filters given" if not runs else "Runs were named, and filters given as well",
            hint="For instance: runs delete --status failed --created lt:-90d. See them first with `runs`.",
        )
    place = write_target(ctx, workspace, org)
    found = [place.find(RUNS.noun, name, project).record for name in runs] if runs else _fitting(place, project, chosen)
    if not found:
        raise UsageError("No run matches, so there is nothing to delete")
    return [_deletion(place, record, _question(place, found) if at == 0 else "") for at, record in enumerate(found)]


def _fitting(place: WriteTarget, project: Sequence[str], chosen: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    at = replace(place.at, projects=project)
    return query.records(place.session, RUNS, params=across_workspaces.filters(RUNS, chosen), at=at)


def _question(place: WriteTarget, found: Sequence[Mapping[str, Any]]) -> str:
    """Return how many, and in which states, before anything is deleted."""
    states = Counter(str((record.get("body") or {}).get("status")) for record in found)
    listed = ", ".join(f"{count:,} {state}" for state, count in states.most_common())
    return f"Delete {counted(len(found), 'run')} of {place.at.workspace} ({listed}) with their steps and logs?"


def _deletion(place: WriteTarget, record: Mapping[str, Any], question: str) -> Write:
    key = query.id_of(RUNS, record)
    path, name = f"{RUNS.path}/{key}", str(record.get("name") or key)
    return place.write(
        "DELETE",
        path,
        f"run {name}",
        name=name,
        happened=gone(place.session, path, at=place.at),
        warning=question,
    )
