"""The sandbox as a child process: started, spoken to over HTTP like any server, gone with its parent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from zenpro_nb import limits
from zenpro_nb.client import ApiKey
from zenpro_nb.errors import UsageError
from zenpro_nb.profiles import Settings
from zenpro_nb.security.secret import Secret

_MODULE = "zenpro_nb.sandbox"


@dataclass
class Sandbox:
    """A running sandbox. It ends when its standard input closes, so it cannot outlive the process that started it."""

    url: str
    settings: Settings
    process: subprocess.Popen[str]
    key: Secret

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """End it, and wait until it has."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(limits.SANDBOX_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(options: Sequence[str] = ()) -> Sandbox:
    """Start a sandbox and wait until it is ready.

    Args:
        options: those of `python -m zenpro_nb.sandbox`.

    Raises:
        UsageError: it did not start; the message is its own.
    """
    # Words go to a file: nobody reads a pipe while the sandbox runs, and a full one would stop it.
    with tempfile.TemporaryFile("w+") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", _MODULE, "--supervised", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            # A kernel's interrupt goes to its whole process group, and is not meant for the sandbox.
            start_new_session=True,
        )
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise UsageError(f"The sandbox did not start: {_last_words(process, words)}")
    ready = json.loads(line)
    organizations = ready.get("organizations") or [None]
    settings = Settings(
        url=ready["url"],
        credential=ApiKey(ready["key"]),
        source="the sandbox",
        organization=organizations[0],
        profile="sandbox",
    )
    return Sandbox(ready["url"], settings, process, Secret(ready["key"]))


def run_in_foreground(options: Sequence[str]) -> int:
    """Run the sandbox in this terminal until Ctrl-C; gives its exit code."""
    process = subprocess.Popen([sys.executable, "-m", _MODULE, *options])
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has sent the signal to the child too, which is about to end by itself.
        return process.wait()


def help_text(width: int) -> str:
    """The sandbox's own help, so that its options are declared in one place; its lines are no longer than `width`."""
    command = [sys.executable, "-m", _MODULE, "--help"]
    # What click takes for the terminal's width; it keeps two columns free.
    environment = os.environ | {"COLUMNS": str(width + 2)}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return result.stdout or result.stderr


def _last_words(process: subprocess.Popen[str], words: IO[str]) -> str:
    code = process.wait()
    words.seek(0)
    lines = [line.strip() for line in words if line.strip()]
    return lines[-1].removeprefix("Error: ") if lines else f"exit code {code}"
