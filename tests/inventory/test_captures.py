"""Captures on disk: written atomically, read back equal, and refused in one line if unreadable."""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import zenpro_nb
from tests.inventory.conftest import session_at
from tests.support.sandbox import SandboxProcess
from zenpro_nb import inventory
from zenpro_nb.access import LISTS, Gap, Inventory, list_of
from zenpro_nb.client import ApiKey
from zenpro_nb.errors import CaptureError, SaveError, UnknownNameError, UsageError
from zenpro_nb.inventory import Capture, Captures, prunable
from zenpro_nb.security.secret import Secret

SERVER, ORGANIZATION = "https://pro.example.com/api/v1", "5b0c0000-0000-4000-8000-000000000001"
# A process is killed at every fifth file system call; with `ZENPRO_CUTS=all` at each.
STRIDE = 1 if os.environ.get("ZENPRO_CUTS") == "all" else 5
MORNING = datetime(2026, 10, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def new_inventory(started: datetime = MORNING, **lists: Any) -> Inventory:
    """An inventory of the organization acme."""
    facts = {"server": SERVER, "organization_id": ORGANIZATION, "organization_name": "acme"}
    return Inventory.of(lists, **facts, started=started, finished=started + timedelta(seconds=3), requests=7)


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path / "captures")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def whole(sandbox: SandboxProcess) -> Iterator[Inventory]:
    session = session_at(sandbox.url, ApiKey(sandbox.key))
    yield inventory.fill(session, with_=["workspaces"], pairs=[("delete", "stack"), ("read", "secret")])
    session.close()


def test_a_saved_capture_is_read_back_equal(captures: Captures, whole: Inventory) -> None:
    kept = captures.write(whole, "first")
    (read,) = captures.every()
    assert (read.path, read.name, read.manifest) == (kept.path, "first", kept.manifest)
    current = read.inventory()
    for name in ("organization_id", "organization_name", "server", "sandbox", "started", "finished", "requests"):
        assert getattr(current, name) == getattr(whole, name), name
    for name, item in whole.items():
        pd.testing.assert_frame_equal(current[name].frame, item.frame, check_categorical=False)
        for fact in ("complete", "changed", "started", "finished", "fields", "gap"):
            assert getattr(current[name], fact) == getattr(item, fact), (name, fact)
        assert read.manifest.lists[name].rows == len(item)


def test_gaps_and_missing_fields_are_saved(captures: Captures) -> None:
    gap = Gap("forbidden", "You may not.", {"1": "You may not."})
    members = list_of("team_members", [{"team_id": "2"}], complete=False, gap=gap)
    captures.write(new_inventory(team_members=members, users=[{"id": "1", "email": None}]))
    current = captures.every()[0].inventory()
    assert current.team_members.gap == gap
    assert (current.team_members.complete, current.team_members.is_known) == (False, True)
    assert current.users.knows("email")
    assert not current.users.knows("is_active")
    assert current.roles.gap is not None
    assert current.roles.gap.reason == "not asked"


def test_a_capture_of_an_earlier_version_has_the_current_kinds(captures: Captures) -> None:
    members = list_of("members", [{"id": "1", "kind": "service account"}, {"id": "2", "kind": "user"}])
    captures.write(new_inventory(members=members))
    assert captures.every()[0].inventory().members.frame["kind"].tolist() == ["service-account", "user"]


def test_its_place_and_its_files_are_private_and_partitioned(captures: Captures) -> None:
    kept = captures.write(new_inventory())
    place = kept.path.relative_to(captures.root).as_posix()
    assert place == f"server=pro.example.com/organization={ORGANIZATION}/taken=2026-10-01T090000.000000Z"
    assert {path.name for path in files(captures.root)} == {"manifest.json", *(f"{name}.parquet" for name in LISTS)}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(captures.root)} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.path.parents if captures.root in path.parents} == {0o700}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_that_dies_anywhere_leaves_no_half_capture(captures: Captures) -> None:
    captures.write(new_inventory(), "earlier")
    later = new_inventory(MORNING + timedelta(days=1), users=[{"id": "1", "email": "ada@example.com"}])
    step = deaths = kept = 0
    while not kept:
        step += STRIDE
        assert step < 1_000
        died = _dies_at(step, lambda: captures.write(later, "later"))
        deaths += died
        stored_captures = captures.every()
        names = [item.name for item in stored_captures]
        assert names in (["earlier"], ["earlier", "later"]), step
        for item in stored_captures:
            assert item.inventory().organization_name == "acme"
        manifests = list(captures.root.rglob("manifest.json"))
        assert {path.parent for path in files(captures.root)} == {path.parent for path in manifests}
        kept = not died
        if died and "later" in names:  # it was killed after it had finished
            captures.delete([stored_captures[-1]])
    assert deaths * STRIDE > len(LISTS)
    assert [item.name for item in captures.every()] == ["earlier", "later"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_that_dies_while_it_deletes_leaves_no_half_capture(captures: Captures) -> None:
    step, died = 0, True
    while died:
        step += STRIDE
        if not captures.every():
            captures.write(new_inventory(), "doomed")
        died = _dies_at(step, lambda: captures.delete(captures.every()))
        for item in captures.every():
            assert item.inventory().organization_name == "acme"
        assert len(list(captures.root.rglob("taken=*"))) == len(captures.every())
    assert captures.every() == []


def _dies_at(step: int, work: Any) -> bool:
    """Return whether a child process is killed at this file system call before it finishes."""
    child = os.fork()
    if not child:
        left = step

        def count(event: str, args: tuple[Any, ...]) -> None:
            nonlocal left
            if event in ("open", "shutil.rmtree") or event.startswith("os."):
                left -= 1
                if not left:
                    os._exit(9)

        sys.addaudithook(count)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 9)
    return os.waitstatus_to_exitcode(status) == 9


