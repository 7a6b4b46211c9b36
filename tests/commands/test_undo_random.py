"""Random commands on random organizations: each is undone, done again, undone and done again, exactly.

A command that cannot be undone is blocked, with the reason of each row, and nothing of the undo is sent.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal
from tests.support.sandbox import SandboxProcess
from tests.support.small_acme import cut_down
from tests.support.state import state_of
from zenpro_nb.errors import BlockedError, ZenProError
from zenpro_nb.frontends.connection import Connection

LEVELS = 4
COMMANDS = 3
ORGANIZATIONS = int(os.environ.get("ZENPRO_UNDO_CHAINS", "4"))  # the nightly workflow takes 200
PEOPLE = 40  # the smallest number that the sandbox creates

SEEDS = [pytest.param(seed, seed, marks=() if seed == 0 else pytest.mark.slow) for seed in range(ORGANIZATIONS)]
# The commands that have the options which override the guards.
GUARDED = {
    ("members", "remove"),
    ("users", "offboard"),
    ("users", "deactivate"),
    ("teams", "remove"),
    ("roles", "revoke"),
    ("users", "update"),
}


class Organization:
    """Draws commands about the people, teams, roles and workspaces that are there."""

    def __init__(self, zen: Connection, dice: random.Random, folder: Path) -> None:
        self._zen = zen
        self._dice = dice
        self._folder = folder

    def _some(self, *words: str) -> str:
        frame = self._zen.run(*words)
        return str(self._dice.choice(sorted(frame[frame.columns[0]].dropna())))

    def _person(self) -> str:
        return self._some("members", "--columns", "email", "--where", "kind=user")

    def _team(self) -> str:
        return self._some("teams", "--columns", "name")

    def _workspace(self) -> str:
        return self._some("workspaces", "--columns", "name", "--status", "available")

    def _new(self) -> str:
        return f"new-{self._dice.randrange(10**6)}"

    def _role(self) -> list[str]:
        holder = self._dice.choice([["--user", self._person()], ["--team", self._team()]])
        role, where = self._dice.choice(
            [("Organization Viewer", []), ("Workspace Developer", ["--workspace", self._workspace()])]
        )
        return [role, *holder, *where]

    def _grant(self) -> str:
        return f"Workspace Viewer@{self._workspace()}"

    def _file(self) -> str:
        name, person = self._new(), self._person()
        text = (
            f"zenpro: 1\nteams:\n  {name}: {{description: new, members: [{person}, {self._person()}]}}\n"
            f"  {self._team()!r}: {{members: [{person}]}}\n"
            f"workspace_roles: {{{self._workspace()}: {{Workspace Viewer: ['team:{name}', {person}]}}}}\n"
        )
        path = self._folder / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def command(self) -> list[str]:
        """Return the words of a command."""
        new, dice = self._new, self._dice
        draw: dict[str, Callable[[], list[str]]] = {
            "members remove": lambda: [self._person()],
            "users offboard": lambda: [self._person()],
            "users deactivate": lambda: [self._person()],
            "users update": lambda: [self._person(), "--name", new()],
            "users onboard": lambda: [
                f"{new()}@x.io",
                "--team",
                self._team(),
                "--grant",
                f"Workspace Viewer@{self._workspace()}",
            ],
            "teams create": lambda: [new(), "--description", "new"],
            "teams update": lambda: [self._team(), "--name", new()],
            "teams add": lambda: [self._team(), "--user", self._person(), "--user", self._person()],
            "teams remove": lambda: [self._team(), "--user", self._person()],
            "roles create": lambda: [new(), "--level", "workspace", "--permission", "stack:read"],
            "roles assign": self._role,
            "roles revoke": self._role,
            "invitations revoke": lambda: [self._some("invitations", "--only-pending", "--columns", "email")],
            "invitations create": lambda: ["--email", f"{new()}@x.io", "--role", "Organization Member"],
            "service-accounts create": lambda: [new()],
            "workspaces update": lambda: [self._workspace(), "--description", new()],
            "apply": lambda: [self._file()],
        }
        name = dice.choice(sorted(draw))
        return [*name.split(), *draw[name]()]


@pytest.fixture
def organization(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """The random organization of a seed; that of the default suite is small, because it is read 15 times."""
    with SandboxProcess(lifecycle_seconds=0, users=PEOPLE, seed=request.param) as plane:
        if request.param == 0:
            cut_down(plane)
        with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as zen:
            yield zen


def outcome_of(zen: Connection, words: Sequence[str]) -> Any:
    """The outcomes of a command, or its error."""
    overrides = ["--allow-self", "--min-org-admins", "0"] if words[0] == "undo" or tuple(words[:2]) in GUARDED else []
    try:
        frame = zen.run(*words, *overrides, "--yes")
    except ZenProError as error:
        return error
    return set(frame["outcome"]) if "outcome" in frame else {"done"}


@pytest.mark.parametrize(("organization", "seed"), SEEDS, indirect=["organization"])
def test_each_level_of_undo_is_exact(organization: Connection, seed: int, requests: Requests, tmp_path: Path) -> None:
    zen, drawn = organization, Organization(organization, random.Random(seed), tmp_path)
    for _ in range(COMMANDS):
        line = drawn.command()
        before, entries = state_of(zen), len(journal())
        outcome_of(zen, line)
        after = state_of(zen)
        if len(journal()) == entries:
            assert after == before, line  # for example two teams with the same name: nothing was sent
            continue
        for level in range(LEVELS):
            sent = len(requests.writes())
            answer = outcome_of(zen, ["undo", *([journal()[-1]["command_id"]] if level else [])])
            if isinstance(answer, ZenProError):
                blocked = isinstance(answer, BlockedError)
                # A command that changed nothing leaves nothing to undo; anything else names the rows that it blocks.
                assert blocked or (before == after and "changed nothing" in str(answer)), (line, answer)
                assert len(requests.writes()) == sent, line
                break
            assert answer <= {"done", "already"}, (line, answer)
            assert state_of(zen) == (after if level % 2 else before), (line, level + 1)
