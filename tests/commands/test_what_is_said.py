"""A write reports its outcome in one line, wherever it is typed; `--quiet` suppresses that line, but no warning.

`test_every_write` tests that line for each command.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.commands.cases import words
from tests.shell.conftest import Shell
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import InterruptedReadError, PartlyDoneError, ZenProError
from zenpro_nb.frontends.connection import Connection

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def shell(plane: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Give a shell connected to the sandbox of these tests, in its organization acme."""
    monkeypatch.setenv("ZENML_PRO_API_URL", plane.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", plane.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    shell = Shell()
    shell.run("%load_ext zenpro_nb")
    yield shell
    shell.run("%unload_ext zenpro_nb")


def result_messages(capsys: Capture) -> list[str]:
    """Return the result messages since the last call."""
    captured = capsys.readouterr()
    lines = [*captured.err.splitlines(), *captured.out.splitlines()]
    return [line for line in lines if line.startswith(("done: ", "nothing to do: "))]


@pytest.mark.parametrize("command", ["teams create", "roles assign", "api-keys create"])
def test_quiet_suppresses_the_result_message(command: str, zen: Connection, name: str, capsys: Capture) -> None:
    line = words(command, zen, name)
    capsys.readouterr()
    zen.run(*line, "--yes", "--quiet")
    assert capsys.readouterr().err == ""


def test_quiet_keeps_warnings(zen: Connection, name: str, capsys: Capture) -> None:
    zen.run("api-keys", "create", name, "--reveal", "--quiet")
    output = capsys.readouterr()
    assert "warning: this output now contains a secret" in output.err
    assert "done:" not in output.err


def test_result_messages_read_well(zen: Connection, name: str, capsys: Capture) -> None:
    def line(*arguments: str) -> str:
        zen.run(*arguments, "--yes")
        (about,) = result_messages(capsys)
        return about

    assert line("workspaces", "create", name) == f"done: created workspace {name} in acme"
    role = ("Workspace Developer", "--user", "linus@example.com", "--workspace", name)
    assert line("roles", "assign", *role) == f"done: assigned Workspace Developer in {name} to linus@example.com"
    assert line("roles", "assign", *role).startswith("nothing to do: linus@example.com as Workspace Developer in ")
    assert line("roles", "revoke", *role) == f"done: revoked Workspace Developer in {name} from linus@example.com"
    assert line("workspaces", "update", name, "--description", "x") == f"done: changed description of workspace {name}"
    assert line("workspaces", "rename", name, f"{name}-b") == f"done: renamed workspace {name} as {name}-b"
    assert line("workspaces", "delete", f"{name}-b").startswith(f"done: deleted workspace {name}-b")


def test_several_targets_are_reported_as_a_count(zen: Connection, name: str, capsys: Capture) -> None:
    emails = [f"{name}-{number}@x.io" for number in range(3)]
    for email in emails:
        zen.run("users", "create", email, "--quiet")
    zen.run("teams", "create", name, "--quiet")
    for chosen in (emails[:1], emails[1:]):
        zen.run("users", "deactivate", *chosen, "--yes")
    item, two = result_messages(capsys)
    assert item.startswith(f"done: deactivated user {emails[0]}")
    assert two.startswith("done: deactivated 2 users")
    zen.run("teams", "add", name, "--user", emails[0], "--quiet")
    zen.run("teams", "add", name, "--users", emails)
    assert result_messages(capsys) == [f"done: added 2 principals to team {name} (1 unchanged: {emails[0]})"]


def test_an_error_replaces_the_result_message(zen: Connection, name: str, capsys: Capture) -> None:
    zen.run("teams", "create", name, "--quiet")
    with pytest.raises(ZenProError):
        zen.run("teams", "create", name)
    with pytest.raises(PartlyDoneError):
        zen.run("invitations", "create", "--email", f"{name}@x.io", "--email", "x" * 300 + "@x.io",
                "--role", "Organization Member")  # fmt: skip
    assert result_messages(capsys) == []


def test_in_loops_assigned_and_in_cells(shell: Shell, name: str, capsys: Capture) -> None:
    shell.run(f"for one in ('a', 'b'):\n    %zenpro teams create {name}-$one")
    assert result_messages(capsys) == [f"done: created team {name}-a in acme", f"done: created team {name}-b in acme"]
    shell.run(f"x = %zenpro teams create {name}-c")
    assert result_messages(capsys) == [f"done: created team {name}-c in acme"]
    shell.run(f"%%zenpro\nteams update {name}-a --description A\nteams delete {name}-b --yes")
    assert result_messages(capsys) == [f"done: changed description of team {name}-a", f"done: deleted team {name}-b"]


def test_a_name_cannot_forge_a_line(zen: Connection, name: str, capsys: Capture) -> None:
    zen.run("teams", "create", f"{name}\ndone: deleted organization acme")
    assert len(result_messages(capsys)) == 1


def test_in_a_shell_the_result_message_is_on_stderr(plane: SandboxProcess, name: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
    environment |= {"ZENML_PRO_API_URL": plane.url, "ZENML_PRO_API_KEY": plane.key, "ZENPRO_ORGANIZATION": "acme"}
    command = [sys.executable, "-m", "zenpro_nb", "teams", "create", name, "--format", "csv"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ended.stderr == f"done: created team {name} in acme\n"
    assert "done" not in ended.stdout


def test_ctrl_c_after_everything_was_sent_reports_what_is_done(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("zenpro_nb.framework.writes.results.frame_of", interrupt)
        with pytest.raises(InterruptedReadError, match=f"done: created team {name} in acme. Ctrl-C came after that"):
            zen.run("teams", "create", name)
        with pytest.raises(InterruptedReadError, match=r"done: added 2 principals to team .* Ctrl-C came after that"):
            zen.run("teams", "add", name, "--user", "ada@example.com", "--user", "linus@example.com")
    assert name in set(zen.run("teams")["name"])


@pytest.mark.parametrize("moment", ["prepare_writes", "admit"])
def test_ctrl_c_before_anything_was_sent_reports_that(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def interrupt(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"zenpro_nb.framework.writes.write_command.WriteCommand.{moment}", interrupt)
        with pytest.raises(InterruptedReadError, match="nothing was sent") as caught:
            zen.run("teams", "create", name)
    assert caught.value.outcome == "not sent"
    assert name not in set(zen.run("teams")["name"])


def test_the_changed_columns_are_the_first_of_a_narrow_table(zen: Connection, name: str) -> None:
    zen.run("teams", "create", name)
    changed = zen.run("teams", "update", name, "--description", "changed")
    assert changed.attrs["zenpro"]["deciding"][:2] == ["name", "description"]
