"""What this process remembers about the database until anybody commits.

Reading a hundred thousand users in pages of a hundred asks for each row once and for each caller a thousand times.
Both are remembered here, and all of it is forgotten at the first commit of any process, so nothing is ever stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits, schemas
from zenpro_nb.sandbox.caller import Caller
from zenpro_nb.sandbox.tables import User

_COLUMNS = User.__table__.c
_FIELDS = tuple(schemas.User.model_fields)
_ENCODER = msgspec.json.Encoder()


class Snapshot:
    """Valid as long as the store's version is the one it was made for."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.callers: dict[str, Caller] = {}
        self._people: dict[str, bytes] = {}
        self._order: list[str] | None = None

    def page(self, offset: int, limit: int) -> bytes | None:
        """A page of all people as a JSON list, if it is remembered; no query, no decoding."""
        if self._order is None:
            return None
        try:
            return b"[" + b",".join([self._people[one] for one in self._order[offset : offset + limit]]) + b"]"
        except KeyError:
            return None

    def everybody(self, session: Session) -> Sequence[str]:
        """The ids of all people in the order of the list."""
        if self._order is None:
            people = select(_COLUMNS.id).where(_COLUMNS.is_service_account.is_(False)).order_by(_COLUMNS.seq)
            self._order = list(session.execute(people).scalars())
        return self._order

    def users(self, session: Session, ids: Iterable[str]) -> dict[str, msgspec.Raw]:
        """The encoded users with these ids; those that do not exist (anymore) are left out."""
        wanted = set(ids)
        missing = wanted - self._people.keys()
        if missing:
            query = select(*(_COLUMNS[field] for field in _FIELDS))
            self._remember(
                session, query.where(_COLUMNS.id.in_(missing)) if len(missing) <= limits.LOOKUP_MAX else query
            )
        return {one: msgspec.Raw(self._people[one]) for one in wanted if one in self._people}

    def _remember(self, session: Session, query: Select[*tuple[Any, ...]]) -> None:
        where = _FIELDS.index("id")
        for row in session.execute(query):
            self._people[row[where]] = _ENCODER.encode(dict(zip(_FIELDS, row, strict=True)))
