"""Roles with a deadline: `roles assign --until` writes it to a file, and `apply` revokes the role after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Requests
from zenpro_nb.client._cancellation import SystemClock
from zenpro_nb.commands.organization.deadlines import deadline_file
from zenpro_nb.errors import ApiError, ConfirmationError, IncompleteError, SaveError, UsageError
from zenpro_nb.frontends.connection import Connection

NOW = datetime(2026, 12, 1, 10, 30, 15, 250_000, tzinfo=UTC)
WHO = "grace@example.com"
OTHER = "linus@example.com"


class FrozenClock(SystemClock):
    """The machine's clock, except that its time of day stands still."""

    time = NOW

    def now(self) -> float:  # type: ignore[override]  # an instance has its own time
        return self.time.timestamp()


@pytest.fixture
def clock(zen: Connection, monkeypatch: pytest.MonkeyPatch) -> FrozenClock:
    frozen = FrozenClock()
    monkeypatch.setattr(zen._session, "clock", frozen)
    return frozen


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, as that of a repository with the file."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


Assign = Callable[..., Any]


@pytest.fixture
def assign(zen: Connection, name: str, clock: FrozenClock, folder: Path) -> Assign:
    """Give `assign(*words)`, which assigns a role in a new workspace, by default to one person."""
    zen.run("workspaces", "create", name)

    def run(*words: str, who: tuple[str, ...] = ("--user", WHO), verb: str = "assign") -> Any:
        return zen.run("roles", verb, "Workspace Viewer", *who, "--workspace", name, *words)

    return run


def viewers(zen: Connection, name: str) -> list[str]:
    return sorted(zen.run("assignments", "--workspace", name, "--role", "Workspace Viewer")["principal"])


def planned_steps(zen: Connection, file: str = "expiring.yaml") -> list[tuple[str, str]]:
    plan = zen.run("plan", file)
    return list(zip(plan["action"], plan["principal"], strict=True))


def test_a_role_is_revoked_after_its_deadline_and_not_before(
    zen: Connection, name: str, assign: Assign, clock: FrozenClock, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(assign("--until", "7d", "--file", "expiring.yaml")["outcome"]) == ["done"]
    assert (
        "The role is not revoked automatically: run `zenpro apply expiring.yaml --yes` on a schedule"
        in capsys.readouterr().err
    )
    assert (folder / "expiring.yaml").read_text(encoding="utf-8") == (
        "# Roles with a deadline. `roles assign --until` adds them; `apply`, run on a schedule, revokes them after the "
        "deadline.\nzenpro: 1\norganization: acme\n"
        "protect: {max_removals: 100%}  # many deadlines of a team or workspace can pass on the same day\n"
        "workspace_roles:\n"
        f"  {name}:\n    Workspace Viewer:\n      - {{principal: {WHO}, until: 2026-12-08T10:30:15Z}}\n"
    )
    assert planned_steps(zen) == []
    clock.time = NOW + timedelta(days=7) - timedelta(seconds=1)
    assert planned_steps(zen) == []
    clock.time = NOW + timedelta(days=7)
    plan = zen.run("plan", "expiring.yaml")
    assert list(plan["action"]) == ["remove"]
    assert plan["reason"][0] == "expired 2026-12-08 10:30:15 UTC · expiring.yaml, line 8"
    assert plan["guard"].isna().all()
    assert list(zen.run("apply", "expiring.yaml", "--yes")["outcome"]) == ["done"]
    assert viewers(zen, name) == []
    assert planned_steps(zen) == []


@pytest.mark.slow
def test_the_audit_finds_expired_roles(
    zen: Connection, name: str, assign: Assign, clock: FrozenClock, folder: Path
) -> None:
    assign("--until", "7d", "--file", "expiring.yaml")
    check = ("audit", "--check", "access-expired", "--file", "expiring.yaml")
    assert zen.run(*check).empty
    clock.time = NOW + timedelta(days=10)
    frame = zen.run(*check)
    assert frame[["principal", "scope", "status", "age_days"]].values.tolist() == [[WHO, name, "failed", 3]]
    assert frame["fix"][0].endswith(f"roles revoke 'Workspace Viewer' --user {WHO} --workspace {name}")
    with pytest.raises(UsageError, match="`--file` is required: --check access-expired"):
        zen.run("audit", "--check", "access-expired")
    assert "access-expired" not in set(zen.run("audit", "--all")["check"])
    assert "access-expired" in set(zen.run("audit", "--all", "--file", "expiring.yaml")["check"])


@pytest.mark.slow
def test_a_date_lasts_through_that_day(zen: Connection, assign: Assign, clock: FrozenClock, folder: Path) -> None:
    assign("--until", "2026-12-08", "--file", "expiring.yaml")
    assert "until: 2026-12-09T00:00:00Z}" in (folder / "expiring.yaml").read_text(encoding="utf-8")
    clock.time = datetime(2026, 12, 8, 23, 59, 59, 999_999, tzinfo=UTC)
    assert planned_steps(zen) == []
    clock.time = datetime(2026, 12, 9, tzinfo=UTC)
    assert planned_steps(zen) == [("remove", WHO)]


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["additive", "exact"])
def test_an_expired_entry_of_an_edited_file_is_one_removal(
    zen: Connection, name: str, assign: Assign, folder: Path, mode: str
) -> None:
    assign(who=("--user", WHO, "--user", OTHER))
    text = f"""\
zenpro: 1
organization: acme
manage: {{workspace_roles: {mode}}}
workspace_roles:
  {name}:
    Workspace Viewer: [{OTHER}, {{principal: {WHO}, until: 2026-11-30}}]
"""
    (folder / "access.yaml").write_text(text, encoding="utf-8")
    assert planned_steps(zen, "access.yaml") == [("remove", WHO)]
    for unexpired in ("2026-12-01", "2026-12-01T10:30:16Z", "2026-12-01 16:15:16+05:45"):
        (folder / "access.yaml").write_text(text.replace("2026-11-30", unexpired), encoding="utf-8")
        assert planned_steps(zen, "access.yaml") == []


