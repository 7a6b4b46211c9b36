"""Entries reach the disk before a write is sent, and those of concurrent writes reach it together."""

from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from zenpro_nb.errors import SaveError
from zenpro_nb.journal import journal
from zenpro_nb.journal.journal import Entry, Journal

WRITES = 8


def entry(number: int) -> Entry:
    return Entry("c", "http://x", "POST", "/teams", {}, {"name": f"t{number}"}, id=str(number))


class Disk:
    """Counts the flushes; the first one lasts until the other entries wait."""

    def __init__(self, kept: Journal) -> None:
        self.lines: list[int] = []
        self._journal = kept
        self._all_wait = threading.Event()

    def flush(self, descriptor: int) -> None:
        self.lines.append(self._journal.path.read_bytes().count(b"\n"))
        if len(self.lines) == 1:
            assert self._all_wait.wait(30)
        os.fsync(descriptor)

    def watch(self, waiting: list[object]) -> None:
        if len(waiting) == WRITES - 1:
            self._all_wait.set()


def test_entries_of_concurrent_writes_share_one_flush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_journal = Journal(tmp_path / "journal.jsonl")
    disk = Disk(own_journal)
    monkeypatch.setattr(journal, "_sync", disk.flush)

    class Waiting(list[object]):
        def append(self, line: object) -> None:
            super().append(line)
            disk.watch(self)

    class Watched(Journal):
        def _write_group(self, group: object) -> None:
            with self._turn:
                self._waiting = Waiting(self._waiting)  # type: ignore[assignment]
                disk.watch(self._waiting)  # type: ignore[arg-type]
            super()._write_group(group)  # type: ignore[arg-type]

    own_journal.__class__ = Watched
    with ThreadPoolExecutor(WRITES) as pool:
        list(pool.map(own_journal.append, [entry(number) for number in range(WRITES)]))
    # The first entry alone, then the seven that waited for it.
    assert disk.lines == [1, WRITES]
    assert len(own_journal.entries()) == WRITES


def test_append_returns_only_when_the_entry_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(journal, "_sync", lambda descriptor: order.append("flushed"))
    Journal(tmp_path / "journal.jsonl").append(entry(1))
    order.append("returned")
    assert order == ["flushed", "returned"]


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_that_cannot_flush_is_no_failure(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(code, "not here")

    monkeypatch.setattr(journal, "_sync", refuse)
    own_journal = Journal(tmp_path / "journal.jsonl")
    own_journal.append(entry(1))
    assert len(own_journal.entries()) == 1


def test_a_disk_that_fails_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(journal, "_sync", fail)
    with pytest.raises(SaveError, match="the disk is broken"):
        Journal(tmp_path / "journal.jsonl").append(entry(1))


def test_a_line_that_no_one_waits_for_is_written_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_journal = Journal(tmp_path / "journal.jsonl")
    flushes: list[int] = []
    monkeypatch.setattr(journal, "_sync", lambda descriptor: flushes.append(len(own_journal.entries())))
    own_journal.append_later(entry(1), pytest.fail)
    assert not own_journal.path.exists()
    own_journal.append(entry(2))
    own_journal.append_later(entry(3), pytest.fail)
    own_journal.flush()
    own_journal.flush()
    assert flushes == [2, 3]
    assert [item["id"] for item in own_journal.entries()] == ["1", "2", "3"]


def test_a_line_that_no_one_waits_for_reports_its_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_journal = Journal(tmp_path / "journal.jsonl")
    failures: list[SaveError] = []

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(journal, "_sync", fail)
    own_journal.append_later(entry(1), failures.append)
    with pytest.raises(SaveError):
        own_journal.append(entry(2))
    own_journal.append_later(entry(3), failures.append)
    own_journal.flush()
    assert len(failures) == 2


def test_flush_waits_for_a_line_that_another_thread_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_journal = Journal(tmp_path / "journal.jsonl")
    begun, goes_on, order = threading.Event(), threading.Event(), []

    def slow(descriptor: int) -> None:
        begun.set()
        assert goes_on.wait(30)
        order.append("written")

    monkeypatch.setattr(journal, "_sync", slow)
    own_journal.append_later(entry(1), pytest.fail)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(own_journal.flush)
        assert begun.wait(30)
        second = pool.submit(lambda: (own_journal.flush(), order.append("flushed")))
        goes_on.set()
        first.result(30)
        second.result(30)
    assert order == ["written", "flushed"]
