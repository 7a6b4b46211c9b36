"""Run the sandbox as a child process: it is used over HTTP like any server, and ends with its parent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct

from zenpro_nb import extras, limits
from zenpro_nb.client import ApiKey
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.profiles import Settings
from zenpro_nb.security.secret import Secret
from zenpro_nb.servers.child_process import ChildProcess

_NAME = "ZENPRO_SANDBOX_COMMAND"  # the variable with the name of the command in the sandbox's messages
_CAPTURES = "ZENPRO_SANDBOX_CAPTURES"  # the variable with the folder in its export lines
_WITHOUT_CAPTURES = ("--db", "--ready-file", "--supervised", "--help", "-h")
_COMMAND = [sys.executable, "-m", "zenpro_nb.sandbox"]


class Sandbox(Struct, frozen=True):
    """A running sandbox."""

    url: str
    settings: Settings
    process: ChildProcess
    key: Secret
    folder: str = ""  # for its captures; the sandbox deletes it when it ends

    @property
    def running(self) -> bool:
        """Return whether its process is still running."""
        return self.process.running

    @property
    def captures(self) -> Path | None:
        """Return the folder of its captures."""
        return Path(self.folder, "captures") if self.folder else None

    def stop(self) -> None:
        """Stop it, and wait until it has ended."""
        self.process.end()


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
    return Sandbox(ready["url"], _settings(ready), process, Secret(ready["key"]), ready.get("folder", ""))


def _settings(ready: Mapping[str, Any]) -> Settings:
    """Return the settings for a sandbox, from what it reports when it is ready."""
    organizations = ready.get("organizations") or [None]
    return Settings(
        url=ready["url"],
        credential=ApiKey(ready["key"]),
        source="the sandbox",
        organization=organizations[0],
        profile="sandbox",
    )


def run_in_foreground(options: Sequence[str], prepare: Callable[[Settings, Path], object]) -> int:
    """Run the sandbox in this terminal until Ctrl-C, and return its exit code.

    Args:
        prepare: called in a thread when it is ready, with the folder of its captures, which is deleted at the end and
            which it names in its export lines. Not called for a database that is kept, because it outlives the folder.

    Raises:
        MissingExtraError: a package of the sandbox is not installed.
    """
    _check()
    environment = {**os.environ, _NAME: "zenpro sandbox run"}
    if any(option.partition("=")[0] in _WITHOUT_CAPTURES for option in options):
        return ChildProcess([*_COMMAND, *options], guarded=True, env=environment).run()
    with TemporaryDirectory(prefix="zenpro-sandbox-captures-", ignore_cleanup_errors=True) as folder:
        captures, ready = Path(folder, "captures"), Path(folder, "ready.json")
        environment[_CAPTURES] = str(captures)
        process = ChildProcess([*_COMMAND, *options, "--ready-file", str(ready)], guarded=True, env=environment)
        threading.Thread(target=_prepare, args=(process, ready, captures, prepare), daemon=True).start()
        return process.run()


def _prepare(process: ChildProcess, ready: Path, captures: Path, prepare: Callable[[Settings, Path], object]) -> None:
    if process.wait_until(ready.exists, limits.SANDBOX_READY):
        settings = _settings(json.loads(ready.read_text(encoding="utf-8")))
        ready.unlink()
        try:
            prepare(settings, captures)
        except (ZenProError, OSError):
            if process.running:  # otherwise, Ctrl-C has stopped it meanwhile
                raise


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
