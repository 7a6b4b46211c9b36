"""A proxy on loopback that reads as one caller and writes as another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.proxy import ForwardingHandler, serving


@contextmanager
def reading_as(upstream: str, key: str) -> Iterator[str]:
    """Run a proxy that sends GET requests with this key and other requests unchanged. Return its address."""

    class Handler(ForwardingHandler):
        def forward(self) -> None:
            instead = {"Authorization": f"Bearer {key}"} if self.command == "GET" else {}
            self.pass_on(self.ask(upstream, self.body(), instead))

    with serving(Handler) as url:
        yield url
