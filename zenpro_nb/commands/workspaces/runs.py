"""The noun `runs`: list, stop and delete pipeline runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import frames, query
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.parameters import OneProject, OneWorkspace, ProjectsToChange, thing
from zenpro_nb.commands.workspaces.target_workspace import WriteTarget, write_target
from zenpro_nb.commands.workspaces.workspace_noun import inside_noun
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    Confirmation,
    Destroys,
    Opt,
    Org,
    Write,
    fields_of,
    is_changed,
)
from zenpro_nb.resources.workspace.runs import RUNS, STEPS
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

_ENDED = {"stopped", "cancelled", "failed", "completed"}
_STOPPED = {"stopping", "cancelling", *_ENDED}

RunName = Annotated[str, thing(RUNS.noun, metavar="RUN")]
RunNames = Annotated[tuple[str, ...], thing(RUNS.noun)]
Graceful = Annotated[bool, Opt(help="Let running steps finish.")]


def _with_error_of_step(ctx: CommandContext, frame: pd.DataFrame, at: query.Where) -> None:
    """Fill in the error of a failed run from its steps: the run itself has no error (API facts 12.9)."""
    status, error, project, key = frame[["status", "error", "project_id", "id"]].iloc[0]
    if status != "failed" or isinstance(error, str):
        return
    params = {"pipeline_run_id": key, "status": "failed", "hydrate": True}
    in_project = replace(at, projects=(str(project),))
    steps = frames.from_records(STEPS, query.records(ctx.session, STEPS, {}, params, at=in_project))
    failed = steps.dropna(subset=["error"])
    if len(failed):
        frame["error"] = f"{failed['name'].iloc[0]}: {failed['error'].iloc[0]}"
        frame["error"] = frame["error"].astype(steps["error"].dtype)


runs = inside_noun(
    RUNS,
    complete=_with_error_of_step,
    examples=(
        "# List the 20 newest runs of a project",
        "runs --workspace ml-prod --project churn --limit 20",
        "# Find the runs that failed in the last 7 days, everywhere",
        "runs --workspace all --status failed --created gte:-7d",
        "# Show three columns of the runs of one pipeline",
        "runs --workspace ml-prod --pipeline-name churn_training --columns name,status,start_time",
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
    """Stop a running pipeline run. Asks for confirmation.

    Examples:
        # Get the newest run
        one = runs --workspace ml-prod --limit 1
        # Show the request that would stop it
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
        verify=is_changed(place.session, path, {"status": _STOPPED}, at=place.at),
        noop=f"already {status}" if status in _ENDED else "",
        irreversible="a stopped run cannot be resumed; start a new one",
    )


def _ask_nothing_more(write: Write) -> str:
    """Return no question: the warning of the first write asks, and states how many runs there are."""
    return ""


@runs.write(asks=Destroys(_ask_nothing_more), several=True, filters=RUNS)
def delete(
    ctx: CommandContext,
    runs: RunNames = (),
    workspace: OneWorkspace = None,
    project: ProjectsToChange = (),
    org: Org = None,
    **arguments: Any,
) -> list[Write]:
    """Delete runs by name, or all runs that match the filters. Shows how many and asks for confirmation.

    Examples:
        # Show which failed runs older than 7 days would be deleted
        runs delete --workspace ml-prod --project churn --status failed --created lt:-7d --dry-run
    """
    # No default filter excludes running runs: the filters are exactly those that were typed.
    conditions = {name: value for name, value in arguments.items() if value is not None and value != ()}
    # --logical-operator alone selects nothing and must never mean every run.
    filters = conditions.keys() - {"logical_operator"}
    if bool(runs) == bool(filters) or (runs and conditions):
        raise UsageError(
            "RUN or a filter is required: no runs to delete are selected"
            if not runs
            else "Run names cannot be combined with filters",
            hint="For example: `runs delete --status failed --created lt:-90d`. List the runs first with `runs`.",
        )
    place = write_target(ctx, workspace, org)
    if runs:
        records = [place.find(RUNS.noun, name, project).record for name in runs]
    else:
        records = list(_matching(place, project, conditions))
    if not records:
        raise UsageError("No run matches the filters", hint="Check them with `runs` and the same filters.")
    question = _question(place, records)
    return [_deletion(place, record, "" if index else question) for index, record in enumerate(records)]


def _matching(place: WriteTarget, project: Sequence[str], conditions: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    at = replace(place.at, projects=project)
    return query.records(place.session, RUNS, params=across_workspaces.filters(RUNS, conditions), at=at)


def _question(place: WriteTarget, records: Sequence[Mapping[str, Any]]) -> str:
    """Return the question that states how many runs of which status will be deleted."""
    states = Counter(str((record.get("body") or {}).get("status")) for record in records)
    counts_text = ", ".join(f"{count:,} {state}" for state, count in states.most_common())
    return f"Delete {counted(len(records), 'run')} of {place.at.workspace} ({counts_text}) with their steps and logs?"


def _deletion(place: WriteTarget, record: Mapping[str, Any], question: str) -> Write:
    key = query.id_of(RUNS, record)
    path, name = f"{RUNS.path}/{key}", str(record.get("name") or key)
    return place.delete(
        path,
        f"run {name}",
        name=name,
        confirmation=Confirmation(warning=question),
        irreversible="its steps and logs are deleted too",
    )
