"""Commands with many writes at a time meet many faults: nothing is reported wrongly, sent twice, or left unrecorded.

Each test runs commands of sixteen writes, eight at a time, until it has met its share of the faults:
400 lost responses, 40 kills and 40 interrupts, or ten times and once `ZENPRO_FAULTS`.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

import zenpro_nb
from tests.support.killed import STEPS, killed
from tests.support.pressing import press_ctrl_c
from tests.support.proxy import ForwardingHandler, serving
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import Client
from zenpro_nb.errors import PartlyDoneError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import STARTED, Journal

FAULTS = int(os.environ.get("ZENPRO_FAULTS", "40"))
WRITES, AT_ONCE = 16, 8
REQUEST_SHARE = 0.02  # of the writes that never arrive: the command then stops
THERE, ABSENT = {"done", "already"}, {"not done", "not sent", "refused"}


@dataclass
class Command:
    """A command line, the names of its objects, and a function that lists those that exist."""

    words: list[str]
    names: list[str]
    existing: Callable[[], list[str]]


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


@dataclass
class Tally:
    """What a test met, and what it found wrong."""

    faults: int = 0
    states: Counter[str] = field(default_factory=Counter)
    false: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unpaired: list[str] = field(default_factory=list)
    _read: int = 0  # lines of the journal that were judged before

    def lines(self) -> tuple[Counter[str], Counter[str]]:
        """Return how often each write of the newest lines of the journal began and ended, by its target."""
        begun: Counter[str] = Counter()
        ended: Counter[str] = Counter()
        lines = Journal().path.read_text().splitlines() if Journal().path.exists() else []
        for line in lines[self._read :]:
            try:
                entry = json.loads(line)
            except ValueError:  # cut short by a kill
                continue
            (begun if entry["outcome"] == STARTED else ended)[f"{entry['id']} {entry['target']}"] += 1
        self._read = len(lines)
        return begun, ended

    def judge(self, states: dict[str, str], existing: list[str]) -> None:
        """Compare the reported states with the objects that exist."""
        self.states.update(states.values())
        there = Counter(existing)
        self.doubled += [name for name, count in there.items() if count > 1]
        for name, state in states.items():
            if (state in THERE and name not in there) or (state in ABSENT and name in there):
                self.false.append(f"{name}: {state}")

    def pairs(self) -> None:
        """Check that each write of the newest lines has one line before and one after it."""
        begun, ended = self.lines()
        self.unpaired += [key for key in begun | ended if (begun[key], ended[key]) != (1, 1)]

    def complete(self, command: Command, zen: Connection) -> None:
        """Run the command again: then each object exists once."""
        outcomes(zen, command)
        self.lines()
        existing = command.existing()
        self.doubled += [name for name, count in Counter(existing).items() if count > 1]
        self.false += [f"{name}: missing" for name in command.names if name not in existing]

    def passed(self) -> None:
        """Show the figures, and require that nothing is wrong."""
        print(f"{self.faults} faults; {sum(self.states.values())} writes: {dict(self.states)}")
        assert (self.false, self.doubled, self.unpaired) == ([], [], [])


def outcomes(zen: Connection, command: Command) -> dict[str, str]:
    """Run the command, and return the state of each write by the name of its object."""
    try:
        frame: Any = zen.run(*command.words)
    except PartlyDoneError as error:
        frame = error.outcomes
    return {str(target).split()[0]: str(state) for target, state in zip(frame["target"], frame["outcome"], strict=True)}


@dataclass
class Loser:
    """A proxy that loses responses to writes, and counts the writes that the server carried out."""

    url: str = ""
    armed: bool = False
    lost: int = 0
    arrived: Counter[tuple[str, str, bytes]] = field(default_factory=Counter)
    _random: random.Random = field(default_factory=lambda: random.Random(25))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fate(self) -> str:
        """Return which part of the next write is lost: the request, the response, or nothing."""
        with self._lock:
            draw = self._random.random()
            fate = "request" if draw < REQUEST_SHARE else "response" if draw < 0.5 else ""
            self.lost += bool(self.armed and fate)
            return fate if self.armed else ""


@contextmanager
def losing(upstream: str) -> Iterator[Loser]:
    loser = Loser()

    class Handler(ForwardingHandler):
        def forward(self) -> None:
            body = self.body()
            write = self.command != "GET" and not self.path.startswith("/auth/")
            fate = loser.fate() if write else ""
            if fate != "request":
                reply = self.ask(upstream, body)
                if write and loser.armed and reply.status < 300:
                    loser.arrived[self.command, self.path, body] += 1
            if fate:
                self.close_connection = True
                return
            self.pass_on(reply)

    with serving(Handler) as loser.url:
        yield loser


@pytest.mark.slow
def test_lost_responses_of_concurrent_writes(plane: SandboxProcess, zen: Connection, name: str) -> None:
    tally = Tally()
    with losing(plane.url) as loser, zenpro_nb.connect(url=loser.url, api_key=plane.key, organization="acme") as far:
        for command in commands(zen, name):
            if loser.lost >= 10 * FAULTS:
                break
            tally.lines()
            loser.armed = True
            states = outcomes(far, command)
            loser.armed = False
            assert set(states) == set(command.names)
            tally.judge(states, command.existing())
            tally.pairs()
            tally.complete(command, zen)
    tally.faults = loser.lost
    tally.doubled += [str(write) for write, count in loser.arrived.items() if count > 1]
    tally.passed()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_kills_during_concurrent_writes(plane: SandboxProcess, zen: Connection, name: str) -> None:
    tally, chosen = Tally(), random.Random(25)
    for command in commands(zen, name):
        if tally.faults >= FAULTS:
            break
        tally.lines()
        killed(plane, STEPS[tally.faults % len(STEPS)], chosen.randint(1, WRITES), command.words)
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
    tally.passed()


@pytest.mark.slow
def test_interrupts_during_concurrent_writes(zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tally, chosen = Tally(), random.Random(25)
    perform, lock = Client._perform, threading.Lock()
    for command in commands(zen, name):
        if tally.faults >= FAULTS:
            break
        tally.lines()
        places, wanted, after = iter(range(WRITES)), chosen.randrange(WRITES), tally.faults % 4 > 1

        def pressing(client: Client, call: Any, places: Any = places, wanted: int = wanted, after: bool = after) -> Any:
            with lock:
                mine = not call.safe and next(places, None) == wanted
            if mine and not after:
                press_ctrl_c()
            reply = perform(client, call)
            if mine and after:
                press_ctrl_c()
            return reply

        monkeypatch.setattr(Client, "_perform", pressing)
        states = outcomes(zen, command)
        monkeypatch.setattr(Client, "_perform", perform)
        tally.faults += 1
        assert set(states) == set(command.names)
        tally.judge(states, command.existing())
        tally.pairs()
        tally.complete(command, zen)
    tally.passed()


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
    with pytest.raises(AssertionError):
        tally.passed()
