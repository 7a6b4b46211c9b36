"""Undo, undo of the undo, and so on: each step leads exactly to the state before or after the command."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.commands.conftest import journal
from tests.support.killed import run_and_kill
from tests.support.sandbox import SandboxProcess
from tests.support.state import state_of
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

LEVELS = 4


def slow(*words: str) -> Any:
    """A command for `parametrize` that the default suite leaves out, because it runs a longer one like it."""
    return pytest.param([*words], marks=pytest.mark.slow, id=" ".join(words[:2]))


@pytest.fixture
def own(zen: Connection, name: str) -> Connection:
    """Give a person with two roles, a team and a workspace for this test; the journal begins after them."""
    zen.run("users", "create", person(name))
    for role in ("Organization Member", "Organization Viewer"):
        zen.run("roles", "assign", role, "--user", person(name))
    zen.run("teams", "create", team(name), "--description", "first")
    zen.run("teams", "add", team(name), "--user", person(name))
    zen.run("roles", "assign", "Workspace Viewer", "--user", person(name), "--workspace", "ml-dev")
    Journal().path.unlink()
    return zen


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


def test_every_role_of_a_removed_member_is_restored_and_revoked(own: Connection, name: str) -> None:
    outcomes = chain(own, "members", "remove", person(name))
    assert outcomes == [["done", "done"]] * LEVELS
    writes = [(entry["method"], entry["route"]) for entry in journal()[1:]]
    assert {method for method, route in writes if route.endswith("/assignments")} == {"POST", "DELETE"}
    assert [route for _, route in writes if route.endswith("/members")] == []


@pytest.mark.slow
def test_an_offboarding_is_undone_and_redone(own: Connection, name: str) -> None:
    outcomes = chain(own, "users", "offboard", person(name))
    assert {outcome for level in outcomes for outcome in level} == {"done"}


def test_a_role_that_someone_else_assigned_in_between_stays(own: Connection, name: str) -> None:
    own.run("members", "remove", person(name), "--yes")
    own.run("undo", "--yes")
    user, role = own.run("users", "get", person(name))["id"].iloc[0], role_id(own, "Organization Manager")
    own.client.request("POST", f"/roles/{role}/assignments", params={"user_id": user})
    own.run("undo", last_undo(), "--yes")
    assert state_of(own)["roles"][person(name)] == ["Organization Manager", "Workspace Viewer in ml-dev"]


def role_id(zen: Connection, role: str) -> Any:
    frame = zen.run("roles", "--level", "organization")
    return frame.set_index("name")["id"][role]


def test_an_old_journal_never_removes_a_member_to_revoke_one_role(own: Connection, name: str) -> None:
    own.run("members", "remove", person(name), "--yes")
    removal = journal()[0]
    own.run("undo", "--yes")
    lines = Journal().path.read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    # As an older version wrote it: removing the member was the undo of assigning one role again.
    for entry in entries[2:]:
        entry["inverse"][0] |= {"path": removal["route"], "params": removal["params"]}
    Journal().path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    frame = own.run("undo", entries[-1]["command_id"], "--dry-run")
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
def test_created_objects_are_created_again(line: list[str], own: Connection, name: str) -> None:
    outcomes = chain(own, *(word.replace("NEW@", f"{name}-new@").replace("NEW", name) for word in line))
    assert {outcome for level in outcomes for outcome in level} == {"done"}


def test_ids_follow_an_invitation_that_was_sent_again(own: Connection, name: str) -> None:
    email = f"{name}-new@x.io"
    before = state_of(own)
    own.run("invitations", "create", "--email", email, "--role", "Organization Viewer")
    own.run("invitations", "revoke", email, "--yes")
    assert list(own.run("undo", "--yes")["outcome"]) == ["done"]
    assert list(own.run("undo", "--yes")["outcome"]) == ["done"]
    assert state_of(own) == before


@pytest.mark.parametrize("verb", [["invitations", "revoke"], slow("users", "offboard")], ids=" ".join)
def test_an_invitation_gets_its_roles_and_teams_again(verb: list[str], own: Connection, name: str) -> None:
    email = f"{name}-new@x.io"
    own.run("users", "onboard", email, "--team", team(name), "--grant", "Workspace Viewer@ml-dev")
    outcomes = chain(own, *verb, email)
    assert {outcome for level in outcomes for outcome in level} == {"done"}


def test_an_invitation_whose_withdrawal_never_arrived_stays(plane: SandboxProcess, own: Connection, name: str) -> None:
    email = f"{name}-new@x.io"
    own.run("users", "onboard", email, "--team", team(name))
    before = state_of(own)
    run_and_kill(plane, "begun", 1, ["invitations", "revoke", email, "--yes"])
    assert set(own.run("undo", "--yes")["outcome"]) == {"already"}
    assert state_of(own) == before


def test_ids_follow_a_team_through_the_commands_after_it(own: Connection, name: str) -> None:
    own.run("teams", "create", name)
    own.run("teams", "add", name, "--user", person(name))
    own.run("roles", "assign", "Workspace Viewer", "--team", name, "--workspace", "ml-dev")
    after = state_of(own)
    undos = []
    for _ in range(3):
        own.run("undo", "--yes")
        undos.append(last_undo())
    for undo in reversed(undos):
        assert list(own.run("undo", undo, "--yes")["outcome"]) == ["done"]
    assert state_of(own) == after
    for _ in range(3):
        assert list(own.run("undo", "--yes")["outcome"]) == ["done"]
    assert name not in state_of(own)["teams"]


def test_a_step_is_not_sent_without_the_object_that_it_needs(own: Connection, name: str) -> None:
    email = f"{name}-new@x.io"
    own.run("users", "onboard", email, "--team", team(name))
    own.run("undo", "--yes")
    undo = last_undo()
    dry = own.run("undo", undo, "--dry-run")
    assert dry["action"].tolist() == ["add", "add"]
    assert dry["parameters"].iloc[1] == {"invitation_id": f"{{{email} as Organization Member in acme}}"}
    own.run("invitations", "create", "--email", email, "--role", "Organization Viewer")
    blocked = own.run("undo", undo, "--dry-run")["blocked_reason"]
    assert blocked.iloc[0] == f"{email} as Organization Member in acme exists, but is not the one that was deleted"
    assert blocked.iloc[1] == f"it requires {email} as Organization Member in acme, which will not be created again"
