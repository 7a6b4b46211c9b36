"""Check this machine: versions, whether the front end can show widgets, and the folders to write to."""

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

# Packages that are required; those of the front end can be in a different environment than the kernel.
PACKAGES = ("zenpro-nb", "ipython", "ipywidgets", "pandas", "pyarrow", "httpx")
FRONT_ENDS = ("jupyterlab", "notebook")
_RENDERERS = ("jupyterlab_widgets", "widgetsnbextension")


def versions() -> Iterator[Check]:
    """Report the installed versions."""
    detail = f"{platform.python_version()} on {platform.system()}"
    yield Check("python", OK, detail, shared=detail)
    for name in PACKAGES:
        installed = _version(name)
        if installed is None:
            yield Check(name, FAILED, "not installed", f"pip install {name}", "not installed")
        else:
            yield Check(name, OK, installed, shared=installed)
    for name in FRONT_ENDS:
        installed = _version(name)
        detail = installed or "not in this environment; it may be in another one"
        yield Check(name, OK if installed else SKIPPED, detail, shared=detail)


def widgets(ui: UI, environ: Mapping[str, str]) -> Iterator[Check]:
    """Check whether forms can be shown.

    A kernel cannot query its front end, so this only checks the kernel's side.
    """
    name = "widgets"
    if ui.name == "zenpro":
        yield Check(name, SKIPPED, "not used in a terminal, where forms prompt for values", shared="terminal")
    elif not ui.is_interactive:
        yield Check(name, SKIPPED, "no interactive front end is connected", shared="no front end")
    elif any(variable.startswith("VSCODE_") for variable in environ):
        detail = "VS Code shows widgets without additional packages"
        yield Check(name, OK, detail, shared=detail)
    elif any(_version(renderer) for renderer in _RENDERERS):
        detail = (
            "the front-end package is installed in the kernel's environment; the front end itself cannot be checked"
        )
        yield Check(name, OK, detail, "If a form appears as text only, reload the page.", detail)
    else:
        detail = "the front-end package is not in the kernel's environment; it may be in that of the front end"
        next_step = "If a form appears as text only, install jupyterlab_widgets where JupyterLab itself is installed."
        yield Check(name, WARNING, detail, next_step, detail)


def folders(environ: Mapping[str, str]) -> Iterator[Check]:
    """Check that the journal and the profiles file are writable."""
    consequence = "without the journal, writes are refused"
    yield _folder("state directory", state_directory(environ), FAILED, f"Set {STATE_VARIABLE}; {consequence}.")
    yield _folder("config directory", config_directory(environ), WARNING, f"Set {CONFIG_VARIABLE} to write profiles.")


def _folder(name: str, folder: Path, status: str, next_step: str) -> Check:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(name, status, f"{folder} cannot be written: {error.strerror}", next_step, "not writable")
    return Check(name, OK, f"{folder}{os.sep}", shared="writable")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
