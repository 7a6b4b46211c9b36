"""`notebooks check` finds every planted item in its place, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from tests.sharing.canaries import (
    ADDRESS,
    CLEAN,
    JWT,
    PASSWORD,
    PLANTED,
    SECRET,
    V4,
    Planted,
    code,
    notebook,
    stream,
    write,
)
from tests.shell.conftest import Shell
from tests.support.command_line import in_process
from tests.support.notebooks import NOTEBOOKS
from zenpro_nb.errors import FindingsError, UsageError
from zenpro_nb.servers import demo_folder


def run_check(shell: Shell, path: Path, options: str = "") -> Any:
    return shell.run(f"%zenpro notebooks check {path} --fail-on never {options}")


def test_the_number_of_planted_items() -> None:
    assert len(PLANTED) >= 30
    assert len(CLEAN) >= 19


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_item_is_found_in_its_place(bare_shell: Shell, tmp_path: Path, planted: Planted) -> None:
    write(planted.make(), tmp_path / "n.ipynb")
    frame = run_check(bare_shell, tmp_path / "n.ipynb")
    there = frame[frame.check == planted.check]
    cells = {None if missing else cell for cell, missing in zip(there.cell, there.cell.isna(), strict=True)}
    assert planted.cell in cells, frame.to_dict("records")
    assert planted.shown in " ".join(there.problem)
    text = frame.to_json()
    assert not any(secret in text for secret in (SECRET, JWT, PASSWORD))


@pytest.mark.parametrize("make", CLEAN.values(), ids=CLEAN)
def test_a_clean_notebook_has_no_findings(bare_shell: Shell, tmp_path: Path, make: Any) -> None:
    write(make(), tmp_path / "n.ipynb")
    assert run_check(bare_shell, tmp_path / "n.ipynb").to_dict("records") == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_shipped_notebooks_pass(bare_shell: Shell, path: Path, tmp_path: Path) -> None:
    """Copies of the package have no outputs; those in the repository show the paths of a run."""
    with demo_folder.copies(tmp_path / "copies", print) as work:
        found = bare_shell.run(f"%zenpro notebooks check {work / path.name}")
        assert set(found.check) <= {"example-person"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_shipped_notebooks_begin_with_their_requirements(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]  # type: ignore[no-untyped-call]
    assert cells[0].metadata["tags"] == ["parameters"]
    assert '%zenpro require --version ">=0.1" --organization $organization' in cells[1].source


def test_a_cell_fails_depending_on_the_severity(bare_shell: Shell, tmp_path: Path) -> None:
    write(notebook(code('x = "/tmp/a/b.csv"')), tmp_path / "n.ipynb")
    error = bare_shell.error(f"%zenpro notebooks check {tmp_path / 'n.ipynb'}")
    assert isinstance(error, FindingsError)
    assert error.findings.check.tolist() == ["path"]  # type: ignore[attr-defined]
    assert len(bare_shell.run(f"%zenpro notebooks check {tmp_path / 'n.ipynb'} --fail-on medium")) == 1


def test_allowed_addresses_are_not_findings(bare_shell: Shell, tmp_path: Path) -> None:
    write(notebook(stream(f"ask {ADDRESS}"), code(f'who = "{ADDRESS}"')), tmp_path / "n.ipynb")
    assert run_check(bare_shell, tmp_path / "n.ipynb").check.tolist() == ["person", "person-in-source"]
    assert run_check(bare_shell, tmp_path / "n.ipynb", "--allow corp-canary.io").empty
    assert run_check(bare_shell, tmp_path / "n.ipynb", f"--allow {ADDRESS.upper()}").empty
    # A domain that ends like the allowed one, or contains part of its name, is not allowed.
    assert not run_check(bare_shell, tmp_path / "n.ipynb", "--allow canary.io").empty
    assert not run_check(bare_shell, tmp_path / "n.ipynb", "--allow io").empty


def test_people_in_cells_are_those_that_a_clean_copy_still_names(
    bare_shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = notebook(
        V4.new_markdown_cell("# For Grace Hopper and Cleo Unseen"),
        code(f'%zenpro users get ada@example.com\nwho = "bob@team.example, {ADDRESS}"'),
        code("1", **{"text/plain": f"Grace Hopper <grace.{ADDRESS}>"}),
    )
    path = tmp_path / "n.ipynb"
    write(document, path)
    frame = run_check(bare_shell, path)
    by_check = frame.groupby("check", observed=True).problem.agg(list)
    assert by_check["person-in-source"] == ["Grace Hopper", ADDRESS]
    assert by_check["example-person"] == ["ada@example.com, bob@team.example"]
    assert "names without an email address are found with --people-of" in frame.attrs["zenpro"]["summary"]
    copy = bare_shell.run(f"%zenpro notebooks clean {path}")
    of_copy = copy.groupby("check", observed=True).problem.agg(list)
    assert all(of_copy[check] == by_check[check] for check in ("person-in-source", "example-person"))
    # A DataFrame of the session knows a name without an address.
    bare_shell.ip.user_ns["team"] = pd.DataFrame({"email": ["cleo@corp.io"], "name": ["Cleo Unseen"]})
    assert "Grace Hopper, Cleo Unseen" in set(run_check(bare_shell, path).problem)
    # Examples alone do not fail, and the commands for others are printed.
    write(notebook(code("%zenpro users get ada@example.com")), path)
    capsys.readouterr()
    assert bare_shell.run(f"%zenpro notebooks check {path}").check.tolist() == ["example-person"]
    output = capsys.readouterr()
    assert "papermill" in output.out + output.err


@pytest.mark.parametrize(
    "content",
    [b"", b"not JSON", b"[]", b"{}", b'{"nbformat": 4, "nbformat_minor": 5}', b"[" * 100_000, b'{"nbformat": 99}',
     b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}', b"\xff\xfe\x00"],
    ids=range(9),
)  # fmt: skip
def test_a_file_that_is_not_a_notebook_is_a_one_line_error(bare_shell: Shell, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "n.ipynb").write_bytes(content)
    frame = run_check(bare_shell, tmp_path / "n.ipynb")
    assert frame.check.tolist() == ["file"]
    assert "\n" not in frame.problem[0]
    assert "valid notebook" in frame.problem[0] or "not a notebook" in frame.problem[0]


def test_a_missing_file_is_an_error(bare_shell: Shell) -> None:
    assert isinstance(bare_shell.error("%zenpro notebooks check not-there.ipynb"), UsageError)


def test_older_formats_are_read(bare_shell: Shell, tmp_path: Path) -> None:
    v3 = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(f'k="{SECRET}"')])]
    )
    (tmp_path / "old.ipynb").write_text(json.dumps(v3), encoding="utf-8")
    assert "secret" in set(run_check(bare_shell, tmp_path / "old.ipynb").check)


def test_it_prints_how_others_can_run_it(bare_shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".git").mkdir()
    config = '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://me:secret@github.com/corp/books.git\n'
    (tmp_path / ".git" / "config").write_text(config, encoding="utf-8")
    write(notebook(), tmp_path / "my book.ipynb")
    bare_shell.run(f"%zenpro notebooks check '{tmp_path / 'my book.ipynb'}'")
    output = capsys.readouterr()
    words = output.out + output.err
    assert "https://mybinder.org/v2/gh/corp/books/HEAD?urlpath=lab/tree/my%20book.ipynb" in words
    assert f"papermill '{tmp_path / 'my book.ipynb'}' 'my book-done.ipynb' -p organization acme" in words
    assert "secret" not in words


def test_no_address_is_invented(bare_shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(notebook(), tmp_path / "n.ipynb")
    run_check(bare_shell, tmp_path / "n.ipynb")
    output = capsys.readouterr()
    assert "gh/$OWNER/$REPOSITORY/HEAD" in output.out + output.err


def test_the_shell_exits_with_three(tmp_path: Path) -> None:
    write(notebook(code(f'key = "{SECRET}"')), tmp_path / "bad.ipynb")
    write(notebook(), tmp_path / "good.ipynb")
    files = (str(tmp_path / name) for name in ("good.ipynb", "bad.ipynb"))
    bad = in_process(["notebooks", "check", *files], os.environ)
    assert bad.returncode == 3
    assert b"ZENPROKEY_***" in bad.stdout
    assert SECRET.encode() not in bad.stdout + bad.stderr
