"""Processes forked from one that has already imported their modules, which takes most of a start.

`python -m tests.support.fork_server MODULE DESCRIPTOR` imports the module, and for each request on that socket forks a
process which calls the module's `main` with arguments, environment, folder and standard streams of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
AVAILABLE = sys.platform == "linux"  # other systems have no sockets with message boundaries that report their end
_LARGEST = 1 << 20  # bytes of a request, most of which is an environment
_STREAMS = 3


class Forked:
    """A forked process, with the interface of `subprocess.Popen`.

    Args:
        module: the module whose `main` it calls without arguments.
        arguments: its `sys.argv`, without the program name.
        env: its environment.
        streams: its standard input, output and error.
        folder: its current folder; by default that of this process.
    """

    def __init__(
        self,
        module: str,
        arguments: list[str],
        env: dict[str, str],
        streams: tuple[int, int, int],
        folder: Path | None = None,
    ) -> None:
        self._status, theirs = socket.socketpair()
        self.returncode: int | None = None
        request = {"arguments": arguments, "environment": env, "folder": str(folder or Path.cwd())}
        with theirs:
            socket.send_fds(_server(module), [json.dumps(request).encode()], [*streams, theirs.fileno()])
        self.pid = int(self._told())

    def poll(self) -> int | None:
        """Return the exit code, or None while it is running."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return the exit code."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
            self.returncode = int(self._told())
            self._status.close()
        return self.returncode

    def kill(self) -> None:
        """End it with SIGKILL if it is still running."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _told(self) -> str:
        line = b""
        while not line.endswith(b"\n"):
            more = self._status.recv(32)
            if not more:
                raise RuntimeError("The process that forks others has ended.")
            line += more
        return line.decode()


def prepare(module: str) -> None:
    """Start the process that imports this module and forks others, which the children of this process then share."""
    _server(module)


@cache
def _server(module: str) -> socket.socket:
    """Return the socket of the process that has imported this module."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LARGEST)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, module, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # called first, and ends the process
    return ours


def _next_process(channel: socket.socket) -> dict[str, Any]:
    """Fork for each request, and return it in the new process only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        data, descriptors, _, _ = socket.recv_fds(channel, _LARGEST, _STREAMS + 1)
        _reap(os.WNOHANG if data else 0)
        if not data:
            os._exit(0)
        if os.fork() == 0:
            channel.close()
            return _watch(json.loads(data), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _reap(options: int) -> None:
    """Wait for processes that have ended, to include their time in the measurement."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


def _watch(request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
    """Fork once more, and report the id and exit code of that process. Return in that process only."""
    *streams, status = descriptors
    pid = os.fork()
    if pid:
        for descriptor in streams:
            os.close(descriptor)
        with socket.socket(fileno=status) as told:
            told.sendall(f"{pid}\n".encode())
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            try:
                told.sendall(f"{code}\n".encode())
            except BrokenPipeError:
                os._exit(1)  # the reader is gone
        os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.close(status)
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    return request


def _become(request: dict[str, Any]) -> None:
    """Apply the environment, folder and arguments of the request."""
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    sys.argv[1:] = request["arguments"]


def main(module: str, descriptor: str) -> NoReturn:
    """Serve requests. Each forked process returns here and runs the module's `main`."""
    run = importlib.import_module(module).main
    gc.collect()
    gc.freeze()  # keeps the garbage collector from writing to shared memory pages
    _become(_next_process(socket.socket(fileno=int(descriptor))))
    sys.exit(run())


if __name__ == "__main__":
    main(*sys.argv[1:])
