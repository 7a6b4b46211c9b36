"""Responses that no server should send: every command returns a result or one clean error, never a traceback.

A seeded sample runs by default; `ZENPRO_FUZZ=100000` tries a fifth as many responses of each kind.
"""

from __future__ import annotations

import os
import random
import traceback
import uuid
from collections.abc import Callable, Iterator
from itertools import count

import pytest

import zenpro_nb
from tests.commands.cases import CASES, words
from tests.support.corrupting import Corruptor, corrupting
from tests.support.sandbox import SandboxProcess
from tests.support.workspace_lists import SHOWN, noun_of
from zenpro_nb.client import SYSTEM
from zenpro_nb.errors import ZenProError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources import CONTROL_PLANE, RESOURCES

ANSWERS = int(os.environ.get("ZENPRO_FUZZ", "200")) // 5
RENEWED = 25  # number of commands before a new session starts, because signing in should meet odd responses too
INSIDE = ("--workspace", "ml-prod", "--project", "churn")
OPTIONS: list[list[str]] = [[], [], ["--raw"], ["--limit", "2"], ["--sort", "id"], ["--as", "records"]]

Lines = list[list[str]]


def first(zen: Connection, *line: str) -> str:
    """Return the name of the first object that this command lists."""
    frame = zen.run(*line)
    label = RESOURCES[line[0]].label
    return str(frame[label if label in frame else "name"].iloc[0])  # an account of a workspace has a name


def reads(zen: Connection) -> Lines:
    """Return commands that read the control plane: every list, and every single object."""
    nouns = [item.noun for item in CONTROL_PLANE if item.path and not item.parent and item.noun in RESOURCES]
    team, account = first(zen, "teams"), first(zen, "service-accounts")
    return [
        *([noun, *options] for noun in nouns for options in OPTIONS),
        ["users", "get", "ada@example.com"],
        ["organizations", "get", "acme"],
        ["organizations", "trial"],
        ["organizations", "entitlement"],
        ["organizations", "validate", "new-one"],
        ["workspaces", "get", "ml-prod"],
        ["workspaces", "members", "ml-prod"],
        ["workspaces", "validate", "new-one"],
        ["workspaces", "wait", "ml-prod", "--timeout", "0"],
        ["teams", "get", team],
        ["teams", "members", team],
        ["roles", "get", "Organization Admin"],
        ["assignments", "--role", "Organization Admin"],
        ["service-accounts", "get", account],
        ["api-keys", "--service-account", account],
        ["permissions", "check", "ml-prod"],
        ["invitations", "mine"],
        ["use", "organization", "acme"],
        ["use", "workspace", "ml-prod"],
        ["api", "GET", "/users"],
        ["api", "GET", "/users/me"],
        ["doctor"],
        [],
    ]


def writes(zen: Connection) -> Lines:
    """Return a line for every write command, after everything it requires has been created."""
    cases = [words(command, zen, "t-" + uuid.uuid4().hex[:10]) for command in sorted(CASES)]
    return [[*line, "--yes"] for line in [*cases, ["invitations", "accept"]]]


def reads_inside(zen: Connection) -> Lines:
    """Return commands that read inside workspaces: every list, single objects, and the graph of a run."""
    run = first(zen, "runs", *INSIDE)
    scope = {True: INSIDE, False: INSIDE[:2]}
    lists = [listing for listing in SHOWN if "{" not in listing.path]
    return [
        *([noun_of(listing), *scope[listing.scoped], *options] for listing in lists for options in OPTIONS),
        *([noun_of(listing), *scope[listing.scoped], "--hydrate"] for listing in lists),
        *([noun_of(listing), "get", str(uuid.UUID(int=1)), *INSIDE[:2]] for listing in lists if listing.detail),
        ["runs", "get", run, *INSIDE],
        ["runs", "--workspace", "all", "--project", "all"],
        ["stacks", "get", first(zen, "stacks", *INSIDE[:2]), *INSIDE[:2]],
        ["logs", run, *INSIDE],
        ["dag", run, *INSIDE],
        ["info", *INSIDE[:2]],
        ["statistics", "--workspace", "all"],
    ]


def writes_inside(zen: Connection) -> Lines:
    """Return lines that write inside a workspace."""
    run, account = first(zen, "runs", *INSIDE), first(zen, "service-accounts", *INSIDE[:2])
    key = ["--service-account", account, *INSIDE[:2]]
    to = ["--to", "env:ZENPRO_TEST_FUZZED"]
    lines = [
        ["runs", "stop", run, *INSIDE],
        ["runs", "delete", run, *INSIDE],
        ["runs", "delete", "--status", "failed", *INSIDE],
        ["snapshots", "run", first(zen, "snapshots", *INSIDE), *INSIDE],
        ["service-accounts", "create", "new-one", *INSIDE[:2]],
        ["service-accounts", "activate", account, *INSIDE[:2]],
        ["service-accounts", "delete", account, *INSIDE[:2]],
        ["api-keys", "create", "new-one", *key, *to],
        ["api-keys", "rotate", "some", *key, *to],
        ["api-keys", "delete", "some", *key],
    ]
    return [[*line, "--yes"] for line in lines]


@pytest.fixture(autouse=True)
def requests() -> None:
    """Any route may be asked here: `doctor` reads the server's own description."""


@pytest.fixture(scope="module")
def corruptor(plane: SandboxProcess) -> Iterator[Corruptor]:
    with corrupting(plane.url) as proxy:
        yield proxy


@pytest.fixture
def new_session(
    corruptor: Corruptor, plane: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Connection]:
    """Opens a session with the server through the proxy, without waiting between two tries."""
    monkeypatch.setattr(SYSTEM, "sleep", lambda seconds, cancel=None: None)
    return lambda: zenpro_nb.connect(url=corruptor.url, api_key=plane.key, organization="acme")


@pytest.mark.timeout(0 if ANSWERS > 1000 else 300)
@pytest.mark.parametrize("lines", [reads, writes, reads_inside, writes_inside])
def test_no_response_causes_a_traceback(
    lines: Callable[[Connection], Lines], zen: Connection, corruptor: Corruptor, new_session: Callable[[], Connection]
) -> None:
    chosen, chance = lines(zen), random.Random(23)
    far, end = new_session(), corruptor.corrupted + ANSWERS
    mistakes: dict[str, object] = {}
    for number in count():
        if corruptor.corrupted >= end:
            break
        if number % RENEWED == 0:
            corruptor.seed = None
            far.close()
            far = new_session()
        corruptor.seed = f"{lines.__name__} {number}"
        line = chance.choice(chosen)
        try:
            far.run(*line)
        except ZenProError:
            continue
        except BaseException as error:
            *_, last = traceback.extract_tb(error.__traceback__)
            mistakes.setdefault(f"{type(error).__name__}, {last.filename}:{last.lineno}", (corruptor.seed, line))
    far.close()
    assert mistakes == {}  # by where they were raised: the seed and the command that showed it first
