"""Run the sandbox as a child process: it is used over HTTP like any server, and ends with its parent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from zenpro_nb import extras
from zenpro_nb.client import ApiKey
from zenpro_nb.errors import UsageError
from zenpro_nb.profiles import Settings
from zenpro_nb.security.secret import Secret
from zenpro_nb.servers.child_process import ChildProcess

_NAME = "ZENPRO_SANDBOX_COMMAND"  # the variable with the name of the command in the sandbox's messages
_COMMAND = [sys.executable, "-m", "zenpro_nb.sandbox"]


class Sandbox(Struct, frozen=True):
    """A running sandbox."""

    url: str
    settings: Settings
    process: ChildProcess
    key: Secret
    folder: TemporaryDirectory[str] | None = None  # for its captures; deleted when it stops

    @property
    def running(self) -> bool:
        """Return whether its process is still running."""
        return self.process.running

    @property
    def captures(self) -> Path | None:
        """Return the folder of its captures."""
        return None if self.folder is None else Path(self.folder.name) / "captures"

    def stop(self) -> None:
        """Stop it, wait until it has ended, and delete its captures."""
        self.process.end()
        if self.folder is not None:
            self.folder.cleanup()


def start(options: Sequence[str] = ()) -> Sandbox:
    """Start a sandbox and wait until it is ready.

    Args:
        options: those of `python -m zenpro_nb.sandbox`.

    Raises:
        MissingExtraError: a package of the sandbox is not installed.
        UsageError: it did not start; the message comes from the sandbox.
    """
    _check()
    process = ChildProcess([*_COMMAND, "--supervised", *options], answers=True, quiet=True)
    line = process.first_line()
    if not line:
        raise UsageError(f"The sandbox did not start: {process.last_words()}")
    ready = json.loads(line)
    organizations = ready.get("organizations") or [None]
    settings = Settings(
        url=ready["url"],
        credential=ApiKey(ready["key"]),
        source="the sandbox",
        organization=organizations[0],
        profile="sandbox",
    )
    folder = TemporaryDirectory(prefix="zenpro-sandbox-captures-", ignore_cleanup_errors=True)
    return Sandbox(ready["url"], settings, process, Secret(ready["key"]), folder)


def run_in_foreground(options: Sequence[str]) -> int:
    """Run the sandbox in this terminal until Ctrl-C, and return its exit code.

    Raises:
        MissingExtraError: a package of the sandbox is not installed.
    """
    _check()
    environment = {**os.environ, _NAME: "zenpro sandbox run"}
    return ChildProcess([*_COMMAND, *options], guarded=True, env=environment).run()


def help_text(width: int) -> str:
    """Return the sandbox's own help, in lines of at most `width` characters: its options are declared there.

    Raises:
        MissingExtraError: a package of the sandbox is not installed.
    """
    _check()
    # click reads this as the terminal's width and leaves two columns free.
    environment = os.environ | {"COLUMNS": str(width + 2)}
    result = subprocess.run([*_COMMAND, "--help"], capture_output=True, text=True, check=False, env=environment)
    return result.stdout or result.stderr


def _check() -> None:
    extras.check("sandbox", "`sandbox`")
