"""The steps that undo a command, built from the journal and checked before they are shown and before they are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from zenpro_nb.commands.plans.places import Places
from zenpro_nb.commands.plans.undo_writes import (
    NOT_THERE,
    SO_ALREADY,
    Entry,
    UndoPart,
    blocked_write,
    checked_write,
    is_missing,
    is_restored,
    write_after_creation,
    write_of,
)
from zenpro_nb.commands.plans.unknown_outcomes import Finder
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import (
    CommandContext,
    Undo,
    Write,
    agrees,
    fill,
    inverses_in,
    mentions,
    moved_fields,
    reversed_of,
    templates_in,
    whole_body,
    with_ids,
)
from zenpro_nb.journal.commands import SUCCESS_STATES, UNKNOWN, JournalCommand, keys_of, successors

OLD = "its journal entry was written by an older version and does not record how to undo it"


def is_live(entry: Entry, undo_ids: Mapping[str, str]) -> bool:
    """Return whether a write changed something, or may have, and is not undone yet."""
    if entry.get("outcome") not in (*SUCCESS_STATES, UNKNOWN):
        return False
    inverses = inverses_in(entry)
    if not inverses:
        return True
    return any(undo.changes and key not in undo_ids for key, undo in zip(keys_of(entry), inverses, strict=False))


def can_be_undone(entry: Entry, undo_ids: Mapping[str, str]) -> bool:
    """Return whether a write changed something, or may have, and the journal records how to undo it."""
    return is_live(entry, undo_ids) and bool(inverses_in(entry))


def is_undone(command: JournalCommand, undo_ids: Mapping[str, str]) -> bool:
    """Return whether a command was undone: any change that is left cannot be undone."""
    touched = any(key in undo_ids for entry in command.entries for key in keys_of(entry))
    return touched and not any(can_be_undone(entry, undo_ids) for entry in command.entries)


def steps(
    ctx: CommandContext, command: JournalCommand, undo_ids: Mapping[str, str], entries: Sequence[Entry]
) -> list[Write]:
    """Return the steps that undo the writes of a command, the last one first; a step that cannot be sent is blocked.

    Args:
        undo_ids: the writes that are already undone, see `undone_by`.
        entries: the entries of the journal.
    """
    ids = successors(entries)
    live = [entry for entry in reversed(command.entries) if is_live(entry, undo_ids)]
    parts = [part for entry in live for part in _parts(entry, ids) if part.key not in undo_ids]
    places = Places(ctx)
    places.read(
        [
            (part.entry, observation)
            for part in parts
            if not part.inverse.needs_id
            for observation in (part.inverse.observation, *(blocker.observation for blocker in part.inverse.blockers))
        ]
    )
    return list(_Steps(ctx, parts, places, Finder(ctx, entries, places)).of(live))


def _parts(entry: Entry, ids: Mapping[str, str]) -> list[UndoPart]:
    """Return the requests that undo a write, in the order in which they are sent."""
    parts = []
    for key, template in zip(keys_of(entry), templates_in(entry), strict=False):
        # Objects of the write may have been created again with other IDs since, including an object that it created.
        inverse = with_ids(fill(template, entry.get("left") or {}), ids)
        moved_entry = {
            **entry,
            "route": "/".join(ids.get(segment, segment) for segment in str(entry.get("route")).split("/")),
            "params": moved_fields(entry.get("params"), ids),
            "body": moved_fields(entry.get("body"), ids),
        }
        if inverse.changes:
            parts.append(UndoPart(key, entry, inverse, reversed_of(inverse, moved_entry, with_ids(template, ids))))
    return parts


class _Steps:
    """Builds the steps of one command. A step may need an object that an earlier one creates again."""

    def __init__(self, ctx: CommandContext, parts: Sequence[UndoPart], places: Places, finder: Finder) -> None:
        self._ctx = ctx
        self._parts: dict[int, list[UndoPart]] = {}  # by the identity of the entry
        for part in parts:
            self._parts.setdefault(id(part.entry), []).append(part)
        self._places = places
        self._finder = finder
        self._existing: set[str] = set()  # the IDs of objects that need not be created again
        self._blocked: dict[str, UndoPart] = {}  # blocked steps, by the ID of the object that they would create again
        # Of the earlier steps: those that create an object again, by its ID, and the words of all requests.
        self._recreating: dict[str, UndoPart] = {}
        self._request_cache: set[object] = set()
        self._new_ids: dict[str, str] = {}  # of the objects that were created again while the steps are sent

    def of(self, live: Sequence[Entry]) -> Iterator[Write]:
        """Yield the steps of these entries, in the same order."""
        for entry in live:
            mine = self._parts.get(id(entry), [])
            if not mine:
                yield blocked_write(entry, str(entry.get("irreversible") or OLD))
            for part in mine:
                blocked = self._blocker(part)
                key = part.inverse.recreates
                if blocked and key:
                    self._blocked[key] = part
                write = blocked_write(entry, blocked) if blocked else self._write(part)
                if key:
                    self._recreating[key] = part
                    write = write.with_position(learn=partial(self._learn, key))
                yield write
                self._request_cache.update(_words_of(part.inverse))

    def _learn(self, key: str, record: Mapping[str, Any]) -> None:
        """Remember the new ID of an object that was created again, for the steps that need it."""
        if record.get("id"):
            self._new_ids[key] = str(record["id"])

    def _blocker(self, part: UndoPart) -> str:
        """Return why a write cannot be undone: a change by others, or an unknown state; empty if it can be.

        An earlier step may remove a blocker.
        """
        inverse, unknown = part.inverse, part.entry.get("outcome") == UNKNOWN
        if inverse.needs_id:
            return self._without_id(part)
        for key, creating in self._blocked.items():
            if mentions(inverse, key):
                return f"it requires {creating.target}, which will not be created again"
        try:
            observer = self._places.observer(part.entry)
            conflict = observer.conflict(inverse)
            if conflict:
                return f"it has changed since: {conflict}"
            current = observer.see(inverse.observation)
            if inverse.recreates and current is not None:
                if str(current.get("id")) != inverse.recreates:
                    return f"{part.target} exists, but is not the one that was deleted"
                self._existing.add(inverse.recreates)  # the write of unknown outcome did not delete it
            if unknown and part.entry.get("before") is None and agrees(current, inverse.expected_now):
                return "its previous state is unknown, because the response of the server was lost"
            blocker = "" if self._is_emptied(inverse) else observer.blocked_by(inverse)
        except ZenProError as error:
            return f"its current state cannot be read: {error.message}"
        return blocker

    def _is_emptied(self, inverse: Undo) -> bool:
        """Return whether an earlier step removes something from the object that `inverse` deletes."""
        return inverse.restores is None and inverse.path.rpartition("/")[2] in self._request_cache

    def _without_id(self, part: UndoPart) -> str:
        """Return why an object without a known ID cannot be deleted; empty if it can be, or does not exist."""
        try:
            _, reason = self._finder.created_by(part.entry, part.inverse)
        except ZenProError as error:
            reason = f"cannot check whether it was created: {error.message}"
        by_hand = part.inverse.by_hand
        return f"{reason}; delete it with `{by_hand}`" if reason and by_hand else reason

    def _write(self, part: UndoPart) -> Write:
        inverse = part.inverse
        ids = {
            key: earlier
            for key, earlier in self._recreating.items()
            if key not in self._existing and mentions(inverse, key)
        }
        at = self._places.where(part.entry)
        write = write_of(self._ctx, part, at)
        if inverse.repeated:
            write = replace(write, body=whole_body(inverse, self._places.observer(part.entry).see(inverse.observation)))
        if ids:
            expected = {key: f"{{{earlier.target}}}" for key, earlier in ids.items()}
            shown_write = write_of(self._ctx, replace(part, inverse=with_ids(inverse, expected)), at)
            return shown_write.with_position(
                build_later=partial(write_after_creation, self._ctx, part, at, ids, self._new_ids)
            )
        if inverse.needs_id:
            return replace(write, noop=NOT_THERE, verify=partial(is_missing, self._ctx, inverse, at))
        if agrees(self._places.observer(part.entry).see(inverse.observation), inverse.restores):
            return replace(write, noop=SO_ALREADY, verify=partial(is_restored, self._ctx, inverse, at))
        # Assigning a role or a team membership again is harmless, so these need no second check.
        needs_check = bool(inverse.observation.path or inverse.blockers or inverse.body is not None)
        return (
            write.with_position(build_later=partial(checked_write, self._ctx, inverse, write)) if needs_check else write
        )


def _words_of(inverse: Undo) -> list[object]:
    """Return the IDs in a request of an undo, among other words."""
    return [*inverse.path.split("/"), *(value for value in inverse.params.values() if isinstance(value, str))]
