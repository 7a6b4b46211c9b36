"""The world in which pages run: nobody's home, and a sandbox that reading pages share.

A page that writes says `sandbox: own` in its front matter, and gets one that ends with it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from zenpro_nb.commands.tool.demo import earlier_captures
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.servers import sandbox_process
from zenpro_nb.session.session import Session
from zenpro_nb.ui.protocol import TerminalUI

_OPTIONS = ("--lifecycle-seconds", "1")  # a workspace is there soon enough to be waited for
_ORGANIZATION = "acme"
# Where the extension, ZenML, IPython and Jupyter have a person's own files: each page has its own.
_FOLDERS = (
    *("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH", "IPYTHONDIR"),
    *("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"),
)
# What the libraries keep for all pages together.
_SHARED_FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "MPLCONFIGDIR")
_COLUMNS = 110  # what the shell command takes for the width of the terminal


class World:
    """Environment variables, folders and sandboxes of one build."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="zenpro-docs-")
        self._before = dict(os.environ)
        self._shared: sandbox_process.Sandbox | None = None
        self._own: sandbox_process.Sandbox | None = None
        self._prepare()

    def start(self) -> None:
        """Start the sandbox that the reading pages share."""
        self._shared = self._shared or sandbox_process.start(_OPTIONS)

    def enter(self, page: str, *, own: bool) -> None:
        """Let the kernels that start from now on be those of this page."""
        self._stop_own()
        self.start()
        if own:
            self._own = sandbox_process.start(_OPTIONS)
        speaks_to = self._own or self._shared
        assert speaks_to is not None  # noqa: S101 - it was started above
        os.environ.update(self._variables(page, speaks_to))

    def environment(self, page: str) -> dict[str, str]:
        """Return the environment of a kernel that reads from the shared sandbox, with captures of earlier months."""
        self.start()
        assert self._shared is not None  # noqa: S101 - it was started above
        variables = self._variables(page, self._shared)
        folder = Path(self._folder.name, "pages", page, f"prepared-{os.getpid()}")
        with redirect_stdout(StringIO()):
            context = CommandContext(Session(), TerminalUI())
            captures = earlier_captures(context, self._shared.settings, folder)
        return {**os.environ, **variables, **captures}

    def _variables(self, page: str, speaks_to: sandbox_process.Sandbox) -> dict[str, str]:
        folders = {name: Path(self._folder.name, "pages", page, name.lower()) for name in _FOLDERS}
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True)  # IPython says so in a page where its own is not there
        return {
            "ZENML_PRO_API_URL": speaks_to.url,
            "ZENML_PRO_API_KEY": speaks_to.key.reveal(),
            "ZENPRO_ORGANIZATION": _ORGANIZATION,
            **{name: str(folder) for name, folder in folders.items()},
        }

    def close(self) -> None:
        """End the sandboxes, and give the environment back."""
        self._stop_own()
        if self._shared:
            self._shared.stop()
        os.environ.clear()
        os.environ.update(self._before)
        self._folder.cleanup()

    def _stop_own(self) -> None:
        if self._own:
            self._own.stop()
        self._own = None

    def _prepare(self) -> None:
        for name in [*os.environ]:
            if name.startswith(("ZENML_", "ZENPRO_")) or name == "LINES":
                del os.environ[name]
        for name in _SHARED_FOLDERS:
            folder = Path(self._folder.name, name.lower())
            folder.mkdir()
            os.environ[name] = str(folder)
        commands = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        modules = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        os.environ.update(PATH=commands, PYTHONPATH=modules, COLUMNS=str(_COLUMNS))
