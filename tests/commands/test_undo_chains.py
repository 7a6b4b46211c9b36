"""Undo, undo of the undo, and so on: each step leads exactly to the state before or after the command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.commands.conftest import journal, prepared
from tests.support.killed import run_and_kill
from tests.support.sandbox import SandboxProcess
from tests.support.state import state_of
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

LEVELS = 4
NAME = "chain"


def slow(*words: str) -> Any:
    """A command for `parametrize` that the default suite leaves out, because it runs a longer one like it."""
    return pytest.param([*words], marks=pytest.mark.slow, id=" ".join(words[:2]))


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The usual sandbox, with a person who has two roles, a team and a workspace role."""
    with prepared(small_sandbox, tmp_path_factory.mktemp("state")) as zen:
        zen.run("users", "create", person(NAME))
        for role in ("Organization Member", "Organization Viewer"):
            zen.run("roles", "assign", role, "--user", person(NAME))
        zen.run("teams", "create", team(NAME), "--description", "first")
        zen.run("teams", "add", team(NAME), "--user", person(NAME))
        zen.run("roles", "assign", "Workspace Viewer", "--user", person(NAME), "--workspace", "ml-dev")
    yield small_sandbox
    small_sandbox.drop()


@pytest.fixture
def name() -> str:
    """The same for all tests of this file: the objects of `plane` have it in their names."""
    return NAME


def person(name: str) -> str:
    return f"{name}@x.io"


def team(name: str) -> str:
    return f"{name}-a"


def last_undo() -> str:
    """Return the id of the newest command in the journal, which is an undo."""
    entry = journal()[-1]
    assert entry["undoes"]
    return str(entry["command_id"])


def chain(zen: Connection, *line: str) -> list[list[str]]:
    """Run the command, undo it, undo the undo, and so on; check the state at each step, and return the outcomes."""
    before = state_of(zen)
    zen.run(*line, "--yes")
    after = state_of(zen)
    outcomes = []
    for level in range(LEVELS):
        frame = zen.run("undo", *([last_undo()] if level else []), "--yes")
        outcomes.append(list(frame["outcome"]))
        assert state_of(zen) == (after if level % 2 else before), f"level {level + 1}"
    return outcomes


def test_every_role_of_a_removed_member_is_restored_and_revoked(zen: Connection, name: str) -> None:
    outcomes = chain(zen, "members", "remove", person(name))
    assert outcomes == [["done", "done"]] * LEVELS
    writes = [(entry["method"], entry["route"]) for entry in journal()[1:]]
    assert {method for method, route in writes if route.endswith("/assignments")} == {"POST", "DELETE"}
    assert [route for _, route in writes if route.endswith("/members")] == []


@pytest.mark.slow
def test_an_offboarding_is_undone_and_redone(zen: Connection, name: str) -> None:
    outcomes = chain(zen, "users", "offboard", person(name))
    assert {outcome for level in outcomes for outcome in level} == {"done"}


def test_a_role_that_someone_else_assigned_in_between_stays(zen: Connection, name: str) -> None:
    zen.run("members", "remove", person(name), "--yes")
    zen.run("undo", "--yes")
    user, role = zen.run("users", "get", person(name))["id"].iloc[0], role_id(zen, "Organization Manager")
    zen.client.request("POST", f"/roles/{role}/assignments", params={"user_id": user})
    zen.run("undo", last_undo(), "--yes")
    assert state_of(zen)["roles"][person(name)] == ["Organization Manager", "Workspace Viewer in ml-dev"]


def role_id(zen: Connection, role: str) -> Any:
    frame = zen.run("roles", "--level", "organization")
    return frame.set_index("name")["id"][role]


def test_an_old_journal_never_removes_a_member_to_revoke_one_role(zen: Connection, name: str) -> None:
    zen.run("members", "remove", person(name), "--yes")
    removal = journal()[0]
    zen.run("undo", "--yes")
    lines = Journal().path.read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    # As an older version wrote it: removing the member was the undo of assigning one role again.
    for entry in entries[2:]:
        entry["inverse"][0] |= {"path": removal["route"], "params": removal["params"]}
    Journal().path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    frame = zen.run("undo", entries[-1]["command_id"], "--dry-run")
    assert all(frame["route"].str.startswith("/roles/"))


