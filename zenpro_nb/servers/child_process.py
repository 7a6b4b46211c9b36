"""Start child processes, wait until they are ready, and make sure that they end with this process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from zenpro_nb import limits

GUARD = Path(__file__).with_name("guard.py")


class ChildProcess:
    """A program that ends when its standard input closes, and thus cannot outlive the process that started it.

    It runs in its own session: Ctrl-C, and the interrupt of a kernel, must reach only this process.

    Args:
        command: the program and its arguments.
        guarded: the program does not read its standard input; a guard does so in its place.
        answers: its standard output is read by this process (see `first_line`).
        quiet: its output is not shown, but kept for `last_words`.
        env: its environment; by default that of this process.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        guarded: bool = False,
        answers: bool = False,
        quiet: bool = False,
        env: Mapping[str, str] | None = None,
    ) -> None:
        # Output goes to a file: no one reads a pipe while the program runs, and a full pipe would block it.
        self._log = tempfile.TemporaryFile("w+") if quiet else None  # noqa: SIM115 - lives as long as the process
        guard = [sys.executable, "-I", str(GUARD), str(limits.CHILD_STOP)] if guarded else []
        self._process = subprocess.Popen(
            [*guard, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else self._log,
            stderr=self._log,
            text=True,
            env=env,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Return the process id; with a guard, that of the guard."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Return whether it is still running."""
        return self._process.poll() is None

    def first_line(self) -> str:
        """Wait for the first line of its output, and return it; "" if it ends without one."""
        return self._process.stdout.readline() if self._process.stdout is not None else ""

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Call `ready` repeatedly; return whether it became true before the program ended or the time was over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.running:
            if ready():
                return True
            time.sleep(limits.WAIT_SLICE)
        return False

    def last_words(self) -> str:
        """End it, and return the last line of its output."""
        self.end()
        lines: list[str] = []
        if self._log is not None:
            self._log.seek(0)
            lines = [line.strip() for line in self._log if line.strip()]
        return lines[-1].removeprefix("Error: ") if lines else f"exit code {self._process.returncode}"

    def run(self) -> int:
        """Wait until it ends, and return its exit code; 0 if Ctrl-C or a termination signal ends it first."""
        try:
            with signals_as_interrupts():
                return self._process.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            self.end()

    def end(self) -> None:
        """End it, and wait until it has ended; do nothing if it has ended already."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(limits.CHILD_STOP)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):  # it takes too long, or the user interrupts again
            self._kill()
            self._process.wait()

    def _kill(self) -> None:
        if os.name == "posix":
            os.killpg(self.pid, signal.SIGKILL)  # a guard and its program form one group
        else:
            self._process.kill()


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """Let termination from outside (`kill`, a closed terminal) unwind this process as Ctrl-C does.

    This ensures that it stops everything that it started.
    """
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # Ignored signals stay ignored: `nohup` relies on it.
    handled = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, signal.default_int_handler) for number in handled}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def free_port() -> int:
    """Return a free port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
