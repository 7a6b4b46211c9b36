"""The journal's file, in the state that a crash, a full disk or somebody else leaves it in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zenpro_nb.errors import SaveError
from zenpro_nb.journal.journal import Entry, Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def entry(command: str) -> Entry:
    return Entry(command, "http://localhost", "POST", "/teams", {}, None, "done")


def commands(journal: Journal) -> list[str]:
    return [one["command"] for one in journal.entries()]


def test_a_torn_line_does_not_swallow_the_next(journal: Journal) -> None:
    journal.append(entry("one"))
    with journal.path.open("a") as file:
        file.write('{"command": "to')
    journal.require_writable()
    assert journal.path.read_text().endswith("to")
    journal.append(entry("two"))
    journal.append(entry("three"))
    assert commands(journal) == ["one", "two", "three"]
    assert "\n\n" not in journal.path.read_text()


def test_a_line_that_is_written_in_part_is_told(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:10]))
        with pytest.raises(SaveError, match=r"only a part.*ZENPRO_STATE_DIR"):
            journal.append(entry("one"))
    journal.append(entry("two"))
    assert commands(journal) == ["two"]


def test_what_is_no_entry_is_passed_over(journal: Journal) -> None:
    journal.path.write_bytes(b'7\n[1]\n"x"\nnull\n\xff\xfe\n{"command": "caf\xff"}\n')
    assert commands(journal) == ["caf\ufffd"]


def test_a_file_that_cannot_be_read(journal: Journal) -> None:
    assert commands(journal) == []
    journal.path.mkdir()
    with pytest.raises(SaveError, match=r"cannot be read: .*readable"):
        commands(journal)
