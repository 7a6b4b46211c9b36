"""The examples in the help, each run unchanged, in the initial state of the demo."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pandas as pd
import pytest

from tests.commands.conftest import PASSWORD
from tests.inventory.conftest import session_at
from tests.shell.conftest import Shell
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.tool.demo import earlier_captures
from zenpro_nb.commands.tree import tree
from zenpro_nb.framework.cli.command import Command, Group
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.examples import COMMENT, example_lines
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.frontends.notebook import Notebook
from zenpro_nb.ui.protocol import TerminalUI

Explained = Command | Group

NOT_RUN = {
    "login": "asks for a secret",
    "use server": "asks for a password, of a server that is not there",
    "sandbox": "starts a server",
    "sandbox start": "starts a server",
    "sandbox run": "starts a server",
    "demo": "starts a JupyterLab",
    "docs": "opens a browser",
    "completion": "writes into the folders of a shell",
    "completion install": "writes into the folders of a shell",
    "completion uninstall": "deletes from the folders of a shell",
    "devices verify": "needs the code that a device shows",
    "workspace-devices get": "no workspace of the sandbox has one",
}
# Objects that the examples of these commands use; other examples create and delete them.
FIRST = {
    "undo": "teams create Harvest",
    "captures delete": "captures create before-the-migration",
    "captures get": "captures create before-the-migration",
    "form review": "reviews create 2026-q3",
    "organizations delete": "organizations create acme-research",
    **{
        f"reviews {verb}": "reviews create 2026-q3"
        for verb in ("apply", "decide", "delete", "evidence", "get", "verify")
    },
}
# Conditions in the examples of these commands that select nothing in a new demo, with the reason.
SELECTS_NOTHING = {
    "history": "no role of that person has ended",
    "captures": "the sample captures are older",
    "reviews": "there are none yet",
}
# These commands read the whole organization for each of their examples.
LONG = {
    *("access", "audit", "diff", "export", "history", "plan", "apply", "usage", "users impact", "users offboard"),
    *("captures create", "captures delete", "form review", "form roles", "reviews create", "users onboard"),
    *(f"reviews {verb}" for verb in ("apply", "decide", "delete", "evidence", "get", "verify")),
}
EVERYDAY = (
    "users",
    "members",
    "workspaces",
    "assignments",
    "roles",
    "runs",
    "invitations create",
    "workspaces create",
    "roles assign",
)


def commands_with_help(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Explained]]:
    """Every command with help, by the words that lead to it."""
    for name, command in group.commands.items():
        if command.hidden:
            continue
        assert isinstance(command, Explained)
        yield " ".join((*words, name)), command
        if isinstance(command, click.Group):
            yield from commands_with_help(command, (*words, name))


COMMANDS = dict(commands_with_help(tree))


@pytest.fixture(scope="module")
def demo(swift_sandbox: SandboxProcess) -> SandboxProcess:
    """A normal sandbox, except that its workspaces reach their next state immediately."""
    return swift_sandbox


@pytest.fixture(scope="module")
def past(demo: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The captures of a new demo; returns the variable that names their folder."""
    session = session_at(demo.url, ApiKey(demo.key))
    found = earlier_captures(
        CommandContext(session, TerminalUI()), session.settings, tmp_path_factory.mktemp("past") / "own"
    )
    session.close()
    return found


@pytest.fixture
def signed_in(demo: SandboxProcess, past: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user in acme, in an empty folder, with a password, in a session that is not interactive."""
    for name, folder in past.items():
        copy = tmp_path.with_name(f"{tmp_path.name}-past")
        monkeypatch.setenv(name, str(shutil.copytree(folder, copy)))
    monkeypatch.setenv("ZENML_PRO_API_URL", demo.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", demo.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    monkeypatch.setenv("ZENPRO_NEW_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shell(signed_in: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell in which a user types the examples of the help. Forms open as in a kernel: a terminal would ask."""
    monkeypatch.setattr(Notebook, "_in_kernel", property(lambda notebook: True))
    shell = Shell()
    shell.run("%load_ext zenpro_nb")
    yield shell
    shell.run("%unload_ext zenpro_nb")


def test_every_help_has_examples_of_its_own_command() -> None:
    for words, command in COMMANDS.items():
        examples = command.examples
        assert any(f"{line} ".startswith(f"{words} ") for line in examples), (words, examples)
        assert len([line for line in examples if not line.startswith(COMMENT)]) > 1 or words not in EVERYDAY, words
        # The comment above each example states its effect.
        comments = [line.startswith(COMMENT) for line in examples]
        assert comments == [position % 2 == 0 for position in range(len(examples))], (words, examples)
        assert len(examples) % 2 == 0, (words, examples)


def test_the_exceptions_exist() -> None:
    assert {*NOT_RUN, *LONG, *SELECTS_NOTHING} <= set(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, marks=pytest.mark.slow if words in LONG else ())
        for words in COMMANDS
        if words not in NOT_RUN
    ],
)
def test_the_examples_run(words: str, shell: Shell) -> None:
    command = COMMANDS[words]
    asks = isinstance(command, WriteCommand) and command.destructive
    if words in FIRST:
        first = shell.ip.run_cell(f"%zenpro {FIRST[words]}")
        assert first.success, first.error_in_exec
    examples = [line for line in command.examples if not line.startswith(COMMENT)]
    for line in example_lines(examples, "%zenpro", variables=True):
        done = shell.ip.run_cell(f"{line} --yes" if asks and f"%zenpro {words}" in line else line)
        assert done.success, f"{line}: {done.error_before_exec or done.error_in_exec!r}"
        # A condition on a column that selects nothing is a mistake in the example.
        answer = done.result.attrs.get("zenpro", {}).get("answer", "") if isinstance(done.result, pd.DataFrame) else ""
        assert words in SELECTS_NOTHING or "--where" not in line or " matches " not in answer, f"{line}: {answer}"


@pytest.mark.parametrize("words", ["builds get", "roles get"])
def test_shell_examples_run_in_a_shell(words: str, signed_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "\n".join(example_lines(COMMANDS[words].examples, "zenpro", variables=False))
    run = f'zenpro() {{ {shlex.quote(sys.executable)} -m zenpro_nb "$@"; }}\nset -e -o pipefail\n{script}'
    done = subprocess.run(["bash", "-c", run], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "ml-prod" in done.stdout or "Workspace Developer" in done.stdout
