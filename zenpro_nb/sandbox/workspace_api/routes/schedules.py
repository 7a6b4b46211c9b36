"""Change and delete schedules and triggers, rotate secrets of webhooks, with the rules of 0.98.0 (API facts 12.5)."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import select

from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.database.tables import Organization
from zenpro_nb.sandbox.errors import AlreadyThereError, ForbiddenError
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.workspace_api import bodies
from zenpro_nb.sandbox.workspace_api.calls import WorkspaceCall
from zenpro_nb.sandbox.workspace_api.filters import flag_value
from zenpro_nb.sandbox.workspace_api.items.base import DataType
from zenpro_nb.sandbox.workspace_api.items.pipelines import SCHEDULE, SNAPSHOT, Schedule
from zenpro_nb.sandbox.workspace_api.items.serving import SCHEDULE_FIELDS, TRIGGER, WEBHOOK, Trigger
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError
from zenpro_nb.sandbox.workspace_api.rights import DELETE, READ, UPDATE
from zenpro_nb.sandbox.workspace_api.routes.lists import find

_TYPES = ("schedule", "platform_event", "webhook")
_CONCURRENCY = "skip|submit"
_FREQUENCIES = ("cron_expression", "interval", "run_once_start_time")
_TIMES = ("end_time", "start_time", "run_once_start_time")
Starter = TypeVar("Starter", Schedule, Trigger)


def update_schedule(call: WorkspaceCall) -> object:
    """Change the given fields of a schedule. An empty cron expression changes nothing."""
    body = call.body()
    name, cron = bodies.text(body, "name"), bodies.text(body, "cron_expression")
    active = bodies.flag(body, "active")
    schedule = _changeable(call, SCHEDULE)
    _require_free(call, SCHEDULE, schedule, name)
    schedule.name = schedule.name if name is None else name
    schedule.cron = cron or schedule.cron
    schedule.active = schedule.active if active is None else active
    schedule.changed = call.now
    return call.envelope.item_body(schedule, hydrate=True)


def delete_schedule(call: WorkspaceCall) -> object:
    """Archive a schedule, or delete it; the query must say which."""
    if "soft" not in call.query:
        raise InvalidRequestError("missing", ("query", "soft"), "Field required", None)
    soft = flag_value("soft", call.query["soft"])
    schedule = _deletable(call, SCHEDULE)
    schedule.archive(f"{schedule.name}_{uuid4()}", call.now)
    if not soft:
        for snapshot in call.world.all(SNAPSHOT, call.now):
            if snapshot.schedule is schedule:
                snapshot.schedule = None
        call.world.remove(schedule)
    return None


def update_trigger(call: WorkspaceCall) -> object:
    """Replace the fields of a trigger. A field that is left out of its configuration is reset."""
    body = call.body()
    fields = _trigger_fields(body)
    trigger = find(call, TRIGGER)
    call.rights.require(UPDATE, trigger)
    if body["type"] != trigger.type:
        raise ForbiddenError("A trigger can not be updated with a different trigger type.")
    _require_entitlement(call)
    if trigger.is_archived:
        raise ForbiddenError("Archived triggers can not be updated.")
    _require_free(call, TRIGGER, trigger, fields["name"])
    trigger.name = fields["name"]
    trigger.active = trigger.active if fields["active"] is None else fields["active"]
    trigger.concurrency = fields["concurrency"] or trigger.concurrency
    trigger.schedule = {name: fields[name] for name in SCHEDULE_FIELDS}
    trigger.changed = call.now
    return call.envelope.item_body(trigger, hydrate=True)


def delete_trigger(call: WorkspaceCall) -> object:
    """Archive a trigger, or delete it with `soft=false`."""
    soft = flag_value("soft", call.query.get("soft", "true"))
    trigger = _deletable(call, TRIGGER)
    if soft and trigger.is_archived:
        raise ForbiddenError(f"Trigger {trigger.id} is already archived.")
    trigger.archive(f"{trigger.name}_({str(uuid4())[:8]})", call.now)
    if not soft:
        call.world.remove(trigger)
    return None


def _changeable(call: WorkspaceCall, kind: DataType[Starter]) -> Starter:
    item = find(call, kind)
    call.rights.require(UPDATE, item)
    if item.is_archived:
        raise ForbiddenError(f"Archived {kind.noun}s can not be updated.")
    return item


def _deletable(call: WorkspaceCall, kind: DataType[Starter]) -> Starter:
    item = find(call, kind)
    for action in (READ, DELETE):
        call.rights.require(action, item)
    return item


def _require_free(call: WorkspaceCall, kind: DataType[Starter], item: Starter, name: str | None) -> None:
    if name is None or name == item.name or item.project is None:
        return
    if any(other.name == name and other.project is item.project for other in call.world.all(kind, call.now)):
        raise AlreadyThereError(
            f"Unable to update the requested {kind.noun} with name '{name}': Found another existing {kind.noun} with "
            f"the same name in the '{item.project.name}' project."
        )


def _require_entitlement(call: WorkspaceCall) -> None:
    query = select(Organization).where(Organization.id == call.ctx.workspace.organization_id)
    plans.require_room(call.ctx.session, call.ctx.session.scalars(query).one(), "schedule")


def _trigger_fields(body: bodies.Body) -> dict[str, Any]:
    """Return the fields of an update, if they form a valid trigger."""
    bodies.require(body, "type", "name")
    if body["type"] not in _TYPES:
        message = f"Input tag {body['type']!r} does not match any of the expected tags"
        raise InvalidRequestError("union_tag_invalid", ("body",), message, dict(body))
    fields: dict[str, Any] = {
        "name": bodies.text(body, "name"),
        "active": bodies.flag(body, "active"),
        "concurrency": bodies.text(body, "concurrency", pattern=_CONCURRENCY),
        "cron_expression": bodies.text(body, "cron_expression"),
        "interval": bodies.number(body, "interval", least=60),
        "max_runs": bodies.number(body, "max_runs", least=1),
        **{name: bodies.moment(body, name) for name in _TIMES},
    }
    frequencies = sum(fields[name] is not None for name in _FREQUENCIES)
    if body["type"] == Trigger.type and frequencies != 1:
        problem = "exactly one" if frequencies else "an execution"
        message = f"Value error, You must specify {problem} option (cron, interval, one-off) for the schedule."
        raise InvalidRequestError("value_error", ("body", "schedule"), message, dict(body))
    return fields


def rotate_webhook_secret(call: WorkspaceCall) -> object:
    """Replace the secret, and show the new one. The sandbox receives no events, so it keeps none."""
    new_secret = bodies.text(call.body(), "secret")
    if new_secret == "":
        message = "Value error, Secret must not be empty"
        raise InvalidRequestError("value_error", ("body", "secret"), message, new_secret)
    webhook = find(call, WEBHOOK)
    call.rights.require(UPDATE, webhook)
    webhook.change(call.now, body={})
    return {"secret": new_secret or credentials.new_secret()}
