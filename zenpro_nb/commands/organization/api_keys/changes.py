"""Changes of an API key: activate or deactivate it, with undo, and the parts of a rotation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenpro_nb import query
from zenpro_nb.commands.organization.api_keys.owners import ControlPlaneOwner, is_key_listed, self_warning
from zenpro_nb.framework.declare import (
    CommandContext,
    Confirmation,
    Observation,
    Record,
    Undo,
    Verifier,
    Write,
    compare_fields,
    same_fields,
)
from zenpro_nb.syntax.counts import counted

_UNITS = (("day", 1440), ("hour", 60), ("minute", 1))


def switch(ctx: CommandContext, owner: ControlPlaneOwner, found: query.Found, *, active: bool) -> Write:
    """Return the write that activates or deactivates a key."""
    # Inferred by analogy with the workspace API (API facts 3.8 and 4.4).
    body = {"active": active}
    return Write(
        "PATCH",
        f"{owner.path}/{found.id}",
        target=f"key {found.name} ({owner.words})",
        name=found.name,
        body=body,
        resource=owner.resource,
        verify=_comparison(is_key_listed(ctx.session, owner, found.id), body),
        confirmation=Confirmation(warning="" if active else self_warning(ctx.session, found)),
        **_undo_of(owner, found, active=active),
    )


def _undo_of(owner: ControlPlaneOwner, found: query.Found, *, active: bool) -> dict[str, Any]:
    if not isinstance(found.record.get("active"), bool):
        return {"irreversible": "the API does not show whether it was active before"}
    before = {"active": found.record["active"]}
    observation = Observation(noun=owner.resource.noun, ids=owner.ids, match={"id": found.id})
    path = f"{owner.path}/{found.id}"
    return {
        "before": before,
        "inverse": (Undo("PATCH", path, observation, expected_now={"active": active}, restores=before, body=before),),
        "noop": same_fields({"active": active}) if before["active"] is active else "",
    }


def _comparison(look: Verifier, body: Mapping[str, Any]) -> Verifier:
    def compare() -> Record | bool | None:
        record = look()
        return compare_fields(record, body) if isinstance(record, Mapping) else record

    return compare


def rotation_question(write: Write) -> str:
    """Return the confirmation question of a rotation. When the old value stops working follows it, as for any write."""
    return f"Rotate the {write.target}?"


def old_value_stops(minutes: int) -> str:
    """Return when the old value stops working after a rotation.

    >>> old_value_stops(0), old_value_stops(90), old_value_stops(720), old_value_stops(1440)
    ('stops working immediately', 'stops working after 90 minutes', 'stops working after 12 hours', \
'stops working after 1 day')
    """
    if not minutes:
        return "stops working immediately"
    unit, length = next((unit, length) for unit, length in _UNITS if minutes % length == 0)
    return f"stops working after {counted(minutes // length, unit)}"


def is_rotated(look: Verifier, before: Record) -> Verifier:
    """Return a check whether the time of the last rotation has changed."""

    def compare() -> Record | bool | None:
        record = look()
        if not isinstance(record, Mapping) or "last_rotated" not in record:
            return None
        return record if record["last_rotated"] != before.get("last_rotated") else False

    return compare
