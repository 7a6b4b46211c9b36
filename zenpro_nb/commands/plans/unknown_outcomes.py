"""Writes whose outcome is unknown in the journal: find out from the server which of them happened.

Such writes remain when a process is killed, and the ID of an object that one of them created is unknown. The object is
found by its name, its fields and its creation time. An object that matches less well belongs to someone else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.commands.plans.places import Places
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.declare import CommandContext, Fields, Undo, agrees, fill, templates_in, with_ids
from zenpro_nb.journal.commands import SUCCESS_STATES, UNKNOWN, JournalCommand, commands, successors
from zenpro_nb.journal.journal import Entry, Journal
from zenpro_nb.resources.control_plane import ME
from zenpro_nb.resources.workspace.facts import INFO

Record = Mapping[str, Any]

_ORG = re.compile(r"(?<!\S)--org[= ](?:'([^']*)'|(\S+))")
_FOUND = "the response was lost; the change was found later"


def of_here(
    ctx: CommandContext, recorded: Sequence[JournalCommand], named: query.Found | None = None
) -> list[JournalCommand]:
    """Return the commands that were sent to this server, in the organization in use or while none was in use.

    A command without an organization in use belongs to the one that its line names with `--org`.

    Args:
        named: only the commands that concern this organization, whichever was in use.
    """
    settings = ctx.session.settings
    if named is not None:
        return [
            command
            for command in recorded
            if plane_of(command.entries[0]) == settings.url and concerned(command) in (named.id, named.name)
        ]
    names = {settings.organization}
    try:
        organization = query.organization(ctx.session)
        names |= {organization.id, organization.name}
    except UsageError:
        names = {settings.organization}  # no organization is in use, so match the commands that ran without one
    return [
        command
        for command in recorded
        if plane_of(command.entries[0]) == settings.url
        and (command.entries[0].get("organization") in names or organization_of(command) in {None, *names})
    ]


def organization_of(command: JournalCommand) -> str | None:
    """Return the organization that was in use, else the one in the line of the command; None if there was none."""
    recorded = command.entries[0].get("organization")
    return str(recorded) if recorded else _in_line(command)


def concerned(command: JournalCommand) -> str | None:
    """Return the organization that the command concerned: the one in its line, else the one in use."""
    return _in_line(command) or organization_of(command)


def _in_line(command: JournalCommand) -> str | None:
    match = _ORG.search(command.line)
    return match[1] or match[2] if match else None


def plane_of(entry: Record) -> object:
    """Return the server in use when a write was sent, perhaps to one of its workspaces."""
    return entry.get("control_plane") or entry.get("server")


def settle(ctx: CommandContext, named: query.Found | None = None) -> list[dict[str, Any]]:
    """Mark writes of unknown outcome as done in the journal if they happened, and return its entries.

    Reads from the server only the objects of such writes, and nothing if there are none.

    Raises:
        SaveError: the journal cannot be written.
    """
    journal = Journal()
    entries = journal.entries()
    if not any(_is_open(entry) for entry in entries):
        return entries
    mine = [entry for command in of_here(ctx, commands(entries), named) for entry in command.entries]
    finder = Finder(ctx, mine, Places(ctx))
    happened = [(entry, finder.left_by(entry)) for entry in mine if _is_open(entry)]
    for entry, left in happened:
        if left is not None:
            journal.append(replace(_line_of(entry), outcome="done", detail=_FOUND, left=left or None))
    return journal.entries()


def _is_open(entry: Record) -> bool:
    """Return whether the outcome of a write is unknown and can be found out from the server."""
    templates = templates_in(entry) if entry.get("outcome") == UNKNOWN else []
    return len(templates) == 1 and (entry.get("before") is not None or templates[0].needs_id)


def _line_of(entry: Record) -> Entry:
    fields = {name: value for name, value in entry.items() if name in Entry.__struct_fields__}
    return msgspec.convert(fields, Entry)


class Finder:
    """Finds objects whose IDs are unknown.

    Args:
        entries: the journal entries of this server and organization; they show which objects other writes created.
        places: the servers of the writes.
    """

    def __init__(self, ctx: CommandContext, entries: Sequence[Record], places: Places) -> None:
        self._ctx = ctx
        self._places = places
        self._ids = successors(entries)
        self._known_ids = set(_known_ids(entries))
        self._clock_offsets: dict[object, timedelta] = {}  # by the address of the server

    def left_by(self, entry: Record) -> Fields | None:
        """Return the values to record in the journal for a write that happened; None if it did not, or is unknown."""
        (template,) = (with_ids(template, self._ids) for template in templates_in(entry))
        try:
            if template.needs_id:
                found, _ = self.created_by(entry, template)
                return None if found is None else {"id": found["id"]}
            state = agrees(self._places.observer(entry).see(template.observation), template.expected_now)
        except ZenProError:
            return None  # the outcome stays unknown
        return {} if state and template.changes else None

    def created_by(self, entry: Record, template: Undo) -> tuple[Fields | None, str]:
        """Return the object that a write created, or the reason why it is unknown; None and "" if there is none.

        Raises:
            ZenProError: the list cannot be read.
        """
        if template.by_name is None:
            return None, "it is unknown whether it was created, and its ID is not known either"
        candidates = [
            record
            for record in self._places.observer(entry).all(template.by_name)
            if str(record.get("id")) not in self._known_ids
        ]
        if not candidates:
            return None, ""
        (record, *others) = candidates
        times = ", ".join(str(candidate.get("created") or "at an unknown time") for candidate in candidates)
        differs = not agrees(record, fill(template, {}).expected_now)
        if others or differs or not self._was_created_by(record, entry):
            existing = f"{len(candidates)} objects have this name" if others else "an object has this name"
            return None, f"it is unknown whether this command created it: {existing}, created {times}"
        return record, ""

    def _was_created_by(self, record: Fields, entry: Record) -> bool:
        """Return whether an object was created while the write was in progress, by the server's clock."""
        created, started = _time(record.get("created")), _time(entry.get("time"))
        if created is None or started is None:
            return False
        started += self._server_clock_offset(entry)
        earliest = started - timedelta(seconds=limits.CREATED_BEFORE)
        return earliest <= created <= started + timedelta(seconds=limits.CREATED_AFTER)

    def _server_clock_offset(self, entry: Record) -> timedelta:
        """Return how far the server's clock is ahead of this machine's; zero if the server sends no time."""
        server = entry.get("server")
        if server not in self._clock_offsets:
            at = self._places.where(entry)
            client = at.client_of(self._ctx.session)
            try:
                reply = client.request("GET", ME.path if at.client is None else INFO.path)
                server_time = parsedate_to_datetime(reply.headers.get("Date", ""))
            except (ValueError, TypeError, ZenProError):
                self._clock_offsets[server] = timedelta()
            else:
                now = query.now(self._ctx.session)
                server_time = server_time if server_time.tzinfo else server_time.replace(tzinfo=UTC)
                self._clock_offsets[server] = server_time - now
        return self._clock_offsets[server]


def _known_ids(entries: Sequence[Record]) -> Iterator[str]:
    """Yield the IDs of the objects that writes of known outcome created."""
    for entry in entries:
        creates = any(template.needs_id for template in templates_in(entry)) or entry.get("recreates")
        key = (entry.get("left") or {}).get("id")
        if creates and key and entry.get("outcome") in SUCCESS_STATES:
            yield str(key)


def _time(text: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
