"""The writes that assign a role to a principal and revoke it, and their undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from zenpro_nb.framework.declare import (
    CommandContext,
    Observation,
    Principal,
    Record,
    Scope,
    Undo,
    Verifier,
    Write,
    is_listed,
)
from zenpro_nb.resources.control_plane import ASSIGNMENTS


def assignment(ctx: CommandContext, scope: Scope, principal: Principal) -> Write:
    """Return the write that assigns a role to a principal."""
    return replace(
        _write(ctx, "POST", scope, principal),
        on_409="already has the role",
        inverse=(undo_assignment("DELETE", scope, principal, expected_now={}, restores=None),),
    )


def revocation(ctx: CommandContext, scope: Scope, principal: Principal) -> Write:
    """Return the write that revokes a role from a principal."""
    return replace(
        _write(ctx, "DELETE", scope, principal),
        # Inferred: role and principal have just been found, so a 404 can only concern the assignment.
        on_404="does not have the role",
        inverse=(undo_assignment("POST", scope, principal, expected_now=None, restores={}),),
    )


def _write(ctx: CommandContext, method: str, scope: Scope, principal: Principal) -> Write:
    assigns = method == "POST"
    return Write(
        method,
        f"/roles/{scope.role_id}/assignments",
        target=f"{principal.name} as {scope.label}",
        name=principal.name,
        sentence=(f"assigned {scope.label} to " if assigns else f"revoked {scope.label} from ", ""),
        # Query parameters, no body (API facts 3.13).
        params={principal.field: principal.id, **scope.params},
        verify=_has(ctx, scope, principal, expected=assigns),
    )


def undo_assignment(method: str, scope: Scope, principal: Principal, **response_fields: Any) -> Undo:
    """Return the undo that assigns a role to a principal again, or revokes it."""
    match = {f"{principal.field.removesuffix('_id')}.id": principal.id, **scope.params}
    observation = Observation(noun=ASSIGNMENTS.noun, ids={"role_id": scope.role_id}, params=scope.params, match=match)
    params = {principal.field: principal.id, **scope.params}
    return Undo(method, f"/roles/{scope.role_id}/assignments", observation, params=params, **response_fields)


def _has(ctx: CommandContext, scope: Scope, principal: Principal, *, expected: bool) -> Verifier:
    def fits(record: Record) -> bool:
        holder = record.get(principal.field.removesuffix("_id"))
        if not isinstance(holder, Mapping) or holder.get("id") != principal.id:
            return False
        return all(record.get(name) == value for name, value in scope.params.items())

    ids = {"role_id": scope.role_id}
    return is_listed(ctx.session, ASSIGNMENTS, ids, fits, scope.params, expected=expected)
