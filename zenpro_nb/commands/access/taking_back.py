"""The steps that take a command back: made from the journal, each looked at before it is shown and when it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.commands.core.announcement import TOOK_BACK
from zenpro_nb.commands.core.inverse import ABSENT, THERE, Inverse, agrees, inverses_in, reversed_of
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.sights import Sights
from zenpro_nb.commands.core.write import Write
from zenpro_nb.errors import ZenProError
from zenpro_nb.journal.commands import DONE, UNKNOWN, Command, keys_of

_ACTIONS = {"POST": "add", "DELETE": "remove", "PATCH": "restore"}
_OLD = "its entry in the journal does not say how: an older version wrote it"

Entry = Mapping[str, Any]


class _Part(Struct, frozen=True):
    """One request that takes a write back, or a part of it."""

    key: str
    entry: Entry
    inverse: Inverse


def is_live(entry: Entry, undone: Mapping[str, str]) -> bool:
    """Return whether a write has changed something, or may have, that is not taken back yet."""
    if entry.get("outcome") not in (*DONE, UNKNOWN):
        return False
    inverses = inverses_in(entry)
    if not inverses:
        return True
    return any(one.changes and key not in undone for key, one in zip(keys_of(entry), inverses, strict=False))


def steps(run: Runtime, command: Command, undone: Mapping[str, str]) -> list[Write]:
    """Return what takes the writes of a command back, the last one first; what cannot be taken back is blocked."""
    live = [entry for entry in reversed(command.entries) if is_live(entry, undone)]
    parts = [part for entry in live for part in _parts(entry) if part.key not in undone]
    sights = Sights(run)
    sights.read([part.inverse.sight for part in parts] + [one.sight for part in parts for one in part.inverse.unless])
    return [step for entry in live for step in _steps_of(run, entry, parts, sights)]


def _parts(entry: Entry) -> list[_Part]:
    """Return the requests that take a write back, the last one first."""
    found = zip(keys_of(entry), inverses_in(entry), strict=False)
    return [_Part(key, entry, inverse) for key, inverse in reversed(list(found)) if inverse.changes]


def _steps_of(run: Runtime, entry: Entry, parts: Sequence[_Part], sights: Sights) -> Iterator[Write]:
    mine = [part for part in parts if part.entry is entry]
    if not mine:
        yield _blocked(entry, str(entry.get("irreversible") or _OLD))
    for part in mine:
        before = parts[: parts.index(part)]
        blocked = _in_the_way(part, before, sights)
        yield _blocked(entry, blocked) if blocked else _write(run, part)


def _blocked(entry: Entry, why: str) -> Write:
    return Write("", "", target=str(entry.get("target") or entry.get("route")), blocked=why, action="keep")


def _in_the_way(part: _Part, before: Sequence[_Part], sights: Sights) -> str:
    """Return why a write is not taken back: what others have changed, or what nobody knows; empty where it can be.

    Args:
        before: the steps before it, which may take out of the way what is still there.
    """
    inverse, unknown = part.inverse, part.entry.get("outcome") == UNKNOWN
    if inverse.needs_id:
        return "whether it was made is not known, and neither is its id; look for it"
    try:
        conflict = sights.conflict(inverse)
        if conflict:
            return f"it was changed since: {conflict}"
        if unknown and part.entry.get("before") is None and agrees(sights.see(inverse.sight), inverse.left):
            return "whether it was so before is not known, since its answer was lost"
        hurdle = "" if any(_is_about(one, inverse) for one in before) else sights.hurdle(inverse)
    except ZenProError as error:
        return f"what is there now cannot be seen: {error.message}"
    return f"it is in use since: {hurdle}" if hurdle else ""


def _is_about(part: _Part, inverse: Inverse) -> bool:
    """Return whether a step takes something from the thing that the inverse deletes."""
    key = inverse.path.rpartition("/")[2]
    return inverse.was is None and (key in part.inverse.path or key in part.inverse.params.values())


def _write(run: Runtime, part: _Part) -> Write:
    inverse, entry = part.inverse, part.entry
    target = str(entry.get("target") or inverse.path)
    write = Write(
        inverse.method,
        inverse.path,
        target=target,
        params=inverse.params,
        body=inverse.body,
        happened=partial(_happened, run, inverse),
        already="is so already",
        absent="is so already",
        action=_ACTIONS.get(inverse.method, "undo"),
        done=TOOK_BACK,
        stays=f"not wholly: {inverse.partly}" if inverse.partly else "",
        before=_before(inverse),
        inverse=reversed_of(inverse, entry),
        irreversible=inverse.final,
        undoes=part.key,
    )
    # Somebody in a team or with a role is there or not: to send it where it is so already does no harm.
    by_itself = bool(inverse.sight.path or inverse.unless or inverse.body is not None)
    return _looked_at_again(run, inverse, write) if by_itself else write


def _before(inverse: Inverse) -> Mapping[str, Any]:
    """Return what taking it back changes, as it is now."""
    if inverse.left is None:
        return ABSENT
    return {name: inverse.left[name] for name in inverse.body or () if name in inverse.left} or THERE


def _looked_at_again(run: Runtime, inverse: Inverse, write: Write) -> Write:
    """Return the write, which is held up when its turn comes and somebody has changed the thing by then."""

    def look() -> Write:
        sights = Sights(run)
        found = sights.conflict(inverse) or sights.hurdle(inverse)
        if found:
            raise ZenProError(f"it was changed since: {found}")
        return write

    return replace(write, late=look)


def _happened(run: Runtime, inverse: Inverse) -> Mapping[str, Any] | bool:
    current = Sights(run).see(inverse.sight)
    return (current or True) if agrees(current, inverse.was) else False
