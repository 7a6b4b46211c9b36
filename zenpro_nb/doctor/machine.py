"""This machine: versions, whether the front end can show widgets, and the folders that are written to."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from zenpro_nb.doctor.model import FAILED, OK, SKIPPED, WARNING, Check
from zenpro_nb.files.paths import CONFIG_VARIABLE, STATE_VARIABLE, config_directory, state_directory
from zenpro_nb.ui.protocol import UI

# Packages by what is missing without them; those of the front end may live in another environment than the kernel.
NEEDED = ("zenpro-nb", "ipython", "ipywidgets", "pandas", "pyarrow", "httpx")
FRONT_ENDS = ("jupyterlab", "notebook")
_RENDERERS = ("jupyterlab_widgets", "widgetsnbextension")


def versions() -> Iterator[Check]:
    """Tell what is installed where this runs."""
    words = f"{platform.python_version()} on {platform.system()}"
    yield Check("python", OK, words, shared=words)
    for name in NEEDED:
        found = _version(name)
        if found is None:
            yield Check(name, FAILED, "not installed", f"pip install {name}", "not installed")
        else:
            yield Check(name, OK, found, shared=found)
    for name in FRONT_ENDS:
        found = _version(name)
        words = found or "not in this environment; it may be in another"
        yield Check(name, OK if found else SKIPPED, words, shared=words)


def widgets(ui: UI, environ: Mapping[str, str]) -> Iterator[Check]:
    """Check whether forms can be shown.

    A kernel cannot ask its front end, so that this is what can be known from here.
    """
    name = "widgets"
    if ui.name == "zenpro":
        yield Check(name, SKIPPED, "a terminal shows no forms", shared="terminal")
    elif not ui.is_interactive:
        yield Check(name, SKIPPED, "no front end with a person is connected", shared="no front end")
    elif any(variable.startswith("VSCODE_") for variable in environ):
        words = "VS Code shows widgets by itself"
        yield Check(name, OK, words, shared=words)
    elif any(_version(renderer) for renderer in _RENDERERS):
        words = "the front end's half is installed beside the kernel; the front end itself cannot be asked"
        yield Check(name, OK, words, "Where a form shows as text only, reload the page.", words)
    else:
        words = "the front end's half is not installed beside the kernel; it may be where the front end is"
        step = "Where a form shows as text only, install jupyterlab_widgets where JupyterLab itself is installed."
        yield Check(name, WARNING, words, step, words)


def folders(environ: Mapping[str, str]) -> Iterator[Check]:
    """Check whether the journal, and the file of profiles, can be written."""
    without = "without the journal nothing is written to a server"
    yield _folder("state directory", state_directory(environ), FAILED, f"Set {STATE_VARIABLE}; {without}.")
    yield _folder("config directory", config_directory(environ), WARNING, f"Set {CONFIG_VARIABLE} to write profiles.")


def _folder(name: str, folder: Path, verdict: str, step: str) -> Check:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(name, verdict, f"{folder} cannot be written: {error.strerror}", step, "not writable")
    return Check(name, OK, f"{folder}{os.sep}", shared="writable")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
