"""The base of proxies on loopback."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Headers that belong to one connection and not to the message (RFC 9110, section 7.6.1).
_OWN = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True)
class Reply:
    """A response of the upstream server."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes


class ForwardingHandler(BaseHTTPRequestHandler):
    """Handle each request with `forward`, which specific proxies override."""

    protocol_version = "HTTP/1.1"

    def forward(self) -> None:
        """Handle this request."""
        raise NotImplementedError

    def body(self) -> bytes:
        """Return the request's body."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def ask(self, upstream: str, body: bytes, instead: Mapping[str, str] | None = None) -> Reply:
        """Forward the request, with some headers replaced, and return the response."""
        parts = urlsplit(upstream)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "host")}
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        connection.request(self.command, self.path, body or None, headers | dict(instead or {}))
        reply = connection.getresponse()
        answer = Reply(reply.status, reply.getheaders(), reply.read())
        connection.close()
        return answer

    def pass_on(self, reply: Reply) -> None:
        """Send a response to the client."""
        self.send_response(reply.status)
        for name, value in reply.headers:
            if name.lower() not in _OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Log nothing."""

    def do_GET(self) -> None:
        self.forward()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that http.server calls


@contextmanager
def serving(handler: type[ForwardingHandler]) -> Iterator[str]:
    """Serve on loopback while the block runs, and return the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
