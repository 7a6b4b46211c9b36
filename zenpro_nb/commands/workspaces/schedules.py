"""The noun `schedules`: list, pause, resume, change and delete the schedules of pipelines."""

from __future__ import annotations

from typing import Annotated, Any

from zenpro_nb.commands.workspaces.parameters import OneProject, OneWorkspace, thing
from zenpro_nb.commands.workspaces.selection import SelectionOptions, WorkspaceObject, select
from zenpro_nb.commands.workspaces.target_workspace import write_target
from zenpro_nb.commands.workspaces.workspace_noun import inside_noun
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    Destroys,
    Opt,
    Org,
    Write,
    rename_of,
    require_change,
    without_missing,
)
from zenpro_nb.resources.workspace.pipelines import SCHEDULES

_NOUN = SCHEDULES.noun
# Orchestrators accept 5 fields (cron), 6 (with a year or seconds) or 7 (with both).
_CRON_FIELDS = range(5, 8)

ScheduleName = Annotated[str, thing(_NOUN)]
ScheduleNames = Annotated[tuple[str, ...], thing(_NOUN)]
NewName = Annotated[str | None, rename_of(_NOUN)]
Cron = Annotated[str | None, Opt("--cron", metavar="CRON", help="Set the cron expression, such as '0 2 * * *'.")]

schedules = inside_noun(SCHEDULES)


@schedules.write(asks="Pause the {target}? Some orchestrators ignore the pause and keep starting runs.", several=True)
def pause(
    ctx: CommandContext,
    where: SelectionOptions,
    schedules: ScheduleNames = (),
) -> list[Write]:
    """Pause schedules by name, by pipeline, or by user. `undo` and `schedules resume` reverse it.

    zenpro sets `active` on the server, which then rejects the credentials of runs that the schedule starts. Only some
    orchestrators respect `active`: others keep starting runs, which fail when they contact the server.

    Examples:
        # Pause one schedule
        schedules pause churn_batch_scoring_schedule --workspace ml-prod
        # Show which schedules of a pipeline would be paused
        schedules pause --pipeline churn_batch_scoring --workspace ml-prod --project churn --dry-run
        # Show which schedules of a person would be paused, in all workspaces
        schedules pause --user ada@example.com --workspace all --project all --dry-run
    """
    selection = select(ctx, SCHEDULES, schedules, where)
    return [_switch(schedule, active=False) for schedule in selection]


@schedules.write(several=True)
def resume(
    ctx: CommandContext,
    where: SelectionOptions,
    schedules: ScheduleNames = (),
) -> list[Write]:
    """Resume paused schedules by name, by pipeline, or by user.

    Only some orchestrators respect `active`; see `schedules pause --help`.

    Examples:
        # Resume a paused schedule
        schedules resume churn_batch_scoring_schedule --workspace ml-prod
    """
    selection = select(ctx, SCHEDULES, schedules, where)
    return [_switch(schedule, active=True) for schedule in selection]


@schedules.write()
def update(
    ctx: CommandContext,
    schedule: ScheduleName,
    workspace: OneWorkspace = None,
    project: OneProject = None,
    org: Org = None,
    cron: Cron = None,
    name: NewName = None,
) -> Write:
    """Update the cron expression or the name of a schedule on the server.

    Only some orchestrators adopt a new cron expression: others keep the one that the schedule was created with.

    Examples:
        # Start the runs at three in the morning
        schedules update churn_batch_scoring_schedule --workspace ml-prod --cron "0 3 * * *"
    """
    if cron is not None and len(cron.split()) not in _CRON_FIELDS:
        raise UsageError(
            f"{cron!r} is not a cron expression",
            hint="Write minute, hour, day, month, and weekday, for example: --cron '0 2 * * *'.",
        )
    body = require_change(without_missing(name=name, cron_expression=cron))
    place = write_target(ctx, workspace, org)
    item = WorkspaceObject(place, SCHEDULES, place.find(_NOUN, schedule, (project,) if project else ()).record)
    final: dict[str, Any] = {}
    if cron is not None and not item.fields.get("cron_expression"):
        # The server ignores an empty expression (0.98.0, ScheduleSchema.update).
        final = {"inverse": (), "irreversible": "it had no cron expression, and the server cannot remove one"}
    write = place.update(SCHEDULES, item.record, item.target, body, name=item.name, **final)
    return item.unless_archived(write)


@schedules.write(
    asks=Destroys("Delete the {target}? The server archives it, and it no longer starts runs."), several=True
)
def delete(
    ctx: CommandContext,
    where: SelectionOptions,
    schedules: ScheduleNames = (),
) -> list[Write]:
    """Delete schedules by name, by pipeline, or by user. The server archives them.

    The orchestrator's own schedule is not deleted: remove it there too. Past runs are kept.

    Examples:
        # Show the deletion request without sending it
        schedules delete churn_batch_scoring_schedule --workspace ml-prod --dry-run
    """
    selection = select(ctx, SCHEDULES, schedules, where)
    return [schedule.deletion() for schedule in selection]


def _switch(schedule: WorkspaceObject, *, active: bool) -> Write:
    body, noop = {"active": active}, schedule.noop(active)
    write = schedule.place.update(SCHEDULES, schedule.record, schedule.target, body, name=schedule.name, noop=noop)
    return schedule.unless_archived(write)
