"""The file of the database: private, held by one sandbox at a time, and marked with the tables that it was made for."""

from __future__ import annotations

import os
import sqlite3
import zlib
from pathlib import Path

from sqlalchemy import MetaData
from sqlalchemy.dialects import sqlite

from zenpro_nb.sandbox import limits

# What SQLite keeps beside a file in WAL mode.
_BESIDE = ("-wal", "-shm")
_ELSE = "give --db another file"


class UnusableFileError(Exception):
    """A file that the sandbox cannot take as its database. The message is one line that says what to do."""


class FileLock:
    """The right to a database file, held until it is released or the process ends, however it ends.

    It is SQLite's own lock on an empty file beside the database, which works the same on every system and needs no
    cleaning up. On the database itself it would keep out the sandbox's own connections too.
    """

    def __init__(self, path: Path) -> None:
        # Resolved, so that a link and what it points to are one.
        real = path.resolve()
        beside = real.with_name(f"{real.name}-lock")
        _create_private(beside)
        self._connection = sqlite3.connect(beside, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            # Not EXCLUSIVE: SQLite then shares the file first, and two that start together refuse each other. Only one
            # connection can have the lock that IMMEDIATE takes, however many share the file.
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            self._connection.close()
            raise

    def release(self) -> None:
        """Let another sandbox have the file."""
        self._connection.close()


def take(path: Path, version: int) -> FileLock:
    """Make the file ours: locked, readable by this user only, in WAL mode, and new or of this version.

    Raises:
        UnusableFileError: another sandbox has it, it is of another version, or it cannot be a database at all.
    """
    try:
        lock = FileLock(path)
    except (OSError, sqlite3.Error) as error:
        if is_busy(error):
            raise UnusableFileError(f"Another sandbox is using {path}. Stop it, or {_ELSE}.") from error
        raise _unusable(path, error) from error
    try:
        # Before the first connection: closing a file ends the locks that SQLite has on it.
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
    return UnusableFileError(f"{path} cannot be the sandbox's database ({reason}): {_ELSE}.")


def is_busy(error: BaseException | None) -> bool:
    """Return whether SQLite only asks to wait for somebody else, rather than tells of a failure."""
    # The lower byte is the code, the others tell more about it.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def version_of(tables: MetaData) -> int:
    """Return a number that changes with the tables, so that nobody has to remember to count."""
    dialect = sqlite.dialect()
    parts = []
    for table in tables.tables.values():
        parts += [
            f"{table.name}.{column.name} {column.type.compile(dialect)} {column.nullable}" for column in table.columns
        ]
        parts += [f"{table.name} {index.name}" for index in table.indexes]
    # SQLite keeps a signed number, and 0 stands for a file without a version.
    return max(1, zlib.crc32("\n".join(sorted(parts)).encode()) >> 1)


def _create_private(path: Path) -> None:
    """Create the file unless it is there; what SQLite makes beside it gets the same permissions."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, limits.PRIVATE_MODE))


def _make_private(path: Path) -> None:
    """Take a file that was there before, and what was left beside it, from everybody else."""
    for item in (path, *(path.with_name(path.name + end) for end in _BESIDE)):
        if item.exists():
            item.chmod(limits.PRIVATE_MODE)


def _check(path: Path, version: int) -> None:
    connection = sqlite3.connect(path, timeout=limits.OPEN_TIMEOUT, isolation_level=None)
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if tables and found != version:
            ours = {"meta", "organizations", "users"} <= tables
            raise UnusableFileError(
                f"{path} was made by another version of the sandbox. Delete it to begin anew, or {_ELSE}."
                if ours
                else f"{path} is the database of something else, not of a sandbox: {_ELSE}."
            )
        # Here and nowhere else: this switch does not wait, so a second connection could meet "database is locked".
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
