"""A buffer of seeded rows, which are inserted in bulk."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.tables import Base


class RowBuffer:
    """Collect rows by table. One random generator makes all choices, so the same seed creates the same data."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.random = Random(seed)  # noqa: S311 - invented data, no secret
        self.now = now
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}
        self._blank: dict[type[Base], dict[str, Any]] = {}

    def id(self) -> str:
        """Return a new id."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def ago(self, fewest_days: float, most_days: float) -> datetime:
        """Return a random time between the two numbers of days ago."""
        return self.now - timedelta(days=self.random.uniform(fewest_days, most_days))

    def chance(self, share: float) -> bool:
        """Return True with this probability."""
        return self.random.random() < share

    def add(self, table: type[Base], **columns: Any) -> dict[str, Any]:
        """Add a row to any table and return it. Columns without a value get their default, or null."""
        if table not in self._blank:
            self._rows[table] = []
            self._blank[table] = {
                column.name: column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
                for column in table.__table__.columns
                if column.name != "seq"
            }
        row = {**self._blank[table], **columns}
        self._rows[table].append(row)
        return row

    def add_with_id(self, table: type[Base], **columns: Any) -> str:
        """Add a row to a table that has an id column, and return the id."""
        row = self.add(table, id=self.id(), **columns)
        return str(row["id"])

    def insert(self, session: Session) -> None:
        """Insert all rows into the database."""
        # Organizations and users refer to each other, so the check waits for the commit.
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection = session.connection()
        for table, rows in self._rows.items():
            for start in range(0, len(rows), limits.SEED_BATCH):
                connection.execute(insert(table), rows[start : start + limits.SEED_BATCH])
