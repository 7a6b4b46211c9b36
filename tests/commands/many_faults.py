"""Count what commands with many writes report while they meet faults, and what is wrong in it."""

from __future__ import annotations

import json
import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import zenpro_nb
from tests.support.pressing import press_ctrl_c
from tests.support.proxy import ForwardingHandler, serving
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import Client
from zenpro_nb.errors import PartlyDoneError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import STARTED, Journal

FAULTS = int(os.environ.get("ZENPRO_FAULTS", "15"))
AT_ONCE = 8
REQUEST_SHARE = 0.02  # of the writes that never arrive: a command with one kind of write then stops
THERE, ABSENT = {"done", "already"}, {"not done", "not sent", "refused"}


@dataclass
class Command:
    """A command line, the names of its objects, and a function that lists those that exist, or are gone.

    Attributes:
        name_of: returns the name of the object of a row of the result, or of an entry of the journal.
    """

    words: list[str]
    names: list[str]
    existing: Callable[[], list[str]]
    name_of: Callable[[dict[str, Any]], str] = lambda row: str(row["target"]).split()[0]


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
        """Compare the reported states with the objects that exist; after a removal, with those that are gone."""
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

    def errors(self) -> dict[str, list[str]]:
        """Show the figures, and return what is wrong, by its kind."""
        print(f"{self.faults} faults; {sum(self.states.values())} writes: {dict(self.states)}")
        errors = {"false": self.false, "doubled": self.doubled, "unpaired": self.unpaired}
        return {kind: found for kind, found in errors.items() if found}


def outcomes(zen: Connection, command: Command) -> dict[str, str]:
    """Run the command, and return the state of each write by the name of its object."""
    try:
        frame: Any = zen.run(*command.words)
    except PartlyDoneError as error:
        frame = error.outcomes
    return {command.name_of(row): str(row["outcome"]) for row in frame.to_dict("records")}


@dataclass
class Loser:
    """A proxy that loses responses to writes, and counts the writes that arrive."""

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
                if write and loser.armed:
                    loser.arrived[self.command, self.path, body] += 1
            if fate:
                self.close_connection = True
                return
            self.pass_on(reply)

    with serving(Handler) as loser.url:
        yield loser


def lose_responses(plane: SandboxProcess, zen: Connection, commands: Iterable[Command], share: int) -> Tally:
    """Run the commands until so many responses were lost, and return what happened."""
    tally = Tally()
    with losing(plane.url) as loser, zenpro_nb.connect(url=loser.url, api_key=plane.key, organization="acme") as far:
        for command in commands:
            if loser.lost >= share:
                break
            tally.lines()
            loser.armed = True
            states = outcomes(far, command)
            loser.armed = False
            _judge(tally, states, command, zen)
    tally.faults = loser.lost
    tally.doubled += [str(write) for write, count in loser.arrived.items() if count > 1]
    return tally


def interrupt(zen: Connection, commands: Iterable[Command], share: int, writes: int) -> Tally:
    """Press Ctrl-C before or after one of the writes of each command, so many times, and return what happened."""
    tally, chosen = Tally(), random.Random(25)
    perform, lock = Client._perform, threading.Lock()
    for command in commands:
        if tally.faults >= share:
            break
        tally.lines()
        places, wanted, after = iter(range(writes)), chosen.randrange(writes), tally.faults % 4 > 1

        def pressing(client: Client, call: Any, places: Any = places, wanted: int = wanted, after: bool = after) -> Any:
            with lock:
                mine = not call.safe and next(places, None) == wanted
            if mine and not after:
                press_ctrl_c()
            reply = perform(client, call)
            if mine and after:
                press_ctrl_c()
            return reply

        with mock.patch.object(Client, "_perform", pressing):
            states = outcomes(zen, command)
        tally.faults += 1
        _judge(tally, states, command, zen)
    return tally


def _judge(tally: Tally, states: dict[str, str], command: Command, zen: Connection) -> None:
    assert set(states) == set(command.names)
    tally.judge(states, command.existing())
    tally.pairs()
    tally.complete(command, zen)
