"""logs and dag: what one run has logged, and what it is made of."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb import query
from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.options import ORG, Asked, columns_epilog, shape_options
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.workspaces.options import ThingType, project_option, workspace_option
from zenpro_nb.resources.workspace.facts import LOGS

RUN = click.Argument(["run"], type=ThingType("runs"))


def find_run(
    runtime: Runtime, run: str, workspace: tuple[str, ...], project: tuple[str, ...], org: str | None
) -> tuple[query.Where, query.Found]:
    """Return the workspace and the run in it that are meant; a run's name is looked for in every project."""
    from zenpro_nb.workspaces.targets import resolve_one

    at = resolve_one(runtime.session, workspace, org).where(runtime.session, project or (query.ALL,))
    return at, query.find(runtime.session, "runs", run, at=at)


@pass_runtime
def _logs(
    runtime: Runtime, run: str, workspace: tuple[str, ...], project: tuple[str, ...], step: str | None, **given: Any
) -> Any:
    from zenpro_nb.commands.core import reading
    from zenpro_nb.workspaces import logs

    asked = Asked(filters={}, **given)
    at, found = find_run(runtime, run, workspace, project, asked.org)
    read = logs.read(at.client_of(runtime.session), found.record, step)
    frame = reading.made(runtime, LOGS, read.entries, asked, route=LOGS.path.format(id=found.id))
    frame.attrs["zenpro"].update(complete=not read.failed)
    for place, error in read.failed[:1]:
        whose = f"step {place.step}" if place.step else "the run"
        more = f", and {len(read.failed) - 1} more" if len(read.failed) > 1 else ""
        runtime.face.warn(f"logs {place.source} of {whose} cannot be read: {logs.reason(error)}{more}")
    return reading.deliver(runtime, frame, asked)


@pass_runtime
def _dag(runtime: Runtime, run: str, workspace: tuple[str, ...], project: tuple[str, ...], org: str | None) -> Any:
    from zenpro_nb.workspaces.dag import Dag

    at, found = find_run(runtime, run, workspace, project, org)
    answer = query.record_of(at.client_of(runtime.session).get(f"/api/v1/runs/{found.id}/dag"))
    return Dag.of(found.name, answer)


_WHERE: list[click.Parameter] = [workspace_option(), project_option()]

RUN_COMMANDS = (
    Command(
        name="logs",
        callback=_logs,
        params=[
            RUN,
            *_WHERE,
            click.Option(["--step"], help="Only those of this step, by name."),
            ORG,
            *shape_options(LOGS),
        ],
        help="Show what a run, by name or id, and its steps have logged, in the order of time.",
        epilog=columns_epilog(LOGS),
    ),
    Command(
        name="dag",
        callback=_dag,
        params=[RUN, *_WHERE, ORG],
        help="Draw a run, by name or id: its steps and their states, and the artifacts between them.",
    ),
)
