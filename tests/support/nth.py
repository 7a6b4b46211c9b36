"""A proxy on loopback that counts requests and interferes with the one of a given number."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.proxy import ForwardingHandler, Reply, serving

_GATEWAY = Reply(502, [("Content-Type", "text/html")], b"<html><body><h1>502 Bad Gateway</h1></body></html>")
# Whether the request reaches the server, and the replacement for its response: none, or a gateway's page.
CUTS: dict[str, tuple[bool, Reply | None]] = {
    "cut before": (False, None),
    "cut after": (True, None),
    "502 before": (False, _GATEWAY),
    "502 after": (True, _GATEWAY),
}


@dataclass
class Counter:
    """The proxy, with the requests since `arm` and its action for the request with that number.

    Attributes:
        url: give it to the client.
        arrivals: the methods and paths that came, in their order; those of signing in are not counted.
        hit: the request that something was done to.
    """

    url: str = ""
    arrivals: list[tuple[str, str]] = field(default_factory=list)
    hit: tuple[str, str] | None = None
    _number: int = 0
    _cut: str = ""
    _trap: Callable[[], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, number: int, cut: str = "", trap: Callable[[], None] | None = None) -> None:
        """Set the action for the request with this number, from 1: a cut of `CUTS`, or a call of the trap before it."""
        with self._lock:
            self.arrivals, self.hit = [], None
            self._number, self._cut, self._trap = number, cut, trap

    def rest(self) -> None:
        """Remove the action."""
        self.arm(0)

    def takes(self, method: str, path: str) -> bool:
        """Count the request, and return whether it has the given number."""
        with self._lock:
            self.arrivals.append((method, path))
            if len(self.arrivals) != self._number:
                return False
            self.hit = method, path
            return True


@contextmanager
def counting(upstream: str) -> Iterator[Counter]:
    """Run the proxy for `upstream`."""
    counter = Counter()
    with serving(_handler(upstream, counter)) as counter.url:
        yield counter


def _handler(upstream: str, counter: Counter) -> type[ForwardingHandler]:
    class Handler(ForwardingHandler):
        def forward(self) -> None:
            body = self.body()
            if self.path.startswith("/auth/") or not counter.takes(self.command, self.path):
                self._answer(body)
                return
            if counter._trap is not None:
                counter._trap()
                self._answer(body)
                return
            reaches, instead = CUTS[counter._cut]
            if reaches:
                self.ask(upstream, body)
            if instead is None:
                self.close_connection = True
            else:
                self.pass_on(instead)

        def _answer(self, body: bytes) -> None:
            reply = self.ask(upstream, body)
            try:
                self.pass_on(reply)
            except OSError:  # the client is gone
                self.close_connection = True

    return Handler
