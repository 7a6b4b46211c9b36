"""A cache of the database, valid until the next commit.

A client that reads a hundred thousand users in pages of a hundred needs each row once, but its own account a thousand
times, and each request to a workspace needs the workspace and the permissions of its caller. They are cached here:
users until the next commit that changes a user, the rest until the next commit. The cache is therefore never stale.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication.caller import Caller
from zenpro_nb.sandbox.database.tables import User, Workspace
from zenpro_nb.sandbox.permissions.rbac import Holdings
from zenpro_nb.sandbox.schemas import people as schemas
from zenpro_nb.sandbox.workspaces import lifecycle

_COLUMNS = User.__table__.c
_FIELDS = tuple(schemas.User.model_fields)
_ID = _FIELDS.index("id")
_ROWS = select(*(_COLUMNS[field] for field in _FIELDS))
_WORKSPACE = select(Workspace).where(Workspace.name == bindparam("name"), Workspace.target_state != lifecycle.DELETED)
_ENCODER = msgspec.json.Encoder()


class Snapshot:
    """The cached contents of one version of the store."""

    def __init__(self, version: int, people: People) -> None:
        self.version = version
        self.people = people
        self.callers: dict[str, Caller] = {}
        self._holdings: dict[str, Holdings] = {}
        self._workspaces: dict[str, Workspace] = {}

    def holdings_of(self, session: Session, user_id: str) -> Holdings:
        """Return what a user may do."""
        if user_id not in self._holdings:
            self._holdings[user_id] = Holdings.read(session, user_id)
        return self._holdings[user_id]

    def workspace(self, session: Session, name: str) -> Workspace | None:
        """Return the workspace with this name that is not deleted, as a row that is only read."""
        if name not in self._workspaces:
            found = session.scalar(_WORKSPACE, {"name": name})
            if found is None:
                return None
            self._workspaces[name] = found
        return self._workspaces[name]


class People:
    """The encoded users of one people version of the store."""

    def __init__(self, version: int) -> None:
        self.version = version
        self._people: dict[str, bytes] = {}
        # The order of all users: their ids, and the row numbers by which a range of them is read in one query.
        self._order: list[str] = []
        self._seqs: list[int] = []
        self._ordered = False
        self._filling = threading.Lock()

    def page(self, offset: int, limit: int) -> bytes | None:
        """Return a page of all users as a JSON list if it is cached, without a query or decoding."""
        if not self._ordered:
            return None
        try:
            return b"[" + b",".join([self._people[user_id] for user_id in self._order[offset : offset + limit]]) + b"]"
        except KeyError:
            return None

    def read_page(self, session: Session, offset: int, limit: int) -> bytes:
        """Read the page from the database, together with its neighbors, which are probably requested next."""
        # One thread reads. Threads that waited for it mostly find their own page in the cache.
        with self._filling:
            if not self._ordered:
                self._read_order(session)
            cached = self.page(offset, limit)
            if cached is not None:
                return cached
            # Whole blocks, which also help clients that read backwards.
            start = offset - offset % limits.READ_AHEAD
            block = self._seqs[start : max(offset + limit, start + limits.READ_AHEAD)]
            self._remember(session, _ROWS.where(_COLUMNS.seq.between(block[0], block[-1])))
        people = (self._people.get(user_id) for user_id in self._order[offset : offset + limit])
        # A user may have been deleted since the order was read.
        return b"[" + b",".join(person for person in people if person is not None) + b"]"

    def _read_order(self, session: Session) -> None:
        people = select(_COLUMNS.seq, _COLUMNS.id).where(_COLUMNS.is_service_account.is_(False))
        rows = session.execute(people.order_by(_COLUMNS.seq)).all()
        self._seqs = [row[0] for row in rows]
        self._order = [row[1] for row in rows]
        self._ordered = True

    def users(self, session: Session, ids: Iterable[str]) -> dict[str, msgspec.Raw]:
        """Return the encoded users with these ids. Ids that do not exist (anymore) are skipped."""
        user_ids = set(ids)
        missing = user_ids - self._people.keys()
        if missing:
            few = len(missing) <= limits.LOOKUP_MAX
            self._remember(session, _ROWS.where(_COLUMNS.id.in_(missing)) if few else _ROWS)
        return {user_id: msgspec.Raw(self._people[user_id]) for user_id in user_ids if user_id in self._people}

    def _remember(self, session: Session, query: Select[*tuple[Any, ...]]) -> None:
        for row in session.execute(query):
            self._people[row[_ID]] = _ENCODER.encode(dict(zip(_FIELDS, row, strict=True)))
