"""The steps that undo a command: made from the journal, each checked before it is shown and when it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.commands.plans.unknown_outcomes import Finder
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.announce import TOOK_BACK
from zenpro_nb.framework.writes.checks import Created
from zenpro_nb.framework.writes.observe import Observer
from zenpro_nb.framework.writes.undo import (
    ABSENT,
    THERE,
    Undo,
    agrees,
    filled,
    inverses_in,
    mentions,
    moved,
    moved_fields,
    reversed_of,
    templates_in,
)
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.journal.commands import DONE, UNKNOWN, Command, keys_of, successors
from zenpro_nb.journal.journal import Journal

_ACTIONS = {"POST": "add", "DELETE": "remove", "PATCH": "restore"}
OLD = "its entry in the journal does not say how: an older version wrote it"
_NOT_KEPT = "the journal does not hold what it was created with"
_SO_ALREADY = "is so already"
_NOT_THERE = "is not there"

Entry = Mapping[str, Any]


class _Part(Struct, frozen=True):
    """One request that undoes a write, or a part of it."""

    key: str
    entry: Entry
    inverse: Undo
    again: tuple[Undo, ...]  # what undoes it in its turn

    @property
    def target(self) -> str:
        return str(self.entry.get("target") or self.inverse.path)


def is_live(entry: Entry, undone: Mapping[str, str]) -> bool:
    """Return whether a write has changed something, or may have, that is not undone yet."""
    if entry.get("outcome") not in (*DONE, UNKNOWN):
        return False
    inverses = inverses_in(entry)
    if not inverses:
        return True
    return any(undo.changes and key not in undone for key, undo in zip(keys_of(entry), inverses, strict=False))


def can_be_undone(entry: Entry, undone: Mapping[str, str]) -> bool:
    """Return whether a write has changed something, or may have, and the journal says how it is undone."""
    return is_live(entry, undone) and bool(inverses_in(entry))


def is_undone(command: Command, undone: Mapping[str, str]) -> bool:
    """Return whether a command was undone: what is left of it, if anything, is what nothing undoes."""
    touched = any(key in undone for entry in command.entries for key in keys_of(entry))
    return touched and not any(can_be_undone(entry, undone) for entry in command.entries)


def steps(ctx: CommandContext, command: Command, undone: Mapping[str, str], entries: Sequence[Entry]) -> list[Write]:
    """Return what undoes the writes of a command, the last one first; a step that cannot be sent is blocked.

    Args:
        undone: what is undone already, see `taken_back`.
        entries: the journal.
    """
    ids = successors(entries)
    live = [entry for entry in reversed(command.entries) if is_live(entry, undone)]
    parts = [part for entry in live for part in _parts(entry, ids) if part.key not in undone]
    sights = Observer(ctx)
    known = [part.inverse for part in parts if not part.inverse.needs_id]
    sights.read(
        [inverse.sight for inverse in known] + [blocker.sight for inverse in known for blocker in inverse.unless]
    )
    return list(_Steps(ctx, parts, sights, Finder(ctx, entries)).of(live))


def _parts(entry: Entry, ids: Mapping[str, str]) -> list[_Part]:
    """Return the requests that undo a write, in the order in which they are sent."""
    found = []
    for key, template in zip(keys_of(entry), templates_in(entry), strict=False):
        # The write may have been about objects that have other ids by now; what it created itself has one, too.
        inverse = moved(filled(template, entry.get("left") or {}), ids)
        moved_entry = {
            **entry,
            "route": "/".join(ids.get(segment, segment) for segment in str(entry.get("route")).split("/")),
            "params": moved_fields(entry.get("params"), ids),
            "body": moved_fields(entry.get("body"), ids),
        }
        if inverse.changes:
            found.append(_Part(key, entry, inverse, reversed_of(inverse, moved_entry, moved(template, ids))))
    return found


class _Steps:
    """Makes the steps of one command; a step may need an object that an earlier one creates again."""

    def __init__(self, ctx: CommandContext, parts: Sequence[_Part], sights: Observer, finder: Finder) -> None:
        self._run = ctx
        self._parts = parts
        self._sights = sights
        self._finder = finder
        self._kept: set[str] = set()  # the ids of objects that need not be created again
        self._blocked: dict[str, _Part] = {}  # the steps that are not sent, by the id of what they would create again

    def of(self, live: Sequence[Entry]) -> Iterator[Write]:
        """Yield the steps of these entries, in their order."""
        for entry in live:
            mine = [part for part in self._parts if part.entry is entry]
            if not mine:
                yield _blocked(entry, str(entry.get("irreversible") or OLD))
            for part in mine:
                before = self._parts[: self._parts.index(part)]
                blocked = self._in_the_way(part, before)
                if blocked and part.inverse.recreates:
                    self._blocked[part.inverse.recreates] = part
                yield _blocked(entry, blocked) if blocked else self._write(part, before)

    def _in_the_way(self, part: _Part, before: Sequence[_Part]) -> str:
        """Return why a write is not undone: what others have changed, or what is unknown; empty if it can be.

        Args:
            before: the steps before it, which may remove what is still in the way.
        """
        inverse, unknown = part.inverse, part.entry.get("outcome") == UNKNOWN
        if inverse.needs_id:
            return self._without_id(part)
        for key, creating in self._blocked.items():
            if mentions(inverse, key):
                return f"it needs {creating.target}, which is not created again"
        try:
            conflict = self._sights.conflict(inverse)
            if conflict:
                return f"it was changed since: {conflict}"
            current = self._sights.see(inverse.sight)
            if inverse.recreates and current is not None:
                if str(current.get("id")) != inverse.recreates:
                    return f"{part.target} is there now, and is not the one that was deleted"
                self._kept.add(inverse.recreates)  # a write of unknown outcome has not deleted it
            if unknown and part.entry.get("before") is None and agrees(current, inverse.left):
                return "whether it was so before is not known, since its answer was lost"
            hurdle = "" if any(_is_about(part, inverse) for part in before) else self._sights.hurdle(inverse)
        except ZenProError as error:
            return f"what is there now cannot be seen: {error.message}"
        return f"it is in use since: {hurdle}" if hurdle else ""

    def _without_id(self, part: _Part) -> str:
        """Return why an object cannot be deleted whose id was never learned; empty if there is none such."""
        try:
            _, why = self._finder.created_by(part.entry, part.inverse)
        except ZenProError as error:
            why = f"whether it was created cannot be seen: {error.message}"
        by_hand = part.inverse.by_hand
        return f"{why}; `{by_hand}` deletes it" if why and by_hand else why

    def _write(self, part: _Part, before: Sequence[_Part]) -> Write:
        inverse = part.inverse
        made = {part.inverse.recreates: part for part in before if part.inverse.recreates not in ("", *self._kept)}
        needed = {key: part for key, part in made.items() if mentions(inverse, key)}
        write = _write(self._run, part)
        if needed:
            expected = {key: f"{{{part.target}}}" for key, part in needed.items()}
            shown = _write(self._run, replace(part, inverse=moved(inverse, expected)))
            return replace(shown, late=partial(_created_by_now, self._run, part, needed))
        if inverse.needs_id:
            return replace(write, noop=_NOT_THERE, happened=partial(_is_not_there, self._run, inverse))
        if agrees(self._sights.see(inverse.sight), inverse.was):
            return replace(write, noop=_SO_ALREADY, happened=partial(_happened, self._run, inverse))
        # To send somebody's role or place in a team once more where it is so already does no harm.
        by_itself = bool(inverse.sight.path or inverse.unless or inverse.body is not None)
        return replace(write, late=partial(_checked_again, self._run, inverse, write)) if by_itself else write


def _blocked(entry: Entry, why: str) -> Write:
    return Write("", "", target=str(entry.get("target") or entry.get("route")), blocked=why, action="keep")


def _is_about(part: _Part, inverse: Undo) -> bool:
    """Return whether a step removes something from the object that the inverse deletes."""
    key = inverse.path.rpartition("/")[2]
    return inverse.was is None and (key in part.inverse.path or key in part.inverse.params.values())


def _write(ctx: CommandContext, part: _Part) -> Write:
    inverse = part.inverse
    return Write(
        inverse.method,
        inverse.path,
        target=part.target,
        params=inverse.params,
        body=inverse.body,
        happened=_created(ctx, inverse) if inverse.recreates else partial(_happened, ctx, inverse),
        already=_SO_ALREADY,
        absent=_SO_ALREADY,
        action=_ACTIONS.get(inverse.method, "undo"),
        done=TOOK_BACK,
        stays=f"not wholly: {inverse.partly}" if inverse.partly else "",
        before=_before(inverse),
        inverse=part.again,
        irreversible="" if part.again else inverse.final or _NOT_KEPT,
        undoes=part.key,
        recreates=inverse.recreates,
    )


def _before(inverse: Undo) -> Mapping[str, Any]:
    """Return what undoing it changes, as it is now."""
    if inverse.left is None:
        return ABSENT
    return {name: inverse.left[name] for name in inverse.body or () if name in inverse.left} or THERE


def _created_by_now(ctx: CommandContext, part: _Part, needed: Mapping[str, _Part]) -> Write:
    """Return the write of a step about an object that an earlier step has created again.

    Raises:
        ZenProError: it has not.
    """
    ids = successors(Journal().entries())
    for key, creating in needed.items():
        if key not in ids:
            raise ZenProError(f"it needs {creating.target}, which was not created again")
    again = tuple(moved(undo, ids) for undo in part.again)
    return _write(ctx, replace(part, inverse=moved(part.inverse, ids), again=again))


def _checked_again(ctx: CommandContext, inverse: Undo, write: Write) -> Write:
    """Return the write.

    Raises:
        ZenProError: somebody has changed the object since the steps were made.
    """
    sights = Observer(ctx)
    found = sights.conflict(inverse) or sights.hurdle(inverse)
    if found:
        raise ZenProError(f"it was changed since: {found}")
    return write


def _created(ctx: CommandContext, inverse: Undo) -> Created:
    """Return a look for the object that is created again, by its name and the fields of the request."""
    return Created(lambda: Observer(ctx).all(inverse.sight), lambda record: True, inverse.body or {})


def _is_not_there(ctx: CommandContext, inverse: Undo) -> bool:
    return inverse.named is None or not Observer(ctx).all(inverse.named)


def _happened(ctx: CommandContext, inverse: Undo) -> Mapping[str, Any] | bool:
    current = Observer(ctx).see(inverse.sight)
    return (current or True) if agrees(current, inverse.was) else False
