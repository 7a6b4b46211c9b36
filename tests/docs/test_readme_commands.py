"""The commands in README run against the sandbox that `zenpro demo` starts, and their results are complete."""

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

TABLE = readme.rows_of_the_table()
SENTENCES = readme.commands_in_sentences()
# Commands that tests cannot run, with the reason.
NOT_RUN = {"%zenpro login": "prompts for a secret", "%zenpro login --browser": "opens a browser"}
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


@pytest.mark.parametrize("commands", TABLE, ids=lambda commands: commands[0] or "status")
def test_each_row_of_the_table_runs(kernel: Shell, commands: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands:
        name = command.partition(" ")[0]
        answer = " --yes" if name in ("apply", "undo") else ""  # the session cannot ask for confirmation
        result = kernel.run(f"%zenpro {command}{answer}")
        assert not [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning")], command
        if name == "export":  # the reader edits the file before the next command
            exported = Path(command.split()[1])
            text = exported.read_text(encoding="utf-8")
            exported.write_text(text.replace("teams:\n", f"teams:\n{NEW_TEAM}", 1), encoding="utf-8")
        elif name == "diff":
            assert len(result) == 0, "nothing changed since the capture that the row has just created"
        elif isinstance(result, pd.DataFrame):
            assert len(result) > 0, command
        else:
            assert result is not None, command


@pytest.mark.parametrize("command", [command for command in SENTENCES if command not in NOT_RUN])
def test_each_command_in_a_sentence_runs(kernel: Shell, command: str, capfd: pytest.CaptureFixture[str]) -> None:
    if command.startswith("%"):
        assert len(kernel.run(command)) > 0
        return
    first, _, filter_of_jq = command.partition(" | ")
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli.main(shlex.split(first)[1:])
    assert ended.value.code == 0
    assert filter_of_jq == "jq '.[].email'"
    assert "ada@example.com" in [user["email"] for user in json.loads(capfd.readouterr().out)]


def test_commands_that_do_not_run_are_in_readme() -> None:
    assert set(NOT_RUN) <= set(SENTENCES)
