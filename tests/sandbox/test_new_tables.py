"""A new table of the sandbox's database does not have to be registered: its rows are seeded like all others."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from zenpro_nb.sandbox.seed.row_buffer import RowBuffer


class _Base(DeclarativeBase):
    pass


class _AuditLog(_Base):
    __tablename__ = "audit_logs"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    action: Mapped[str]
    note: Mapped[str | None]
    archived: Mapped[bool] = mapped_column(default=False)


def test_rows_of_a_new_table_are_inserted(tmp_path: Path) -> None:
    """Rows of a table that is registered nowhere are seeded. Columns without a value get their default, or null."""
    buffer = RowBuffer(1, datetime(2026, 12, 1, tzinfo=UTC))
    ids = [buffer.add_with_id(_AuditLog, action=action) for action in ("create", "delete")]  # type: ignore[arg-type]
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    _Base.metadata.create_all(engine)
    with Session(engine) as session:
        buffer.insert(session)
        rows = [
            (row.id, row.action, row.note, row.archived)
            for row in session.scalars(select(_AuditLog).order_by(_AuditLog.seq))
        ]
    engine.dispose()
    assert rows == [(ids[0], "create", None, False), (ids[1], "delete", None, False)]
