"""The noun `triggers`: list, pause, resume and delete the triggers of a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from zenpro_nb import query
from zenpro_nb.commands.workspaces.parameters import thing
from zenpro_nb.commands.workspaces.selection import SelectionOptions, WorkspaceObject, select
from zenpro_nb.commands.workspaces.workspace_noun import inside_noun
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import (
    CommandContext,
    Destroys,
    Observation,
    Undo,
    Write,
    fields_of,
    is_changed,
)
from zenpro_nb.resources.workspace.models import TRIGGERS

_NOUN = TRIGGERS.noun
# The server maintains these fields of a trigger; an update consists of all others (0.98.0, models/v2/core/triggers.py).
_NOT_SENT = frozenset(
    {"created", "updated", "user_id", "project_id", "user", "project", "is_archived", "next_occurrence", "webhook_id"}
)

TriggerNames = Annotated[tuple[str, ...], thing(_NOUN)]

triggers = inside_noun(TRIGGERS)


@triggers.write(asks="Pause the {target}? It does not start runs until it is resumed.", several=True)
def pause(
    ctx: CommandContext,
    where: SelectionOptions,
    triggers: TriggerNames = (),
) -> list[Write]:
    """Pause triggers by name, by pipeline, or by user. `undo` and `triggers resume` reverse it.

    The server itself starts the runs of triggers, so a paused trigger does not start any.

    Examples:
        # Pause one trigger
        triggers pause churn_drift_report_daily --workspace ml-prod
        # Show which triggers of a person would be paused, in all workspaces
        triggers pause --user ada@example.com --workspace all --project all --dry-run
    """
    return _switches(ctx, triggers, where, active=False)


@triggers.write(several=True)
def resume(
    ctx: CommandContext,
    where: SelectionOptions,
    triggers: TriggerNames = (),
) -> list[Write]:
    """Resume paused triggers by name, by pipeline, or by user.

    Examples:
        # Resume a paused trigger
        triggers resume churn_drift_report_daily --workspace ml-prod
    """
    return _switches(ctx, triggers, where, active=True)


@triggers.write(
    asks=Destroys("Delete the {target}? The server archives it and detaches it from its snapshots."), several=True
)
def delete(
    ctx: CommandContext,
    where: SelectionOptions,
    triggers: TriggerNames = (),
) -> list[Write]:
    """Delete triggers by name, by pipeline, or by user. The server archives them.

    Examples:
        # Show the deletion request without sending it
        triggers delete churn_drift_report_daily --workspace ml-prod --dry-run
    """
    selection = select(ctx, TRIGGERS, triggers, where)
    return [trigger.deletion() for trigger in selection]


def _switches(ctx: CommandContext, names: Sequence[str], where: SelectionOptions, *, active: bool) -> list[Write]:
    selection = select(ctx, TRIGGERS, names, where)
    # An update replaces the whole object, so each one is read without leaving out any field.
    records = query.gather_all(ctx.session, [partial(_read, trigger) for trigger in selection])
    return [_switch(trigger, fields, active=active) for trigger, fields in zip(selection, records, strict=True)]


def _read(trigger: WorkspaceObject) -> Mapping[str, Any]:
    """Return all fields of a trigger, as the server has them now."""
    return fields_of(query.record_of(trigger.place.at.client_of(trigger.place.session).get(trigger.path)))


def _sent_body(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the typed object that an update consists of."""
    body = fields.get("body")
    return {name: fields[name] for name in (body if isinstance(body, Mapping) else ()) if name not in _NOT_SENT}


def _switch(trigger: WorkspaceObject, fields: Mapping[str, Any], *, active: bool) -> Write:
    place, path = trigger.place, trigger.path
    whole = _sent_body(fields)
    before = {"active": whole.get("active")}
    same = {"id": fields.get("id")}
    inverse = Undo(
        "PUT",
        path,
        Observation(path=path),
        expected_now={**same, "active": active},
        restores={**same, **before},
        body=before,
        repeated=tuple(whole),
    )
    write = place.write(
        "PUT",
        path,
        trigger.target,
        name=trigger.name,
        body={**whole, "active": active},
        resource=TRIGGERS,
        verify=is_changed(place.session, path, {"active": active}, at=place.at),
        before=before,
        inverse=(inverse,),
        noop=trigger.noop(active),
    )
    if not write.noop and not fields.get("is_archived"):
        write = write.with_position(build_later=partial(_unless_changed, trigger, whole, write))
    return trigger.unless_archived(write, fields)


def _unless_changed(trigger: WorkspaceObject, whole: Mapping[str, Any], write: Write) -> Write:
    """Return the write unless the trigger has changed since: the update would overwrite such a change.

    Raises:
        ZenProError: it has changed.
    """
    changed = [name for name, value in _sent_body(_read(trigger)).items() if whole.get(name) != value]
    if changed:
        raise ZenProError(f"its {', '.join(changed)} changed after the command was prepared; run the command again")
    return write
