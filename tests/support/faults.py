"""A proxy on loopback that spoils a sandbox's response to one write, and to the reads that follow it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.proxy import ForwardingHandler, Reply, serving

_HTML = ("text/html", b"<html><body><h1>502 Bad Gateway</h1></body></html>")
_BACKEND = ("text/plain", b"default backend - 404")
_KONG = ("application/json", b'{"message": "no Route matched with those values"}')
_API = ("application/json", b'{"detail": "Something went wrong"}')


@dataclass(frozen=True)
class Fault:
    """A failure of a write: whether it reaches the server, and the response that replaces the real one."""

    name: str
    forward: bool
    status: int = 0  # 0: the connection is cut, or there is no response
    body: tuple[str, bytes] = _HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    half: bool = False  # the server's own response, cut in the middle
    hangs: bool = False  # no response until the test ends


def _both(name: str, **more: Any) -> list[Fault]:
    return [Fault(f"{name} before", forward=False, **more), Fault(f"{name} after", forward=True, **more)]


FAULTS = [
    *_both("cut"),
    Fault("half a body", forward=True, half=True),
    *_both("held", hangs=True),
    *(fault for status in (500, 502, 503, 504, 520) for fault in _both(f"{status}", status=status)),
    *_both("500 in the API's words", status=500, body=_API),
    *_both("gateway 404", status=404, body=_BACKEND),
    *_both("Kong's 404", status=404, body=_KONG),
    *_both("gateway 409", status=409, body=_KONG),
    *_both("gateway 403", status=403),
    *_both("gateway 200", status=200),
    *_both("gateway 200 in JSON", status=200, body=("application/json", b'{"message": "ok"}')),
    *_both("redirect", status=307, body=("text/plain", b""), headers={"Location": "https://login.example.com/"}),
    *_both("408", status=408),
    *_both("429", status=429),
    *_both("429 with Retry-After", status=429, body=_API, headers={"Retry-After": "0"}),
    *_both("503 with Retry-After", status=503, body=_API, headers={"Retry-After": "0"}),
]
LOOKS = ("answers", "is lost", "is a gateway's", "shows an older namesake")


@dataclass
class Spoiler:
    """The proxy. Once armed, it spoils the first write and the reads after it."""

    url: str = ""
    fault: Fault | None = None
    look: str = "answers"
    spoiled: bool = False
    executed: int = 0  # the number of successful writes since it was armed
    end: threading.Event = field(default_factory=threading.Event)

    def rest(self) -> None:
        """Spoil nothing."""
        self.fault, self.spoiled = None, False

    def arm(self, fault: Fault, look: str) -> None:
        """Spoil the next write with this fault, and the reads after it according to `look`."""
        self.fault, self.look, self.spoiled, self.executed = fault, look, False, 0


@contextmanager
def spoiling(upstream: str) -> Iterator[Spoiler]:
    """Run the proxy for `upstream`. Pass its `url` to the client."""
    spoiler = Spoiler()
    with serving(_handler(upstream, spoiler)) as spoiler.url:
        try:
            yield spoiler
        finally:
            spoiler.end.set()


def _handler(upstream: str, spoiler: Spoiler) -> type[ForwardingHandler]:
    class Handler(ForwardingHandler):
        def forward(self) -> None:
            body = self.body()
            if self.path.startswith("/auth/"):
                self.pass_on(self.ask(upstream, body))
            elif self.command == "GET":
                self._look(body)
            else:
                self._write(body)

        def _look(self, body: bytes) -> None:
            if spoiler.spoiled and spoiler.look == "is lost":
                self.close_connection = True
            elif spoiler.spoiled and spoiler.look == "is a gateway's":
                self.pass_on(Reply(404, [("Content-Type", _BACKEND[0])], _BACKEND[1]))
            else:
                self.pass_on(self.ask(upstream, body))

        def _write(self, body: bytes) -> None:
            fault = spoiler.fault if not spoiler.spoiled else None
            reply = None
            if fault is None or fault.forward:
                reply = self.ask(upstream, body)
                spoiler.executed += reply.status < 300
            if fault is None:
                assert reply is not None
                self.pass_on(reply)
                return
            spoiler.spoiled = True
            self._spoil(fault, reply)

        def _spoil(self, fault: Fault, reply: Reply | None) -> None:
            if fault.hangs:
                spoiler.end.wait()
                self.close_connection = True
            elif fault.half and reply is not None:
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply.content) + 10))
                self.end_headers()
                self.wfile.write(reply.content[: len(reply.content) // 2])
                self.close_connection = True
            elif fault.status:
                headers = [("Content-Type", fault.body[0]), *fault.headers.items()]
                self.pass_on(Reply(fault.status, headers, fault.body[1]))
            else:
                self.close_connection = True

    return Handler