@pytest.mark.parametrize(
    "line",
    [
        slow("teams", "create", "NEW", "--description", "first"),
        slow("roles", "create", "NEW", "--level", "workspace", "--permission", "secret:read_secret_value"),
        slow("service-accounts", "create", "NEW", "--description", "first"),
        slow("invitations", "create", "--email", "NEW@x.io", "--role", "Organization Member"),
        ["users", "onboard", "NEW@x.io", "--team", "NEW-a"],
    ],
    ids=lambda line: " ".join(line[:2]),
)
def test_created_objects_are_created_again(line: list[str], zen: Connection, name: str) -> None:
    outcomes = chain(zen, *(word.replace("NEW@", f"{name}-new@").replace("NEW", name) for word in line))
    assert {outcome for level in outcomes for outcome in level} == {"done"}


def test_ids_follow_an_invitation_that_was_sent_again(zen: Connection, name: str) -> None:
    email = f"{name}-new@x.io"
    before = state_of(zen)
    zen.run("invitations", "create", "--email", email, "--role", "Organization Viewer")
    zen.run("invitations", "revoke", email, "--yes")
    assert list(zen.run("undo", "--yes")["outcome"]) == ["done"]
    assert list(zen.run("undo", "--yes")["outcome"]) == ["done"]
    assert state_of(zen) == before


@pytest.mark.parametrize("verb", [["invitations", "revoke"], slow("users", "offboard")], ids=" ".join)
def test_an_invitation_gets_its_roles_and_teams_again(verb: list[str], zen: Connection, name: str) -> None:
    email = f"{name}-new@x.io"
    zen.run("users", "onboard", email, "--team", team(name), "--grant", "Workspace Viewer@ml-dev")
    outcomes = chain(zen, *verb, email)
    assert {outcome for level in outcomes for outcome in level} == {"done"}


def test_an_invitation_whose_withdrawal_never_arrived_stays(plane: SandboxProcess, zen: Connection, name: str) -> None:
    email = f"{name}-new@x.io"
    zen.run("users", "onboard", email, "--team", team(name))
    before = state_of(zen)
    run_and_kill(plane, "begun", 1, ["invitations", "revoke", email, "--yes"])
    assert set(zen.run("undo", "--yes")["outcome"]) == {"already"}
    assert state_of(zen) == before


def test_ids_follow_a_team_through_the_commands_after_it(zen: Connection, name: str) -> None:
    zen.run("teams", "create", name)
    zen.run("teams", "add", name, "--user", person(name))
    zen.run("roles", "assign", "Workspace Viewer", "--team", name, "--workspace", "ml-dev")
    after = state_of(zen)
    undos = []
    for _ in range(3):
        zen.run("undo", "--yes")
        undos.append(last_undo())
    for undo in reversed(undos):
        assert list(zen.run("undo", undo, "--yes")["outcome"]) == ["done"]
    assert state_of(zen) == after
    for _ in range(3):
        assert list(zen.run("undo", "--yes")["outcome"]) == ["done"]
    assert name not in state_of(zen)["teams"]


def test_a_step_is_not_sent_without_the_object_that_it_needs(zen: Connection, name: str) -> None:
    email = f"{name}-new@x.io"
    zen.run("users", "onboard", email, "--team", team(name))
    zen.run("undo", "--yes")
    undo = last_undo()
    entries = zen.run("journal", "--limit", "4")
    assert sorted(entries["action"]) == ["add", "invite", "remove", "withdraw"]
    assert f"invitation of {email}" in entries["target"].tolist()
    dry = zen.run("undo", undo, "--dry-run")
    assert dry["action"].tolist() == ["invite", "add"]
    assert dry["parameters"].iloc[1] == {"invitation_id": f"{{{email} as Organization Member in acme}}"}
    zen.run("invitations", "create", "--email", email, "--role", "Organization Viewer")
    blocked = zen.run("undo", undo, "--dry-run")["blocked_reason"]
    assert blocked.iloc[0] == f"{email} as Organization Member in acme exists, but is not the one that was deleted"
    assert blocked.iloc[1] == f"it requires {email} as Organization Member in acme, which will not be created again"
