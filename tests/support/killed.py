"""A program that runs a command and ends with SIGKILL at a given step of the write with a given number.

python -m tests.support.killed URL KEY STEP NUMBER WORD…     the words of a command, or `small-plan NAME`
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any, NoReturn

import zenpro_nb
from tests.support import fork_server
from tests.support.sandbox import SandboxProcess
from tests.support.small_plan import apply
from zenpro_nb.client import Client, Reply
from zenpro_nb.errors import SaveError
from zenpro_nb.framework.writes import journaled
from zenpro_nb.framework.writes.write import Outcome, Write
from zenpro_nb.journal.journal import STARTED, Entry, Journal
from zenpro_nb.session.session import Session

STEPS = (
    "before it is begun",
    "begun by half a line",
    "begun",
    "arrived",
    "answered",
    "recorded by half a line",
    "recorded",
)


def run_and_kill(plane: SandboxProcess, step: str, number: int, line: list[str]) -> None:
    """Run the command line in a process that is killed at this step of the write with this number."""
    arguments = [plane.url, plane.key, step, str(number), *line]
    with tempfile.TemporaryFile() as said, open(os.devnull, "r+b") as nothing:
        code = _exit_code(arguments, (nothing.fileno(), nothing.fileno(), said.fileno()))
        said.seek(0)
        assert code == -signal.SIGKILL, said.read().decode()


def _exit_code(arguments: list[str], streams: tuple[int, int, int]) -> int:
    if fork_server.AVAILABLE:
        return fork_server.Forked("tests.support.killed", arguments, dict(os.environ), streams).wait()
    stdin, stdout, stderr = streams
    command = [sys.executable, "-m", "tests.support.killed", *arguments]
    return subprocess.run(command, stdin=stdin, stdout=stdout, stderr=stderr, check=False).returncode


def main() -> None:
    """Run the command with a trap at this step."""
    url, key, step, number, *words = sys.argv[1:]
    _Trap(step, int(number)).set()
    with zenpro_nb.connect(url=url, api_key=key, organization="acme") as zen:
        if words[0] == "small-plan":
            apply(zen, words[1])
        else:
            zen.run(*words)


def die() -> NoReturn:
    """End immediately, without `finally`, `atexit` or flushed buffers."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL came back")


class _Trap:
    def __init__(self, step: str, number: int) -> None:
        self._step, self._left = step, number
        self._lock = threading.Lock()

    def reached(self, step: str) -> bool:
        """Return whether the process must be killed at this step of this write."""
        with self._lock:
            self._left -= step == self._step
            return step == self._step and self._left == 0

    def set(self) -> None:
        """Install the trap between the steps of sending."""
        append, later, send, perform = Journal.append, Journal.append_later, journaled.send, Client._perform

        def appending(journal: Journal, entry: Entry) -> None:
            begins = entry.outcome == STARTED
            if begins and self.reached("before it is begun"):
                die()
            if begins and self.reached("begun by half a line"):
                _write_halves()
            append(journal, entry)
            if begins and self.reached("begun"):
                die()

        def appending_later(journal: Journal, entry: Entry, failed: Callable[[SaveError], None]) -> None:
            later(journal, entry, failed)
            if self.reached("recorded by half a line"):
                _write_halves()
                journal.flush()
            if self.reached("recorded"):
                journal.flush()
                die()

        def send_or_die(session: Session, write: Write) -> Outcome:
            outcome = send(session, write)
            if self.reached("answered"):
                die()
            return outcome

        def perform_or_die(client: Client, call: Any) -> Reply:
            reply = perform(client, call)
            if not call.safe and self.reached("arrived"):
                die()
            return reply

        Journal.append, Journal.append_later = appending, appending_later  # type: ignore[method-assign]
        journaled.send, Client._perform = send_or_die, perform_or_die  # type: ignore[method-assign]


def _write_halves() -> None:
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        # Only the last line is cut: half of two lines of the same length is a whole line.
        last = data.rstrip(b"\n").rfind(b"\n") + 1
        write(descriptor, data[: (last + len(data)) // 2])
        die()

    os.write = half  # type: ignore[assignment]


if __name__ == "__main__":
    main()
