"""Saved states of the database, which a sandbox can restore without a restart."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from zenpro_nb.sandbox import limits


class SavedStates:
    """A stack of copies of a database file in memory. Callers must hold the lock of the writers.

    `epoch` changes when another copy becomes the top one, `restored` changes at each restore. A cache compares both to
    detect that its contents may be out of date.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copies: list[sqlite3.Connection] = []
        self.epoch = 0
        self.restored = 0
        # Whether the database has changed since the top copy, not counting sign-ins.
        self.changed = False

    def save(self) -> None:
        """Copy the current database."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(self._open()) as database:
            database.backup(copy)
        self._copies.append(copy)
        self._begin_epoch()

    def restore(self) -> None:
        """Restore the top copy, if the database has changed since."""
        if self.changed:
            self._copy_back()
        self.restored += 1
        self.changed = False

    def drop(self) -> None:
        """Drop the top copy unless it is the only one, and restore the copy that is then on top."""
        if len(self._copies) > 1:
            self._copies.pop().close()
        self._copy_back()
        self._begin_epoch()

    def close(self) -> None:
        """Drop all copies."""
        while self._copies:
            self._copies.pop().close()

    def _copy_back(self) -> None:
        with closing(self._open()) as database:
            (number,) = database.execute("SELECT number FROM people_changes").fetchone()
            self._copies[-1].backup(database)
            # A cache may have stored the number in the copy for other users.
            database.execute("UPDATE people_changes SET number = ?", (number + 1,))

    def _begin_epoch(self) -> None:
        self.epoch += 1
        self.changed = False

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=limits.BUSY_TIMEOUT_MS / 1000, isolation_level=None)
        # A restored database does not need to survive a crash of the machine.
        database.execute("PRAGMA synchronous=OFF")
        return database
