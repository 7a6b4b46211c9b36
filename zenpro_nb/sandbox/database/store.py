"""The database: one SQLite file per sandbox, with many readers and one writer at a time."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database import access_tables as access_tables  # registers its tables with Base
from zenpro_nb.sandbox.database import database_file
from zenpro_nb.sandbox.database.saved_states import SavedStates
from zenpro_nb.sandbox.database.tables import Base, Meta, User

# Counts changes to users from any connection. A sign-in is also a commit, but changes no user.
_COUNTER = (
    "CREATE TABLE IF NOT EXISTS people_changes (number INTEGER NOT NULL)",
    "INSERT INTO people_changes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM people_changes)",
    *(
        f"CREATE TRIGGER IF NOT EXISTS people_{change.lower()} AFTER {change} ON {User.__tablename__} "  # noqa: S608 - constants
        "BEGIN UPDATE people_changes SET number = number + 1; END"
        for change in ("INSERT", "UPDATE", "DELETE")
    ),
)


class Store:
    """Sessions on the database file, which this store locks until it is closed.

    Raises:
        UnusableFileError: the file cannot be used; the message contains the reason and the next step.
    """

    def __init__(self, path: Path) -> None:
        version = database_file.version_of(Base.metadata)
        self._lock = database_file.lock_and_prepare(path, version)
        self._engine = create_engine(
            f"sqlite:///{path}",
            connect_args={"check_same_thread": False},
            pool_size=limits.DB_POOL_SIZE,
            max_overflow=0,
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(immediate=True)
        self._write_lock = threading.Lock()
        self.saved = SavedStates(path)
        # A connection that never writes: its data_version changes when any other connection commits.
        self._watcher = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._watch_lock = threading.Lock()
        with self.writing() as session:
            Base.metadata.create_all(session.connection())
            # SQLite does not bind parameters in a PRAGMA.
            for statement in (*_COUNTER, f"PRAGMA user_version={version}"):
                session.connection().exec_driver_sql(statement)
            if session.get(Meta, Meta.JWT_SECRET) is None:
                session.add(Meta(key=Meta.JWT_SECRET, value=secrets.token_hex(limits.SECRET_BYTES)))
        with self.reading() as session:
            self.jwt_secret = session.get_one(Meta, Meta.JWT_SECRET).value

    def version(self) -> int:
        """Return a number that changes with every commit."""
        with self._watch_lock:
            (version,) = self._watcher.execute("PRAGMA data_version").fetchone()
        return int(version)

    def people_version(self) -> int:
        """Return a number that changes with every change to a user."""
        with self._watch_lock:
            (number,) = self._watcher.execute("SELECT number FROM people_changes").fetchone()
        return int(number)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open the database for reading, in a consistent state that no writer changes."""
        with Session(self._engine, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self, *, sign_in: bool = False) -> Iterator[Session]:
        """Open the database for changes, exclusively from the first read to the commit, to prevent lost updates."""
        # The lock queues the writers fairly. BEGIN IMMEDIATE blocks all other connections to the file.
        with self._write_lock, Session(self._writer, expire_on_commit=False) as session, session.begin():
            # Take the write lock now, before the caller reads the rows that it will change.
            session.connection()
            self.saved.changed |= not sign_in
            yield session

    def keep(self) -> None:
        """Copy the current database, for `restore`."""
        with self._write_lock:
            self.saved.save()

    def restore(self) -> None:
        """Restore the newest copy."""
        with self._write_lock:
            self.saved.restore()

    def drop(self) -> None:
        """Drop the newest copy, and restore the one before it."""
        with self._write_lock:
            self.saved.drop()

    def close(self) -> None:
        """Close all connections, and release the file for other sandboxes."""
        self.saved.close()
        self._watcher.close()
        self._engine.dispose()
        self._lock.release()


def _prepare(connection: Any, record: object) -> None:
    # Python's sqlite3 would open deferred transactions automatically. _begin opens them instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={limits.BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
