"""How far a query may go: Ctrl-C stops it, and so do the limits of memory, disk and result."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.shell.conftest import Shell
from tests.support.pressing import drop_ctrl_c
from zenpro_nb import limits, sql
from zenpro_nb.errors import InterruptedReadError, UsageError
from zenpro_nb.sql import database

# Hours of work, in four shapes: a count, a result that grows, an aggregate that grows, a recursion.
ENDLESS = {
    "count": "SELECT count(*) FROM range(3000000000) a, range(3000000000) b WHERE hash(a.range) = hash(b.range) + 1",
    "rows": "SELECT a.range FROM range(3000000000) a, range(10) b WHERE hash(a.range) % 1000000 = 0",
    "list": "SELECT list(range % 7) FROM range(90000000000) GROUP BY range % 3 ORDER BY 1",
    "recursion": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 9000000000) FROM r",
}


def query_threads() -> list[threading.Thread]:
    """Return the threads that run queries or stop them."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("zenpro sql")]


@contextmanager
def ctrl_c_once_a_query_runs() -> Iterator[None]:
    """Send SIGINT to this process as soon as the thread of a query is there."""
    given_up = threading.Event()

    def watch() -> None:
        while not query_threads():
            if given_up.wait(0.001):
                return
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        given_up.set()
        watcher.join()


@pytest.mark.parametrize("shape", ENDLESS)
def test_ctrl_c_stops_a_query_in_one_line(shell: Shell, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its queries run in threads too. Patched where it is used: the package hands out what it has loaded once.
    monkeypatch.setattr(sql, "check", lambda statement, tables: None)
    with ctrl_c_once_a_query_runs():
        error = shell.error(f'%zenpro sql "{ENDLESS[shape]}"')
    assert isinstance(error, InterruptedReadError)
    assert str(error).startswith("Ctrl-C stopped the query")
    assert len(error._render_traceback_()) == 1
    for thread in query_threads():
        with suppress(RuntimeError):  # it is about to start, and is found in the next round
            thread.join(30)
    for thread in query_threads():
        thread.join(30)
    assert query_threads() == []
    assert shell.run('%zenpro sql "SELECT 1 AS n"')["n"].tolist() == [1]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which temporary files are created."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


SORTED = "SELECT range AS n FROM range(3000000) ORDER BY hash(range)"


def test_data_too_large_for_memory_goes_to_a_temporary_folder(
    shell: Shell, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zenpro_nb.sql.database.memory", lambda: 40 * 2**20)
    seen: list[list[str]] = []
    opened = tempfile.TemporaryDirectory.cleanup

    def record(folder: tempfile.TemporaryDirectory[str]) -> None:
        seen.append(os.listdir(folder.name))
        opened(folder)

    monkeypatch.setattr(tempfile.TemporaryDirectory, "cleanup", record)
    assert len(shell.run(f'%zenpro sql "{SORTED}"')) == 3_000_000
    assert list(temporary.iterdir()) == []
    assert seen == [[]]  # DuckDB has removed its files before the folder goes


def test_too_much_for_memory_and_disk_is_an_error_in_one_line(
    shell: Shell, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # DuckDB 1 needs less memory than DuckDB 2: with this data, both need more than there is.
    monkeypatch.setattr("zenpro_nb.sql.database.memory", lambda: 24 * 2**20)
    monkeypatch.setattr("zenpro_nb.sql.engine.memory", lambda: 24 * 2**20)
    monkeypatch.setattr(limits, "SQL_SPILL", "1MiB")
    error = shell.error('%zenpro sql "SELECT range AS n FROM range(6000000) ORDER BY hash(range)"')
    assert isinstance(error, UsageError)
    assert error.message == "The query needs more than 24 MiB of memory and 1MiB of disk space"
    assert list(temporary.iterdir()) == []


def test_a_result_that_is_too_large_is_refused_while_it_is_read(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SQL_RESULT", 2**28)
    error = shell.error('%zenpro sql "SELECT range AS n FROM range(9000000000)"')
    assert isinstance(error, UsageError)
    assert error.message == "The result has more than 0.25 GiB"
    assert error.hint == "Add a LIMIT, or group the rows in the query."


def test_a_ctrl_c_that_python_drops_stops_the_query(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(statement: sql.Statement, tables: object) -> None:
        drop_ctrl_c()

    with monkeypatch.context() as patch:
        patch.setattr(sql, "check", check)
        error = shell.error(f'%zenpro sql "{ENDLESS["count"]}"')
    assert isinstance(error, InterruptedReadError)
    assert len(error._render_traceback_()) == 1
    assert shell.run('%zenpro sql "SELECT 1 AS n"')["n"].tolist() == [1]


@pytest.mark.parametrize("place", ["zenpro_nb.sql.statement.connect", "zenpro_nb.sql.engine.connect"])
def test_a_ctrl_c_before_the_query_is_one_line(shell: Shell, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """DuckDB reports it with a RuntimeError of its own."""
    opened = database.connect

    def interrupt(spill: str = "") -> object:
        opened(spill)
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(place, interrupt)
    error = shell.error('%zenpro sql "SELECT 1 AS n"')
    assert isinstance(error, InterruptedReadError)
    assert len(error._render_traceback_()) == 1
