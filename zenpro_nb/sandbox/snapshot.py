"""What is remembered of the database until anybody commits.

Reading a hundred thousand users in pages of a hundred asks for each row once and for each caller a thousand times.
Both are remembered here: callers until the first commit of anybody, people until the first commit that changes one
of them, so nothing is ever stale.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.caller import Caller
from zenpro_nb.sandbox.schemas import people as schemas
from zenpro_nb.sandbox.tables import User

_COLUMNS = User.__table__.c
_FIELDS = tuple(schemas.User.model_fields)
_ID = _FIELDS.index("id")
_ROWS = select(*(_COLUMNS[field] for field in _FIELDS))
_ENCODER = msgspec.json.Encoder()


class Snapshot:
    """Valid as long as the store's version is the one it was made for."""

    def __init__(self, version: int, people: People) -> None:
        self.version = version
        self.people = people
        self.callers: dict[str, Caller] = {}


class People:
    """The encoded users; valid as long as the store's version of people is the one that they were read at."""

    def __init__(self, version: int) -> None:
        self.version = version
        self._people: dict[str, bytes] = {}
        # The list of all people: their ids, and the keys by which a run of them is read at once.
        self._order: list[str] = []
        self._seqs: list[int] = []
        self._ordered = False
        self._filling = threading.Lock()

    def page(self, offset: int, limit: int) -> bytes | None:
        """Return a page of all people as a JSON list, if it is remembered: no query, no decoding."""
        if not self._ordered:
            return None
        try:
            return b"[" + b",".join([self._people[text] for text in self._order[offset : offset + limit]]) + b"]"
        except KeyError:
            return None

    def read_page(self, session: Session, offset: int, limit: int) -> bytes:
        """Read the same page from the database, together with its neighbours, which are probably asked for next."""
        # One thread reads; those that wait for it mostly find their own page read as well.
        with self._filling:
            if not self._ordered:
                self._read_order(session)
            remembered = self.page(offset, limit)
            if remembered is not None:
                return remembered
            # Whole blocks, so that somebody who reads backwards gains as much.
            start = offset - offset % limits.READ_AHEAD
            block = self._seqs[start : max(offset + limit, start + limits.READ_AHEAD)]
            self._remember(session, _ROWS.where(_COLUMNS.seq.between(block[0], block[-1])))
        people = (self._people.get(text) for text in self._order[offset : offset + limit])
        # Somebody may have been deleted since the order was read.
        return b"[" + b",".join(person for person in people if person is not None) + b"]"

    def _read_order(self, session: Session) -> None:
        people = select(_COLUMNS.seq, _COLUMNS.id).where(_COLUMNS.is_service_account.is_(False))
        rows = session.execute(people.order_by(_COLUMNS.seq)).all()
        self._seqs = [row[0] for row in rows]
        self._order = [row[1] for row in rows]
        self._ordered = True

    def users(self, session: Session, ids: Iterable[str]) -> dict[str, msgspec.Raw]:
        """Return the encoded users with these ids; those that do not exist (anymore) are left out."""
        wanted = set(ids)
        missing = wanted - self._people.keys()
        if missing:
            few = len(missing) <= limits.LOOKUP_MAX
            self._remember(session, _ROWS.where(_COLUMNS.id.in_(missing)) if few else _ROWS)
        return {text: msgspec.Raw(self._people[text]) for text in wanted if text in self._people}

    def _remember(self, session: Session, query: Select[*tuple[Any, ...]]) -> None:
        for row in session.execute(query):
            self._people[row[_ID]] = _ENCODER.encode(dict(zip(_FIELDS, row, strict=True)))
