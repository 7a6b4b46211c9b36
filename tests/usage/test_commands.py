"""`users --idle` and `access --unused` agree with the runs in the workspaces of a sandbox, counted one by one."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

import zenpro_nb
from tests.access.random_organizations import Api
from tests.support.proxy import ForwardingHandler, Reply, serving
from tests.support.sandbox import SandboxProcess
from tests.usage.conftest import people_of, records, run_counts, workspaces_of
from zenpro_nb import frames
from zenpro_nb.errors import UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.usage.question import question_of
from zenpro_nb.usage.table import resource_of

PASSWORD = "correct-horse-9"
UNPUBLISHED = ("role_assignment", "role", "member", "invitation", "team", "workspace", "organization", "no_such_type")
STARTERS = ("Workspace Developer", "Project Developer", "Project Contributor")


def test_idle_people_are_all_found_and_nobody_else_is(
    zen: Connection, api: Api, small_sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    workspaces = workspaces_of(api)
    runs = run_counts(small_sandbox, workspaces)
    active = {account for account, _ in runs}
    people = people_of(api)
    rows = records(zen.run("users", "--idle", "90d"))
    assert {row["id"] for row in rows} == people.keys() - active
    assert {row["verdict"] for row in rows} == {"idle"}
    assert {row["reason"] for row in rows} == {"started no run in this window"}
    assert 0 < len(rows) < len(people)
    deactivated = records(zen.run("users", "--idle", "90d", "--inactive"))
    assert {row["id"] for row in deactivated} == {row["id"] for row in rows if not row["is_active"]}
    assert 0 < len(deactivated) < len(rows)
    printed = "".join(capsys.readouterr())
    assert "people who only read" in printed
    assert "workspaces do, and `zenpro audit --check no-login` reads them." in printed
    shown = frames.text(zen.run("users", "--idle", "90d", "--limit", "1"), 80)
    assert "started no run in this" in shown, "the verdict and its reason are folded away last"
    with pytest.raises(UsageError, match="--idle cannot be combined with --workspace"):
        zen.run("users", "--idle", "90d", "--workspace", "ml-prod")

    verdicts = {("used", True), ("unused", False)}
    paths = records(zen.run("access", "--unused", "90d"))
    assert [row["verdict"] for row in paths] == sorted((row["verdict"] for row in paths), key=lambda verdict: (
        ("unused", "used", "unknown").index(verdict)
    ))  # fmt: skip
    known = {workspace["id"] for workspace in workspaces}
    judged = [row for row in paths if row["role"] in STARTERS and row["workspace_id"] in known and row["user_id"]]
    judged = [row for row in judged if row["scope"] == "workspace"]
    assert {(row["verdict"], runs[row["user_id"], row["workspace_id"]] > 0) for row in judged} == verdicts
    for row in judged:
        if row["verdict"] == "used":
            assert row["runs"] + row["scheduled_runs"] == runs[row["user_id"], row["workspace_id"]]
    assert {row["role"] for row in paths if row["verdict"] == "unused"} <= set(STARTERS)


class Forbidding(ForwardingHandler):
    """A workspace that the caller cannot enter."""

    def forward(self) -> None:
        self.body()
        self.pass_on(Reply(403, [("Content-Type", "application/json")], b'{"detail": "Not a member"}'))


def test_a_workspace_that_could_not_be_read_makes_verdicts_unknown(
    fresh_sandbox: Callable[..., SandboxProcess], capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(Forbidding) as hidden, ExitStack() as stack:
        sandbox = fresh_sandbox(users=40, workspace=[f"ml-dev={hidden}"])
        zen = stack.enter_context(zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme"))
        rows = records(zen.run("users", "--idle", "90d"))
        assert rows
        assert {row["verdict"] for row in rows} == {"unknown"}
        assert "ml-dev" in "".join(capsys.readouterr())
        paths = records(zen.run("access", "--unused", "90d", "--workspace", "ml-dev"))
        assert {row["verdict"] for row in paths} == {"unknown"}


def test_a_server_that_refuses_types_it_does_not_know_gives_the_same_verdicts(
    zen: Connection, small_sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    class Refusing(ForwardingHandler):
        """A server that knows the types of workspaces only."""

        def forward(self) -> None:
            if any(f"resource={name}" in self.path for name in UNPUBLISHED):
                self.pass_on(Reply(422, [("Content-Type", "application/json")], b'{"detail": "unknown type"}'))
            else:
                self.pass_on(self.ask(small_sandbox.url, self.body()))

    line = ("access", "--unused", "90d", "--workspace", "ml-prod")
    expected = records(zen.run(*line))
    capsys.readouterr()
    with (
        serving(Refusing) as url,
        zenpro_nb.connect(url=url, api_key=small_sandbox.key, organization="acme") as connection,
    ):
        assert records(connection.run(*line)) == expected
    assert "permissions" not in "".join(capsys.readouterr())


@pytest.mark.slow
def test_a_caller_who_cannot_see_everything_gets_no_verdict_on_people(
    zen: Connection, small_sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_NEW_PASSWORD", PASSWORD)
    zen.run("users", "create", "viewer@example.com")
    zen.run("roles", "assign", "Organization Member", "--user", "viewer@example.com")
    zen.run("roles", "assign", "Workspace Viewer", "--user", "viewer@example.com", "--workspace", "ml-prod")
    form = {"username": "viewer@example.com", "password": PASSWORD}
    answer: Any = zen.client.request("POST", "/auth/login", form=form).json()
    with zenpro_nb.connect(url=small_sandbox.url, token=answer["access_token"], organization="acme") as viewer:
        rows = records(viewer.run("users", "--idle", "90d"))
        assert rows
        assert {row["verdict"] for row in rows} == {"unknown"}
        paths = records(viewer.run("access", "--unused", "90d"))
        assert {row["workspace"] for row in paths if row["verdict"] == "unused"} <= {"ml-prod"}


@pytest.mark.parametrize("other", [("--matrix",), ("--can", "delete:stack"), ("--after", "access.yaml"), ("--at", "x")])
def test_unused_refuses_other_questions(zen: Connection, other: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=f"--unused cannot be combined with {other[0]}"):
        zen.run("access", "--unused", "90d", *other)


@pytest.mark.parametrize("window", ["ninety", "2999-01-01", "0d"])
def test_a_window_is_a_time_in_the_past(zen: Connection, window: str) -> None:
    with pytest.raises(UsageError, match=window):
        zen.run("users", "--idle", window)


def test_the_audit_reports_unused_roles(zen: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [row for row in records(zen.run("access", "--unused", "90d")) if row["user_id"]]
    unused = {(row["principal"], row["role"], row["workspace"]) for row in paths if row["verdict"] == "unused"}
    direct = {
        key
        for row in paths
        if row["via"] == "direct" and (key := (row["principal"], row["role"], row["workspace"])) in unused
    }
    found = records(zen.run("audit", "--check", "role-unused"))
    assert {row["severity"] for row in found} == {"info"}
    reported = {(row["principal"], row["scope"]) for row in found}
    assert {(principal, workspace) for principal, _, workspace in direct} <= reported
    assert reported <= {(principal, workspace) for principal, _, workspace in unused}
    assert all("started no run in this window" in row["reason"] for row in found)
    zen.run(*shlex.split(found[0]["fix"].removeprefix("%zenpro ").removeprefix("zenpro ")))
    assert "role-unused" not in set(zen.run("audit", "--all")["check"])

    with pytest.raises(UsageError, match="--usage cannot be combined with --at"):
        zen.run("audit", "--usage", "90d", "--at", "x")


@pytest.mark.slow
def test_reviews_recommend_revoking_unused_roles_and_never_those_of_admins_or_readers(zen: Connection) -> None:
    paths = records(zen.run("access", "--unused", "90d", "--where", "verdict=unused"))
    unused = {row["principal"] for row in paths}
    zen.run("reviews", "create", "q4", "--usage", "90d")
    rows = [row for row in records(zen.run("reviews", "get", "q4")) if row["reason"]]
    assert any("Started" in row["reason"] for row in rows)
    on_this = [row for row in rows if row["recommendation"] == "revoke" and "started no run" in row["reason"]]
    assert on_this
    assert not any(word in str(row["role"]) for row in on_this for word in ("Admin", "Viewer", "Member"))
    members = {row["principal"] for row in on_this if row["type"] == "membership"}
    assert members <= unused
    zen.run("reviews", "create", "without")
    assert not any("run" in str(row["reason"]) for row in records(zen.run("reviews", "get", "without")))


def test_a_narrow_table_keeps_the_number_of_runs() -> None:
    question = question_of("workspace,project,pipeline,status", ("runs", "hours"))
    assert resource_of(question).deciding == ("workspace", "runs", "project", "pipeline", "status", "hours")
    assert resource_of(question_of("pipeline", ("runs",))).deciding == ("pipeline", "runs", "workspace", "project")
