"""roles assign and revoke: principals by name, the scope that the level needs, outcomes one by one."""

from __future__ import annotations

import shlex
from typing import Any

import pandas as pd
import pytest

from tests.commands.conftest import Requests, journal
from zenpro_nb.errors import AmbiguousNameError, PartlyDoneError, PermissionDeniedError, UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection

PROJECT = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def workspace(zen: Connection, name: str) -> str:
    zen.run("workspaces", "create", name)
    return name


def test_each_kind_of_principal(zen: Connection, name: str, workspace: str) -> None:
    zen.run("teams", "create", name)
    zen.run("service-accounts", "create", name)
    zen.run("invitations", "create", "--email", f"{name}@x.io", "--role", "Organization Member")
    frame = zen.run(
        "roles", "assign", "Workspace Viewer", "--workspace", workspace,
        "--user", "grace@example.com", "--team", name, "--service-account", name, "--invitation", f"{name}@x.io",
    )  # fmt: skip
    assert list(frame["outcome"]) == ["done"] * 4
    table = zen.run("assignments", "--role", "Workspace Viewer", "--workspace", workspace)
    assert set(table["kind"]) == {"user", "team", "service-account", "invitation"}
    assert len(zen.run("workspaces", "members", workspace)) >= 4
    frame = zen.run(
        "roles", "revoke", "Workspace Viewer", "--workspace", workspace, "--yes",
        "--user", "user:grace@example.com", "--team", f"team:{name}", "--service-account", f"bot:{name}",
        "--invitation", f"{name}@x.io",
    )  # fmt: skip
    assert list(frame["outcome"]) == ["done"] * 4
    assert zen.run("assignments", "--role", "Workspace Viewer", "--workspace", workspace).empty


def test_a_column_of_users_is_found_at_once_and_each_counted_once(
    zen: Connection, workspace: str, requests: Requests
) -> None:
    users = zen.run("users", "--limit", "6")
    twice = pd.concat([users["email"], users["email"].str.upper()])
    before = len(requests.writes())
    frame = zen.run("roles", "assign", "Workspace Viewer", "--users", twice, "--workspace", workspace)
    assert list(frame["outcome"]) == ["done"] * 6
    assert len(requests.writes()) - before == 6
    again = zen.run("roles", "assign", "Workspace Viewer", "--users", users["email"], "--workspace", workspace)
    assert list(again["outcome"]) == ["already"] * 6
    assert [entry["outcome"] for entry in journal()[-6:]] == ["already"] * 6


def test_an_existing_assignment_is_a_reported_success(
    zen: Connection, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("roles", "assign", "Workspace Viewer", "--user", "grace@example.com", "--workspace", workspace)
    zen.run(*words)
    frame = zen.run(*words)
    assert list(frame["outcome"]) == ["already"]
    assert "already has the role" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["Workspace Viewer", "--user", "grace@example.com"], "`--workspace` is required"),
        (["Project Viewer", "--user", "grace@example.com"], "`--workspace` is required"),
        (["Project Viewer", "--user", "grace@example.com", "--workspace", "{ws}"], "Add --project"),
        (["Project Viewer", "--user", "grace@example.com", "--workspace", "{ws}", "--project", "ml"], "only by id"),
        (["Organization Viewer", "--user", "grace@example.com", "--workspace", "{ws}"], "--workspace cannot be used"),
        (["Workspace Viewer", "--user", "grace@example.com", "--workspace", "{ws}", "--project", PROJECT], "--project"),
        (["Workspace Viewer", "--workspace", "{ws}"], "No principal was named"),
        (["Workspace Wiever", "--user", "grace@example.com", "--workspace", "{ws}"], "Did you mean 'Workspace Viewer'"),
        (["Workspace Viewer", "--user", "grase@example.com", "--workspace", "{ws}"], "grace@example.com"),
        (
            ["Workspace Viewer", "--user", "grace@example.com", "--workspace", "nowhere-at-all"],
            "'nowhere-at-all' does not exist",
        ),
        (["Workspace Viewer", "--user", "a@b.c", "--user", "d@e.f", "--workspace", "{ws}"], "2 of 2 users"),
    ],
)
def test_invalid_input_is_refused_before_anything_is_sent(
    words: list[str], says: str, zen: Connection, workspace: str, requests: Requests
) -> None:
    before = len(requests.writes())
    with pytest.raises(UsageError, match=says):
        zen.run("roles", "assign", *[word.format(ws=workspace) for word in words])
    assert len(requests.writes()) == before
    assert [entry for entry in journal() if entry["command"].startswith("roles assign")] == []


def test_roles_and_workspaces_of_another_organization(zen: Connection, name: str, workspace: str) -> None:
    zen.run("organizations", "create", name)
    foreign = zen.run("roles", "--org", name, "--name", "Workspace Viewer")["id"].iloc[0]
    with pytest.raises(UsageError, match="belongs to another organization"):
        zen.run("roles", "assign", foreign, "--user", "grace@example.com", "--workspace", workspace)
    with pytest.raises(UsageError, match="belongs to the organization acme"):
        zen.run("roles", "assign", foreign, "--org", name, "--user", "grace@example.com", "--workspace", workspace)


def test_a_project(zen: Connection, workspace: str) -> None:
    scope = ["--workspace", workspace, "--project", PROJECT]
    frame = zen.run("roles", "assign", "Project Viewer", "--user", "grace@example.com", *scope)
    assert frame["outcome"].iloc[0] == "done"
    table = zen.run("assignments", "--role", "Project Viewer", "--workspace", workspace)
    assert list(table["project_id"]) == [PROJECT]
    members = zen.run("workspaces", "members", workspace, "--project", PROJECT)
    assert list(members["email"]) == ["grace@example.com"]


