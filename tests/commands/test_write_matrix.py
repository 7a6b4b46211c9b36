"""Every kind of write under every fault and every kind of check: nothing is reported as done that is not.

A seeded sample runs by default; `ZENPRO_MATRIX=all` runs all combinations.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import zenpro_nb
from tests.commands.cases import CASES, reviewed_at, words
from tests.commands.conftest import journal
from tests.support.faults import FAULTS, LOOKS, Fault, Spoiler, spoiling
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import Client, Credential
from zenpro_nb.errors import ZenProError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.session.session import Session

ALWAYS = {
    ("devices verify", "503 with Retry-After after")
}  # refused the second time, because the first request succeeded
PATIENCE = 3.0  # seconds, for a server that never responds

# Create an older object with the same name and other fields. Names of organizations and workspaces, and people who are
# invited, are checked first, and nothing is sent if one is taken: see `test_naming` and `test_outcome`.
NAMESAKES: dict[str, Callable[[Connection, str], None]] = {
    "users create": lambda zen, name: zen.run("users", "create", f"{name}@x.io", "--superuser"),
    "teams create": lambda zen, name: zen.run("teams", "create", name, "--description", "older"),
    "roles create": lambda zen, name: zen.run("roles", "create", name, "--level", "workspace"),
    "service-accounts create": lambda zen, name: zen.run("service-accounts", "create", name),
    "api-keys create": lambda zen, name: zen.run("api-keys", "create", name, "--to", "env:ZENPRO_TEST_OLDER"),
}


def _scenarios() -> list[tuple[str, Fault, str]]:
    every = [
        (command, fault, look)
        for command, fault, look in itertools.product(sorted(CASES), FAULTS, LOOKS)
        if look != "shows an older namesake" or command in NAMESAKES
    ]
    if os.environ.get("ZENPRO_MATRIX") == "all":
        return every
    # One of each command and of each fault, in combinations that the seed mixes, and an older namesake of each kind.
    dice = random.Random(9)
    faults = itertools.cycle(dice.sample(FAULTS, len(FAULTS)))
    chosen = [
        dice.choice([scenario for scenario in every if scenario[:2] == (command, fault)])
        for command, fault in zip(dice.sample(sorted(CASES), len(CASES)), faults, strict=False)
    ]
    met = {fault.name for _, fault, _ in chosen}
    chosen += [
        dice.choice([scenario for scenario in every if scenario[1] is fault])
        for fault in FAULTS
        if fault.name not in met
    ]
    chosen += [(command, next(faults), "shows an older namesake") for command in NAMESAKES]
    chosen += [scenario for scenario in every if (scenario[0], scenario[1].name) in ALWAYS]
    return [scenario for number, scenario in enumerate(chosen) if scenario not in chosen[:number]]


class Instant:
    """A clock that never waits."""

    def __init__(self) -> None:
        self._random = random.Random(1)

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, cancel: Any = None) -> None:
        """Return immediately."""

    def random(self) -> float:
        return self._random.random()


@pytest.fixture(scope="module")
def spoiler(plane: SandboxProcess) -> Iterator[Spoiler]:
    with spoiling(plane.url) as proxy:
        yield proxy


@pytest.fixture
def far(spoiler: Spoiler, plane: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """Connect to the same server through the proxy, with short timeouts and no wait between two tries."""

    def connect(session: Session, url: str, credential: Credential) -> Client:
        return Client(url, credential, clock=Instant(), read_timeout=PATIENCE)

    monkeypatch.setattr(Session, "_connect", connect)
    spoiler.rest()
    with zenpro_nb.connect(url=spoiler.url, api_key=plane.key, organization="acme") as connection:
        connection._session.clock = Instant()
        connection.client.get("/users/me")
        yield connection


@pytest.mark.parametrize(
    ("command", "fault", "look"),
    [
        pytest.param(*scenario, id=f"{scenario[0]}, {scenario[1].name}, the look {scenario[2]}")
        for scenario in _scenarios()
    ],
)
def test_no_outcome_is_reported_wrongly(
    command: str, fault: Fault, look: str, zen: Connection, far: Connection, spoiler: Spoiler, name: str
) -> None:
    line = words(command, zen, name)
    if look == "shows an older namesake":
        NAMESAKES[command](zen, name)
    reviewed_at(far.client.url)
    entries = len(journal())
    spoiler.arm(fault, look)
    with contextlib.suppress(ZenProError):  # the journal must match reality, for any outcome
        far.run(*line, "--yes")
    assert spoiler.spoiled
    (entry,) = journal()[entries:]
    said, executed = entry["outcome"], spoiler.executed
    # A write that the API defers is sent again; updates and deletions are idempotent.
    assert executed <= 1 or entry["method"] != "POST", "it was made twice"
    if said in ("done", "already", "not kept"):
        assert executed >= 1, f"{said}, and it is not: {entry['detail']}"
    # If the API defers a write that it has done, its response counts when no check is possible.
    lies = fault.name == "429 with Retry-After after" and look != "answers"
    if said in ("refused", "not done", "not sent") and not lies:
        assert executed == 0, f"{said}, and it is done: {entry['detail']}"
    if said == "unknown":
        assert "run it again" not in entry["detail"].lower()
