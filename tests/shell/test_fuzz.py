"""Unlikely lines: one clean error or a result, never a traceback, and no unwanted write.

A seeded sample runs by default; `ZENPRO_FUZZ=100000` tries that many lines, and a fifth as many against a sandbox.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest

from tests.shell.conftest import Shell
from tests.support.proxy import ForwardingHandler, Reply, serving
from tests.support.sandbox import SandboxProcess
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import RequirementsError, ZenProError
from zenpro_nb.framework.writes.write_command import WriteCommand

LINES = int(os.environ.get("ZENPRO_FUZZ", "600"))
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


def _commands(group: click.Group = tree, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its path: `users`, `users impact`."""
    for name, command in group.commands.items():
        if name in SERVERS | {"form"}:
            continue
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


class Lines:
    """Generates command lines: half of their words belong to the command, the others to any."""

    def __init__(self, values: Sequence[str], seed: int) -> None:
        self._chance = random.Random(seed)
        self._values = values
        self._commands = sorted(_commands(), key=lambda pair: pair[0])
        self._words = sorted(set(_words()))

    def line(self) -> tuple[str, bool]:
        """Return a line, and whether it starts with a command that sends a write."""
        chance = self._chance
        path, command = chance.choice(self._commands) if chance.random() < 0.95 else ("", tree)
        more = [word for _ in range(chance.randrange(5)) for word in self._argument(command)]
        is_write = isinstance(command, WriteCommand) or path.split(" ")[0] in ("api", "")
        if is_write or chance.random() < 0.1:
            more.insert(chance.randrange(len(more) + 1), chance.choice(("--dry-run", "--dry-run", "--help")))
        line = " ".join([path, *more])
        if chance.random() < 0.15 and line:
            at = chance.randrange(len(line))
            line = line[:at] + chance.choice(self._values) + line[at + chance.randrange(3) :]
        return line.replace("\n", " "), is_write

    def _argument(self, command: click.Command) -> list[str]:
        chance = self._chance
        options = [param for param in command.params if isinstance(param, click.Option)]
        if options and chance.random() < 0.4:
            option = chance.choice(options)
            name = chance.choice([*option.opts, *option.secondary_opts])
            return [name] if option.is_flag else [name, chance.choice(self._values)]
        return [chance.choice(self._words if chance.random() < 0.25 else self._values)]


class Answering:
    """A server on loopback that sends the given responses, and counts the writes."""

    def __init__(self) -> None:
        self.url = ""
        self.writes = 0
        self.reply: Any = lambda: Reply(404, [("Content-Type", "application/json")], b'{"detail": "There is nothing"}')

    def handler(self, upstream: str = "") -> type[ForwardingHandler]:
        """Return the request handler; with an upstream, it forwards everything to that server."""
        own = self
        token = b'{"access_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "token_type": "bearer", "expires_in": 3600}'

        class Handler(ForwardingHandler):
            def forward(self) -> None:
                body = self.body()
                if upstream:
                    own.writes += self.command != "GET" and not self.path.startswith("/auth/")
                    self.pass_on(self.ask(upstream, body))
                    return
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


def _sends_nothing(line: str) -> bool:
    """Return whether the line has `--dry-run` or `--help`, outside quotes and comments, and before `--`."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # an open quote, which zenpro refuses
        words = line.split()
    return bool({"--dry-run", "--help"} & set(itertools.takewhile(lambda word: word != "--", words)))


def _run(shell: Shell, line: str, number: int) -> None:
    """Run a line, which must have a result or end in one clean error."""
    try:
        shell.ip.run_line_magic("zenpro", line)
    except ZenProError as error:
        _require_clean(error, line)
    except BaseException as error:
        raise AssertionError(f"line {number}: {line!r} ends in {type(error).__name__}: {error}") from error


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for everything that lines write."""
    monkeypatch.chdir(tmp_path)
    for variable in ("ZENPRO_STATE_DIR", "ZENPRO_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / "own"))
    return tmp_path


def test_every_command_can_be_in_a_line() -> None:
    paths = {path for path, _ in _commands()}
    assert {"usage", "users impact", "projects create", "schedules pause", "triggers pause"} <= paths
    assert {"pseudonyms", "roles assign", "notebooks clean", "undo", "apply"} <= paths


def test_no_line_ends_in_a_traceback(
    answering: Answering,
    bare_shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    own_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", answering.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", KEY)
    bare_shell.run("x = 'ada@example.com'")
    lines = Lines(VALUES, seed=17)
    for number in range(LINES):
        line, is_write = lines.line()
        if SERVERS & set(re.split(r"\W+", line)):
            continue
        before = answering.writes
        _run(bare_shell, line, number)
        if not is_write or _sends_nothing(line):
            assert answering.writes == before, f"line {number}: {line!r} was sent"
        if number % 500 == 0:
            capsys.readouterr()


def test_no_line_with_dry_run_writes_to_a_real_organization(
    small_sandbox: SandboxProcess,
    bare_shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    own_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Here the names exist, so the lines reach the point at which they would be sent."""
    forwarding = Answering()
    with serving(forwarding.handler(small_sandbox.url)) as url:
        monkeypatch.setenv("ZENML_PRO_API_URL", url)
        monkeypatch.setenv("ZENML_PRO_API_KEY", small_sandbox.key)
        monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
        bare_shell.run("x = 'ada@example.com'")
        people = bare_shell.run("%zenpro members --limit 6").email.tolist()
        teams = [f"'{name}'" for name in bare_shell.run("%zenpro teams --limit 4").name]
        roles = ["'Workspace Developer'", "'Organization Viewer'", "Viewer"]
        places = ["ml-prod", "ml-prod", "ml-staging", "acme", "'Workspace Developer@ml-prod'", "7d", "3", "$x"]
        lines = Lines([*people, *teams, *roles, *places, *VALUES[::3]], seed=18)
        for number in range(LINES // 5):
            line, is_write = lines.line()
            if SERVERS & set(re.split(r"\W+", line)) or (is_write and not _sends_nothing(line)):
                continue
            before = forwarding.writes
            _run(bare_shell, line, number)
            assert forwarding.writes == before, f"line {number}: {line!r} was sent"
            if number % 100 == 0:
                capsys.readouterr()
    # Writes inside workspaces are sent to other servers, but every write is in the journal before it is sent.
    assert bare_shell.run("%zenpro journal").empty
