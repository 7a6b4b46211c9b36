"""Undo restores exactly the previous state: after random commands, of an undo, and of a plan.

A few sequences by default; `ZENPRO_UNDO=500` takes as many.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import journal
from tests.commands.undo.conftest import PEOPLE, changed_since, person, read_all
from zenpro_nb.errors import PartlyDoneError, UsageError, ZenProError
from zenpro_nb.frontends.connection import Connection

SEQUENCES = int(os.environ.get("ZENPRO_UNDO", "2"))
LENGTH = 6


Make = Callable[[random.Random, str], list[str]]
# Every kind of command that can be undone completely, on the objects of `own`.
REVERSIBLE: dict[str, Make] = {
    "teams create": lambda dice, name: [_new(dice, name), "--description", "new"],
    "teams update": lambda dice, name: [_team(dice, name), *_other(dice)],
    "teams add": lambda dice, name: [_team(dice, name), "--user", _who(dice), "--service-account", "base"],
    "teams remove": lambda dice, name: [_team(dice, name), "--user", _who(dice), "--user", person(0)],
    "roles create": lambda dice, name: [_new(dice, name), "--level", "workspace", "--permission", "stack:read"],
    "roles update": lambda dice, name: ["base", *_other(dice), "--permission", "pipeline:read"],
    "roles assign": lambda dice, name: _role(dice, name),
    "roles revoke": lambda dice, name: _role(dice, name),
    "users deactivate": lambda dice, name: [_who(dice), person(1)],
    "users activate": lambda dice, name: [_who(dice)],
    "users update": lambda dice, name: [_who(dice), "--name", f"Nobody {dice.randrange(100)}"],
    "users offboard": lambda dice, name: [_who(dice)],
    "users onboard": lambda dice, name: [_who(dice), "--team", _team(dice, name)],
    "members remove": lambda dice, name: [_who(dice), person(2)],
    "service-accounts create": lambda dice, name: [_new(dice, name), "--description", "new"],
    "service-accounts update": lambda dice, name: ["base", *_other(dice)],
    "service-accounts deactivate": lambda dice, name: ["base"],
    "service-accounts activate": lambda dice, name: ["base"],
    "organizations update": lambda dice, name: ["acme", *_other(dice)],
    "workspaces update": lambda dice, name: ["base", *_other(dice)],
    "workspaces deactivate": lambda dice, name: ["base"],
    "workspaces deploy": lambda dice, name: ["base"],
}


def _new(dice: random.Random, name: str) -> str:
    return f"{name}-{dice.randrange(10**6)}"


def _other(dice: random.Random) -> list[str]:
    return ["--description", f"description {dice.randrange(100)}"]


def _team(dice: random.Random, name: str) -> str:
    return f"{name}-{dice.choice('ab')}"


def _who(dice: random.Random) -> str:
    return person(dice.randrange(PEOPLE))


def _role(dice: random.Random, name: str) -> list[str]:
    holder = dice.choice([["--user", _who(dice)], ["--team", _team(dice, name)], ["--service-account", "base"]])
    role, where = dice.choice([("Organization Viewer", []), ("base", ["--workspace", "base"])])
    return [role, *holder, *where]


def _carry_out(zen: Connection, dice: random.Random, name: str, command: str) -> None:
    try:
        # A role that a person does not have cannot be revoked; the other writes were done.
        with contextlib.suppress(PartlyDoneError):
            zen.run(*command.split(), *REVERSIBLE[command](dice, name), "--yes")
    except ZenProError as error:
        if error.outcome != "refused" and "Nothing" not in str(error):
            raise


def _undo_all(zen: Connection) -> int:
    """Undo every command; skip one that changed nothing only with the command in the message."""
    times, words = 0, ["undo"]
    while True:
        try:
            frame = zen.run(*words, "--yes")
        except UsageError as error:
            named = re.search(r"changed nothing.* before it: `(undo \w+)`", str(error))
            if named is None:
                assert re.search("no command to undo|No earlier command", str(error)), error  # noqa: PT017
                return times
            words = named[1].split()
        else:
            assert set(frame["outcome"]) <= {"done", "already"}, frame.to_string()
            times, words = times + 1, ["undo"]


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_undo_restores_the_previous_state(seed: int, own: Connection, name: str) -> None:
    dice = random.Random(seed)
    # In turns, so a few sequences cover every kind.
    kinds = sorted(REVERSIBLE)
    commands = [kinds[(seed * LENGTH + number) % len(kinds)] for number in range(LENGTH)]
    dice.shuffle(commands)
    before = read_all(own)
    for command in commands:
        _carry_out(own, dice, name, command)
    changed = changed_since(before, own)
    undone = _undo_all(own)
    assert changed_since(before, own) == []
    assert not changed or undone


def test_redo_restores_the_state_before_the_undo(own: Connection, name: str) -> None:
    before = read_all(own)
    own.run("teams", "update", f"{name}-a", "--description", "other")
    own.run("roles", "assign", "Organization Viewer", "--user", person(0), "--user", person(1))
    own.run("users", "offboard", person(2), "--yes")
    after = read_all(own)
    undone = [own.run("undo", "--yes") for _ in range(3)]
    assert [list(item["outcome"]) for item in undone] == [["done", "done"], ["done", "done"], ["done"]]
    ids = own.run("journal").drop_duplicates("command_id")
    for key in ids[ids["command"].str.startswith("undo")]["command_id"]:
        own.run("undo", key, "--yes")
    assert changed_since(after, own) == []
    # And undone once more, which restores the original state.
    again = own.run("journal").drop_duplicates("command_id")["command_id"].iloc[:3]
    for key in again:
        assert set(own.run("undo", key, "--yes")["outcome"]) == {"done"}
    assert changed_since(before, own) == []


DESIRED = """
zenpro: 1
organization: acme
manage: {teams: exact}
teams:
  NAME-a: {description: another one, members: [base-1@x.io, base-2@x.io]}
  NAME-b: {members: [base-0@x.io, "bot:base"]}
  NAME-new: {description: new, members: [base-1@x.io, "bot:base"]}
organization_roles: {Organization Viewer: ["team:NAME-new", base-1@x.io]}
workspace_roles: {base: {base: ["team:NAME-new"], Workspace Viewer: [base-2@x.io]}}
"""


def test_an_applied_plan_is_undone(own: Connection, name: str, tmp_path: Path) -> None:
    file = tmp_path / "access.yaml"
    file.write_text(DESIRED.replace("NAME", name), encoding="utf-8")
    before = read_all(own)
    done = own.run("apply", str(file), "--yes")
    assert set(done["outcome"]) == {"done"}
    # The previous state is in the journal, whether a step or the plan read it.
    assert all(item["before"] is not None for item in journal())
    undone = own.run("undo", "--yes")
    assert set(undone["outcome"]) == {"done"}
    assert len(undone) == len(done)
    assert changed_since(before, own) == []
