"""The database file: private, locked by one sandbox at a time, and marked with the version of its tables."""

from __future__ import annotations

import os
import sqlite3
import zlib
from pathlib import Path

from sqlalchemy import MetaData
from sqlalchemy.dialects import sqlite

from zenpro_nb.sandbox import limits

# The files that SQLite keeps next to a database in WAL mode.
_WAL_SUFFIXES = ("-wal", "-shm")
_OTHER_FILE = "use another file with --db"


class UnusableFileError(Exception):
    """A file that the sandbox cannot use as its database. The message is one line with the next step."""


class FileLock:
    """The lock of a database file, held until it is released or the process ends in any way.

    It is SQLite's own lock on an empty file next to the database. It works the same on every system and needs no
    cleanup. A lock on the database itself would also block the sandbox's own connections.
    """

    def __init__(self, path: Path) -> None:
        # Resolved, because a link and its target must share one lock.
        real = path.resolve()
        lock_file = real.with_name(f"{real.name}-lock")
        _create_private(lock_file)
        self._connection = sqlite3.connect(lock_file, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            # Not EXCLUSIVE: SQLite would first take a shared lock, and two sandboxes that start together would both
            # fail. Only one connection can hold the lock of IMMEDIATE, no matter how many share the file.
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            self._connection.close()
            raise

    def release(self) -> None:
        """Release the file for other sandboxes."""
        self._connection.close()


def lock_and_prepare(path: Path, version: int) -> FileLock:
    """Lock the file, make it readable by this user only, check its version and switch it to WAL mode.

    Raises:
        UnusableFileError: another sandbox uses the file, it has another version, or it is not a database.
    """
    try:
        lock = FileLock(path)
    except (OSError, sqlite3.Error) as error:
        if is_busy(error):
            raise UnusableFileError(f"{path} is in use by another sandbox. Stop it, or {_OTHER_FILE}.") from error
        raise _unusable(path, error) from error
    try:
        # Before the first connection, because closing a file releases the locks that SQLite has on it.
        _create_private(path)
        _check(path, version)
        _make_private(path.resolve())
    except (OSError, sqlite3.Error) as error:
        lock.release()
        raise _unusable(path, error) from error
    except UnusableFileError:
        lock.release()
        raise
    return lock


def _unusable(path: Path, error: OSError | sqlite3.Error) -> UnusableFileError:
    reason = error.strerror if isinstance(error, OSError) else error
    return UnusableFileError(f"{path} cannot be used as the sandbox's database ({reason}). Fix this, or {_OTHER_FILE}.")


def is_busy(error: BaseException | None) -> bool:
    """Return whether SQLite is only busy with another connection, rather than failing."""
    # The lowest byte is the code, the other bytes are details.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def version_of(tables: MetaData) -> int:
    """Return a version number computed from the tables, so no one has to increment it by hand."""
    dialect = sqlite.dialect()
    parts = []
    for table in tables.tables.values():
        parts += [
            f"{table.name}.{column.name} {column.type.compile(dialect)} {column.nullable}" for column in table.columns
        ]
        parts += [f"{table.name} {index.name}" for index in table.indexes]
    # SQLite stores a signed number, and 0 means a file without a version.
    return max(1, zlib.crc32("\n".join(sorted(parts)).encode()) >> 1)


def _create_private(path: Path) -> None:
    """Create the file unless it exists. The files that SQLite creates next to it get the same permissions."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, limits.PRIVATE_MODE))


def _make_private(path: Path) -> None:
    """Restrict an existing file, and any leftover WAL files, to this user."""
    for file in (path, *(path.with_name(path.name + suffix) for suffix in _WAL_SUFFIXES)):
        if file.exists():
            file.chmod(limits.PRIVATE_MODE)


def _check(path: Path, version: int) -> None:
    connection = sqlite3.connect(path, timeout=limits.OPEN_TIMEOUT, isolation_level=None)
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if tables and found != version:
            ours = {"meta", "organizations", "users"} <= tables
            raise UnusableFileError(
                f"{path} was created by another version of the sandbox. Delete it to start over, or {_OTHER_FILE}."
                if ours
                else f"{path} is not the database of a sandbox. Keep it, and {_OTHER_FILE}."
            )
        # Only here: this switch does not wait, and with a second connection it could fail with "database is locked".
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
