"""Rules for every write command: dry run, confirmation, refusal, and journal entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.commands.cases import CASES, OWN, invited_person, words
from tests.commands.conftest import PASSWORD, Requests, bot, journal
from tests.support.routes import route_of
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import ConfirmationError, ZenProError
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources.routes import ROUTES
from zenpro_nb.security.masking import MASK


def _commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        here = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from _commands(command, here)
        else:
            yield here, command


# Writes inside workspaces are sent to ZenML servers and tested there: tests/zenml.
WRITES = {
    path: command
    for path, command in _commands(tree)
    if isinstance(command, WriteCommand) and ".commands.workspaces." not in command.prepare.__module__
}
# One requires another caller, the other a command to undo: see below, and the folder `undo`.
ALONE = {"invitations accept", "undo"}
# By default a few kinds of commands: on one object, on several, and on the objects in a file.
WITHOUT_RIGHTS = {"teams create", "users offboard", "roles assign", "api-keys rotate", "apply"}
DESTRUCTIVE = sorted(
    path for path, command in WRITES.items() if command.destructive and path not in {"users update", *ALONE}
)


RESULTS = ("done: ", "nothing to do: ")


def test_each_write_has_a_case() -> None:
    missing, unknown = set(WRITES) - ALONE - set(CASES), set(CASES) - set(WRITES)
    assert not missing, f"Add a case to CASES in tests/commands/cases.py for {', '.join(sorted(missing))}."
    assert not unknown, f"CASES in tests/commands/cases.py has {', '.join(sorted(unknown))}, which are not commands."
    assert set(CASES) > set(DESTRUCTIVE)


def test_each_write_is_in_the_table_of_routes() -> None:
    listed = {command for route in ROUTES for command in route.commands}
    missing = {path for path, command in WRITES.items() if not command.plan} - listed - ALONE
    place = "the line of its route in zenpro_nb/resources/routes.txt, or add that line"
    assert not missing, f"Add {', '.join(sorted(missing))} to {place}."


@pytest.mark.parametrize("command", sorted(CASES))
def test_a_write_is_shown_then_confirmed_then_sent_reported_and_journaled(
    command: str, zen: Connection, name: str, requests: Requests, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = words(command, zen, name)
    before, entries = len(requests.writes()), len(journal())
    capsys.readouterr()
    frame = zen.run(*line, "--dry-run")
    warned = capsys.readouterr().err
    # A destructive command is refused without an interactive session.
    if command in DESTRUCTIVE:
        with pytest.raises(ConfirmationError, match="--yes"):
            zen.run(*line)
    assert len(requests.writes()) == before
    assert len(journal()) == entries
    assert PASSWORD not in frame.to_csv()
    capsys.readouterr()
    table = zen.run(*line, "--yes")
    assert len(table) >= 1
    entry = journal()[-1]
    # One line reports the outcome and the target.
    (report,) = (text for text in capsys.readouterr().err.splitlines() if text.startswith(RESULTS))
    assert report.startswith("done: ")
    assert all(word in report for word in set(entry["target"].split()) - {"as", "in"})
    assert (entry["method"], entry["route"]) == (frame["method"].iloc[0], frame["route"].iloc[0])
    assert (entry["method"], entry["route"]) in requests.writes()[before:]
    route = route_of(entry["method"], entry["route"])
    assert route is not None
    if not WRITES[command].plan:  # the steps of a plan are other commands' requests
        place = f"`{route.method} {route.path}` in zenpro_nb/resources/routes.txt"
        assert command in route.commands, f"Add `{command}` to the commands of {place}."
    assert entry["params"] == frame["parameters"].iloc[0]
    assert entry["body"] == frame["body"].iloc[0]
    # The journal contains its undo, or the reason why there is none, which was shown before the write.
    assert bool(entry["inverse"]) != bool(entry["irreversible"])
    assert ("This cannot be undone: " in warned) == bool(entry["irreversible"])
    assert entry["irreversible"] in re.sub(r"`zenpro (?=\w)", "`", warned)  # messages complete the commands
    # The journal contains the command and its outcome, but no secret.
    assert entry["outcome"] == "done"
    assert entry["command"].startswith(command)
    assert entry["server"] == zen.client.url
    assert entry["request_id"]
    assert entry["target"]
    text = (state / "journal.jsonl").read_text()
    assert PASSWORD not in text
    assert "ZENPROKEY_" not in text


@pytest.mark.parametrize(
    "command",
    # `test_rights` checks that each command is refused for a viewer.
    [
        pytest.param(command, marks=[] if command in WITHOUT_RIGHTS else pytest.mark.slow)
        for command in sorted(set(CASES) - OWN)
    ],
)
def test_without_permission_nothing_happens(command: str, zen: Connection, name: str) -> None:
    line = words(command, zen, name)
    with bot(zen, f"{name}-bot") as powerless:
        entries = len(journal())
        with pytest.raises(ZenProError):
            powerless.run(*line, "--yes")
        assert [entry["outcome"] for entry in journal()[entries:] if entry["outcome"] in ("done", "already")] == []


def test_a_password_is_masked_and_not_left_out(zen: Connection, name: str) -> None:
    frame = zen.run("users", "create", name, "--dry-run")
    assert frame["parameters"].iloc[0] == {"username": name, "password": MASK}


def test_accepting_an_invitation(zen: Connection, name: str, requests: Requests) -> None:
    with invited_person(zen, name) as guest:
        mine = guest.run("invitations", "mine")
        assert list(mine["email"]) == [f"{name}@x.io"]
        before = len(requests.writes())
        assert guest.run("invitations", "accept", "--dry-run")["method"].iloc[0] == "POST"
        assert len(requests.writes()) == before
        guest.run("invitations", "accept", "acme")
        assert guest.run("invitations", "mine").empty
        with pytest.raises(ZenProError, match="your invitations: none"):
            guest.run("invitations", "accept")
    assert f"{name}@x.io" in set(zen.run("members")["email"])


def test_every_write_reads_well() -> None:
    for path, command in WRITES.items():
        assert command.help, path
        assert command.help.rstrip().endswith("."), path
        names = [param.name for param in command.params if param.name != "fail_fast"]  # for several writes only
        assert names[-4:] == ["dry_run", "yes", "quiet", "out"], path
        for param in command.params:
            if isinstance(param, click.Option) and not param.hidden:
                assert param.help, (path, param.name)
                assert param.help.rstrip().endswith("."), (path, param.name)
