"""Earlier states of the database, to which a sandbox can return without a new start."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from zenpro_nb.sandbox import limits


class KeptStates:
    """Copies of a database file in memory, the newest on top. Hold the lock of its writers while you call these.

    `epoch` changes with the copy on top, `restored` with each return to it: whoever remembers anything of the database
    sees by these that it may be out of date.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copies: list[sqlite3.Connection] = []
        self.epoch = 0
        self.restored = 0
        # Whether anybody has changed the database since the copy on top, other than by signing in.
        self.changed = False

    def keep(self) -> None:
        """Copy the database as it is now."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(self._open()) as database:
            database.backup(copy)
        self._copies.append(copy)
        self._begin_epoch()

    def restore(self) -> None:
        """Return to the copy on top, if anything has changed since."""
        if self.changed:
            self._copy_back()
        self.restored += 1
        self.changed = False

    def drop(self) -> None:
        """Forget the copy on top, unless it is the only one, and return to the one that is on top then."""
        if len(self._copies) > 1:
            self._copies.pop().close()
        self._copy_back()
        self._begin_epoch()

    def close(self) -> None:
        """Forget all copies."""
        while self._copies:
            self._copies.pop().close()

    def _copy_back(self) -> None:
        with closing(self._open()) as database:
            (number,) = database.execute("SELECT number FROM people_changes").fetchone()
            self._copies[-1].backup(database)
            # The copy has a number that somebody may remember as that of other people.
            database.execute("UPDATE people_changes SET number = ?", (number + 1,))

    def _begin_epoch(self) -> None:
        self.epoch += 1
        self.changed = False

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=limits.BUSY_TIMEOUT_MS / 1000, isolation_level=None)
        # What is restored needs to outlive no crash of the machine.
        database.execute("PRAGMA synchronous=OFF")
        return database
