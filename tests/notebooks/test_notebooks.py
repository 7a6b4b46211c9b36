"""Every notebook runs from top to bottom, and is committed without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

from tests.support.sandbox import SandboxProcess

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PATIENCE = 120


@pytest.fixture
def environment(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> SandboxProcess:
    monkeypatch.delenv("ZENML_PRO_API_TOKEN", raising=False)
    monkeypatch.delenv("ZENPRO_ORGANIZATION", raising=False)
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    return sandbox


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_the_quickstart_runs(environment: SandboxProcess) -> None:
    notebook = nbformat.read(FOLDER / "00-quickstart.ipynb", as_version=4)
    NotebookClient(notebook, timeout=PATIENCE).execute()
    shown = nbformat.writes(notebook)
    assert "sandbox, not ZenML Pro" in shown
    assert environment.key not in shown
    plots = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert len(plots) == 1


def test_the_quickstart_starts_its_own_sandbox_where_there_is_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    notebook = nbformat.read(FOLDER / "00-quickstart.ipynb", as_version=4)
    NotebookClient(notebook, timeout=PATIENCE).execute()
    assert "sandbox, not ZenML Pro" in nbformat.writes(notebook)


def test_the_quickstart_takes_parameters(environment: SandboxProcess, tmp_path: Path) -> None:
    done = papermill.execute_notebook(
        FOLDER / "00-quickstart.ipynb",
        tmp_path / "out.ipynb",
        parameters={"organization": "acme-labs"},
        progress_bar=False,
        log_output=False,
    )
    assert "acme-labs" in nbformat.writes(done)
