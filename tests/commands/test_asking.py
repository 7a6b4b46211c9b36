"""Irreversible changes ask for the name, reversible ones for yes or no."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Requests
from zenpro_nb.commands.tool.form import write_commands
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import ConfirmationError
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.ui.protocol import TerminalUI

IRREVERSIBLE = {
    "projects delete",
    "schedules delete",
    "triggers delete",
    "snapshots prune",
    "organizations delete",
    "workspaces delete",
    "users delete",
    "teams delete",
    "roles delete",
    "service-accounts delete",
    "api-keys delete",
    "runs delete",
}


class Person:
    """A person at the terminal who always gives the same answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer = ""
        self.asked: list[str] = []
        monkeypatch.setattr(TerminalUI, "is_interactive", True)
        monkeypatch.setattr(TerminalUI, "_input", self._answered)

    def _answered(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.answer


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    return Person(monkeypatch)


def test_the_list_of_irreversible_commands() -> None:
    commands: dict[str, WriteCommand] = {" ".join(words): command for words, command in write_commands(tree)}
    assert {path for path, command in commands.items() if command.irreversible} == IRREVERSIBLE
    assert all(commands[path].destructive for path in IRREVERSIBLE)


def test_irreversible_changes_ask_for_the_name(zen: Connection, name: str, person: Person, requests: Requests) -> None:
    zen.run("teams", "create", name)
    sent = len(requests.writes())
    for person.answer in ("y", "yes", "", name[:-1], name.upper()):
        with pytest.raises(ConfirmationError, match="nothing was sent"):
            zen.run("teams", "delete", name)
    assert len(requests.writes()) == sent
    assert person.asked[-1].endswith(f"Type {name} to confirm: ")
    person.answer = name
    zen.run("teams", "delete", name)
    assert name not in set(zen.run("teams")["name"])


def test_an_id_is_confirmed_by_the_name(zen: Connection, name: str, person: Person) -> None:
    key = zen.run("teams", "create", name)["id"].iloc[0]
    person.answer = name
    zen.run("teams", "delete", key)
    assert f"Type {name} to confirm" in person.asked[0]


def test_reversible_changes_ask_for_yes_or_no(zen: Connection, name: str, person: Person) -> None:
    zen.run("users", "create", name)
    person.answer = "n"
    with pytest.raises(ConfirmationError) as error:
        zen.run("users", "deactivate", name)
    assert str(error.value) == f"Nothing was sent. Run `zenpro users deactivate {name}` to do it later."
    person.answer = "y"
    zen.run("users", "deactivate", name)
    assert all(prompt.endswith("[y/N] ") for prompt in person.asked)


def test_yes_asks_nothing(zen: Connection, name: str, person: Person) -> None:
    zen.run("teams", "create", name)
    zen.run("teams", "delete", name, "--yes")
    assert person.asked == []


def test_a_rotation_says_once_when_the_old_value_stops_working(
    zen: Connection, name: str, person: Person, tmp_path: Path
) -> None:
    zen.run("service-accounts", "create", name)
    zen.run("api-keys", "create", "key", "--service-account", name, "--to", f"file:{tmp_path / 'key'}")
    person.asked.clear()
    with pytest.raises(ConfirmationError):
        zen.run(
            "api-keys", "rotate", "key", "--service-account", name, "--retain", "1h", "--to", f"file:{tmp_path}/new"
        )
    (question,) = person.asked
    assert question.count("stops working after 1 hour") == 1