@pytest.mark.parametrize("words", [(), pytest.param(("--file", "expiring.yaml"), marks=pytest.mark.slow)])
def test_a_role_made_permanent_is_left_alone(
    zen: Connection, name: str, assign: Assign, clock: FrozenClock, folder: Path, requests: Requests,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    assign("--until", "7d", "--file", "expiring.yaml")
    sent = len(requests.writes())
    assert list(assign(*words)["outcome"]) == ["already"]
    assert len(requests.writes()) == sent
    assert f"      - {WHO}\n" in (folder / "expiring.yaml").read_text(encoding="utf-8")
    clock.time = NOW + timedelta(days=30)
    assert planned_steps(zen) == []
    with pytest.raises(UsageError, match=r"contains .* without a deadline"):
        assign("--until", "60d", "--file", "expiring.yaml")


@pytest.mark.slow
def test_a_role_made_permanent_by_hand_is_left_alone(
    zen: Connection, assign: Assign, clock: FrozenClock, folder: Path
) -> None:
    assign("--until", "7d", "--file", "expiring.yaml")
    file = folder / "expiring.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"{{principal: {WHO}, until: 2026-12-08T10:30:15Z}}", WHO), encoding="utf-8")
    clock.time = NOW + timedelta(days=30)
    assert planned_steps(zen) == []


def test_a_role_that_is_held_permanently_gets_no_deadline(assign: Assign, folder: Path, requests: Requests) -> None:
    assign()
    sent = len(requests.writes())
    with pytest.raises(UsageError, match="already assigned permanently"):
        assign("--until", "7d", "--file", "expiring.yaml", who=("--user", OTHER, "--user", WHO))
    assert len(requests.writes()) == sent
    assert not (folder / "expiring.yaml").exists()


@pytest.mark.slow
def test_a_deadline_is_moved_without_a_request(
    zen: Connection, assign: Assign, clock: FrozenClock, folder: Path, requests: Requests
) -> None:
    assign("--until", "7d", "--file", "expiring.yaml")
    sent = len(requests.writes())
    assert list(assign("--until", "14d", "--file", "expiring.yaml")["outcome"]) == ["already"]
    assert len(requests.writes()) == sent
    assert "until: 2026-12-15T10:30:15Z" in (folder / "expiring.yaml").read_text(encoding="utf-8")
    clock.time = NOW + timedelta(days=10)
    assert planned_steps(zen) == []


@pytest.mark.slow
def test_the_file_keeps_its_comments_and_its_order(zen: Connection, name: str, assign: Assign, folder: Path) -> None:
    text = f"""\
# Reviewed on Mondays.
zenpro: 1
workspace_roles:
  {name}:  # for the demo
    Workspace Viewer:
      - {OTHER}   # until the launch

  # The others come later.
organization: acme
"""
    file = folder / "access.yaml"
    file.write_bytes(text.replace("\n", "\r\n").encode())
    assign("--until", "2026-12-08T12:00Z", "--file", "access.yaml")
    line = f"      - {{principal: {WHO}, until: 2026-12-08T12:00:00Z}}\n"
    after = f"      - {OTHER}   # until the launch\n"
    assert file.read_bytes().decode() == text.replace(after, after + line).replace("\n", "\r\n")
    assert planned_steps(zen, "access.yaml") == [("add", OTHER)]


def test_nothing_stays_in_the_file_if_the_assignment_fails(
    zen: Connection, name: str, assign: Assign, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = zen.client.request

    def refusing(method: str, path: str, *args: Any, **more: Any) -> Any:
        if method == "POST" and path.endswith("/assignments") and refused in str(more):
            raise ApiError("Refused", status=422)
        return original(method, path, *args, **more)

    refused = str(zen.run("users", "get", WHO, "--raw")["id"][0])
    monkeypatch.setattr(zen.client, "request", refusing)
    with pytest.raises(ApiError):
        assign("--until", "7d", "--file", "expiring.yaml")
    assert not (folder / "expiring.yaml").exists()
    with pytest.raises(Exception, match="1 of 2 are done"):
        assign("--until", "7d", "--file", "expiring.yaml", who=("--user", OTHER, "--user", WHO))
    text = (folder / "expiring.yaml").read_text(encoding="utf-8")
    assert OTHER in text
    assert WHO not in text
    assert viewers(zen, name) == [OTHER]


@pytest.mark.slow
def test_nothing_is_assigned_if_the_file_cannot_be_written(
    zen: Connection, name: str, assign: Assign, folder: Path, monkeypatch: pytest.MonkeyPatch, requests: Requests
) -> None:
    def full(path: Path, text: str) -> None:
        raise SaveError("No space left")

    monkeypatch.setattr(deadline_file, "save", full)
    sent = len(requests.writes())
    with pytest.raises(SaveError, match="No space left"):
        assign("--until", "7d", "--file", "expiring.yaml")
    assert len(requests.writes()) == sent
    assert list(folder.glob("*.yaml")) == []


def test_a_preview_writes_nothing(assign: Assign, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assign("--until", "7d", "--file", "expiring.yaml", "--dry-run")
    assert "ends when `zenpro apply expiring.yaml` runs after 2026-12-08T10:30:15Z" in capsys.readouterr().err
    assert not (folder / "expiring.yaml").exists()


@pytest.mark.slow
def test_a_role_revoked_early_leaves_the_file(zen: Connection, name: str, assign: Assign, folder: Path) -> None:
    assign("--until", "7d", "--file", "expiring.yaml")
    assign("--yes", verb="revoke")
    assert WHO not in (folder / "expiring.yaml").read_text(encoding="utf-8")
    assert planned_steps(zen) == []


@pytest.mark.slow
def test_the_file_of_another_server_is_left_alone(
    zen: Connection, name: str, assign: Assign, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assign("--until", "7d", "--file", "expiring.yaml")
    text = (folder / "expiring.yaml").read_text(encoding="utf-8")
    index_file = folder / "state" / "deadline-files.json"
    index_file.write_text(
        index_file.read_text(encoding="utf-8").replace(zen.client.url, "https://elsewhere"), encoding="utf-8"
    )
    assert "https://elsewhere" in index_file.read_text(encoding="utf-8")
    assign()
    assign("--yes", verb="revoke")
    assert (folder / "expiring.yaml").read_text(encoding="utf-8") == text


@pytest.mark.slow
def test_a_file_with_a_byte_order_mark_is_edited(assign: Assign, folder: Path) -> None:
    text = "\ufeffzenpro: 1\norganization: acme\n"
    (folder / "access.yaml").write_text(text, encoding="utf-8")
    assign("--until", "7d", "--file", "access.yaml")
    assert (folder / "access.yaml").read_text(encoding="utf-8").startswith(f"{text}workspace_roles:\n")


@pytest.mark.slow
def test_undo_and_redo_take_the_entry_along(zen: Connection, name: str, assign: Assign, folder: Path) -> None:
    file = folder / "expiring.yaml"
    assign("--until", "7d", "--file", "expiring.yaml")
    zen.run("undo", "--yes")
    assert WHO not in file.read_text(encoding="utf-8")
    assert viewers(zen, name) == planned_steps(zen) == []
    zen.run("undo", str(zen.run("journal")["command_id"].iloc[0]), "--yes")
    assert f"{{principal: {WHO}, until: 2026-12-08T10:30:15Z}}" in file.read_text(encoding="utf-8")
    assert viewers(zen, name) == [WHO]


@pytest.mark.slow
def test_every_kind_of_principal_expires(
    zen: Connection, name: str, assign: Assign, clock: FrozenClock, folder: Path
) -> None:
    zen.run("teams", "create", name)
    zen.run("service-accounts", "create", name)
    zen.run("invitations", "create", "--email", f"{name}@x.io", "--role", "Organization Member")
    who = ("--team", name, "--service-account", name, "--invitation", f"{name}@x.io")
    assign("--until", "12h", "--file", "expiring.yaml", who=who)
    assert planned_steps(zen) == []
    clock.time = NOW + timedelta(hours=12)
    assert sorted(planned_steps(zen)) == [
        ("remove", f"bot:{name}"), ("remove", f"{name}@x.io"), ("remove", f"team:{name}"),
    ]  # fmt: skip


@pytest.mark.slow
def test_roles_of_the_organization_and_of_projects_expire(
    zen: Connection, name: str, assign: Assign, clock: FrozenClock
) -> None:
    project = "11111111-2222-4333-8444-555555555555"
    options = ("--until", "1d", "--file", "expiring.yaml", "--user", OTHER)
    zen.run("roles", "assign", "Project Viewer", "--workspace", name, "--project", project, *options)
    zen.run("users", "create", f"{name}@x.io")
    zen.run("roles", "assign", "Organization Member", "--user", f"{name}@x.io", *options[:4])
    assert planned_steps(zen) == []
    clock.time = NOW + timedelta(days=2)
    assert sorted(planned_steps(zen)) == sorted([("remove", OTHER), ("remove", f"{name}@x.io")])


@pytest.mark.slow
def test_an_expired_entry_of_a_deleted_account_stops_nothing(
    zen: Connection, name: str, assign: Assign, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("users", "create", f"{name}@x.io")
    zen.run("roles", "assign", "Organization Member", "--user", f"{name}@x.io")
    assign("--until", "1d", "--file", "expiring.yaml", who=("--user", WHO, "--user", f"{name}@x.io"))
    zen.run("users", "delete", f"{name}@x.io", "--yes")
    clock.time = NOW + timedelta(days=2)
    capsys.readouterr()
    assert planned_steps(zen) == [("remove", WHO)]
    assert "the entry has expired 2026-12-02 10:30:15 UTC and can be deleted" in capsys.readouterr().err


@pytest.mark.slow
def test_an_export_over_a_file_with_deadlines_says_that_they_are_lost(
    zen: Connection, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"zenpro: 1\nteams: {{ops: {{members: [{{principal: {WHO}, until: 2026-12-08}}]}}}}\n"
    (folder / "access.yaml").write_text(text, encoding="utf-8")
    questions: list[str] = []
    monkeypatch.setattr(zen._ui, "confirm", lambda question: bool(questions.append(question)))
    with pytest.raises(ConfirmationError):
        zen.run("export", "access.yaml")
    assert "It contains 1 deadline; the export has none" in questions[0]
    zen.run("export", "access.yaml", "--yes")
    assert "It contains 1 deadline; the export has none" in capsys.readouterr().err


MISTAKES = [
    (("--until", "7d"), IncompleteError, "`--file` is required"),
    (("--until", "soon", "--file", "e.yaml"), UsageError, "'soon' is not a deadline"),
    (("--until", "2026-11-30", "--file", "e.yaml"), UsageError, "is in the past: 2026-12-01T00:00:00Z"),
    (("--until", "0d", "--file", "e.yaml"), UsageError, "is in the past"),
    (("--until", "99999999d", "--file", "e.yaml"), UsageError, "is not a deadline"),
    (("--until", "7d", "--file", "e.txt"), UsageError, "needs a .yaml or .yml extension"),
    (("--until", "7d", "--file", "no/e.yaml"), UsageError, "there is no folder"),
    (("--until", "7d", "--file", "other.yaml"), UsageError, "is for the organization globex"),
    (("--until", "7d", "--file", "broken.yaml"), UsageError, "broken.yaml, line 2: unknown key 'taems'"),
    (("--until", "7d", "--file", "exact.yaml"), UsageError, "declares workspace_roles exact and does not contain"),
    (("--until", "7d", "--file", "anchor.yaml"), UsageError, "uses anchors or an unusual layout"),
]


def test_mistakes_are_reported_before_anything_is_sent(
    name: str, assign: Assign, folder: Path, requests: Requests
) -> None:
    (folder / "other.yaml").write_text("zenpro: 1\norganization: globex\n", encoding="utf-8")
    (folder / "broken.yaml").write_text("zenpro: 1\ntaems: {}\n", encoding="utf-8")
    exact = "zenpro: 1\nmanage: {workspace_roles: exact}\nworkspace_roles: {}\n"
    (folder / "exact.yaml").write_text(exact, encoding="utf-8")
    anchors = f"zenpro: 1\nworkspace_roles:\n  {name}: {{Workspace Viewer: &who [{OTHER}], Workspace Admin: *who}}\n"
    (folder / "anchor.yaml").write_text(anchors, encoding="utf-8")
    sent = len(requests.writes())
    for words, kind, message in MISTAKES:
        with pytest.raises(kind, match=message):
            assign(*words)
    assert len(requests.writes()) == sent
    assert not (folder / "e.yaml").exists()
