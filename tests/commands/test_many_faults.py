"""Commands with many writes at a time meet many faults: nothing is reported wrongly, sent twice, or left unrecorded.

Each test runs commands of sixteen writes, eight at a time, until it has met its share of the faults:
150 lost responses, 15 kills and 15 interrupts, or ten times and once `ZENPRO_FAULTS`. The nightly workflow takes 100.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.commands.many_faults import AT_ONCE, FAULTS, Command, Tally, interrupt, lose_responses
from tests.support.killed import STEPS, run_and_kill
from tests.support.sandbox import SandboxProcess
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

WRITES = 16


def commands(zen: Connection, name: str) -> Iterator[Command]:
    """Invite people and add users to a team, in turn; each command has objects of its own."""
    users = [str(email) for email in zen.run("users", "--active", "--limit", str(WRITES))["email"]]
    for number in range(100_000):
        key = f"{name}-{number}"
        emails = [f"{key}-{at}@x.io" for at in range(WRITES)]
        yield Command(
            ["invitations", "create", *emails, "--role", "Organization Member"],
            emails,
            lambda key=key: [item for item in zen.run("invitations")["email"] if item.startswith(f"{key}-")],
        )
        zen.run("teams", "create", key)
        yield Command(
            ["teams", "add", key, *(word for user in users for word in ("--user", user))],
            users,
            lambda key=key: list(zen.run("teams", "members", key)["email"]),
        )


@pytest.mark.slow
def test_lost_responses_of_concurrent_writes(plane: SandboxProcess, zen: Connection, name: str) -> None:
    assert lose_responses(plane, zen, commands(zen, name), 10 * FAULTS).errors() == {}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_kills_during_concurrent_writes(plane: SandboxProcess, zen: Connection, name: str) -> None:
    tally, chosen = Tally(), random.Random(25)
    for command in commands(zen, name):
        if tally.faults >= FAULTS:
            break
        tally.lines()
        run_and_kill(plane, STEPS[tally.faults % len(STEPS)], chosen.randint(1, WRITES), command.words)
        tally.faults += 1
        recorded = {entry["target"].split()[0]: entry["outcome"] for entry in Journal().entries()[-WRITES:]}
        begun, ended = tally.lines()
        mine = {key.split(" ", 1)[1].split()[0] for key in begun}
        states = {target: state for target, state in recorded.items() if target in mine}
        existing = command.existing()
        # Each write that was sent is in the journal; without its second line it is unknown, and at most eight are.
        tally.judge({**dict.fromkeys(command.names, "not sent"), **states}, existing)
        tally.unpaired += [key for key in begun | ended if begun[key] != 1 or ended[key] > 1]
        tally.unpaired += [name for name in existing if name not in mine]
        assert len(begun) - len(ended) <= AT_ONCE
        assert list(states.values()).count("unknown") == len(begun) - len(ended)
        tally.complete(command, zen)
    assert tally.errors() == {}


@pytest.mark.slow
def test_interrupts_during_concurrent_writes(zen: Connection, name: str) -> None:
    assert interrupt(zen, commands(zen, name), FAULTS, WRITES).errors() == {}


def test_the_tally_notices_each_kind_of_error(state: Any) -> None:
    tally = Tally()
    tally.judge({"ada": "done", "alan": "not sent", "grace": "unknown"}, ["alan", "grace", "grace"])
    assert (tally.false, tally.doubled) == (["ada: done", "alan: not sent"], ["grace"])
    Journal().path.parent.mkdir(parents=True, exist_ok=True)
    pairs = ["a begun", "a done", "b begun", "c done", "d begun", "d done", "d done"]
    lines = [{"id": key, "target": "t", "outcome": outcome} for key, outcome in map(str.split, pairs)]
    Journal().path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    tally.pairs()
    assert tally.unpaired == ["b t", "d t", "c t"]
    assert tally.errors() == {
        "false": ["ada: done", "alan: not sent"],
        "doubled": ["grace"],
        "unpaired": ["b t", "d t", "c t"],
    }
