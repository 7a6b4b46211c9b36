"""A proxy on loopback that loses responses: the request arrives, but its response does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.proxy import ForwardingHandler, serving


@dataclass
class Cutter:
    """The proxy, with its behavior for the next request that `wanted` accepts."""

    url: str = ""
    wanted: Callable[[str, str], bool] = lambda method, path: False
    mode: str = "answer"  # answer: forward the request and lose the response; request: lose it before it arrives
    cut: list[tuple[str, str]] = field(default_factory=list)

    def lose(self, method: str, ending: str, mode: str = "answer") -> None:
        """Lose the next request with this method whose path, without its query, ends with `ending`."""
        self.mode = mode
        self.wanted = lambda seen, path: seen == method and path.partition("?")[0].endswith(ending)

    def takes(self, method: str, path: str) -> bool:
        """Return whether to lose this request. This happens only once."""
        if not self.wanted(method, path):
            return False
        self.wanted = lambda method, path: False
        self.cut.append((method, path))
        return True


@contextmanager
def cutting(upstream: str) -> Iterator[Cutter]:
    """Run a proxy for `upstream`. Pass its `url` to the client."""
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
