"""The notebooks run against the sandbox's workspaces: in the demo, against a bare sandbox, in any order, twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.support.forked_kernels import forked_kernels
from tests.support.notebooks import FOLDER, NOTEBOOKS, PATIENCE
from zenpro_nb.servers import demo, sandbox_process

pytestmark = pytest.mark.kernel

ABOUT_WORKSPACES = FOLDER / "02-workspaces.ipynb"
ABOUT_PEOPLE = FOLDER / "06-people-come-and-go.ipynb"


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where notebooks run, with settings and a journal for this test only."""
    for name in ("ZENML_PRO_API_TOKEN", "ZENPRO_ORGANIZATION", "ZENPRO_PROFILE", "ZENPRO_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def run(path: Path, folder: Path) -> NotebookNode:
    """The notebook after every cell has run without an error, started in the folder."""
    notebook = nbformat.read(path, as_version=4)
    with forked_kernels():
        NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.fixture
def sandbox_variables(empty_folder: Path) -> Iterator[dict[str, str]]:
    """The environment variables that `zenpro sandbox`, in a separate terminal, tells others to set."""
    command = [sys.executable, "-m", "zenpro_nb", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found: dict[str, str] = {}
        for line in process.stdout:
            if line.lstrip().startswith("export "):
                name, _, value = line.split(None, 1)[1].strip().partition("=")
                found[name] = value
            elif found and not line.strip():
                break
        yield found
        process.terminate()


@pytest.mark.timeout(1800)
def test_in_any_order_and_twice_against_a_bare_sandbox(
    sandbox_variables: dict[str, str], empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sandbox_variables.keys() == {
        "ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENPRO_ORGANIZATION", "ZENPRO_CAPTURES_DIR",
    }  # fmt: skip
    for name, value in sandbox_variables.items():
        monkeypatch.setenv(name, value)
    for path in [*reversed(NOTEBOOKS), *NOTEBOOKS]:
        assert sandbox_variables["ZENML_PRO_API_KEY"] not in nbformat.writes(run(path, empty_folder)), path.name


@pytest.mark.timeout(1800)
def test_every_notebook_under_the_demo(empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = sandbox_process.start()
    try:
        for name, value in demo._environment(sandbox, "token", tmp_path / "lab").items():
            monkeypatch.setenv(name, value)
        done = {path: run(path, empty_folder) for path in NOTEBOOKS}
    finally:
        sandbox.stop()
    assert not any(sandbox.key.reveal() in nbformat.writes(notebook) for notebook in done.values())
    _shows_what_fails(done[ABOUT_WORKSPACES])
    _shows_who_came_and_went(done[ABOUT_PEOPLE])


def _shows_what_fails(notebook: NotebookNode) -> None:
    shown = nbformat.writes(notebook)
    for workspace in ("ml-prod", "ml-staging", "ml-dev", "recommender", "fraud-detection", "forecasting"):
        assert workspace in shown
    # One workspace is deactivated, and one breaks off: once it loses its database, once the connection.
    assert "deactivated" in shown
    assert "1 workspace is missing from the result: edge-onprem" in shown
    assert "Lost connection" in shown
    assert "without sending complete message body" in shown
    every = outputs(notebook)
    drawn = [output.data["text/html"] for output in every if "<svg" in output.get("data", {}).get("text/html", "")]
    assert ["<title>Runs per day" in item for item in drawn] == [True, False]  # and the graph of a run
    # The workspace that became slow comes first.
    slow = next(
        output.data["text/plain"] for output in every if "factor" in output.get("data", {}).get("text/plain", "")
    )
    assert "ranking_training" in slow.splitlines()[2]


def _shows_who_came_and_went(notebook: NotebookNode) -> None:
    shown = {cell.source: nbformat.writes(nbformat.v4.new_notebook(cells=[cell])) for cell in notebook.cells}
    (offboarded,) = (text for source, text in shown.items() if "offboard $leaver $newcomer --yes" in source)
    for action in ("deactivate", "withdraw", "remove", "revoke", "leave"):
        assert action in offboarded
    # Assertions about the state before it exist, and fail after it.
    before, after = (cell for cell in notebook.cells if cell.source == "%zenpro assignments --user $leaver")
    assert "Workspace Developer" in nbformat.writes(nbformat.v4.new_notebook(cells=[before]))
    assert "0 assignments" in nbformat.writes(nbformat.v4.new_notebook(cells=[after]))
    (waiting,) = (text for source, text in shown.items() if source.startswith("%zenpro invitations"))
    assert "0 invitations" in waiting
