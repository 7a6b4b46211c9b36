"""The database: one SQLite file of one sandbox, many readers, one writer at a time."""

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

from zenpro_nb.sandbox import access_tables as access_tables  # registers its tables with Base
from zenpro_nb.sandbox import database_file, limits
from zenpro_nb.sandbox.kept import KeptStates
from zenpro_nb.sandbox.tables import Base, Meta, User

# Counts the changes of people, whoever makes them: signing in is a commit too, and changes nobody.
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
    """Sessions on the database file, which belongs to this store until it is closed.

    Raises:
        UnusableFileError: the file cannot be had; the message says why and what to do.
    """

    def __init__(self, path: Path) -> None:
        version = database_file.version_of(Base.metadata)
        self._lock = database_file.take(path, version)
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
        self.kept = KeptStates(path)
        # A connection that never writes: SQLite tells it, by data_version, that any other one has committed.
        self._watcher = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._watch_lock = threading.Lock()
        with self.writing() as session:
            Base.metadata.create_all(session.connection())
            # SQLite binds no parameters in a PRAGMA.
            for statement in (*_COUNTER, f"PRAGMA user_version={version}"):
                session.connection().exec_driver_sql(statement)
            if session.get(Meta, Meta.JWT_SECRET) is None:
                session.add(Meta(key=Meta.JWT_SECRET, value=secrets.token_hex(limits.SECRET_BYTES)))
        with self.reading() as session:
            self.jwt_secret = session.get_one(Meta, Meta.JWT_SECRET).value

    def version(self) -> int:
        """Return a number that changes whenever anybody has committed."""
        with self._watch_lock:
            (version,) = self._watcher.execute("PRAGMA data_version").fetchone()
        return int(version)

    def people_version(self) -> int:
        """Return a number that changes whenever anybody has changed a user."""
        with self._watch_lock:
            (number,) = self._watcher.execute("SELECT number FROM people_changes").fetchone()
        return int(number)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Look at the database at one moment, which no writer disturbs."""
        with Session(self._engine, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self, *, sign_in: bool = False) -> Iterator[Session]:
        """Change the database alone, from the first read to the commit, so that no update is lost."""
        # The lock queues the writers fairly; BEGIN IMMEDIATE keeps out whoever else opens the file.
        with self._write_lock, Session(self._writer, expire_on_commit=False) as session, session.begin():
            # Takes the write lock now, before the caller reads what it is going to change.
            session.connection()
            self.kept.changed |= not sign_in
            yield session

    def keep(self) -> None:
        """Copy the database as it is now, for `restore`."""
        with self._write_lock:
            self.kept.keep()

    def restore(self) -> None:
        """Return to the newest copy."""
        with self._write_lock:
            self.kept.restore()

    def drop(self) -> None:
        """Forget the newest copy, and return to the one before it."""
        with self._write_lock:
            self.kept.drop()

    def close(self) -> None:
        """Close all connections, and let another sandbox have the file."""
        self.kept.close()
        self._watcher.close()
        self._engine.dispose()
        self._lock.release()


def _prepare(connection: Any, record: object) -> None:
    # Python's sqlite3 would open transactions by itself, and deferred ones: _begin decides instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={limits.BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
