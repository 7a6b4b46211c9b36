"""Lines that nobody would type, and answers that no server should give: one clean error or a result, never a traceback.

A seeded sample runs by default; `ZENPRO_FUZZ=100000` tries that many lines, and a fifth as many answers.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import pytest

import zenpro_nb
from tests.shell.conftest import Shell
from tests.support.proxy import ForwardingHandler, Reply, serving
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import ZenProError
from zenpro_nb.faces.connection import Connection

LINES = int(os.environ.get("ZENPRO_FUZZ", "1500"))
REPLIES = LINES // 5
KEY = "ZENPROKEY_fuzz0123456789"
SERVERS = {"demo", "sandbox"}  # what would start a process of its own
VALUES = [
    "ada@example.com", "acme", "ml-prod", "0", "-1", "1e9", "", "''", '"', "'", "$x", "${x}", "{x}", "{1/0}", "{",
    "}", "$", "$nobody", "--", "-", "=", "a=b", "--columns=", "x.csv", "nowhere/x.parquet",
    "{df.email}", "\\", "#", ";", "|",
    ">", "ü", "\x1b]0;x\x07", "\u202e", "\u200b", "9" * 400, "None", "[]", "%", "!", "all", "oneof:", "gte:", "in:,",
    "today", "-7d", "pandas", "id", "00000000-0000-0000-0000-000000000000",
]  # fmt: skip


def _words(command: click.Command = tree) -> Iterator[str]:
    for param in command.params:
        yield from (*param.opts, *param.secondary_opts)
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            if name != "form":
                yield name
                yield from _words(child)


def _line(chance: random.Random, commands: list[str], words: list[str]) -> str:
    start = [chance.choice(commands)] if chance.random() < 0.9 else []
    more = [chance.choice(words if chance.random() < 0.5 else VALUES) for _ in range(chance.randrange(7))]
    if chance.random() < 0.4:
        more.insert(chance.randrange(len(more) + 1), chance.choice(("--dry-run", "--help")))
    line = " ".join([*start, *more])
    if chance.random() < 0.2 and line:
        at = chance.randrange(len(line))
        line = line[:at] + chance.choice(VALUES) + line[at + chance.randrange(3) :]
    return line.replace("\n", " ")


class Answering:
    """A server on loopback that answers what it is told to, and counts the writes."""

    def __init__(self) -> None:
        self.url = ""
        self.writes = 0
        self.reply: Any = lambda: Reply(404, [("Content-Type", "application/json")], b'{"detail": "There is nothing"}')

    def handler(self) -> type[ForwardingHandler]:
        """Return the handler of its requests."""
        own = self
        token = b'{"access_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "token_type": "bearer", "expires_in": 3600}'

        class Handler(ForwardingHandler):
            def forward(self) -> None:
                self.body()
                if self.path.endswith("/login"):
                    self.pass_on(Reply(200, [("Content-Type", "application/json")], token))
                    return
                own.writes += self.command != "GET"
                self.pass_on(own.reply())

        return Handler


@pytest.fixture
def answering() -> Iterator[Answering]:
    server = Answering()
    with serving(server.handler()) as server.url:
        yield server


def test_no_line_ends_in_a_traceback(
    answering: Answering,
    bare_shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("ZENPRO_STATE_DIR", "ZENPRO_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / "own"))
    monkeypatch.setenv("ZENML_PRO_API_URL", answering.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", KEY)
    bare_shell.run("x = 'ada@example.com'")
    commands, words = sorted(set(tree.commands) - SERVERS - {"form"}), sorted(set(_words()))
    chance = random.Random(17)
    for number in range(LINES):
        line = _line(chance, commands, words)
        if SERVERS & set(re.split(r"\W+", line)):
            continue
        before = answering.writes
        try:
            bare_shell.ip.run_line_magic("zenpro", line)
        except ZenProError as error:
            (shown,) = error._render_traceback_()
            assert KEY not in shown
        except BaseException as error:
            raise AssertionError(f"line {number}: {line!r} ends in {type(error).__name__}: {error}") from error
        if {"--dry-run", "--help"} & set(line.split()):
            assert answering.writes == before, f"line {number}: {line!r} was sent"
        if number % 500 == 0:
            capsys.readouterr()


class Instant:
    """A clock that never waits."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, cancel: Any = None) -> None:
        """Come back at once."""

    def random(self) -> float:
        return 0.5


def _value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(10 if depth < 4 else 7)
    if kind < 7:
        return chance.choice(
            [None, True, 0, -1, 10**30, 1.5, "", "x", "\ud800", "\x00", "2026-01-01", "x" * 3000, "\u202e", "=1+1"]
        )
    if kind == 7:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    names = [
        "id",
        "name",
        "email",
        "username",
        "user",
        "team",
        "role",
        "roles",
        "organization",
        "created",
        "status",
        "detail",
        "items",
        "zenml_service",
    ]
    return {chance.choice(names): _value(chance, depth + 1) for _ in range(chance.randrange(6))}


def _reply(chance: random.Random) -> Reply:
    status = chance.choice([200] * 8 + [201, 204, 301, 307, 400, 401, 402, 403, 404, 409, 422, 429, 500, 502, 504])
    records = [
        _value(chance, 1) if chance.random() < 0.3 else {"id": str(n), "name": _value(chance, 2)}
        for n in range(chance.randrange(5))
    ]
    body = json.dumps(records if chance.random() < 0.7 else _value(chance)).encode("utf-8", "surrogatepass")
    if chance.random() < 0.25:
        at = chance.randrange(len(body) + 1)
        body = chance.choice(
            [
                body[:at],
                body[:at] + bytes([chance.randrange(256)]) + body[at:],
                b"[" * 3000,
                b"\xff\xfe",
                b"<html>",
                b"NaN",
            ]
        )
    headers = [("Content-Type", chance.choice(["application/json", "text/html", "text/plain", ""]))]
    if chance.random() < 0.1:
        headers.append(("Retry-After", chance.choice(["0", "x", "-1", "9" * 30, "Wed, 21 Oct 2015 07:28:00 GMT"])))
    return Reply(status, headers, b"" if status == 204 else body)


LISTS = [
    "users",
    "workspaces",
    "members",
    "teams",
    "roles",
    "assignments",
    "invitations",
    "service-accounts",
    "api-keys",
    "me",
    "permissions",
]


@pytest.fixture
def zen(answering: Answering) -> Iterator[Connection]:
    with zenpro_nb.connect(
        url=answering.url, api_key=KEY, organization="00000000-0000-0000-0000-000000000001"
    ) as connection:
        connection._session.clock = Instant()
        yield connection


def test_no_answer_ends_in_a_traceback(answering: Answering, zen: Connection) -> None:
    chance = random.Random(23)
    answering.reply = lambda: _reply(chance)
    for number in range(REPLIES):
        words = [
            chance.choice(LISTS),
            *chance.choice([[], ["--raw"], ["--limit", "2"], ["--sort", "id"], ["--as", "records"]]),
        ]
        with suppress(ZenProError):
            try:
                zen.run(*words)
            except ZenProError:
                raise
            except BaseException as error:
                raise AssertionError(f"answer {number}, {words}: {type(error).__name__}: {error}") from error
