"""Unlikely lines: one clean error or a result, never a traceback, and no unwanted write.

A seeded sample runs by default; `ZENPRO_FUZZ=100000` tries that many lines.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from tests.shell.conftest import Shell
from tests.support.proxy import ForwardingHandler, Reply, serving
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import RequirementsError, ZenProError

LINES = int(os.environ.get("ZENPRO_FUZZ", "1000"))
KEY = "ZENPROKEY_fuzz0123456789"
SERVERS = {"demo", "sandbox"}  # commands that would start a process
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
    """A server on loopback that sends the given responses, and counts the writes."""

    def __init__(self) -> None:
        self.url = ""
        self.writes = 0
        self.reply: Any = lambda: Reply(404, [("Content-Type", "application/json")], b'{"detail": "There is nothing"}')

    def handler(self) -> type[ForwardingHandler]:
        """Return the request handler."""
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


def _require_clean(error: ZenProError, line: str) -> None:
    """One line without a secret; below it only a missing notebook value, or the position in a query."""
    shown = error._render_traceback_()
    assert len(shown) == 1 or isinstance(error, RequirementsError) or error.excerpt, line
    assert KEY not in "\n".join(shown)


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
            _require_clean(error, line)
        except BaseException as error:
            raise AssertionError(f"line {number}: {line!r} ends in {type(error).__name__}: {error}") from error
        if {"--dry-run", "--help"} & set(line.split()):
            assert answering.writes == before, f"line {number}: {line!r} was sent"
        if number % 500 == 0:
            capsys.readouterr()