def test_the_workspace_in_use(zen: Connection, workspace: str) -> None:
    zen.run("use", "workspace", workspace, "--org", "acme")
    frame = zen.run("roles", "assign", "Workspace Viewer", "--user", "grace@example.com")
    assert workspace in frame["target"].iloc[0]
    assert zen.run("roles", "assign", "Organization Viewer", "--user", "grace@example.com") is not None


def test_names_in_another_case_and_ids_are_accepted(zen: Connection, workspace: str) -> None:
    grace = zen.run("users", "get", "grace@example.com")["id"].iloc[0]
    role = zen.run("roles", "--name", "Workspace Viewer")["id"].iloc[0]
    frame = zen.run("roles", "assign", role, "--user", grace, "--user", "GRACE@example.com", "--workspace", workspace)
    assert list(frame["outcome"]) == ["done"]


def test_ambiguous_roles_list_their_ids(zen: Connection, name: str, workspace: str) -> None:
    for level in ("workspace", "project"):
        zen.run("roles", "create", name, "--level", level, "--permission", "pipeline:read")
    with pytest.raises(AmbiguousNameError, match="Pass the ID"):
        zen.run("roles", "assign", name, "--user", "grace@example.com", "--workspace", workspace)


def test_a_refusal_in_the_middle_stops_nothing(
    zen: Connection, name: str, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = zen.run("users", "--limit", "3")
    refused = users["id"].iloc[1]
    original: Any = type(zen.client).request

    def request(self: Any, method: str, path: str, **arguments: Any) -> Any:
        if method == "POST" and (arguments.get("params") or {}).get("user_id") == refused:
            raise PermissionDeniedError("not this one", status=403, request_id="r-1")
        return original(self, method, path, **arguments)

    monkeypatch.setattr(type(zen.client), "request", request)
    with pytest.raises(PartlyDoneError, match="2 of 3 are done") as caught:
        zen.run("roles", "assign", "Workspace Viewer", "--users", users["email"], "--workspace", workspace)
    table: Any = caught.value.outcomes
    assert list(table["outcome"]) == ["refused", "done", "done"]  # failures come first
    assert table["detail"].iloc[0] == "not this one"


@pytest.mark.usefixtures("one_after_the_other")
def test_ctrl_c_in_the_middle_reports_the_outcomes(
    zen: Connection, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = zen.run("users", "--limit", "3")
    original: Any = type(zen.client).request

    def request(self: Any, method: str, path: str, **arguments: Any) -> Any:
        reply = original(self, method, path, **arguments)
        if method == "POST" and (arguments.get("params") or {}).get("user_id") == users["id"].iloc[1]:
            raise KeyboardInterrupt
        return reply

    monkeypatch.setattr(type(zen.client), "request", request)
    with pytest.raises(PartlyDoneError, match="2 done, 1 not sent") as caught:
        zen.run("roles", "assign", "Workspace Viewer", "--users", users["email"], "--workspace", workspace)
    table: Any = caught.value.outcomes
    assert list(table["outcome"]) == ["not sent", "done", "done"]
    assert "Ctrl-C" in table["detail"].iloc[2]
    assert [entry["outcome"] for entry in journal()[-2:]] == ["done", "done"]


def test_an_empty_column_is_an_error_and_does_not_select_all(zen: Connection, workspace: str) -> None:
    with pytest.raises(UsageError, match="contains no values"):
        zen.run("roles", "assign", "Workspace Viewer", "--users", pd.Series([], dtype=str), "--workspace", workspace)
    with pytest.raises(UnknownNameError):
        zen.run("roles", "assign", "Workspace Viewer", "--invitation", "nobody@x.io", "--workspace", workspace)


def test_permissions_of_another_role(zen: Connection, name: str) -> None:
    frame = zen.run("roles", "create", name, "--level", "workspace", "--like", "Workspace Viewer", "--dry-run")
    assert {"resource", "actions"} <= set(frame["body"].iloc[0]["permissions"][0])
    with pytest.raises(UsageError, match="cannot be combined with"):
        zen.run("roles", "create", name, "--level", "workspace", "--like", "Workspace Viewer", "--permission", "a:b")
    with pytest.raises(UsageError, match="not a permission"):
        zen.run("roles", "create", name, "--level", "workspace", "--permission", "pipeline")


def test_unknown_people_are_all_named_with_the_command_that_invites_them(
    zen: Connection, workspace: str, name: str, requests: Requests
) -> None:
    unknown = [f"{name}-{number}@new.io" for number in range(12)]
    misspelt = "lnus@example.com"
    before = len(requests.writes())
    with pytest.raises(UnknownNameError) as caught:
        zen.run("roles", "assign", "Workspace Viewer", "--workspace", workspace,
                "--users", ["grace@example.com", misspelt, *unknown])  # fmt: skip
    message = str(caught.value)
    assert f"13 of 14 users do not exist or are not unique: '{misspelt}', " in message
    assert all(f"--email {email}" in message and repr(email) in message for email in unknown)
    assert "Did you mean 'linus@example.com'?" in message
    assert f"--email {misspelt}" not in message
    line = message.partition("`zenpro ")[2].rstrip("`.")
    assert len(requests.writes()) == before
    assert len(zen.run(*shlex.split(line))) == 12


def test_nobody_is_invited_to_be_removed(zen: Connection, name: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        zen.run("users", "deactivate", f"{name}-1@new.io", f"{name}-2@new.io", "--yes")
    assert "invit" not in str(caught.value)
