"""The context of every route: the settings, the clock, the database, and its cached contents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.authentication.caller import Caller, identify
from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.database.store import Store
from zenpro_nb.sandbox.errors import NotSignedInError
from zenpro_nb.sandbox.options import Options
from zenpro_nb.sandbox.responses.serializers import Serializer
from zenpro_nb.sandbox.responses.snapshot import People, Snapshot


class Context:
    """The settings, clock and database of one sandbox, and a cache of the database."""

    def __init__(self, options: Options, clock: Clock, store: Store) -> None:
        self.options = options
        self.clock = clock
        self.store = store
        self._snapshot = Snapshot(-1, People(-1))

    def snapshot(self) -> Snapshot:
        """Return the cache, without entries that have become stale."""
        version = self.store.version()
        if version != self._snapshot.version:
            people = self.store.people_version()
            cached_people = self._snapshot.people
            self._snapshot = Snapshot(version, cached_people if cached_people.version == people else People(people))
        return self._snapshot

    @contextmanager
    def reading(self, base: str) -> Iterator[Serializer]:
        """Open the database for reading. ``base`` is the sandbox's address as the caller knows it."""
        # Take the snapshot first. The session then sees that version or a newer one, never an older one. What it
        # adds to the snapshot is at worst too new, and is discarded at the next version check.
        snapshot = self.snapshot()
        with self.store.reading() as session:
            yield Serializer(session, snapshot, self.clock.now(), self.options.lifecycle, base)

    @contextmanager
    def writing(self, *, sign_in: bool = False) -> Iterator[Session]:
        """Open the database for changes in one transaction."""
        with self.store.writing(sign_in=sign_in) as session:
            yield session

    def identify(self, token: str) -> Caller:
        """Return the caller of a bearer credential. The database is queried once until the next write."""
        snapshot = self.snapshot()
        caller = snapshot.callers.get(token)
        now = self.clock.now()
        if caller is None:
            with self.store.reading() as session:
                caller = identify(session, token, self.store.jwt_secret, now)
            snapshot.callers[token] = caller
        if caller.expires is not None and caller.expires <= now:
            raise NotSignedInError("Invalid JWT token: Signature has expired.")
        return caller

    def issue(self, subject: str, kind: str, life: timedelta, **more: str | None) -> tuple[str, int]:
        """Return a signed session token and its lifetime in seconds. ``--token-life`` overrides the usual lifetimes."""
        life = self.options.token_life or life
        claims = credentials.claims_for(subject, kind, self.clock.now(), life, **more)
        return credentials.sign(self.store.jwt_secret, claims), int(life.total_seconds())

    def now(self) -> datetime:
        """Return the current time."""
        return self.clock.now()
