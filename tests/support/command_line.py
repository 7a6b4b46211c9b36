"""Run the shell command `zenpro` as a process, or inside the test's own process in a hundredth of the time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

from tests.support.world import OWN_FOLDERS
from zenpro_nb import limits
from zenpro_nb.frontends.cli import main

NEVER = 3600.0  # seconds
ZENPRO = (sys.executable, "-m", "zenpro_nb")
Completed = subprocess.CompletedProcess[bytes]


class _Stream(io.TextIOWrapper):
    """A stream in memory for text and bytes, which can act as a terminal."""

    def __init__(self, content: bytes, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def content(self) -> bytes:
        """Return everything that was written."""
        self.seek(0)
        return self.buffer.read()


def _with_folders(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment, with the folders of the test in place of the user's own."""
    return {name: os.environ[name] for name in OWN_FOLDERS if name in os.environ} | dict(environment)


def as_process(words: Sequence[str], environment: Mapping[str, str]) -> Completed:
    """Run the command in a process of its own, without a terminal."""
    return subprocess.run([*ZENPRO, *words], env=_with_folders(environment), capture_output=True, check=False)


def in_terminal(words: Sequence[str], environment: Mapping[str, str], typed: str = "") -> str:
    """Return the output of `zenpro` in a terminal of 200 columns."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    process = subprocess.Popen(
        [*ZENPRO, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=_with_folders(environment)
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    try:
        while piece := os.read(ours, 65_536):
            shown += piece
    except OSError:  # the error on Linux after the other end is closed
        process.wait()
    os.close(ours)
    return shown.decode()


def in_process(
    words: Sequence[str], environment: Mapping[str, str], *, typed: str = "", terminal: bool = False
) -> Completed:
    """Run the command here, with this environment alone.

    A slow machine shows no progress bar, unless the test sets `PROGRESS_AFTER` to zero.

    Args:
        typed: the standard input.
        terminal: whether its streams are a terminal, with the width `COLUMNS`.
    """
    out, err = (_Stream(b"", terminal=terminal) for _ in range(2))
    stdin = _Stream(typed.encode(), terminal=terminal)
    with (
        mock.patch.dict(os.environ, _with_folders(environment), clear=True),
        mock.patch.object(sys, "stdin", stdin),
        mock.patch.object(limits, "PROGRESS_AFTER", limits.PROGRESS_AFTER and NEVER),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main(words)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            raise AssertionError("`zenpro` ended without an exit code")
    return Completed([*ZENPRO, *words], code, out.content(), err.content())
