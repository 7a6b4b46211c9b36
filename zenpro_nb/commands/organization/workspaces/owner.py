"""Hand a workspace over to another owner: sent as `owner_id`, shown as `owner` (API facts 3, workspaces)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.framework.declare import CommandContext, Observation, Record, Undo, Verifier, compare_fields

_OWNER_ID = "owner.id"


def is_owner(record: Record, owner: query.Found) -> bool:
    """Return whether this user owns the workspace."""
    return _owner_of(record) == owner.id


def changed_owner(
    ctx: CommandContext,
    path: str,
    record: Record,
    owner: query.Found,
    back: Mapping[str, Any],
    plain: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the fields of a `Write` for an update that also changes the owner: how to undo and how to check it.

    Args:
        path: the route of the workspace.
        record: the workspace before the update.
        back: the fields for undoing the other changes.
        plain: the other changed fields.
    """
    former = _owner_of(record)
    if former is None:
        return {**back, "irreversible": "its previous owner is not visible", "verify": _check(ctx, path, owner, plain)}
    same = {"id": record.get("id")}
    base = Undo("PATCH", path, Observation(path=path), expected_now=same, restores=same, body={})
    inverse = next(iter(back["inverse"]), base)
    return {
        **back,
        "before": {**(back["before"] or {}), "owner_id": former},
        "inverse": (
            replace(
                inverse,
                expected_now={**(inverse.expected_now or {}), _OWNER_ID: owner.id},
                restores={**(inverse.restores or {}), _OWNER_ID: former},
                body={**(inverse.body or {}), "owner_id": former},
            ),
        ),
        "verify": _check(ctx, path, owner, plain),
    }


def _check(ctx: CommandContext, path: str, owner: query.Found, plain: Mapping[str, Any]) -> Verifier:
    def check() -> Record | bool | None:
        record = query.record_of(ctx.session.client.get(path))
        if _owner_of(record) is None:
            return None
        return compare_fields(record, plain) if is_owner(record, owner) else False

    return check


def _owner_of(record: Record) -> str | None:
    owner = record.get("owner")
    return str(owner["id"]) if isinstance(owner, Mapping) and owner.get("id") else None
