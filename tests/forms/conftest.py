"""Forms against a sandbox over HTTP, without a browser: the tests set values and press buttons."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest
from msgspec.structs import replace

from tests.support.cutting import Cutter, cutting
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.tool.form import write_commands
from zenpro_nb.commands.tree import tree
from zenpro_nb.forms.background import Work
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.opening import new_form
from zenpro_nb.forms.presentation import NO_PSEUDONYMS, Presentation
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session
from zenpro_nb.ui.protocol import TerminalUI


class ByHand:
    """A background without threads: immediate work runs at once, delayed work when the test triggers it."""

    def __init__(self) -> None:
        self.waiting: dict[str, Work] = {}
        self.pauses = 0
        self.closed = False
        self.backlog: list[Work] | None = None

    def soon(self, work: Work) -> None:
        if self.backlog is not None:
            self.backlog.append(work)
        else:
            work()

    def later(self, key: str, seconds: float, work: Work) -> None:
        self.waiting[key] = work

    def pause(self, seconds: float) -> bool:
        self.pauses += 1
        return self.closed

    def close(self) -> None:
        self.closed = True
        self.waiting.clear()

    def settle(self) -> None:
        """Run the delayed work, as after a pause in typing."""
        while self.waiting:
            self.waiting.pop(next(iter(self.waiting)))()

    def due(self, key: str) -> Work:
        """Return the delayed work with this key, like a timer that has fired but not started."""
        return self.waiting.pop(key)

    def hold(self) -> None:
        """Hold immediate work too, as if the server were slow."""
        self.backlog = []

    def release(self) -> None:
        """Run the backlog."""
        backlog, self.backlog = self.backlog or [], None
        for work in backlog:
            work()


class Notebook(TerminalUI):
    """A UI with variables."""

    name = "%zenpro"
    has_variables = True

    def __init__(self) -> None:
        self.variables: dict[str, object] = {}

    def assign(self, name: str, value: object) -> None:
        self.variables[name] = value


@pytest.fixture(scope="session")
def plane(small_sandbox: SandboxProcess) -> SandboxProcess:
    """The sandbox that the tests of forms share."""
    return small_sandbox


@pytest.fixture
def by_hand() -> ByHand:
    return ByHand()


@pytest.fixture
def ctx(plane: SandboxProcess) -> Iterator[CommandContext]:
    """The session and the UI of a cell, for a superuser in the organization acme."""
    session = Session(environ={})
    session.use(Settings(url=plane.url, credential=ApiKey(plane.key), source="the test", organization="acme"))
    yield CommandContext(session, Notebook())
    session.close()


@pytest.fixture
def proxy(plane: SandboxProcess, ctx: CommandContext) -> Iterator[Cutter]:
    """A proxy between the cell and the sandbox. Its `wanted` receives every request."""
    with cutting(plane.url) as cutter:
        ctx.session.use(replace(ctx.session.settings, url=cutter.url))
        yield cutter


Opener = Callable[..., Form]


@pytest.fixture
def open_form(ctx: CommandContext, by_hand: ByHand) -> Iterator[Opener]:
    """``open_form("roles assign", role="Workspace Developer")``"""
    forms: list[Form] = []

    def open_form_of(words: str, presentation: Presentation = NO_PSEUDONYMS, **arguments: Any) -> Form:
        form = new_form(ctx, command(words), words.split(), arguments, by_hand, presentation)
        forms.append(form)
        form.open()
        by_hand.settle()
        return form

    yield open_form_of
    for form in forms:
        form.close()


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return "t-" + uuid.uuid4().hex[:10]


def command(words: str) -> WriteCommand:
    """The command that these words lead to."""
    found: click.Command = tree
    for word in words.split():
        assert isinstance(found, click.Group)
        found = found.commands[word]
    assert isinstance(found, WriteCommand)
    return found


def write_words() -> list[str]:
    """The words of every command that has a form."""
    return [" ".join(words) for words, _ in write_commands(tree)]


def run(ctx: CommandContext, line: str) -> Any:
    """Run one command like a cell."""
    from zenpro_nb.framework.cli.run import run as run_words
    from zenpro_nb.syntax import line as lines

    values = ctx.values
    return run_words(tree, lines.expand(lines.split(line.removeprefix("%zenpro ")), {}, values), ctx)
