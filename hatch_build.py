"""Build the wheel with the notebooks, without the outputs that they have in the repository."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NotebooksHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds copies of the notebooks to the wheel. An editable installation uses the folder of the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the copies into a folder that exists until the wheel is built."""
        if version == "editable":
            return
        self._folder = Path(tempfile.mkdtemp(prefix="zenpro-notebooks-"))
        for path in sorted(Path(self.root, "notebooks").glob("*")):
            if path.suffix == ".ipynb":
                (self._folder / path.name).write_text(
                    without_outputs(path.read_text(encoding="utf-8")), encoding="utf-8"
                )
            elif path.suffix == ".md":
                shutil.copy(path, self._folder)
        build_data["force_include"][str(self._folder)] = "zenpro_nb/notebooks"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the copies."""
        if version != "editable":
            shutil.rmtree(self._folder)


def without_outputs(text: str) -> str:
    """Return a notebook without outputs."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
