"""Writes on runs: start one from a snapshot or template, stop one, delete many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb import query
from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.options import ORG, filter_option
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.verification import changed, gone
from zenpro_nb.commands.core.write import Write
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.commands.workspaces.options import ThingType
from zenpro_nb.commands.workspaces.writes import PROJECT, WORKSPACE, WriteTarget, write_target
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.nouns import singular
from zenpro_nb.resources.workspace.planning import RUN_TEMPLATES, SNAPSHOTS
from zenpro_nb.resources.workspace.running import RUNS

if TYPE_CHECKING:
    from zenpro_nb.resources import Resource

_STOPPED = {"stopping", "stopped", "cancelling", "cancelled", "failed", "completed"}
_RUN = click.Argument(["run"], type=ThingType(RUNS.noun))


def plan_stop(
    runtime: Runtime, run: str, workspace: str | None, project: str | None, org: str | None, graceful: bool
) -> Write:
    """The end of a run that is under way."""
    place = write_target(runtime, workspace, org)
    found = place.find(RUNS.noun, run, (project,) if project else ())
    path = f"{RUNS.path}/{found.id}"
    return place.write(
        "POST",
        f"{path}/stop",
        f"run {found.name}",
        params={"graceful": graceful},
        happened=changed(place.session, path, {"status": _STOPPED}, at=place.at),
    )


def plan_delete(
    runtime: Runtime,
    runs: tuple[str, ...],
    workspace: str | None,
    project: tuple[str, ...],
    org: str | None,
    **given: Any,
) -> list[Write]:
    """The end of the runs that are named, or that fit the filters. What is being run is left alone by no filter."""
    chosen = {name: value for name, value in given.items() if value is not None and value != ()}
    # How filters are joined chooses nothing by itself, and must never mean every run.
    filters = chosen.keys() - {"logical_operator"}
    if bool(runs) == bool(filters) or (runs and chosen):
        raise UsageError(
            "Say which runs: by name or id, or by filters" if not runs else "Runs were named, and filters given too",
            hint="For instance: runs delete --status failed --created lt:-90d. See them first with `runs`.",
        )
    place = write_target(runtime, workspace, org)
    found = [_named(place, run, project) for run in runs] if runs else _fitting(place, project, chosen)
    if not found:
        raise UsageError("No run fits, so there is nothing to delete")
    return [_deletion(place, run, _question(place, found) if at == 0 else "") for at, run in enumerate(found)]


def _named(place: WriteTarget, run: str, project: Sequence[str]) -> Mapping[str, Any]:
    found = place.find(RUNS.noun, run, project)
    return found.record


def _fitting(place: WriteTarget, project: Sequence[str], chosen: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    from zenpro_nb.commands.workspaces import many_workspaces

    at = replace(place.at, projects=project)
    return query.records(place.session, RUNS, params=many_workspaces.filters(RUNS, chosen), at=at)


def _question(place: WriteTarget, found: Sequence[Mapping[str, Any]]) -> str:
    """How many, and in which states, before anything is deleted."""
    states = Counter(str((run.get("body") or {}).get("status")) for run in found)
    listed = ", ".join(f"{count:,} {state}" for state, count in states.most_common())
    runs = "run" if len(found) == 1 else "runs"
    return f"Delete {len(found):,} {runs} of {place.at.workspace} ({listed}) with their steps and logs?"


def _deletion(place: WriteTarget, run: Mapping[str, Any], question: str) -> Write:
    path = f"{RUNS.path}/{run['id']}"
    return place.write(
        "DELETE",
        path,
        f"run {run.get('name') or run['id']}",
        happened=gone(place.session, path, at=place.at),
        absent="is gone already",
        warning=question,
    )


def _start(resource: Resource, body: Mapping[str, Any]) -> Any:
    """The plan of the verb `run` of what runs can be started from."""

    def plan(runtime: Runtime, name: str, workspace: str | None, project: str | None, org: str | None) -> Write:
        place = write_target(runtime, workspace, org)
        found = place.find(resource.noun, name, (project,) if project else ())
        # The route exists only where the server starts runs itself, as in ZenML Pro: zenml 0.98.0,
        # pipeline_snapshot_endpoints.py and run_templates_endpoints.py.
        return place.write("POST", f"{resource.path}/{found.id}/runs", f"run of {found.name}", body=body, resource=RUNS)

    return plan


def _start_command(resource: Resource, body: Mapping[str, Any]) -> WriteCommand:
    noun = singular(resource.noun)
    return WriteCommand(
        "run",
        prepare=_start(resource, body),
        params=[click.Argument(["name"], type=ThingType(resource.noun)), WORKSPACE, PROJECT, ORG],
        help=f"Start a run of a {noun}, by name or id. Only where the server starts runs itself, as in ZenML Pro.",
    )


def add_to(runs: Group, snapshots: Group, templates: Group) -> None:
    """Attach the verbs to the nouns."""
    snapshots.add_command(_start_command(SNAPSHOTS, {"run_configuration": None}))
    templates.add_command(_start_command(RUN_TEMPLATES, {}))
    runs.add_command(
        WriteCommand(
            "stop",
            prepare=plan_stop,
            params=[
                _RUN,
                WORKSPACE,
                PROJECT,
                ORG,
                click.Option(["--graceful"], is_flag=True, help="Let the steps that are being run end by themselves."),
            ],
            help="Stop a run that is under way, by name or id. Asks first.",
            asks="Stop the {target}?",
        )
    )
    runs.add_command(
        WriteCommand(
            "delete",
            prepare=plan_delete,
            params=[
                click.Argument(["runs"], nargs=-1, type=ThingType(RUNS.noun)),
                WORKSPACE,
                click.Option(
                    ["--project"],
                    type=ThingType("projects", or_all=True),
                    multiple=True,
                    help="Project, by name or id; may be repeated; all for every one. Default: the only one.",
                ),
                ORG,
                *[filter_option(one) for one in RUNS.filters],
            ],
            help="Delete runs: those named, or all that fit the filters of `runs`. Says how many and asks first.",
            several=True,
            asks=lambda write: "",  # the first of the writes says how many there are
        )
    )
