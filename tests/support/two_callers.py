"""A proxy on loopback through which everything is read as one caller, and written as another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.proxy import ForwardingHandler, serving


@contextmanager
def reading_as(upstream: str, key: str) -> Iterator[str]:
    """The address of a proxy that asks every GET with this key, and leaves all else as it comes."""

    class Handler(ForwardingHandler):
        def forward(self) -> None:
            instead = {"Authorization": f"Bearer {key}"} if self.command == "GET" else {}
            self.pass_on(self.ask(upstream, self.body(), instead))

    with serving(Handler) as url:
        yield url
