"""A small HTTP server controlled by the test, a clock controlled by the test, and pages of ids."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "ZENPROKEY_canary-0123456789"


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as received by the server."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    port: int = 0  # the port of the client

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def bearer(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def number(self, name: str) -> int:
        return int(self.query[name][0])


@dataclass(frozen=True)
class Response:
    """A response of the server: JSON, raw bytes, or `pieces` sent one by one until the client disconnects.

    `drop` closes the connection instead. With `raw`, the pieces include the status line and the headers.
    """

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    pieces: Iterable[bytes] | None = None
    raw: bool = False


DROP = Response(drop=True)
Script = Callable[[ReceivedRequest], Response]


class Server:
    """Serves on loopback until closed. `requests` contains every request in the order of arrival."""

    def __init__(self, script: Script) -> None:
        self.requests: list[ReceivedRequest] = []
        self.script = script
        self._http = _HTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def stop_listening(self) -> None:
        """Refuse new connections; open connections continue."""
        self._http.socket.shutdown(socket.SHUT_RDWR)

    def count(self, method: str, path: str) -> int:
        return sum(request.method == method and request.path == path for request in self.requests)


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # 32 threads connect concurrently; a full queue costs each of them a second

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Log nothing."""

        def respond(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = ReceivedRequest(
                self.command, parts.path, parse_qs(parts.query), self.headers, body, self.client_address[1]
            )
            server.requests.append(request)
            response = server.script(request)
            if response.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if response.pieces is not None:
                self.stream(response)
                return
            content = response.body if isinstance(response.body, bytes) else json.dumps(response.body).encode()
            self.send_response(response.status)
            if "gzip" in self.headers.get("Accept-Encoding", "") and response.status == 200:
                content = gzip.compress(content, 1)
                self.send_header("Content-Encoding", "gzip")
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def stream(self, response: Response) -> None:
            self.close_connection = True
            if not response.raw:
                self.send_response(response.status)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                self.end_headers()
            with contextlib.suppress(ConnectionError):
                for piece in response.pieces or ():
                    self.wfile.write(piece)
                    self.wfile.flush()

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = respond  # noqa: N815 - the base class's names

    return Handler


class FakeClock:
    """A clock that advances only by `sleep` and `advance`. Its random number is always `chance`."""

    def __init__(self) -> None:
        self.wall = 1_800_000_000.0
        self.ticks = 1000.0
        self.chance = 0.5
        self.sleeps: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, seconds: float) -> None:
        with self._lock:
            self.wall += seconds
            self.ticks += seconds

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        self.sleeps.append(seconds)
        self.advance(seconds)

    def random(self) -> float:
        return self.chance


class Ids:
    """A page that consists of the ids of its rows."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = list(ids)

    def __len__(self) -> int:
        return len(self.ids)


class Nameless:
    """A page whose rows do not have ids."""

    ids: Sequence[str] = ()

    def __init__(self, rows: Sequence[object]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)


def decode(content: bytes) -> Ids:
    return Ids([row["id"] for row in json.loads(content)])


def ids_of(parts: Sequence[Any]) -> list[str]:
    """Return the ids in a listing's parts, in order."""
    return [
        part.page.ids[position]
        for part in parts
        for position in (range(len(part.page)) if part.keep is None else part.keep)
    ]


def plane(rows: Sequence[Mapping[str, object]], *, cap: int = 100, path: str = "/users") -> Script:
    """A control plane with one list and a login that returns the tokens `token-1`, `token-2` …"""
    lock = threading.Lock()
    logins = 0

    def script(request: ReceivedRequest) -> Response:
        nonlocal logins
        if request.path == "/auth/login":
            with lock:
                logins += 1
                return Response(body={"access_token": f"token-{logins}", "expires_in": 3600})
        if request.path != path:
            return Response(404, {"detail": "Not Found"})
        offset = request.number("offset")
        return Response(body=list(rows[offset : offset + min(cap, request.number("limit"))]))

    return script


def people(count: int) -> list[dict[str, object]]:
    return [{"id": f"user-{number}"} for number in range(count)]
