"""The project's notebooks."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PATIENCE = 300  # seconds until a silent cell counts as broken; on a busy machine some take a minute
