"""A command whose value a cell does not display prints a line that says so, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shell.conftest import Shell
from zenpro_nb.frontends.notebook import Notebook, NotebookUI

COMMAND = "%zenpro roles --limit 3"
NOTE = "`%zenpro roles --limit 3`: 3 rows not displayed. A cell displays only its last value"


@pytest.fixture
def watched(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell with a user in front of it."""
    monkeypatch.setattr(NotebookUI, "is_interactive", property(lambda ui: True))
    return shell


def test_each_value_before_the_last_one_is_reported(watched: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    result = watched.run(f"{COMMAND}\n{COMMAND}\n%zenpro teams --limit 1")
    printed = capsys.readouterr()
    assert (printed.out + printed.err).count(NOTE) == 2
    assert "teams --limit 1`" not in printed.err
    assert len(result) == 1
    watched.run(f"{COMMAND}\nx = 1")  # the last statement has no value
    assert NOTE in capsys.readouterr().err


@pytest.mark.parametrize(
    "cell",
    [
        COMMAND,
        f"import os\n{COMMAND}",
        f"df = {COMMAND}\n_ = {COMMAND}\nlen(df)",
        f"from IPython.display import display\ndf = {COMMAND}\ndisplay(df)\n1",
        f"{COMMAND} --out df\n1",
        "%zenpro roles --limit 3 --save roles.csv\n1",
        "%%zenpro\nroles --limit 3\nroles --limit 3",
        "%zenpro teams create Unshown\n%zenpro teams delete Unshown --yes\n1",
    ],
)
def test_no_line_where_the_value_is_used(
    watched: Shell, cell: str, capsys: pytest.CaptureFixture[str], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    watched.run(cell)
    printed = capsys.readouterr()
    assert "not displayed" not in printed.out + printed.err


def test_no_line_in_unattended_runs_or_if_all_values_are_shown(
    shell: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run(f"{COMMAND}\n1")
    assert "not displayed" not in capsys.readouterr().err
    monkeypatch.setattr(NotebookUI, "is_interactive", property(lambda ui: True))
    shell.ip.ast_node_interactivity = "all"
    shell.run(f"{COMMAND}\n1")
    printed = capsys.readouterr()
    assert "not displayed" not in printed.out + printed.err


def test_unloading_stops_it(shell: Shell) -> None:
    before = len(shell.ip.ast_transformers)
    shell.run("%unload_ext zenpro_nb")
    assert len(shell.ip.ast_transformers) == before - 1
    shell.run("%load_ext zenpro_nb")


def test_what_is_missing_from_an_assigned_value_is_reported(
    watched: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lacks = iter([{"skipped": {"lab": "stopped"}}, {"skipped": {"lab": "stopped"}}, {}])
    run = Notebook.run

    def with_facts(notebook: Notebook, line: str, local_ns: Any = None) -> Any:
        frame = run(notebook, line, local_ns)
        frame.attrs["zenpro"] |= next(lacks)
        return frame

    monkeypatch.setattr(Notebook, "run", with_facts)
    assert len(watched.run(f"df = {COMMAND}\ndf")) == 3
    assert "note: 1 workspace not read: lab\n" in capsys.readouterr().err
    for cell in (COMMAND, f"df = {COMMAND}"):  # displayed with the line below the table, and complete
        watched.run(cell)
        assert "note:" not in capsys.readouterr().err
