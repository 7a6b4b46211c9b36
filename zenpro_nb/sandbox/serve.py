"""Running the sandbox: a socket, a database, a server, and a word when it is ready."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import uvicorn

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.app import create_app
from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.options import Options
from zenpro_nb.sandbox.seed import Seeded, prepare
from zenpro_nb.sandbox.store import Store
from zenpro_nb.sandbox.supervision import Supervision

Announce = Callable[[dict[str, object]], None]


class Server(uvicorn.Server):
    """A server that says when it is ready, and may be deaf to Ctrl-C."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], *, deaf: bool = False) -> None:
        super().__init__(config)
        self._ready = ready
        self._deaf = deaf

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, unless the signal is one to be deaf to."""
        # Interrupting a notebook's kernel interrupts the whole process group, which the sandbox is to survive.
        if not (self._deaf and sig == signal.SIGINT):
            super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say that it is ready."""
        await super().startup(sockets)
        self._ready()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle off on accepted connections; without, each reply waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(limits.BACKLOG)
    return listener


def url_of(host: str, listener: socket.socket) -> str:
    """Return the address of the server as it was named, with the port that it got."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(options: Options, clock: Clock, listener: socket.socket, announce: Announce, *, supervised: bool) -> None:
    """Serve until a signal comes or, if supervised, until standard input ends."""
    store = Store(options.db)
    try:
        seeded = prepare(store, options, clock)
        ready = partial(_announce, announce, url_of(options.host, listener), seeded)
        server = Server(_config(options, clock, store), ready, deaf=supervised)
        if supervised:
            supervision = Supervision(store, options, clock)
            threading.Thread(target=_stop_with_parent, args=(server, supervision), daemon=True).start()
        server.run(sockets=[listener])
    finally:
        store.close()


def _config(options: Options, clock: Clock, store: Store) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(options, clock, store),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=limits.SHUTDOWN_SECONDS,
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
    """Write the facts with the key, readable by this user only; never through a file that is already there."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, limits.PRIVATE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(facts, file)
    # Renamed when complete, so that a reader who waits for it never sees half of it.
    partial.replace(path)
