"""The pending invitations and the members of an organization, read once for all invitations of a command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from zenpro_nb import limits, query
from zenpro_nb.framework.declare import CommandContext, Record
from zenpro_nb.resources.control_plane import INVITATIONS, ROLES

ByEmail = Mapping[str, Sequence[Record]]  # by lowercase email, because the server ignores case


class _Read(Struct):
    """The last read of a list."""

    time: float
    records: ByEmail


class InvitationLists:
    """The two lists that show whether a person is invited or a member.

    Args:
        organization_id: the organization whose lists are read.
        email: the only person to invite, by whom the server filters the invitations; empty for several.
    """

    def __init__(self, ctx: CommandContext, organization_id: str, email: str = "") -> None:
        self._ctx = ctx
        self._ids = {"organization_id": organization_id}
        self._filters = {"email": email} if email else {}
        self._lock = threading.Lock()
        self._reads: dict[str, _Read] = {}
        self._roles: Mapping[str, str] | None = None

    def waiting(self, email: str) -> Sequence[Record]:
        """Read the pending invitations of this person now. An accepted one would not prove that a new one exists."""
        return self._now("waiting", self._waiting).get(email.casefold(), ())

    def people(self, email: str) -> Sequence[Record]:
        """Read now whether this person is a member. Sends one request, because the list has no pages."""
        return self._now("people", self._people).get(email.casefold(), ())

    def known_waiting(self, email: str) -> Sequence[Record]:
        """Return the pending invitations of this person, possibly from a recent read."""
        return self._recent("waiting", self._waiting).get(email.casefold(), ())

    def known_people(self, email: str) -> Sequence[Record]:
        """Return the memberships of this person, possibly from a recent read."""
        return self._recent("people", self._people).get(email.casefold(), ())

    def read(self) -> tuple[ByEmail, ByEmail]:
        """Return the pending invitations and the members, both read at the same time."""
        waiting = partial(self._recent, "waiting", self._waiting)
        return query.gather(self._ctx.session, waiting, partial(self._recent, "people", self._people))

    def latest(self, email: str) -> Record | None:
        """Return an earlier record of this person, of any age; None if there is none."""
        reads = [read for name in ("waiting", "people") if (read := self._reads.get(name)) is not None]
        return next((record for read in reads for record in read.records.get(email.casefold(), ())), None)

    def role_names(self) -> Mapping[str, str]:
        """Return the names of the organization's roles by ID; they are read once."""
        with self._lock:
            if self._roles is None:
                self._roles = query.names_by_id(self._ctx.session, ROLES, self._ids)
            return self._roles

    def _waiting(self) -> ByEmail:
        params = {**self._filters, "only_pending": True}
        return _by_email(query.records(self._ctx.session, INVITATIONS, self._ids, params))

    def _people(self) -> ByEmail:
        return _by_email(query.members_of(self._ctx.session, self._ids["organization_id"]))

    def _recent(self, name: str, read: Callable[[], ByEmail]) -> ByEmail:
        cached = self._reads.get(name)
        if cached is not None and self._ctx.session.clock.monotonic() - cached.time <= limits.READ_RECENTLY:
            return cached.records
        return self._now(name, read)

    def _now(self, name: str, read: Callable[[], ByEmail]) -> ByEmail:
        """Read the list once for all concurrent callers."""
        return self._ctx.session.shared_reads.fetch((id(self), name), partial(self._note, name, read))

    def _note(self, name: str, read: Callable[[], ByEmail]) -> ByEmail:
        started_at = self._ctx.session.clock.monotonic()
        found = read()
        self._reads[name] = _Read(started_at, found)
        return found


def _by_email(records: Sequence[Record]) -> ByEmail:
    by_email: dict[str, list[Record]] = {}
    for record in records:
        user = record.get("user")
        holder = user if isinstance(user, Mapping) else record
        by_email.setdefault(str(holder.get("email")).casefold(), []).append(record)
    return by_email
