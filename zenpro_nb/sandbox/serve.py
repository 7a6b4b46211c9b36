"""Run the sandbox: open the socket and the database, start the server, and announce that it is ready."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType

import uvicorn

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.app import create_app
from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.database.store import Store
from zenpro_nb.sandbox.options import Options
from zenpro_nb.sandbox.seed import Seeded, connect_workspace, prepare

Announce = Callable[[dict[str, object]], None]


class Server(uvicorn.Server):
    """A server that announces when it is ready, and can ignore Ctrl-C."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], *, ignore_sigint: bool = False) -> None:
        super().__init__(config)
        self._ready = ready
        self._ignore_sigint = ignore_sigint

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, unless the signal is an ignored Ctrl-C."""
        # Interrupting a notebook's kernel interrupts the whole process group. The sandbox must survive this.
        if not (self._ignore_sigint and sig == signal.SIGINT):
            super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce that the server is ready."""
        await super().startup(sockets)
        self._ready()


class Supervision:
    """Execute the commands of the program that started a supervised sandbox.

    Each line on standard input is a command, and each is answered by one line. `keep` copies the database, `restore`
    returns to the newest copy, `drop` returns to the one before it, and `workspaces NAME=URL NAME=URL` does the same as
    the option `--workspace`. No HTTP request can do any of this.
    """

    def __init__(self, store: Store, options: Options, clock: Clock) -> None:
        self._store = store
        self._options = options
        self._clock = clock

    def listen(self) -> None:
        """Execute commands until standard input ends. It also ends when the parent process ends in any way."""
        for line in sys.stdin.buffer:
            command = line.decode().split()
            self._execute(*command)
            sys.stdout.write(json.dumps({"done": command}) + "\n")
            sys.stdout.flush()

    def _execute(self, word: str, *values: str) -> None:
        match word, values:
            case "keep", ():
                self._store.keep()
            case "restore", ():
                self._store.restore()
            case "drop", ():
                self._store.drop()
            case "workspaces", pairs:
                self._connect(pairs)
            case _:
                raise ValueError(f"Unknown command of a supervisor: {word}")

    def _connect(self, pairs: Sequence[str]) -> None:
        now = self._clock.now()
        with self._store.writing() as session:
            for name, _, url in (pair.partition("=") for pair in pairs):
                connect_workspace(session, self._options, name, url, now)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Port 0 selects a free one. Raises OSError if the port is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol given, asyncio disables Nagle's algorithm on accepted connections. Otherwise each response
    # waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(limits.BACKLOG)
    return listener


def url_of(host: str, listener: socket.socket) -> str:
    """Return the URL of the server, with the given host name and the actual port."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(options: Options, clock: Clock, listener: socket.socket, announce: Announce, *, supervised: bool) -> None:
    """Serve until a signal arrives or, if supervised, until standard input ends."""
    store = Store(options.db)
    try:
        seeded = prepare(store, options, clock)
        ready = partial(_announce, announce, url_of(options.host, listener), seeded)
        server = Server(server_config(options, clock, store), ready, ignore_sigint=supervised)
        if supervised:
            supervision = Supervision(store, options, clock)
            threading.Thread(target=_stop_with_parent, args=(server, supervision), daemon=True).start()
        server.run(sockets=[listener])
    finally:
        store.close()


def server_config(options: Options, clock: Clock, store: Store) -> uvicorn.Config:
    """Return the settings of the HTTP server."""
    return uvicorn.Config(
        create_app(options, clock, store),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=limits.SHUTDOWN_SECONDS,
        timeout_keep_alive=limits.KEEPALIVE_SECONDS,
    )


def _announce(announce: Announce, url: str, seeded: Seeded) -> None:
    announce(
        {
            "url": url,
            "key": seeded.admin_key,
            "pid": os.getpid(),
            "sandbox": True,
            "organizations": seeded.organizations,
        }
    )


def _stop_with_parent(server: uvicorn.Server, supervision: Supervision) -> None:
    try:
        supervision.listen()
    finally:
        server.should_exit = True


def write_ready_file(path: Path, facts: dict[str, object]) -> None:
    """Write the facts with the key to a new file that only this user can read. Never write into an existing file."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, limits.PRIVATE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(facts, file)
    # Rename the complete file, so a waiting reader never sees a partial one.
    partial.replace(path)
