"""Completion with Tab: from memory only."""

from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter

from tests.shell.conftest import Shell
from tests.support.completion import completions
from zenpro_nb.client import Client
from zenpro_nb.limits import COMPLETIONS


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("%zenpro us", "%zenpro users"),
        ("df = %zenpro us", "df = %zenpro users"),
        ("x: int = %zenpro us", "x: int = %zenpro users"),
        ("x = 1\n%zenpro us", "x = 1\n%zenpro users"),
        ("%%zenpro\nus", "%%zenpro\nusers"),
        ("%zenpro users --em", "%zenpro users --email"),
        ("%zenpro users ge", "%zenpro users get"),
        ("%zenpro workspaces --status av", "%zenpro workspaces --status available"),
        ("%zenpro workspaces --status=av", "%zenpro workspaces --status=available"),
        ("%zenpro users --columns email,na", "%zenpro users --columns email,name"),
        ("%zenpro users --sort -na", "%zenpro users --sort -name"),
        ("%zenpro users --as po", "%zenpro users --as polars"),
    ],
)
def test_commands_options_choices_columns(bare_shell: Shell, typed: str, expected: str) -> None:
    assert expected in completions(bare_shell, typed)


def test_fetched_names_and_never_a_request(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completions(shell, "%zenpro users get ad") == []
    shell.run("%zenpro users")
    shell.run("%zenpro roles")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("completion made a request")

    monkeypatch.setattr(Client, "request", refuse)
    monkeypatch.setattr(Client, "read_list", refuse)
    assert "%zenpro users get ada@example.com" in completions(shell, "%zenpro users get ad")
    assert '%zenpro roles get "Workspace Developer"' in completions(shell, "%zenpro roles get Workspace")
    assert '%zenpro roles get "Workspace Developer"' in completions(shell, '%zenpro roles get "Workspace D')


def test_other_lines_are_not_completed(bare_shell: Shell) -> None:
    bare_shell.run("zenith = 1")
    assert "zenith" in completions(bare_shell, "zeni")


def kinds(shell: Shell, text: str) -> dict[str, str]:
    """The kind that each completion reports."""
    with provisionalcompleter():
        return {completion.text: completion.type for completion in shell.ip.Completer.completions(text, len(text))}


@pytest.mark.parametrize(
    ("typed", "word", "kind"),
    [
        ("%zenpro us", "users", "command"),
        ("%zenpro users de", "delete", "command"),
        ("%zenpro users --em", "--email", "option"),
        ("%zenpro users --as po", "polars", "value"),
        ("%zenpro workspaces --status av", "available", "value"),
        ("%zenpro api-keys create x --to ke", "keyring", "value"),
        ("%zenpro runs --workspace al", "all", "value"),
        ("%zenpro runs --created to", "today", "value"),
        ("%zenpro users --sort -na", "-name", "column"),
    ],
)
def test_each_completion_has_a_kind(bare_shell: Shell, typed: str, word: str, kind: str) -> None:
    assert kinds(bare_shell, typed)[word] == kind


def test_names_show_the_number_of_all_matches(shell: Shell) -> None:
    people = shell.run("%zenpro users")
    begins = people["email"].str.startswith("a").sum()
    assert begins <= COMPLETIONS < len(people)
    assert kinds(shell, "%zenpro users get ad")["ada@example.com"] == "name"
    part = set(kinds(shell, "%zenpro users get ").values()) - {"<unknown>"}
    assert f"name, {COMPLETIONS} of {len(people)}".replace(" ", "\N{NO-BREAK SPACE}") in part
