"""Undo and apply after a process was killed in the middle of a command: what it created is found, or named."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import journal
from tests.support.killed import run_and_kill
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import BlockedError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

TEAMS = 8


@pytest.fixture
def file(name: str, tmp_path: Path) -> str:
    """A file with new teams, each with a member and a role."""
    teams = "\n".join(f"  {name}-{number}: {{members: [grace@example.com]}}" for number in range(TEAMS))
    roles = ", ".join(f'"team:{name}-{number}"' for number in range(TEAMS))
    path = tmp_path / "access.yaml"
    granted = f"workspace_roles: {{ml-dev: {{Workspace Viewer: [{roles}]}}}}"
    path.write_text(f"zenpro: 1\norganization: acme\nteams:\n{teams}\n{granted}\n", encoding="utf-8")
    return str(path)


def teams(zen: Connection, name: str) -> list[str]:
    """The names of the teams of this test."""
    return sorted(team for team in zen.run("teams")["name"] if team.startswith(name))


def edited(outcome: str, **changes: Any) -> None:
    """Change the fields of the entries with this outcome in the journal."""
    lines = [json.loads(line) for line in Journal().path.read_text(encoding="utf-8").splitlines()]
    changed = [{**line, **(changes if line["outcome"] == outcome else {})} for line in lines]
    Journal().path.write_text("".join(json.dumps(line) + "\n" for line in changed), encoding="utf-8")


@pytest.mark.parametrize("step", ["begun", "arrived"])
@pytest.mark.parametrize("number", [3, TEAMS + 2])
def test_undo_deletes_a_team_whose_id_was_unknown(
    step: str, number: int, plane: SandboxProcess, zen: Connection, name: str, file: str
) -> None:
    run_and_kill(plane, step, number, ["apply", file, "--yes"])
    assert "unknown" in [entry["outcome"] for entry in journal()]
    frame = zen.run("undo", "--yes")
    assert set(frame["outcome"]) <= {"done", "already"}
    assert teams(zen, name) == []


def test_an_ambiguous_team_is_named(plane: SandboxProcess, zen: Connection, name: str) -> None:
    run_and_kill(plane, "arrived", 1, ["teams", "create", name, "--description", "ours"])
    edited("begun", time="2026-01-01T00:00:00+00:00")
    with pytest.raises(BlockedError, match=f"team {name} in acme: .*; delete it with `zenpro teams delete {name}`"):
        zen.run("undo", "--yes")
    assert teams(zen, name) == [name]
    zen.run("teams", "delete", name, "--yes")
    zen.run("teams", "create", name, "--description", "theirs")


def test_a_team_with_other_fields_is_not_deleted(plane: SandboxProcess, zen: Connection, name: str) -> None:
    run_and_kill(plane, "begun", 1, ["teams", "create", name, "--description", "ours"])
    organization = zen.run("organizations").set_index("name")["id"]["acme"]
    body = {"name": name, "description": "theirs", "organization_id": organization}
    zen.client.request("POST", "/teams", json=body)
    with pytest.raises(BlockedError, match="it is unknown whether this command created it"):
        zen.run("undo", "--yes")
    assert teams(zen, name) == [name]


def test_an_account_without_a_time_is_named(plane: SandboxProcess, zen: Connection, name: str) -> None:
    run_and_kill(plane, "arrived", 1, ["service-accounts", "create", name])
    with pytest.raises(
        BlockedError, match=f"at an unknown time; delete it with `zenpro service-accounts delete {name}`"
    ):
        zen.run("undo", "--yes")


def test_a_later_apply_settles_what_it_finds(plane: SandboxProcess, zen: Connection, name: str, file: str) -> None:
    run_and_kill(plane, "arrived", 3, ["apply", file, "--yes"])
    (first,) = {entry["command_id"] for entry in journal()}
    zen.run("apply", file, "--yes")
    entries = [entry for entry in journal() if entry["command_id"] == first]
    there = zen.run("teams").set_index("name")["id"]
    # Teams created before the kill are done, with their IDs; the second apply creates the others. Writes are sent
    # concurrently, so memberships and roles can be done, too.
    created = [entry for entry in entries if entry["outcome"] == "done" and entry["route"] == "/teams"]
    assert {entry["left"]["id"] for entry in created} <= set(there)
    second = {entry["target"] for entry in journal() if entry["command_id"] != first}
    assert {entry["target"] for entry in entries if entry["outcome"] == "unknown"} <= second
    zen.run("undo", "--yes")
    assert teams(zen, name) == sorted(entry["body"]["name"] for entry in created)
    zen.run("undo", "--yes")
    assert teams(zen, name) == []


def test_an_undo_that_was_killed_is_settled_too(plane: SandboxProcess, zen: Connection, name: str) -> None:
    zen.run("teams", "create", name)
    zen.run("undo", "--yes")
    undo = journal()[-1]["command_id"]
    run_and_kill(plane, "arrived", 1, ["undo", undo, "--yes"])
    assert zen.run("undo", "--yes")["outcome"].tolist() == ["done"]
    assert teams(zen, name) == []
