"""Manage the demo's folder: copies of the notebooks and their contents page, and the settings of its JupyterLab."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zenpro_nb.errors import UsageError

CONTENTS = "README.md"
_COPIED = (CONTENTS, "*.ipynb")
_CHECKPOINTS = ".ipynb_checkpoints"
# By plugin; JupyterLab's defaults apply to everything else.
_LAB_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # shows the contents page rendered
    "docmanager-extension/plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
}


def notebooks() -> Path:
    """Return the folder of the notebooks: inside an installed package, or next to it in a checkout.

    Raises:
        UsageError: neither place has them.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / CONTENTS).is_file():
            return folder
    raise UsageError("The notebooks are not installed", hint="Install zenpro-nb again, or run from a checkout.")


@contextmanager
def copies(folder: Path | None, say: Callable[[str], None]) -> Iterator[Path]:
    """Yield a folder with copies of the notebooks; existing files are not overwritten.

    If no folder was named, a temporary one is created. It is deleted at the end, unless something was saved in it: an
    edit, outputs of a notebook, a file. In that case, its path is shown.

    Raises:
        UsageError: the notebooks are not installed.
    """
    source = notebooks()
    work = folder or Path(tempfile.mkdtemp(prefix="zenpro-demo-"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        for path in (path for pattern in _COPIED for path in source.glob(pattern)):
            if not (work / path.name).exists():
                _copy(path, work / path.name)
        yield work
    finally:
        if folder is None:
            _leave(work, source, say)


def _copy(path: Path, target: Path) -> None:
    """Copy a file; a notebook without the outputs that it has in a checkout."""
    if path.suffix != ".ipynb":
        shutil.copy(path, target)
        return
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    target.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _leave(work: Path, source: Path, say: Callable[[str], None]) -> None:
    if not is_changed(work, source):
        shutil.rmtree(work, ignore_errors=True)
    if work.exists():
        say(f"Your changes are in {work}; delete the folder when you no longer need it.")


def is_changed(work: Path, source: Path) -> bool:
    """Return whether something was saved in the folder since it was copied; checkpoints do not count."""
    files = [path for path in work.rglob("*") if not path.is_dir() or path.is_symlink()]
    return any(
        _content(path, outputs=True) != _content(source / path.relative_to(work), outputs=False)
        for path in files
        if _CHECKPOINTS not in path.parts
    )


def _content(path: Path, *, outputs: bool) -> Any:
    """Return what the user wrote into a file: for a notebook only its cells, since opening it changes the rest."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    try:
        return [_cell(cell, outputs) for cell in json.loads(content)["cells"]] if path.suffix == ".ipynb" else content
    except (ValueError, TypeError, KeyError, AttributeError):  # not a notebook, despite its suffix
        return content


def _cell(cell: Mapping[str, Any], outputs: bool) -> tuple[Any, ...]:
    return cell.get("cell_type"), "".join(cell.get("source", "")), (cell.get("outputs") or []) if outputs else []


def write_lab_settings(folder: Path) -> None:
    """Write settings that turn off JupyterLab's question about news and show the contents page rendered."""
    for plugin, settings in _LAB_SETTINGS.items():
        path = folder / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
