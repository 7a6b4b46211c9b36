"""A proxy on loopback that loses answers: the request arrives, its answer never does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.proxy import ForwardingHandler, serving


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
    with serving(_handler(upstream, cutter)) as cutter.url:
        yield cutter


def _handler(upstream: str, cutter: Cutter) -> type[ForwardingHandler]:
    class Handler(ForwardingHandler):
        def forward(self) -> None:
            lost = cutter.takes(self.command, self.path)
            body = self.body()
            if lost and cutter.mode == "request":
                self.close_connection = True
                return
            reply = self.ask(upstream, body)
            if lost:
                self.close_connection = True
                return
            self.pass_on(reply)

    return Handler
