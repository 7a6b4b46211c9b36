"""The notebook about workspaces, from top to bottom, against the two servers."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.zenml.conftest import World

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02-workspaces.ipynb"
PATIENCE = 180


def test_it_runs_and_draws(profiles: None, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENPRO_PROFILE", "acme")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=PATIENCE).execute()
    shown = nbformat.writes(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "error"] == []
    drawn = [output.data["text/html"] for output in outputs if "<svg" in output.get("data", {}).get("text/html", "")]
    assert ["<title>Runs per day" in item for item in drawn] == [True, False]  # and the graph of a run
    assert "ml-prod" in shown
    assert "ml-dev" in shown
    assert "no such bucket" in shown
    assert world.dev.key not in shown
