"""`--show table` and the setting `display = "interactive"`: tables with search, sorting and pages."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from tests.frames.shown_frames import workspaces
from tests.shell.conftest import Shell
from zenpro_nb.errors import MissingExtraError

_TABLE = "new ITable"
_LIBRARY = "injectModule("
_SETTING = '%config ZenProMagics.display = "interactive"'


def html(shell: Shell, frame: pd.DataFrame) -> str:
    return str(shell.ip.display_formatter.format(frame)[0]["text/html"])


def rows(shown: str) -> list[list[str]]:
    """The cells of all rows, as HTML."""
    match = re.search(r'"data_json": ("(?:[^"\\]|\\.)*")', shown)
    assert match is not None
    data: list[list[str]] = json.loads(json.loads(match[1]))
    return data


def run_cell(shell: Shell, cell_id: str, frame: pd.DataFrame) -> str:
    """The HTML of a DataFrame in a cell with this id."""
    shell.ip.events.trigger("pre_run_cell", SimpleNamespace(cell_id=cell_id))
    return html(shell, frame)


def test_a_list_is_shown_as_a_table_and_its_value_is_a_dataframe(shell: Shell) -> None:
    frame = shell.run("%zenpro workspaces --show table")
    plain = shell.run("%zenpro workspaces")
    pd.testing.assert_frame_equal(frame, plain)
    assert type(frame) is pd.DataFrame
    assert _TABLE in html(shell, frame)
    assert _TABLE in html(shell, frame[frame["status"] == "failed"])
    assert _TABLE not in html(shell, plain)
    assert "zp-page" in html(shell, plain)
    card = shell.run("%zenpro workspaces get ml-prod")
    shell.ip.run_cell(_SETTING)
    assert _TABLE in html(shell, plain)
    assert _TABLE not in html(shell, card)
    assert _TABLE not in html(shell, pd.DataFrame({"a": [1]}))


def test_all_rows_keep_badges_and_are_sorted_by_value(bare_shell: Shell) -> None:
    bare_shell.run(_SETTING)
    frame = workspaces(200)[["name", "status", "storage_size", "created", "is_managed", "id"]]
    shown = html(bare_shell, frame)
    data = rows(shown)
    assert len(data) == 400
    assert data[0] == [
        "ml-prod",
        '<span class="zp-state zp-good">available</span>',
        '<span data-order="48000000000.0" title="48000000000 bytes">48.0 GB</span>',
        '<span data-order="1795594499.0" title="2026-11-25 08:14:59+00:00">2026-11-25 08:14</span>',
        '<span title="yes">✓</span>',
        '<span title="6c187095-1f12-4de4-98fb-cb7e41cf7eda">6c187095…</span>',
    ]
    assert data[1][2] == '<span data-order="-1e+300" class="zp-q">·</span>'
    assert ">400 workspaces · " in shown


def test_a_cut_is_stated(bare_shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    bare_shell.run(_SETTING)
    monkeypatch.setattr("zenpro_nb.limits.INTERACTIVE_CELLS", 0)
    monkeypatch.setattr("zenpro_nb.limits.INTERACTIVE_ROWS", 150)
    shown = html(bare_shell, workspaces(100)[["name"]])
    assert len(rows(shown)) == 150
    assert "150 of 200 workspaces shown" in shown


def test_text_from_others_is_escaped(bare_shell: Shell) -> None:
    bare_shell.run(_SETTING)
    frame = workspaces().rename(columns={"name": "<i>"}).assign(version="</script><script>alert(1)</script>")
    shown = html(bare_shell, frame)
    assert "alert(1)" in shown
    for evil in ("<b>", "<i>", "\x1b", "<script>alert", "</script><script>alert"):
        assert evil not in shown


def test_pseudonyms_apply_to_all_rows(shell: Shell) -> None:
    users = shell.run("%zenpro users --show table")
    shell.run("%config ZenProMagics.pseudonyms = True")
    with pd.option_context("display.max_rows", 10):
        shown = html(shell, users)
    assert len(rows(shown)) == len(users)
    for address in users["email"]:
        assert address not in shown
    assert "pseudonyms" in shown


def test_one_output_of_a_page_contains_the_library(bare_shell: Shell) -> None:
    bare_shell.run(_SETTING)
    frame = workspaces()
    assert [_LIBRARY in run_cell(bare_shell, cell, frame) for cell in ("a", "b", "b")] == [True, False, False]
    # Its cell runs again, which removes its output.
    assert _LIBRARY in run_cell(bare_shell, "a", frame)
    assert "https://www.unpkg.com" not in run_cell(bare_shell, "c", frame)


def test_without_itables_one_line_says_what_to_install(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "itables", None)
    line = 'itables, which is not installed. Run: pip install "zenpro-nb[interactive]"'
    error = shell.error("%zenpro users --show table")
    assert isinstance(error, MissingExtraError)
    assert [shown.endswith(line) for shown in error.lines()] == [True]
    shell.ip.run_cell(_SETTING)  # IPython logs what is wrong with a setting
    assert [record.getMessage().endswith(line) for record in caplog.records] == [True]
    assert shell.run("%config ZenProMagics.display") == "zenpro"
    frame = workspaces()
    frame.attrs["zenpro"]["show"] = "table"
    assert "zp-page" in html(shell, frame)


def test_notebooks_check_accepts_the_option(shell: Shell, tmp_path: Path) -> None:
    cell: dict[str, Any] = {"cell_type": "code", "source": "%zenpro users --show table", "metadata": {}, "outputs": []}
    cell["execution_count"] = None
    file = tmp_path / "n.ipynb"
    file.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    frame = shell.run(f"%zenpro notebooks check {file} --fail-on never")
    assert "command" not in set(frame["check"])


def test_the_option_is_in_the_help(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run("%zenpro users --help")
    assert "--show [table]" in capsys.readouterr().out
