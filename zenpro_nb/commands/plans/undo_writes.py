"""The writes that undo others: each built from one request in the journal, with the check of its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import (
    ABSENT,
    THERE,
    TOOK_BACK,
    CommandContext,
    Confirmation,
    Created,
    Hold,
    Observer,
    PlanPosition,
    Undo,
    Write,
    agrees,
    verb_of,
    whole_body,
    with_ids,
)
from zenpro_nb.query import Where

_ACTIONS = {"POST": "add", "DELETE": "remove", "PATCH": "restore", "PUT": "restore"}
_NOT_RECORDED = "the journal does not contain the values that it was created with"
SO_ALREADY = "is already in this state"
NOT_THERE = "does not exist"

Entry = Mapping[str, Any]


class UndoPart(Struct, frozen=True):
    """One request that undoes a write, or a part of it."""

    key: str
    entry: Entry
    inverse: Undo
    again: tuple[Undo, ...]  # the requests that undo this one

    @property
    def target(self) -> str:
        """Return the object of the request, in words."""
        return self.inverse.target or str(self.entry.get("target") or self.inverse.path)

    @property
    def undone_again(self) -> tuple[Undo, ...]:
        """Return the requests that undo this one, with the object in the words of the write."""
        if not self.inverse.target:
            return self.again
        return tuple(replace(undo, target=str(self.entry.get("target") or "")) for undo in self.again)


def blocked_write(entry: Entry, reason: str) -> Write:
    """Return the step for a write that cannot be undone. It is shown, and never sent."""
    return Write(
        "",
        "",
        target=str(entry.get("target") or entry.get("route")),
        hold=Hold(blocked=reason),
        position=PlanPosition(action="keep", principal=str(entry.get("name") or "")),
    )


def write_of(ctx: CommandContext, part: UndoPart, at: Where) -> Write:
    """Return the write for this part of an undo, without any check of the current state."""
    inverse = part.inverse
    return Write(
        inverse.method,
        inverse.path,
        target=part.target,
        params=inverse.params,
        body=inverse.body,
        verify=_creation_check(ctx, inverse, at) if inverse.recreates else partial(is_restored, ctx, inverse, at),
        at=at,
        extra_columns={"workspace": at.workspace} if at.workspace else {},
        on_409=SO_ALREADY,
        on_404=SO_ALREADY,
        position=PlanPosition(
            action=verb_of(inverse.method, inverse.path, _ACTIONS) or "undo",
            principal=str(part.entry.get("name") or ""),
        ),
        confirmation=Confirmation(past_tense=TOOK_BACK),
        keeps_note=f"only partly: {inverse.partly}" if inverse.partly else "",
        before=_before(inverse),
        inverse=part.undone_again,
        irreversible="" if part.again else inverse.final or _NOT_RECORDED,
        undoes=part.key,
        recreates=inverse.recreates,
    )


def _before(inverse: Undo) -> Mapping[str, Any]:
    """Return the current values of the fields that the undo changes."""
    if inverse.expected_now is None:
        return ABSENT
    return {name: inverse.expected_now[name] for name in inverse.body or () if name in inverse.expected_now} or THERE


def write_after_creation(
    ctx: CommandContext, part: UndoPart, at: Where, ids: Mapping[str, UndoPart], new_ids: Mapping[str, str]
) -> Write:
    """Return the write of a step for an object that an earlier step has created again.

    Raises:
        ZenProError: the earlier step has not created it.
    """
    for key, creating in ids.items():
        if key not in new_ids:
            raise ZenProError(f"it requires {creating.target}, which was not created again")
    again = tuple(with_ids(undo, new_ids) for undo in part.again)
    return write_of(ctx, replace(part, inverse=with_ids(part.inverse, new_ids), again=again), at)


def checked_write(ctx: CommandContext, inverse: Undo, write: Write) -> Write:
    """Return the write if the object is unchanged.

    Raises:
        ZenProError: someone has changed the object since the steps were built.
    """
    observer = Observer(ctx, write.at)
    conflict = observer.conflict(inverse) or observer.blocked_by(inverse)
    if conflict:
        raise ZenProError(f"it has changed since: {conflict}")
    return replace(write, body=whole_body(inverse, observer.see(inverse.observation)))


def _creation_check(ctx: CommandContext, inverse: Undo, at: Where) -> Created:
    """Return a check for the object that is created again, by its name and the fields of the request."""
    return Created(lambda: Observer(ctx, at).all(inverse.observation), lambda record: True, inverse.body or {})


def is_missing(ctx: CommandContext, inverse: Undo, at: Where) -> bool:
    """Return whether the object that the write would have created does not exist."""
    return inverse.by_name is None or not Observer(ctx, at).all(inverse.by_name)


def is_restored(ctx: CommandContext, inverse: Undo, at: Where) -> Mapping[str, Any] | bool:
    """Return the current state, or True if that is nothing; False if it is not the state before the write."""
    current = Observer(ctx, at).see(inverse.observation)
    return (current or True) if agrees(current, inverse.restores) else False
