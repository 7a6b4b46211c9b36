"""Start sandboxes for tests: as a process like a user's, or inside the test with a clock that the test moves."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from tests.support import fork_server

if TYPE_CHECKING:
    from zenpro_nb.sandbox.database.store import Store

# Generous, because a busy machine takes seconds to import and seed, and other tests must not cause a failure.
START_TIMEOUT = 120.0
STOP_TIMEOUT = 30.0
# The database file of a sandbox that runs inside a test.
DATABASE = "sandbox.db"


class SandboxProcess:
    """``python -m zenpro_nb.sandbox --supervised`` with options as keywords: ``users=1000``, ``page_cap=7``.

    A tuple or list repeats an option, ``True`` sets a flag. Use it as a context manager, or ``start`` and ``stop``.

    Args:
        env: environment variables in addition to those of this process.
        forked: fork a process that has already imported the sandbox, if possible. This takes a tenth of the time.
    """

    def __init__(self, env: dict[str, str] | None = None, *, forked: bool = True, **options: Any) -> None:
        self._arguments = ["--supervised", *_arguments(options)]
        self._env = {**os.environ, **(env or {})}
        self._forked = forked and fork_server.AVAILABLE
        self._process: subprocess.Popen[bytes] | fork_server.Forked | None = None
        self._stdin: IO[str] | None = None
        self._stdout: IO[str] | None = None
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open as long as the process
        self.facts: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    @property
    def key(self) -> str:
        return str(self.facts["key"])

    @property
    def pid(self) -> int:
        return int(self.facts["pid"])

    @property
    def headers(self) -> dict[str, str]:
        """The admin's Authorization header."""
        return {"Authorization": f"Bearer {self.key}"}

    def start(self) -> SandboxProcess:
        read, write = os.pipe()
        answers, answer = os.pipe()
        try:
            self._process = self._started(read, answer, self._errors.fileno())
        finally:
            os.close(read)
            os.close(answer)
        self._stdin, self._stdout = os.fdopen(write, "w"), os.fdopen(answers)
        self.facts = json.loads(self._read_line())
        return self

    def _started(self, stdin: int, stdout: int, stderr: int) -> subprocess.Popen[bytes] | fork_server.Forked:
        if self._forked:
            return fork_server.Forked(
                "tests.support.sandbox_command", self._arguments, self._env, (stdin, stdout, stderr)
            )
        command = [sys.executable, "-m", "zenpro_nb.sandbox", *self._arguments]
        return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, env=self._env)

    def let_go(self) -> None:
        """Close its standard input, which ends it shortly afterward."""
        if self._stdin is not None:
            self._stdin.close()

    def stop(self) -> int:
        """Close its standard input, wait for its end, and return the exit code."""
        process = self._process
        assert process is not None
        assert self._stdout is not None
        self.let_go()
        try:
            code = process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self._stdout.close()
        return code

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def keep(self) -> None:
        """Save the current state for :meth:`restore`."""
        self._tell("keep")

    def restore(self) -> None:
        """Restore the state of the last :meth:`keep`, with the same process, address and key."""
        self._tell("restore")

    def drop(self) -> None:
        """Drop the state of the last :meth:`keep`, and restore the one before it."""
        self._tell("drop")

    def lead_to(self, *workspaces: str) -> None:
        """Connect workspaces to real servers: ``NAME=URL``, like the option ``--workspace``."""
        self._tell(" ".join(["workspaces", *workspaces]))

    def _tell(self, line: str) -> None:
        assert self._stdin is not None
        self._stdin.write(f"{line}\n")
        self._stdin.flush()
        assert json.loads(self._read_line()) == {"done": line.split()}

    def _read_line(self) -> str:
        """Read the next line of the process. Kill the process if it prints nothing for too long."""
        assert self._process is not None
        assert self._stdout is not None
        watchdog = threading.Timer(START_TIMEOUT, self._process.kill)
        watchdog.start()
        line = self._stdout.readline()
        watchdog.cancel()
        if not line:
            code = self.stop()
            self._errors.seek(0)
            raise RuntimeError(f"The sandbox ended with {code}: {self._errors.read()}")
        return line

    def __enter__(self) -> SandboxProcess:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._errors.close()


def _arguments(options: dict[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            yield flag
        elif value is not False and value is not None:
            for item in value if isinstance(value, (list, tuple)) else (value,):
                yield from (flag, str(item))


class FakeClock:
    """A clock that does not move until the test advances it."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._start = start
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, **amount: float) -> None:
        """``clock.advance(minutes=61)``"""
        self._now += timedelta(**amount)

    def reset(self) -> bool:
        """Reset the clock to its start, and return whether it was moved."""
        moved = self._now != self._start
        self._now = self._start
        return moved


@dataclass(frozen=True)
class TimedSandbox:
    """A sandbox inside the test's own process."""

    url: str
    key: str
    clock: FakeClock
    store: Store

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def reset(self) -> None:
        """Restore the state of the last `store.keep()` and the start time."""
        if self.clock.reset():
            # The contents of the workspaces may have been generated at a later time.
            self.store.drop()
        else:
            self.store.restore()


@contextmanager
def timed_sandbox(folder: Path, clock: FakeClock | None = None, **options: Any) -> Iterator[TimedSandbox]:
    """Serve over real HTTP on loopback with this clock; ``options`` are those of ``Options``."""
    import uvicorn

    import tests.support.sandbox_command  # noqa: F401 - hashes passwords fast
    from zenpro_nb.sandbox.app import create_app
    from zenpro_nb.sandbox.database.store import Store
    from zenpro_nb.sandbox.options import Options
    from zenpro_nb.sandbox.seed import prepare
    from zenpro_nb.sandbox.serve import Server, listen, url_of

    clock = clock or FakeClock()
    settings = Options(db=folder / DATABASE, **options)
    store = Store(settings.db)
    seeded = prepare(store, settings, clock)
    ready = threading.Event()
    listener: socket.socket = listen(settings.host, 0)
    app = create_app(settings, clock, store)
    server = Server(uvicorn.Config(app, log_config=None, lifespan="off"), ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(START_TIMEOUT)
        yield TimedSandbox(url_of(settings.host, listener), seeded.admin_key, clock, store)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        store.close()
