"""`users offboard --successor`: workspaces and roles are handed over before they are revoked, and undo returns them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands.conftest import Requests, prepared
from tests.commands.remaining import PROJECT, traces
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import UsageError
from zenpro_nb.frontends.connection import Connection

NAME = "inherited"
LEAVER, HEIR = f"{NAME}-a@x.io", f"{NAME}-b@x.io"
OFFBOARD = ("users", "offboard", LEAVER, "--successor", HEIR)


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A person with a workspace and two roles, and a colleague who has one of them."""
    with prepared(small_sandbox, tmp_path_factory.mktemp("state")) as zen:
        for email in (LEAVER, HEIR):
            zen.run("users", "create", email)
            zen.run("roles", "assign", "Organization Member", "--user", email)
            zen.run("roles", "assign", "Workspace Developer", "--user", email, "--workspace", "ml-prod")
        zen.run("roles", "assign", "Project Viewer", "--user", LEAVER, "--workspace", "ml-prod", "--project", PROJECT)
        zen.run("workspaces", "create", NAME)
        zen.run("workspaces", "update", NAME, "--owner", LEAVER)
    yield small_sandbox
    small_sandbox.drop()


def owner(zen: Connection) -> str:
    return str(zen.run("workspaces", "get", NAME)["owner"][0])


def test_workspaces_and_missing_roles_are_handed_over_first_and_undo_returns_them(
    zen: Connection, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    before = traces(zen, LEAVER), traces(zen, HEIR)
    plan = zen.run(*OFFBOARD, "--dry-run")
    assert list(plan["action"]) == ["hand over", "assign", "deactivate", "revoke", "revoke", "leave"]
    assert list(plan["target"])[:1] == [f"workspace {NAME} to {HEIR}"]
    assert str(plan["target"][1]).startswith(f"{HEIR} as Project Viewer in project ")
    assert plan["skipped_reason"].isna().all()
    assert "No API can change the owner of schedules, triggers, deployments" in capsys.readouterr().err
    sent = len(requests.writes())
    done = zen.run(*OFFBOARD, "--yes")
    assert set(done["outcome"]) == {"done"}
    assert [method for method, _ in requests.writes()[sent:]] == [
        "PATCH",
        "POST",
        "PATCH",
        "DELETE",
        "DELETE",
        "DELETE",
    ]
    assert owner(zen) == HEIR
    assert traces(zen, LEAVER) == set()
    project_role = {trace for trace in before[0] if trace.startswith("Project Viewer")}
    assert traces(zen, HEIR) == before[1] | project_role
    # A second run has nothing to do, and undo restores both people.
    capsys.readouterr()
    command_id = str(zen.run("journal")["command_id"].iloc[0])
    assert zen.run(*OFFBOARD, "--yes").empty
    assert "nothing to do" in capsys.readouterr().err
    assert f"workspace {NAME} to {LEAVER}" in list(zen.run("undo", command_id, "--yes")["target"])
    undo_id = str(zen.run("journal")["command_id"].iloc[0])
    assert f"workspace {NAME} to {HEIR}" in list(zen.run("undo", undo_id, "--dry-run")["target"])
    assert owner(zen) == LEAVER
    assert (traces(zen, LEAVER), traces(zen, HEIR)) == before


def test_the_summary_names_workspaces_without_an_admin_and_what_the_successor_becomes(zen: Connection) -> None:
    zen.run("roles", "assign", "Workspace Admin", "--user", LEAVER, "--workspace", "ml-prod")
    plan = zen.run(*OFFBOARD, "--dry-run")
    assert plan.attrs["zenpro"]["summary"] == (
        f"1 person leaves the organization. ml-prod loses 1 Workspace Admin. {HEIR} gets Workspace Admin in ml-prod"
    )
    zen.run("undo", "--yes")


def test_without_a_successor_the_option_is_named(zen: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    plan = zen.run("users", "offboard", LEAVER, "--dry-run")
    left = plan[plan["action"] == "stays"]
    assert list(left["target"]) == [f"workspace {NAME}"]
    assert left["skipped_reason"].notna().all()
    # One sentence per line: JupyterLab breaks long lines inside words.
    lines = capsys.readouterr().err.splitlines()
    assert "No API can change the owner of" in lines[0]
    assert lines[0].endswith(f"users offboard {LEAVER} --successor COLLEAGUE` hands over workspaces and roles.")
    assert max(map(len, lines)) < 200
    # Someone who has nothing to hand over needs no advice about it.
    zen.run("users", "offboard", HEIR, "--dry-run")
    assert "No API can change the owner" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("successor", "problem"),
    [
        (LEAVER, "this user is leaving too"),
        ("stranger@example.org", "The user 'stranger@example.org' does not exist"),
        ("left.us@example.com", "the account is deactivated"),
    ],
)
def test_someone_who_cannot_take_over_is_refused(
    zen: Connection, requests: Requests, successor: str, problem: str
) -> None:
    sent = len(requests.writes())
    with pytest.raises(UsageError, match=problem):
        zen.run("users", "offboard", LEAVER, "--successor", successor, "--yes")
    assert len(requests.writes()) == sent
