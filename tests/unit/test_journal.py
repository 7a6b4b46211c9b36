"""The journal's file after a crash, with a full disk, or changed by another program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from zenpro_nb.errors import SaveError
from zenpro_nb.journal.journal import STARTED, Entry, Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def entry(command: str) -> Entry:
    return Entry(command, "http://localhost", "POST", "/teams", {}, None, "done")


def commands(journal: Journal) -> list[str]:
    return [item["command"] for item in journal.entries()]


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


def test_a_partly_written_line_is_reported(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:10]))
        with pytest.raises(SaveError, match=r"only part.*ZENPRO_STATE_DIR"):
            journal.append(entry("one"))
    journal.append(entry("two"))
    assert commands(journal) == ["two"]


def test_entries_of_one_command_keep_its_order(journal: Journal) -> None:
    """Concurrent writes reach the file in the order of their threads; `undo` and `journal` use that of the command."""
    for target, command_id, place in (("b", "1", 1), ("x", "2", 0), ("c", "1", 2), ("a", "1", 0), ("old", "", 0)):
        journal.append(replace(entry("teams add"), id=target, target=target, command_id=command_id, place=place))
    assert [record["target"] for record in journal.entries()] == ["a", "x", "b", "c", "old"]


def test_other_lines_are_skipped(journal: Journal) -> None:
    journal.path.write_bytes(b'7\n[1]\n"x"\nnull\n\xff\xfe\n{"command": "caf\xff"}\n')
    assert commands(journal) == ["caf\ufffd"]


def test_the_two_lines_of_a_write_are_one_entry(journal: Journal) -> None:
    begun = [replace(entry(str(number)), outcome=STARTED, id=f"id{number}", time=f"T{number}") for number in range(3)]
    journal.append(entry("of an older version"))
    for item in begun:  # two notebooks at the same time
        journal.append(item)
    journal.append(replace(begun[2], outcome="done", request_id="r2", time="later"))
    journal.append(replace(begun[0], outcome="refused", time="later"))
    found = [(item["command"], item["outcome"], item["time"]) for item in journal.entries()][1:]
    assert found == [("0", "refused", "T0"), ("1", "unknown", "T1"), ("2", "done", "T2")]
    assert commands(journal)[0] == "of an older version"
    assert "check it before you try again" in journal.entries()[2]["detail"]


def test_a_file_that_cannot_be_read(journal: Journal) -> None:
    assert commands(journal) == []
    journal.path.mkdir()
    with pytest.raises(SaveError, match=r"cannot be read: .*readable"):
        commands(journal)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permissions of this kind")
def test_only_its_owner_can_read_the_file(journal: Journal) -> None:
    mask = os.umask(0)
    try:
        journal.append(entry("one"))
    finally:
        os.umask(mask)
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_no_part_of_an_entry_contains_a_secret(journal: Journal) -> None:
    value = {"password": "hunter2-hunter2", "inner": [{"api_key": "hunter2-hunter2"}]}
    key = "ZENPROKEY_canary-0123456789"
    journal.append(
        replace(
            entry(f"api POST /x {key}"),
            params=value,
            body=value,
            before=value,
            left=value,
            inverse=[{"body": value}],
            detail=f"cannot use {key}",
            target=key,
        )
    )
    text = journal.path.read_text()
    assert "hunter2" not in text
    assert key not in text
    assert journal.entries()[0]["params"] == {"password": "***", "inner": [{"api_key": "***"}]}
