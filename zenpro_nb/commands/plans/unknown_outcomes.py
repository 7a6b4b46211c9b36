"""Writes whose outcome the journal does not know: which of them happened, as far as the server shows it.

A process that is killed leaves them behind. An object that such a write created has an id that nobody learned. It is
found by its name, its fields and the time at which it was created; an object that fits less well is somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.observe import Observer
from zenpro_nb.framework.writes.undo import Fields, Undo, agrees, filled, moved, templates_in
from zenpro_nb.journal.commands import DONE, UNKNOWN, Command, commands, successors
from zenpro_nb.journal.journal import Entry, Journal
from zenpro_nb.resources.control_plane import ME

Record = Mapping[str, Any]

_FOUND = "its outcome was lost, and it was found later"


def of_here(ctx: CommandContext, every: Sequence[Command]) -> list[Command]:
    """Return the commands that were sent to this server, in the organization that is in use."""
    settings = ctx.session.settings
    names = {settings.organization}
    try:
        organization = query.organization(ctx.session)
        names |= {organization.id, organization.name}
    except UsageError:
        names = {settings.organization}  # none is in use, as it was then
    return [
        command
        for command in every
        if command.entries[0].get("server") == settings.url and command.entries[0].get("organization") in names
    ]


def settled(ctx: CommandContext) -> list[dict[str, Any]]:
    """Return the journal, after the writes of unknown outcome that have happened were entered in it as done.

    Reads from the server only what shows them, and nothing if there is none.

    Raises:
        SaveError: the journal cannot be written.
    """
    journal = Journal()
    entries = journal.entries()
    if not any(_is_open(entry) for entry in entries):
        return entries
    mine = [entry for command in of_here(ctx, commands(entries)) for entry in command.entries]
    finder = Finder(ctx, mine)
    happened = [(entry, finder.left_by(entry)) for entry in mine if _is_open(entry)]
    for entry, left in happened:
        if left is not None:
            journal.append(replace(_line_of(entry), outcome="done", detail=_FOUND, left=left or None))
    return journal.entries()


def _is_open(entry: Record) -> bool:
    """Return whether the outcome of a write is unknown, and the server shows what became of it."""
    templates = templates_in(entry) if entry.get("outcome") == UNKNOWN else []
    return len(templates) == 1 and (entry.get("before") is not None or templates[0].needs_id)


def _line_of(entry: Record) -> Entry:
    known = {name: value for name, value in entry.items() if name in Entry.__struct_fields__}
    return msgspec.convert(known, Entry)


class Finder:
    """Finds objects whose ids were never learned.

    Args:
        entries: those of this server and organization, which say whose the other objects are.
    """

    def __init__(self, ctx: CommandContext, entries: Sequence[Record]) -> None:
        self._run = ctx
        self._sights = Observer(ctx)
        self._ids = successors(entries)
        self._learned = set(_learned(entries))
        self._ahead: timedelta | None = None

    def left_by(self, entry: Record) -> Fields | None:
        """Return what the journal has to know of a write that happened; None if that cannot be seen."""
        (template,) = (moved(template, self._ids) for template in templates_in(entry))
        try:
            if template.needs_id:
                found, _ = self.created_by(entry, template)
                return None if found is None else {"id": found["id"]}
            seen = agrees(self._sights.see(template.sight), template.left)
        except ZenProError:
            return None  # it stays unknown
        return {} if seen and template.changes else None

    def created_by(self, entry: Record, template: Undo) -> tuple[Fields | None, str]:
        """Return the object that a write has created, or why it cannot be told; None and no reason if there is none.

        Raises:
            ZenProError: the list cannot be read.
        """
        if template.named is None:
            return None, "whether it was created is not known, and neither is its id"
        there = [record for record in self._sights.all(template.named) if str(record.get("id")) not in self._learned]
        if not there:
            return None, ""
        (record, *others) = there
        times = ", ".join(str(record.get("created") or "at an unknown time") for record in there)
        unlike = not agrees(record, filled(template, {}).left)
        if others or unlike or not self._fits_in_time(record, entry):
            found = f"{len(there)} of this name are there" if others else "one of this name is there"
            return None, f"whether this command created it is not known: {found}, created {times}"
        return record, ""

    def _fits_in_time(self, record: Fields, entry: Record) -> bool:
        """Return whether an object was created when the write was under way, by the server's clock."""
        created, begun = _time(record.get("created")), _time(entry.get("time"))
        if created is None or begun is None:
            return False
        begun += self._server_ahead()
        earliest = begun - timedelta(seconds=limits.CREATED_BEFORE)
        return earliest <= created <= begun + timedelta(seconds=limits.CREATED_AFTER)

    def _server_ahead(self) -> timedelta:
        """Return how far the server's clock is ahead of this machine's; zero if the server does not say."""
        if self._ahead is None:
            client = self._run.session.client
            try:
                told = parsedate_to_datetime(client.request("GET", ME.path).headers.get("Date", ""))
            except (ValueError, TypeError, ZenProError):
                self._ahead = timedelta()
            else:
                now = datetime.fromtimestamp(self._run.session.clock.now(), UTC)
                self._ahead = (told if told.tzinfo else told.replace(tzinfo=UTC)) - now
        return self._ahead


def _learned(entries: Sequence[Record]) -> Iterator[str]:
    """Yield the ids of the objects that writes of known outcome have created."""
    for entry in entries:
        creates = any(template.needs_id for template in templates_in(entry)) or entry.get("recreates")
        key = (entry.get("left") or {}).get("id")
        if creates and key and entry.get("outcome") in DONE:
            yield str(key)


def _time(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
