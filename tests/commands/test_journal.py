"""The journal as a DataFrame: typed, with the options of a list, readable without a server."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal
from tests.support.command_line import in_process
from zenpro_nb import frames, limits
from zenpro_nb.errors import ConflictError, PartlyDoneError, SaveError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Entry, Journal


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A session without a server."""
    for variable in ("ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    return zenpro_nb.connect()


def test_an_empty_journal_has_its_columns(nobody: Connection) -> None:
    frame = nobody.run("journal")
    assert list(frame.columns[:4]) == ["time", "outcome", "action", "target"]
    assert str(frame["time"].dtype).startswith("datetime64")
    assert frame["outcome"].dtype == "category"


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_shows_the_whole_target_and_the_id_for_undo(zen: Connection, name: str, width: int) -> None:
    zen.run("teams", "create", f"{name} for the people of the night shift")
    printed = in_process(["journal"], {**os.environ, "COLUMNS": str(width)}, terminal=True).stdout.decode()
    assert journal()[0]["command_id"][:8] in printed
    assert "…" not in printed.replace(f"{journal()[0]['command_id'][:8]}…", "")
    assert set(f"{name} for the people of the night shift".split()) <= set(printed.split())


def test_a_file_of_people_is_named_instead_of_its_people(
    zen: Connection, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("many.csv").write_text(f"email\n{name}-1@x.io\n{name}-2@x.io\n")
    zen.run("invitations", "create", "many.csv", "--role", "Organization Member")
    assert {entry["command"] for entry in journal()} == {"invitations create many.csv --role 'Organization Member'"}


def test_each_change_shows_what_it_did_at_any_width(zen: Connection, nobody: Connection, name: str) -> None:
    zen.run("teams", "create", name)
    zen.run("teams", "update", name, "--description", "night shift")
    zen.run("teams", "delete", name, "--yes")
    assert list(nobody.run("journal")["action"]) == ["remove", "update", "add"]
    for width in (60, 80):
        printed = in_process(["journal"], {**os.environ, "COLUMNS": str(width)}, terminal=True).stdout.decode()
        assert [word for word in printed.split() if word in ("add", "update", "remove")][:2] == ["remove", "update"]
        assert f"remove team {name}" in printed


def test_shape_options(zen: Connection, nobody: Connection, name: str, tmp_path: Path) -> None:
    zen.run("teams", "create", name)
    with pytest.raises(ConflictError):
        zen.run("teams", "create", name)
    zen.run("teams", "delete", name, "--yes")
    frame = nobody.run("journal", "--limit", "2", "--columns", "outcome,command")
    assert frame.equals(nobody.run("journal", "--sort", "-time", "--limit", "2", "--columns", "outcome,command"))
    assert list(nobody.run("journal").outcome) == ["done", "refused", "done"]
    assert frame.values.tolist() == [["done", f"teams delete {name} --yes"], ["refused", f"teams create {name}"]]
    refused = nobody.run("journal", "--outcome", "refused")
    assert "exists" in refused["detail"].iloc[0]
    assert refused["request_id"].notna().all()
    nobody.run("journal", "--save", str(tmp_path / "journal.csv"))
    assert name in (tmp_path / "journal.csv").read_text()


def test_the_server_decides_if_the_journal_has_changes_of_several(
    zen: Connection, nobody: Connection, name: str, state: Path
) -> None:
    zen.run("teams", "create", name)
    assert "server" not in nobody.run("journal").attrs["zenpro"]["deciding"]
    file = Path(nobody.run("journal").attrs["zenpro"]["route"])
    lines = file.read_text().splitlines()
    elsewhere = {**json.loads(lines[-1]), "server": "https://other.example.com", "id": "other"}
    file.write_text("\n".join([*lines, json.dumps(elsewhere)]) + "\n")
    assert nobody.run("journal").attrs["zenpro"]["deciding"][3:5] == ["action", "server"]
    assert "action," in frames.whole_text(nobody.run("journal"), 80)[0].split("\n")[0].split()
    here = str(json.loads(lines[-1])["server"]).partition("://")[2]
    line = frames.foot_line(zen.run("journal", "--server", "all", "--columns", "time,outcome,target"))
    assert f"on 2 servers: {here} (1 change, in use), other.example.com (1 change)" in line


def test_the_journal_lists_the_changes_of_the_server_in_use(
    zen: Connection, nobody: Connection, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("teams", "create", name)
    here, other = str(journal()[0]["server"]), "https://other.example.com"
    inside = {"control_plane": here, "command_id": "inside"}  # a change of a workspace of this server
    Journal().append(Entry("runs stop r", "https://workspace.example.com", "PUT", "/r", {}, None, "done", **inside))
    Journal().append(Entry("teams create t", other, "POST", "/teams", {}, None, "done", command_id="far"))
    capsys.readouterr()
    assert list(zen.run("journal").command) == ["runs stop r", f"teams create {name}"]
    note = "note: not shown: 1 row of 1 other server. To list all rows, run `zenpro journal --server all`.\n"
    assert capsys.readouterr().err == note
    for line in (["--server", "all"], ["--where", "server!="]):
        assert len(zen.run("journal", *line)) == 3
    for line in (["--server", "other.example.com"], ["--where", f"server={other}"], ["--command-id", "far"]):
        assert list(zen.run("journal", *line).command) == ["teams create t"]
    assert len(nobody.run("journal")) == 3
    assert capsys.readouterr().err == ""


def test_truncated_lines_are_reported(nobody: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    path = Journal().path
    for number in range(2):
        Journal().append(Entry(f"teams create t{number}", "http://localhost", "POST", "/teams", {}, None, "done"))
        with path.open("a") as file:
            file.write('{"time": "2026-')
    assert list(nobody.run("journal", "--limit", "1").command) == ["teams create t1"]
    output = capsys.readouterr().err
    assert f"warning: some lines of {path} are cut short and cannot be read: 2, 4." in output
    path.write_text(path.read_text().replace('{"time": "2026-', ""))
    assert len(nobody.run("journal")) == 2
    assert capsys.readouterr().err == ""


def test_a_journal_that_cannot_be_written_stops_the_write(
    zen: Connection, name: str, requests: Requests, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "file"))
    before = len(requests.writes())
    with pytest.raises(SaveError, match="ZENPRO_STATE_DIR"):
        zen.run("teams", "create", name)
    assert len(requests.writes()) == before


def test_a_disk_that_fills_up_in_between_does_not_hide_the_write(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = SaveError("the disk is full")
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append_later", lambda journal, entry, failed: failed(full))
        frame = zen.run("teams", "create", name)
    assert list(frame["name"]) == [name]
    assert "journal was not updated" in capsys.readouterr().err
    (entry,) = journal()
    assert (entry["outcome"], entry["target"]) == ("unknown", f"team {name} in acme")
    assert "check it before you try again" in entry["detail"]
    zen.run("teams", "delete", name, "--yes")
    zen.run("teams", "create", name)
    # The file keeps the outcome, and the table of unknown outcomes is empty.
    assert journal()[0]["outcome"] == "unknown"
    assert zen.run("journal", "--outcome", "unknown").empty
    assert zen.run("journal", "--where", "outcome=unknown").empty
    (shown,) = zen.run("journal", "--outcome", "settled")["detail"]
    assert shown.startswith(entry["detail"])
    assert re.search(r"; the same change was sent again at \S+: done$", shown)


@pytest.mark.usefixtures("one_after_the_other")
def test_nothing_is_sent_that_cannot_be_entered_first(
    zen: Connection, name: str, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, lines = Journal.append, []

    def full(self: Journal, entry: Entry) -> None:
        lines.append(entry)
        if len(lines) > 1:
            raise SaveError("the disk is full")
        append(self, entry)

    monkeypatch.setattr(Journal, "append", full)
    emails = [f"{name}-{number}@x.io" for number in range(3)]
    before = len(requests.writes())
    with pytest.raises(PartlyDoneError) as refused:
        zen.run(
            "invitations",
            "create",
            *(word for email in emails for word in ("--email", email)),
            "--role",
            "Organization Viewer",
        )
    assert list(refused.value.outcomes["outcome"]) == ["not sent", "not sent", "done"]
    assert len(requests.writes()) == before + 1
    with pytest.raises(SaveError, match="disk is full"):
        zen.run("teams", "create", name)
    assert len(requests.writes()) == before + 1
    assert [item["outcome"] for item in journal()] == ["done"]


def test_the_file_is_its_owners_only_and_survives_a_cut_line(zen: Connection, name: str, state: Path) -> None:
    zen.run("teams", "create", name)
    path = state / "journal.jsonl"
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600
    with path.open("a") as file:
        file.write('{"time": "2026-')
    assert len(journal()) == 1
    assert os.environ["ZENPRO_STATE_DIR"] == str(state)


def test_a_line_with_a_thousand_addresses_is_cut(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    entry = Entry("x" * 10_000, "http://localhost", "POST", "/teams", {}, None, "done")
    journal.append(entry)
    [read] = journal.entries()
    assert len(read["command"]) == limits.JOURNAL_LINE + 2


def test_a_command_that_finds_nothing_left_to_do_settles_its_unknown_outcomes(zen: Connection, name: str) -> None:
    line = ("users", "onboard", f"{name}@x.io", "--team", name)
    zen.run("teams", "create", name)
    zen.run(*line, "--yes")
    file = Journal().path
    file.write_text(re.sub(r'("command": "users onboard .*?"outcome": )"done"', r'\1"unknown"', file.read_text()))
    unknown = zen.run("journal", "--outcome", "unknown")
    assert len(unknown) == 2
    zen.run(*line, "--yes")
    assert zen.run("journal", "--outcome", "unknown").empty
    settled = zen.run("journal", "--outcome", "settled")
    assert list(settled["id"]) == list(unknown["id"])
    assert settled["detail"].str.contains("the same command found nothing left to do at 20").all()