def test_old_leftovers_of_killed_processes_are_deleted(captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
    captures.write(new_inventory())
    outside = captures.root.with_name("captures.unfinished")
    (outside / "left").mkdir()
    (outside / "left" / "users.parquet").write_bytes(b"PAR1")
    captures.write(new_inventory())
    assert (outside / "left").exists()
    monkeypatch.setattr("zenpro_nb.limits.CAPTURE_LEFTOVER", -1.0)
    captures.write(new_inventory())
    assert not (outside / "left").exists()
    assert len(captures.every()) == 3


def test_names_are_unique_within_an_organization(captures: Captures) -> None:
    captures.write(new_inventory(), "october")
    with pytest.raises(UsageError, match="The capture 'october' already exists"):
        captures.write(new_inventory(), "october")
    other = Inventory(server=SERVER, organization_id="other", organization_name="other")
    assert captures.write(other, "october").name == "october"
    assert [captures.write(new_inventory()).name for _ in range(3)] == [
        "2026-10-01T090000Z",
        "2026-10-01T090000Z-2",
        "2026-10-01T090000Z-3",
    ]
    assert len(captures.of(SERVER, ORGANIZATION)) == 4
    assert len({item.path for item in captures.every()}) == 5


@pytest.mark.parametrize("name", ["today", "2026-10-01", "7d", "now"])
def test_a_name_that_looks_like_a_time_is_refused(captures: Captures, name: str) -> None:
    with pytest.raises(UsageError, match="looks like a time"):
        captures.write(new_inventory(), name)
    assert captures.every() == []


def test_only_one_of_many_concurrent_writers_gets_a_name(captures: Captures) -> None:
    refused: list[UsageError] = []

    def write() -> None:
        try:
            captures.write(new_inventory(), "wanted")
        except UsageError as error:
            refused.append(error)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5
    assert [item.name for item in captures.every()] == ["wanted"]


def test_a_capture_is_found_by_name_and_date(captures: Captures) -> None:
    for month, name in ((9, "september"), (10, "october"), (11, "")):
        captures.write(new_inventory(datetime(2026, month, 1, 9, tzinfo=UTC)), name)

    def find_name(text: str) -> str:
        return captures.find(text, SERVER, ORGANIZATION, NOW).name

    assert find_name("october") == "october"
    assert find_name("2026-10-01") == "october"  # a date means the end of the day
    assert find_name("2026-10-01 08:59") == "september"
    assert [find_name(text) for text in ("30d", "last month", "30 days ago")] == ["october"] * 3
    assert find_name("today") == "2026-11-01T090000Z"
    assert captures.newest(SERVER, ORGANIZATION).name == "2026-11-01T090000Z"
    with pytest.raises(
        UnknownNameError, match=r"newer than '2026-08-31'.*the first one .* 2026-09-01.*Did you mean '2026-09-01'"
    ):
        find_name("2026-08-31")
    with pytest.raises(UnknownNameError, match="Did you mean 'october'"):
        find_name("octobre")
    with pytest.raises(UnknownNameError, match="captures create"):
        captures.find("october", "https://elsewhere.example.com", ORGANIZATION, NOW)


def test_a_newer_major_format_is_refused_and_a_newer_minor_one_is_read(captures: Captures) -> None:
    path = captures.write(new_inventory(users=[{"id": "1"}])).path / "manifest.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "format": "1.7", "colour": "red"}))
    assert len(captures.every()[0].list("users")) == 1
    path.write_text(json.dumps({"format": "2.0", "whatever": []}))
    with pytest.raises(CaptureError, match=r"has format 2.0, but this version reads 1.x. Install") as caught:
        captures.every()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"{}", b'{"format": "x"}', b'{"format": "1.0"}'])
def test_a_damaged_manifest_is_one_line_and_hides_no_other(captures: Captures, content: bytes) -> None:
    captures.write(new_inventory(), "good")
    bad = captures.write(new_inventory(), "bad")
    (bad.path / "manifest.json").write_bytes(content)
    damaged: list[CaptureError] = []
    assert [item.name for item in captures.every(damaged)] == ["good"]
    (error,) = damaged
    assert str(bad.path) in str(error)
    assert "\n" not in str(error)
    assert captures.find("good", SERVER, ORGANIZATION, NOW).name == "good"
    with pytest.raises(CaptureError, match="cannot be read"):  # an older capture would be returned instead
        captures.find("today", SERVER, ORGANIZATION, NOW)


