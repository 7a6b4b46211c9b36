"""The notebook about forms runs completely in a session that is not interactive."""

from __future__ import annotations

from pathlib import Path

import papermill
import pytest

from tests.support.sandbox import SandboxProcess

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01-forms.ipynb"


@pytest.mark.kernel
def test_it_runs_under_papermill(plane: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZENML_PRO_API_TOKEN", raising=False)
    monkeypatch.setenv("ZENML_PRO_API_URL", plane.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", plane.key)
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path))
    done = papermill.execute_notebook(NOTEBOOK, tmp_path / "out.ipynb", progress_bar=False, log_output=False)
    shown = [
        output["data"]["text/plain"] for cell in done.cells for output in cell.get("outputs", []) if "data" in output
    ]
    assert sum("Forms need a running notebook" in text for text in shown) == 3
    assert "widgets" not in done.metadata
