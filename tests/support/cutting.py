"""A proxy on loopback that loses answers: the request arrives, its answer never does."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# What belongs to one connection and not to the message (RFC 9110, section 7.6.1).
_OWN = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


@dataclass
class Cutter:
    """What the proxy does with the next request that `wanted` says yes to."""

    url: str = ""
    wanted: Callable[[str, str], bool] = lambda method, path: False
    mode: str = "answer"  # answer: forward it and lose the answer; request: lose it before it arrives
    cut: list[tuple[str, str]] = field(default_factory=list)

    def lose(self, method: str, ending: str, mode: str = "answer") -> None:
        """Lose the next request of this method whose path, without its query, ends so."""
        self.mode = mode
        self.wanted = lambda seen, path: seen == method and path.partition("?")[0].endswith(ending)

    def takes(self, method: str, path: str) -> bool:
        """Whether this request is the one; it is taken once."""
        if not self.wanted(method, path):
            return False
        self.wanted = lambda method, path: False
        self.cut.append((method, path))
        return True


@contextmanager
def cutting(upstream: str) -> Iterator[Cutter]:
    """A proxy in front of `upstream`; give its `url` to the client."""
    cutter = Cutter()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(upstream, cutter))
    cutter.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield cutter
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(upstream: str, cutter: Cutter) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            lost = cutter.takes(self.command, self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if lost and cutter.mode == "request":
                self.close_connection = True
                return
            parts = urlsplit(upstream)
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("connection", "host")
            }
            connection.request(self.command, self.path, body or None, headers)
            reply = connection.getresponse()
            content = reply.read()
            connection.close()
            if lost:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.getheaders():
                if name.lower() not in _OWN:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _forward  # noqa: N815 - the names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
            """Say nothing."""

    return Handler