@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_file_is_one_line(captures: Captures, damage: str) -> None:
    path = captures.write(new_inventory(users=[{"id": "1", "email": "ada@example.com"}])).path / "users.parquet"
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[:100] if damage == "cut" else content.replace(b"ada@", b"eve@"))
    (item,) = captures.every()
    with pytest.raises(CaptureError, match=r"users.parquet cannot be read: ") as caught:
        item.inventory()
    assert "\n" not in str(caught.value)
    assert len(item.list("roles")) == 0


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match="ZENPRO_CAPTURES_DIR"):
        Captures(tmp_path / "file" / "captures").write(new_inventory())


def test_the_folder_is_the_settings_else_the_state_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("ZENPRO_CAPTURES_DIR", raising=False)
    assert Captures().root == tmp_path / "state" / "captures"
    monkeypatch.setenv("ZENPRO_CAPTURES_DIR", str(tmp_path / "own"))
    assert Captures().root == tmp_path / "own"


def test_files_contain_no_secret(captures: Captures) -> None:
    held = Secret("correct-horse-battery")
    roles = [{"id": "1", "name": f"role {held.reveal()}", "permissions": [{"token": "hunter2", "note": held.reveal()}]}]
    keys = [{"id": "1", "service_account_id": "1", "name": "ZENPROKEY_abcdef"}]
    kept = captures.write(new_inventory(roles=roles, api_keys=keys, teams=[{"id": "1", "name": "Platform"}]))
    current = kept.inventory()
    assert current.roles.frame["name"].tolist() == ["role ***"]
    assert current.roles.frame["permissions"].tolist() == [[{"token": "***", "note": "***"}]]
    assert current.api_keys.frame["name"].tolist() == ["***"]
    assert current.teams.frame["name"].tolist() == ["Platform"]
    for path in files(captures.root):
        assert not any(word in path.read_bytes() for word in (b"correct-horse", b"hunter2", b"ZENPROKEY"))


def test_prune_keeps_the_last_of_days_and_months(captures: Captures) -> None:
    times = [
        datetime(2026, 9, 3, 9, tzinfo=UTC),
        datetime(2026, 9, 30, 9, tzinfo=UTC),
        datetime(2026, 10, 5, 9, tzinfo=UTC),
        datetime(2026, 11, 24, 9, tzinfo=UTC),
        datetime(2026, 11, 25, 9, tzinfo=UTC),
        datetime(2026, 11, 25, 18, tzinfo=UTC),
    ]
    for time in times:
        captures.write(new_inventory(time))

    def remaining_times(daily: int, monthly: int) -> list[datetime]:
        removals = {redundant.path for redundant in prunable(captures.every(), daily=daily, monthly=monthly)}
        return [item.time for item in captures.every() if item.path not in removals]

    assert remaining_times(2, 0) == [times[3], times[5]]
    assert remaining_times(0, 2) == [times[2], times[5]]
    assert remaining_times(1, 12) == [times[1], times[2], times[5]]
    assert remaining_times(14, 12) == [times[0], *times[1:4], times[5]]
    assert remaining_times(0, 0) == []


def test_duckdb_reads_all_captures_as_one_table(captures: Captures, whole: Inventory) -> None:
    import duckdb

    nothing = new_inventory(MORNING)
    for item in (whole, nothing, new_inventory(NOW, users=[{"id": "1", "email": "ada@example.com"}])):
        captures.write(item)
    for name in LISTS:
        rows = duckdb.read_parquet(f"{captures.root}/**/{name}.parquet", hive_partitioning=True)
        assert len(rows.fetchall()) == len(whole[name]) + (name == "users"), name
        assert {"server", "organization", "taken"} <= set(rows.columns)
    users = duckdb.read_parquet(f"{captures.root}/**/users.parquet", hive_partitioning=True)
    found = users.filter("server = 'pro.example.com'").project("taken, email").fetchall()
    assert [(str(taken), email) for taken, email in found] == [("2026-11-26T090000.000000Z", "ada@example.com")]


def test_a_capture_says_what_it_holds(captures: Captures) -> None:
    kept: Capture = captures.write(new_inventory(users=[], roles=[]))
    assert kept.list_names == ["users", "roles"]


def test_diff_reads_the_lists_that_the_capture_contains(
    sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_CAPTURES_DIR", str(tmp_path / "captures"))
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        zen.run("captures", "create", "deep", "--with", "workspaces")
        frame = zen.run("diff")
    # Some workspaces are not running; the others are unchanged.
    assert set(frame["change"]) == {"unknown"}
    assert set(frame["list"]) == {"workspace_users", "workspace_service_accounts", "workspace_projects"}
    assert frame["name"].isna().all()
    assert not frame.attrs["zenpro"]["complete"]
