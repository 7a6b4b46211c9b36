"""The file of `--db`: its persistence, permissions and lock, and the files that are refused."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from tests.sandbox.conftest import Start
from tests.support.sandbox import DATABASE, SandboxProcess
from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database import database_file


def _refusal(db: Path) -> str:
    """Return the one-line error with which a sandbox refuses to start on this file."""
    with pytest.raises(RuntimeError, match=r"^The sandbox ended with 1: ") as refused:
        SandboxProcess(users=40, db=db).start()
    (line,) = str(refused.value).removeprefix("The sandbox ended with 1: ").splitlines()
    return line


def _change(db: Path, statement: str) -> None:
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute(statement)


def test_the_key_can_be_chosen_and_the_state_survives(tmp_path: Path) -> None:
    db = tmp_path / "kept.db"
    chosen = {"ZENPRO_SANDBOX_ADMIN_KEY": "ZENPROKEY_chosen"}
    with SandboxProcess(env=chosen, users=40, db=db) as first:
        assert first.key == "ZENPROKEY_chosen"
        httpx.patch(f"{first.url}/users/me", headers=first.headers, json={"company": "Kept"}, timeout=60)
        token = httpx.post(f"{first.url}/auth/login", data={"password": first.key}, timeout=60).json()["access_token"]
    with SandboxProcess(users=90, seed=1, db=db) as second:
        assert second.key != "ZENPROKEY_chosen"
        assert httpx.get(f"{second.url}/users/me", headers=second.headers, timeout=60).json()["company"] == "Kept"
        assert len(httpx.get(f"{second.url}/users", headers=second.headers, timeout=60).json()) == 40
        # The signing secret is part of the state, so open sessions stay open.
        assert (
            httpx.get(f"{second.url}/users/me", headers={"Authorization": f"Bearer {token}"}, timeout=60).status_code
            == 200
        )
    assert b"ZENPROKEY_chosen" not in db.read_bytes()


def test_the_key_is_kept_with_the_data_and_is_not_in_the_file(tmp_path: Path) -> None:
    db = tmp_path / "kept.db"
    with SandboxProcess(users=40, db=db) as first:
        pass
    with SandboxProcess(users=40, db=db) as second:
        assert second.key == first.key
        assert (
            httpx.get(f"{second.url}/users/me", headers=first.headers, timeout=60).json()["email"] == "ada@example.com"
        )
    assert first.key.encode() not in db.read_bytes()
    with SandboxProcess(users=40, db=tmp_path / "other.db") as other:
        assert other.key != first.key


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    def others_may(folder: Path) -> set[str]:
        return {path.name for path in folder.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077}

    db = tmp_path / "kept.db"
    before = os.umask(0)
    try:
        with SandboxProcess(users=40, db=db):
            # The files that SQLite keeps next to the database contain the same data.
            assert {path.name for path in tmp_path.iterdir()} >= {"kept.db", "kept.db-wal", "kept.db-shm"}
            assert others_may(tmp_path) == set()
    finally:
        os.umask(before)
    # A file that was made readable for others, by hand or by an older version, is restricted again.
    db.chmod(0o644)
    with SandboxProcess(users=40, db=db):
        assert others_may(tmp_path) == set()


def test_only_one_of_two_simultaneous_starts_gets_a_new_database(tmp_path: Path) -> None:
    db = tmp_path / "new.db"

    def start(process: SandboxProcess) -> str | None:
        try:
            process.start()
        except RuntimeError as refused:
            return str(refused)
        return None

    both = [SandboxProcess(users=40, db=db) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        refused = list(pool.map(start, both))
    assert refused.count(None) == 1
    (message,) = filter(None, refused)
    assert message.splitlines()[-1].endswith(
        f"ended with 1: Error: {db} is in use by another sandbox. Stop it, or use another file with --db."
    )
    running = both[refused.index(None)]
    assert len(httpx.get(f"{running.url}/users", headers=running.headers, timeout=60).json()) == 40
    assert running.stop() == 0


def test_a_start_succeeds_while_another_one_has_only_begun_to_lock(tmp_path: Path) -> None:
    db = tmp_path / "new.db"
    # SQLite takes a shared lock first. Two sandboxes that start together can both have reached this point.
    with closing(sqlite3.connect(tmp_path / "new.db-lock", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM sqlite_master").fetchall()
        with SandboxProcess(users=40, db=db) as running:
            assert len(httpx.get(f"{running.url}/users", headers=running.headers, timeout=60).json()) == 40
            assert "is in use by another sandbox" in _refusal(db)


def test_a_file_in_use_is_also_refused_through_a_link(tmp_path: Path) -> None:
    db = tmp_path / "real.db"
    with SandboxProcess(users=40, db=db):
        (tmp_path / "link.db").symlink_to(db)
        assert "is in use by another sandbox" in _refusal(tmp_path / "link.db")


def test_the_file_of_a_killed_sandbox_is_available(tmp_path: Path) -> None:
    killed = SandboxProcess(users=40, db=tmp_path / "kept.db").start()
    os.kill(killed.pid, signal.SIGKILL)
    assert killed.stop() != 0
    with SandboxProcess(users=40, db=tmp_path / "kept.db") as again:
        assert httpx.get(f"{again.url}/users/me", headers=killed.headers, timeout=60).status_code == 200


@pytest.mark.parametrize("version", [pytest.param(0, marks=pytest.mark.slow), 7])
def test_a_file_of_another_version_is_refused(tmp_path: Path, seeded_database: Path, version: int) -> None:
    db = tmp_path / "old.db"
    db.write_bytes(seeded_database.read_bytes())
    _change(db, f"PRAGMA user_version={version}")
    before = db.read_bytes()
    assert _refusal(db) == (
        f"Error: {db} was created by another version of the sandbox. "
        "Delete it to start over, or use another file with --db."
    )
    assert db.read_bytes() == before


def test_the_version_depends_on_the_tables() -> None:
    def version(*columns: Column[object] | Index) -> int:
        tables = MetaData()
        Table("teams", tables, Column("id", Integer), *columns)
        return database_file.version_of(tables)

    name = Column("name", String(10))
    versions = [
        version(),
        version(Column("name", String(10))),
        version(Column("name", String(11))),
        version(Column("name", String(10), nullable=False)),
        version(name, Index("by_name", name)),
    ]
    assert len(set(versions)) == len(versions)
    assert version() == version()
    assert all(0 < version < 2**31 for version in versions)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("another program's", "is not the database of a sandbox. Keep it, and use another file with --db."),
        (
            "text",
            "cannot be used as the sandbox's database (file is not a database). "
            "Fix this, or use another file with --db.",
        ),
        pytest.param(
            "locked",
            "cannot be used as the sandbox's database (database is locked). Fix this, or use another file with --db.",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_file_that_is_not_a_sandbox_database_is_left_unchanged(tmp_path: Path, kind: str, message: str) -> None:
    db = tmp_path / "precious"
    if kind == "text":
        db.write_text("dear diary")
    else:
        _change(db, "CREATE TABLE users (name TEXT)")
    db.chmod(0o640)
    before = db.read_bytes()
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        if kind == "locked":
            connection.execute("BEGIN EXCLUSIVE")
        assert _refusal(db) == f"Error: {db} {message}"
    assert db.read_bytes() == before
    assert stat.S_IMODE(db.stat().st_mode) == 0o640


def test_a_change_by_another_program_is_visible_immediately(start: Start, tmp_path: Path) -> None:
    plane = start()
    assert plane.admin("GET", "/users", limit=1)[0]["job_title"] == "Head of Platform"
    _change(tmp_path / DATABASE, "UPDATE users SET job_title = 'Countess' WHERE username = 'ada@example.com'")
    assert plane.admin("GET", "/users", limit=1)[0]["job_title"] == "Countess"


def test_a_busy_database_returns_503_with_retry_after(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BUSY_TIMEOUT_MS", 1)
    plane = start()
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        busy = plane.admin.send("PATCH", "/users/me", json={"company": "x"})
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")


def test_a_broken_database_is_not_reported_as_busy(start: Start, tmp_path: Path) -> None:
    plane = start()
    _change(tmp_path / DATABASE, "ALTER TABLE teams RENAME COLUMN description TO gone")
    broken = plane.admin.send("GET", f"/organizations/{plane.organization()}/teams")
    assert broken.status_code == 500
    assert "Retry-After" not in broken.headers
    kind, message = broken.json()["detail"]
    assert (kind, "no such column: teams.description" in message) == ("OperationalError", True)
