"""Child processes: started, waited for until they are ready, ended with us, however we end."""

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
    """A program that ends when its standard input closes, and so cannot outlive the process that started it.

    It is in a session of its own: Ctrl-C, and the interrupt of a kernel, are meant for us and not for it.

    Args:
        command: the program and its arguments.
        guarded: the program does not look at its standard input; a guard does so in its place.
        answers: its standard output is for us (see `first_line`).
        quiet: what it says is not shown, but kept for `last_words`.
        env: its environment; ours where left out.
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
        # Words go to a file: nobody reads a pipe while the program runs, and a full one would stop it.
        self._words = tempfile.TemporaryFile("w+") if quiet else None  # noqa: SIM115 - lives as long as the process
        guard = [sys.executable, "-I", str(GUARD), str(limits.CHILD_STOP)] if guarded else []
        self._process = subprocess.Popen(
            [*guard, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else self._words,
            stderr=self._words,
            text=True,
            env=env,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Return the process's number; with a guard, the guard's."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Return whether it has not ended."""
        return self._process.poll() is None

    def first_line(self) -> str:
        """Wait for the first line of its answers, and return it; "" where it ends without one."""
        return self._process.stdout.readline() if self._process.stdout is not None else ""

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Ask `ready` again and again; return whether it was, before the program ended or the seconds were over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.running:
            if ready():
                return True
            time.sleep(limits.WAIT_SLICE)
        return False

    def last_words(self) -> str:
        """End it, and return the last line that it said."""
        self.end()
        lines: list[str] = []
        if self._words is not None:
            self._words.seek(0)
            lines = [line.strip() for line in self._words if line.strip()]
        return lines[-1].removeprefix("Error: ") if lines else f"exit code {self._process.returncode}"

    def run(self) -> int:
        """Wait until it ends, and return its exit code; 0 where Ctrl-C, or a signal to end, comes first and ends it."""
        try:
            with signals_as_interrupts():
                return self._process.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            self.end()

    def end(self) -> None:
        """End it, and wait until it has; nothing where it has ended by itself."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(limits.CHILD_STOP)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):  # it takes too long, for us or for whoever asks again
            self._kill()
            self._process.wait()

    def _kill(self) -> None:
        if os.name == "posix":
            os.killpg(self.pid, signal.SIGKILL)  # a guard and its program are one group
        else:
            self._process.kill()


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """Let what ends a process from outside (`kill`, a closed terminal) unwind this one as Ctrl-C does.

    So nothing that it started is left behind.
    """
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What is ignored stays so: `nohup` asks for it.
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, signal.default_int_handler) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def free_port() -> int:
    """Return a port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
