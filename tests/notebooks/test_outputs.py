"""The notebooks have outputs in the repository, and nowhere else: copies and the wheel have none."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from itertools import groupby
from pathlib import Path

import nbformat
import pytest

from tests.support.notebooks import FOLDER, NOTEBOOKS
from zenpro_nb.servers import demo_folder
from zenpro_nb.sharing import notebook_file, parameters_cell

ROOT = FOLDER.parent
# Notebooks of which only the kinds of outputs are compared, with the reason.
KINDS_ONLY = {
    "02-workspaces": "one of its workspaces breaks off after a number of rows that depends on the load",
    "03-who-may-do-what": "the digests of the record of a review",
    "04-what-changed": "the times of captures, to the microsecond",
    "05-access-as-code": "the times of captures, to the microsecond",
    "06-people-come-and-go": "the ids of commands",
    "07-usage": "the window ends at the moment of the run",
}
LARGEST = 400_000  # bytes of a notebook, so that the repository stays small


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_committed_with_the_outputs_of_one_run(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert [output for cell in cells for output in cell.outputs if output.output_type == "error"] == []
    assert sum(bool(cell.outputs) for cell in cells) > len(cells) / 2
    assert path.stat().st_size < LARGEST


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_begins_with_a_question_and_ends_with_what_to_do(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert "?" in cells[0].source.splitlines()[0]
    assert "| time | permissions | when |" in cells[0].source
    assert cells[-1].source.startswith("## What to do now")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_contain_nothing_of_the_machine_that_ran_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "ZENPROKEY_" not in text
    assert str(Path.home()) not in text
    assert str(ROOT) not in text


def _outputs(text: str) -> list[object]:
    return [
        found
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "code"
        for found in (*cell["outputs"], *filter(None, [cell["execution_count"]]))
    ]


def test_copies_of_the_demo_have_none(tmp_path: Path) -> None:
    lines: list[str] = []
    with demo_folder.copies(tmp_path / "copies", lines.append) as work:
        assert sorted(path.name for path in work.glob("*.ipynb")) == [path.name for path in NOTEBOOKS]
        assert [found for path in work.glob("*.ipynb") for found in _outputs(path.read_text(encoding="utf-8"))] == []
        assert not demo_folder.is_changed(work, FOLDER)
        copied = work / NOTEBOOKS[0].name
        copied.write_text(NOTEBOOKS[0].read_text(encoding="utf-8"), encoding="utf-8")  # someone has run and saved it
        assert demo_folder.is_changed(work, FOLDER)


def test_a_copy_with_parameters_has_none() -> None:
    notebook = parameters_cell.with_parameters(notebook_file.read(NOTEBOOKS[0]), {"organization": "acme-labs"})
    assert _outputs(nbformat.writes(notebook)) == []


@pytest.mark.release
def test_the_wheel_has_none(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "uv", "build", "-q", "--wheel", "--out-dir", tmp_path]
    subprocess.run(command, cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = sorted(name for name in file.namelist() if name.startswith("zenpro_nb/notebooks/"))
        texts = [file.read(name).decode() for name in names if name.endswith(".ipynb")]
    assert [Path(name).name for name in names] == [*(path.name for path in NOTEBOOKS), "README.md"]
    assert [found for text in texts for found in _outputs(text)] == []


@pytest.mark.kernel
@pytest.mark.timeout(900)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_outputs_are_current(path: Path) -> None:
    """A new run shows the same, apart from pictures, whose bytes depend on fonts."""
    from docs import run_notebooks

    shown = _kinds if path.stem in KINDS_ONLY else _outputs_by_source
    assert shown(run_notebooks.run(path)) == shown(nbformat.read(path, as_version=4)), (
        f"python docs/run_notebooks.py {path.stem}"
    )


def _kinds(notebook: nbformat.NotebookNode) -> list[tuple[str, list[list[str]]]]:
    """The kinds of the outputs. Consecutive texts count as one: a remark about a slow server can come between two."""
    return [
        (
            cell.source,
            [kind for kind, _ in groupby(sorted(output.get("data", {"text": ""})) for output in cell.outputs)],
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _outputs_by_source(notebook: nbformat.NotebookNode) -> list[tuple[str, list[str]]]:
    return [
        (cell.source, [_plain(output) for output in cell.outputs])
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _plain(output: nbformat.NotebookNode) -> str:
    data = output.get("data", {})
    return "picture" if "image/png" in data else str(data.get("text/plain") or output.get("text", ""))
