"""Every line of the README runs in the demo, in the order of the page, and its result is complete."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from tests.support import readme
from tests.support.demo import Demo, started_demo
from zenpro_nb.frontends import cli

COMMANDS = readme.commands()
# Commands that tests cannot run, with the reason.
NOT_RUN = {
    "zenpro sandbox run": "runs until Ctrl-C; tests/cli/test_sandbox.py does it",
    "%zenpro login": "prompts for a secret",
    "%zenpro login --browser": "opens a browser",
    "%zenpro doctor": "exits with an error if the machine lacks a part",
}
NEW_TEAM = "  Readers of README:\n    members: [linus@example.com]\n"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with started_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def kernel(demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shell]:
    """A kernel of the demo, in an empty folder."""
    for name, value in demo.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    shell = Shell()
    shell.run("%load_ext zenpro_nb")
    yield shell
    shell.run("%unload_ext zenpro_nb")


def test_every_line_runs_in_order(kernel: Shell, capfd: pytest.CaptureFixture[str]) -> None:
    failed = []
    for command in COMMANDS:
        if command in NOT_RUN:
            continue
        capfd.readouterr()
        problem = _problem(kernel, command, capfd)
        if problem:
            failed.append(f"{command}: {problem}")
    assert failed == []


def _problem(kernel: Shell, command: str, capfd: pytest.CaptureFixture[str]) -> str:
    """Run a line; return what is wrong with its result, or nothing."""
    if command.startswith("zenpro "):
        return _problem_in_a_shell(command, capfd)
    words = command.split()[1:]
    name = words[0] if words else ""
    if name == "form":  # here nobody can fill it in
        return "" if "asks questions" in str(kernel.error(command)) else "no form"
    answer = " --yes" if name in ("apply", "undo") else ""  # the session cannot ask for confirmation
    result = kernel.run(f"{command}{answer}")
    warnings = [line for line in capfd.readouterr().err.splitlines() if line.startswith("warning")]
    if warnings:
        return warnings[0]
    if name == "export":  # the reader edits the file before the next command
        exported = Path(words[1])
        text = exported.read_text(encoding="utf-8")
        exported.write_text(text.replace("teams:\n", f"teams:\n{NEW_TEAM}", 1), encoding="utf-8")
    if name == "diff":
        return "" if len(result) == 0 else "nothing changed since the capture that the row has just created"
    if name in ("export", "notebooks", "pseudonyms"):
        return ""  # they print where to go on
    return "" if result is not None and (not isinstance(result, pd.DataFrame) or len(result)) else "no rows"


def _problem_in_a_shell(command: str, capfd: pytest.CaptureFixture[str]) -> str:
    first, _, filter_of_jq = command.partition(" | ")
    with pytest.raises(SystemExit) as ended:
        cli.main(shlex.split(first)[1:])
    if ended.value.code != 0 or filter_of_jq != "jq '.[].email'":
        return f"{ended.value.code} {filter_of_jq}"
    shown = json.loads(capfd.readouterr().out)
    return "" if "ada@example.com" in [user["email"] for user in shown] else "Ada is missing"


def test_the_lines_are_found() -> None:
    assert set(NOT_RUN) <= set(COMMANDS)
    assert COMMANDS[0].startswith("%zenpro access ")
    assert {command.split()[1] for command in COMMANDS if " " in command} >= {
        "users", "access", "usage", "plan", "apply", "undo", "notebooks", "sql", "runs", "docs"
    }  # fmt: skip


def test_the_tree_on_the_first_screen_is_the_output_of_its_command(
    kernel: Shell, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    with pytest.raises(SystemExit):
        cli.main(COMMANDS[0].split()[1:])
    assert capfd.readouterr().out.strip().rpartition("\n[")[0] == readme.tree()
