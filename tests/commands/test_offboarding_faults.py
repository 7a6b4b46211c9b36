"""Offboarding meets faults while eight writes are in progress: no step is reported wrongly, sent twice, or unrecorded.

Each test offboards three people at a time until it has met its share of the faults: a few in the default run; 150 lost
responses, 15 kills and 15 interrupts with `--all`, or ten times and once `ZENPRO_FAULTS`. The nightly
workflow takes 100.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.commands.conftest import PASSWORD
from tests.commands.many_faults import AT_ONCE, FAULTS, Command, Tally, interrupt, lose_responses
from tests.commands.remaining import organization_id, raw
from tests.support.killed import STEPS, run_and_kill
from tests.support.sandbox import SandboxProcess
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

PEOPLE = 3
# The steps of each person, by the method and the end of the route.
STEP_NAMES = {
    ("PATCH", "users"): "deactivate",
    ("DELETE", "teams"): "remove",
    ("DELETE", "roles"): "revoke",
    ("DELETE", "organizations"): "leave",
}
WRITES = PEOPLE * len(STEP_NAMES)


class Leavers:
    """People of one team, with a role in a workspace and one in the organization; `gone` returns what they lost."""

    def __init__(self, zen: Connection, key: str) -> None:
        self._zen = zen
        acme = organization_id(zen)
        roles = {role["name"]: str(role["id"]) for role in raw(zen, f"/organizations/{acme}/roles")}
        self._workspace = str(raw(zen, "/workspaces", organization_id=acme)[0]["id"])
        self._roles = roles["Workspace Viewer"], roles["Organization Member"]
        self._team = str(self._sent("/teams", json={"name": key, "organization_id": acme})["id"])
        self.emails = [f"{key}-{number}@x.io" for number in range(PEOPLE)]
        for email in self.emails:
            user = str(self._sent("/users", params={"username": email, "password": PASSWORD})["id"])
            self._sent(f"/teams/{self._team}/members", params={"user_id": user})
            in_workspace = {"user_id": user, "workspace_id": self._workspace}
            self._sent(f"/roles/{self._roles[0]}/assignments", params=in_workspace)
            self._sent(f"/roles/{self._roles[1]}/assignments", params={"user_id": user})

    def _sent(self, path: str, **options: Any) -> Any:
        return self._zen.client.request("POST", path, **options).json()

    def command(self) -> Command:
        """Return the command that offboards them."""
        names = [f"{email} {step}" for email in self.emails for step in STEP_NAMES.values()]
        return Command(["users", "offboard", *self.emails, "--yes"], names, self.gone, self.name_of)

    def name_of(self, row: dict[str, Any]) -> str:
        """Return the person and the step of a row of the result, or of an entry of the journal."""
        email = next(email for email in self.emails if email in str(row["target"]))
        return f"{email} {STEP_NAMES[row['method'], str(row['route']).split('/')[1]]}"

    def gone(self) -> list[str]:
        """Return the steps whose effect is there, read with the raw API."""
        active = {email for email in self.emails for user in raw(self._zen, "/users", email=email) if user["is_active"]}
        rows = {"remove": raw(self._zen, f"/teams/{self._team}/members")}
        rows |= {
            step: raw(self._zen, f"/roles/{role}/assignments")
            for step, role in zip(("revoke", "leave"), self._roles, strict=True)
        }
        left = {f"{email} deactivate" for email in active}
        left |= {f"{(row.get('user') or {}).get('email')} {step}" for step in rows for row in rows[step]}
        return [name for name in self.command().names if name not in left]


def commands(zen: Connection, name: str) -> Iterator[Command]:
    for number in range(100_000):
        yield Leavers(zen, f"{name}-{number}").command()


@pytest.mark.parametrize("share", [8, pytest.param(10 * FAULTS, marks=pytest.mark.slow)])
def test_lost_responses(share: int, plane: SandboxProcess, zen: Connection, name: str) -> None:
    assert lose_responses(plane, zen, commands(zen, name), share).errors() == {}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("share", [1, pytest.param(FAULTS, marks=pytest.mark.slow)])
def test_kills(share: int, plane: SandboxProcess, zen: Connection, name: str) -> None:
    tally, chosen = Tally(), random.Random(25)
    for command in commands(zen, name):
        if tally.faults >= share:
            break
        tally.lines()
        step = STEPS[(3 + tally.faults) % len(STEPS)]
        run_and_kill(plane, step, chosen.randint(1, WRITES), command.words)
        tally.faults += 1
        begun, ended = tally.lines()
        ids = {key.split(" ", 1)[0] for key in begun}
        entries = [entry for entry in Journal().entries() if entry["id"] in ids]
        states = {command.name_of(entry): str(entry["outcome"]) for entry in entries}
        gone = command.existing()
        # Each write that was sent is in the journal; without its second line it is unknown, and at most eight are.
        tally.judge({**dict.fromkeys(command.names, "not sent"), **states}, gone)
        tally.unpaired += [key for key in begun | ended if begun[key] != 1 or ended[key] > 1]
        tally.unpaired += [step for step in gone if step not in states]
        assert len(begun) - len(ended) <= AT_ONCE
        assert list(states.values()).count("unknown") == len(begun) - len(ended)
        tally.complete(command, zen)
    assert tally.errors() == {}


@pytest.mark.parametrize("share", [1, pytest.param(FAULTS, marks=pytest.mark.slow)])
def test_interrupts(share: int, zen: Connection, name: str) -> None:
    assert interrupt(zen, commands(zen, name), share, WRITES).errors() == {}
