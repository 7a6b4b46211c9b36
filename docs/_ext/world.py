"""The world in which pages run: nobody's home, and a sandbox that reading pages share.

A page that writes says `sandbox: own` in its front matter, and gets one that nothing has written into. Such pages are
read one after the other, so those of one process use the same one, which is put back into its first state before each.
Kernels and sandboxes are forked where they can be: importing what they need takes longer than most pages.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack, redirect_stdout
from io import StringIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.forked_kernels import forked_kernels
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.tool.demo import earlier_captures
from zenpro_nb.files.paths import CAPTURES_VARIABLE
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session
from zenpro_nb.ui.protocol import TerminalUI

_LIFECYCLE = 1  # seconds; a workspace is there soon enough to be waited for
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
        self._shared: SandboxProcess | None = None
        self._own: SandboxProcess | None = None
        self._captures: Path | None = None
        self._until_closed = ExitStack()
        self._prepare()

    def start(self, *, captures: bool = False) -> None:
        """Start the sandbox that the reading pages share, and if asked for, capture earlier months of it."""
        if self._shared is None:
            self._until_closed.enter_context(forked_kernels())
            self._shared = SandboxProcess(lifecycle_seconds=_LIFECYCLE).start()
        if captures and self._captures is None:
            self._captures = self._earlier_captures(self._shared)

    def enter(self, page: str, *, own: bool) -> None:
        """Let the kernels that start from now on be those of this page."""
        self.start()
        assert self._shared is not None  # noqa: S101 - it was started above
        os.environ.update(self._variables(page, self._untouched() if own else self._shared))

    def environment(self, page: str) -> dict[str, str]:
        """Return the environment of a kernel that reads from the shared sandbox, with captures of earlier months."""
        self.start(captures=True)
        assert self._shared is not None  # noqa: S101 - it was started above
        assert self._captures is not None  # noqa: S101 - they were written above
        captures = Path(self._folder.name, "pages", page, f"captures-{os.getpid()}")
        shutil.copytree(self._captures, captures)
        return {**os.environ, **self._variables(page, self._shared), CAPTURES_VARIABLE: str(captures)}

    def _untouched(self) -> SandboxProcess:
        """Return the sandbox of the writing pages of this process in its first state."""
        if self._own is None:
            self._own = SandboxProcess(lifecycle_seconds=_LIFECYCLE).start()
            self._own.keep()
        else:
            self._own.restore()
        return self._own

    def _earlier_captures(self, speaks_to: SandboxProcess) -> Path:
        settings = Settings(
            url=speaks_to.url,
            credential=ApiKey(speaks_to.key),
            source="the sandbox",
            organization=_ORGANIZATION,
            profile="sandbox",
        )
        with redirect_stdout(StringIO()):
            context = CommandContext(Session(), TerminalUI())
            written = earlier_captures(context, settings, Path(self._folder.name, "prepared"))
        return Path(written[CAPTURES_VARIABLE])

    def _variables(self, page: str, speaks_to: SandboxProcess) -> dict[str, str]:
        folders = {name: Path(self._folder.name, "pages", page, name.lower()) for name in _FOLDERS}
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True)  # IPython says so in a page where its own is not there
        return {
            "ZENML_PRO_API_URL": speaks_to.url,
            "ZENML_PRO_API_KEY": speaks_to.key,
            "ZENPRO_ORGANIZATION": _ORGANIZATION,
            **{name: str(folder) for name, folder in folders.items()},
        }

    def close(self) -> None:
        """End the sandboxes, and give the environment back."""
        for sandbox in (self._own, self._shared):
            if sandbox is not None:
                sandbox.stop()
        self._until_closed.close()
        os.environ.clear()
        os.environ.update(self._before)
        self._folder.cleanup()

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
