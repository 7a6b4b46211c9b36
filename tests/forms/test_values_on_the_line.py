"""A value in a command is never dropped: it is in the form that opens, or in an error that names its option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
import pandas as pd
import pytest

from tests.forms.conftest import ByHand, command, write_words
from tests.shell.conftest import Shell, shell
from zenpro_nb.commands.tool.form import LEFT_OUT
from zenpro_nb.errors import IncompleteError, UsageError
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.opening import new_form
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.frontends.notebook import Notebook
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.unparse import quoted

__all__ = ["shell"]  # the fixture

SAMPLES = {
    "email": "new@example.com",
    "project": "11111111-1111-4111-8111-111111111111",
    "duration": "2d",
    "destination": "env:ZENPRO_SAMPLE",
    "role@workspace": "Viewer@ml-prod",
    "resource:action,…": "pipeline:read",
    "integer range": "2",
    "float range": "7.5",
    "time": "2026-01-01",
    "file or plan": "access.yaml",
    "FILE|$frame": "rows.csv",
    "check_usage": "30d",
}


class WatchedKernel:
    """The part of a kernel that states whether a user can answer questions."""

    def get_parent(self, channel: str) -> dict[str, Any]:
        return {"content": {"allow_stdin": True}}


@pytest.fixture
def forms(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> list[Form]:
    """The forms that commands open in an interactive notebook. Writes are prepared but never sent."""
    opened: list[Form] = []

    def opens(
        notebook: Notebook, ctx: CommandContext, command: Any, words: Sequence[str], arguments: Mapping[str, Any]
    ) -> Form:
        opened.append(new_form(ctx, command, words, arguments, ByHand()))
        return opened[-1]

    def lacks(command: WriteCommand, ctx: CommandContext, arguments: dict[str, Any]) -> None:
        raise IncompleteError("Something is missing")

    monkeypatch.setattr(shell.ip, "kernel", WatchedKernel(), raising=False)
    monkeypatch.setattr(Notebook, "_open_form", opens)
    monkeypatch.setattr(WriteCommand, "prepare_writes", lacks)
    return opened


def sample(param: click.Parameter) -> list[str]:
    """The words of a command that set the parameter."""
    if isinstance(param, click.Option) and param.is_flag:
        return [param.opts[0]]
    if isinstance(param.type, click.Choice):
        word = str(next(iter(param.type.choices)))
    else:
        word = SAMPLES.get(param.type.name) or SAMPLES.get(param.name or "", f"sample_{param.name}")
    return [word] if isinstance(param, click.Argument) else [param.opts[0], word]


def spell_words(param: click.Parameter, value: Any) -> list[str]:
    """The words of a command for a value."""
    if value is True:
        return [param.opts[0]]
    values = value if isinstance(value, list | tuple) else [value]
    return [str(value) if isinstance(value, BoundValue) else quoted(str(value)) for value in values]


def test_a_form_has_every_value_of_the_line(shell: Shell, forms: list[Form]) -> None:
    missing: list[str] = []
    for words in write_words():
        arguments: list[str] = []
        for param in command(words).params:
            if param.name in LEFT_OUT:
                continue
            given = sample(param)
            if isinstance(param, click.Argument):
                given = arguments = [*arguments, *given]
            line = f"{words} {' '.join(map(quoted, [*given, *getattr(param, 'needs', ())]))}"
            forms.clear()
            shell.run(f"%zenpro {line}")
            (form,) = forms
            value = form.values[str(getattr(param, "argument", param.name))]
            if value in ("", [], None) or not all(word in form.line for word in spell_words(param, value)):
                missing.append(f"{line}: {form.line}")
    assert missing == []


def test_a_line_with_yes_never_opens_a_form(shell: Shell, forms: list[Form]) -> None:
    for words in write_words():
        arguments = [word for param in command(words).params if param.required for word in sample(param)]
        for line in (f"{words} --yes", f"{words} -y {' '.join(arguments)}", f"{words} {' '.join(arguments)} --dry-run"):
            assert isinstance(shell.error(f"%zenpro {line}"), UsageError), line
            assert forms == [], line


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("teams add Platform ada@example.com", "Use `%zenpro teams add Platform --user ada@example.com`."),
        (
            "teams add Platform ada@example.com grace@example.com",
            "Use `%zenpro teams add Platform --user ada@example.com --user grace@example.com`.",
        ),
        (
            "roles assign 'Workspace Viewer' --workspace ml-dev $people",
            "Use `%zenpro roles assign 'Workspace Viewer' --workspace ml-dev --user $people`.",
        ),
        ("roles assign 'Workspace Viewer' Vision", "Use `%zenpro roles assign 'Workspace Viewer' --team Vision`."),
        (
            "roles assign 'Workspace Viewer' Nobody",
            "Put its option before it: --user or --team. Put quotes around a value that contains spaces.",
        ),
        ("roles create Auditor workspace", "Use `%zenpro roles create Auditor --level workspace`."),
        (
            "teams create ML Platform",
            "Put its option before it: --org or --description. Put quotes around a value that contains spaces.",
        ),
        ("invitations create ada@example.com 'Organization Member'", None),
    ],
)
def test_a_value_without_a_place_is_reported_with_its_option(
    shell: Shell, forms: list[Form], line: str, hint: str | None
) -> None:
    shell.ip.user_ns["people"] = ["ada@example.com", "grace@example.com"]
    error = shell.error(f"%zenpro {line}")
    assert isinstance(error, UsageError)
    assert forms == []
    if hint is None:
        assert "'Organization Member' is not an email address" in error.message
    else:
        assert "has no place for" in error.message
        assert error.hint == hint


def test_a_fetched_name_is_recognized(shell: Shell, forms: list[Form]) -> None:
    shell.run("%zenpro teams")
    error = shell.error("%zenpro roles assign 'Workspace Viewer' vision")
    assert isinstance(error, UsageError)
    assert error.hint == "Use `%zenpro roles assign 'Workspace Viewer' --team Vision`."


@pytest.mark.parametrize(
    "emails",
    [
        "{df.email}",
        "a@example.com b@example.com",
        "--emails {df.email}",
        "a@example.com --email b@example.com",
    ],
)
def test_people_are_invited_by_words_of_the_line(shell: Shell, emails: str) -> None:
    shell.ip.user_ns["df"] = pd.DataFrame({"email": ["a@example.com", "b@example.com"]})
    for line in (f"{emails} --role 'Organization Member'", f"--role 'Organization Member' {emails}"):
        frame = shell.run(f"%zenpro invitations create {line} --dry-run")
        assert [item["email"] for item in frame["body"]] == ["a@example.com", "b@example.com"]
