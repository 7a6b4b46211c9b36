"""Group the journal's writes into commands, and determine which ones were undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

Record = Mapping[str, Any]

# Outcomes of a write that changed something, or may have.
SUCCESS_STATES = ("done", "not kept")
UNKNOWN = "unknown"
SETTLED = "settled"  # the outcome was unknown, and a later command has made the same change, or found it made
# Outcomes of an undo that count: a state that was reached already is the intended state.
_UNDO_STATES = (*SUCCESS_STATES, "already")


class JournalCommand(Struct):
    """The writes of one command, in the order in which they began."""

    id: str
    line: str
    time: str
    entries: list[Record] = field(default_factory=list)

    @property
    def is_undo(self) -> bool:
        """Return whether it undid another command, or tried to."""
        return self.line.split()[:1] == ["undo"] or any(entry.get("undoes") for entry in self.entries)


def commands(entries: Sequence[Record]) -> list[JournalCommand]:
    """Return the commands, oldest first. In entries of older versions, each write is a command.

    >>> [command.line for command in commands([{"command": "teams create ops", "id": "1"}])]
    ['teams create ops']
    """
    by_id: dict[str, JournalCommand] = {}
    for at, entry in enumerate(entries):
        key = str(entry.get("command_id") or entry.get("id") or f"entry {at}")
        if key not in by_id:
            by_id[key] = JournalCommand(key, str(entry.get("command") or ""), str(entry.get("time") or ""))
        by_id[key].entries.append(entry)
    return list(by_id.values())


def keys_of(entry: Record) -> list[str]:
    """Return the keys for the undo of a write: its id, followed by a number if several requests undo it.

    >>> keys_of({"id": "a", "inverse": [{}]}), keys_of({"id": "a", "inverse": [{}, {}]}), keys_of({})
    (['a'], ['a.0', 'a.1'], [])
    """
    key, several = str(entry.get("id") or ""), len(entry.get("inverse") or ())
    if not key:
        return []
    return [key] if several <= 1 else [f"{key}.{number}" for number in range(several)]


def sent_again(entries: Sequence[Record]) -> dict[str, Record]:
    """Return, by the id of a write with an unknown outcome, the later entry that settles it.

    That is a write that repeated it and was done, or the same command if it found nothing left to do.

    >>> write = {"method": "POST", "route": "/teams", "body": {"name": "ops"}}
    >>> first, second = {**write, "id": "a", "outcome": "unknown"}, {**write, "id": "b", "outcome": "already"}
    >>> [record["id"] for record in sent_again([first, second]).values()], sent_again([second, first])
    (['b'], {})
    >>> again = {"command": "teams create ops", "method": "", "outcome": "already", "id": "c"}
    >>> [record["id"] for record in sent_again([{**first, "command": "teams create ops"}, again]).values()]
    ['c']
    """
    latest: dict[str, Record] = {}
    again: dict[str, Record] = {}
    for entry in reversed(entries):
        request = repr([entry.get(name) for name in ("server", "method", "route", "params", "body")])
        line = repr([entry.get(name) for name in ("server", "command", "organization")])
        if entry.get("outcome") in ("done", "already"):
            latest[request if entry.get("method") else line] = entry
        elif entry.get("outcome") == UNKNOWN and (
            later := latest.get(request) or (latest.get(line) if _is_same_each_time(entry) else None)
        ):
            again[str(entry.get("id"))] = later
    return again


def _is_same_each_time(entry: Record) -> bool:
    """Return whether the line of a command means the same again: it has no variables, and is not `undo`."""
    line = str(entry.get("command") or "")
    return bool(line) and line.split()[0] != "undo" and not {"$", "{"} & set(line)


def undone_by(entries: Sequence[Record]) -> dict[str, str]:
    """Return, by key, the id of the command that undid a write, unless that command was undone itself.

    >>> first = {"id": "a", "outcome": "done"}
    >>> undo = {"id": "b", "outcome": "done", "undoes": "a", "command_id": "B"}
    >>> redo = {"id": "c", "outcome": "done", "undoes": "b", "command_id": "C"}
    >>> undone_by([first, undo]), undone_by([first, undo, redo])
    ({'a': 'B'}, {'b': 'C'})
    """
    undo_ids: dict[str, str] = {}
    for entry in reversed(entries):
        keys = keys_of(entry)
        in_force = not keys or any(key not in undo_ids for key in keys)
        if entry.get("undoes") and entry.get("outcome") in _UNDO_STATES and in_force:
            undo_ids.setdefault(str(entry["undoes"]), str(entry.get("command_id") or ""))
    return undo_ids


def undone_requests(entries: Sequence[Record], server: str) -> dict[str, str]:
    """Return, by the request id of a write that was sent to a server and undone, the time of the undo.

    >>> first = {"id": "a", "outcome": "done", "server": "s", "request_id": "r"}
    >>> undo = {"id": "b", "outcome": "done", "undoes": "a", "command_id": "B", "time": "2026-12-01T09:00:00+00:00"}
    >>> undone_requests([first, undo], "s"), undone_requests([first, undo], "another")
    ({'r': '2026-12-01T09:00:00+00:00'}, {})
    """
    undo_ids = undone_by(entries)
    times = {str(entry.get("command_id") or ""): str(entry.get("time") or "") for entry in entries}
    return {
        str(entry["request_id"]): times.get(undo_ids[key], "")
        for entry in entries
        if entry.get("request_id") and entry.get("server") == server
        for key in keys_of(entry)
        if key in undo_ids
    }


def successors(entries: Sequence[Record]) -> dict[str, str]:
    """Return, by the id of each deleted object that was created again, its current id.

    >>> entries = [{"recreates": "a", "left": {"id": "b"}, "outcome": "done"}]
    >>> successors([*entries, {"recreates": "b", "left": {"id": "c"}, "outcome": "done"}])
    {'a': 'c', 'b': 'c'}
    """
    current_ids: dict[str, str] = {}
    for entry in entries:
        former, new = entry.get("recreates"), (entry.get("left") or {}).get("id")
        if former and new and former != new and entry.get("outcome") in SUCCESS_STATES:
            current_ids = {key: str(new) if value == former else value for key, value in current_ids.items()}
            current_ids[str(former)] = str(new)
    return current_ids
