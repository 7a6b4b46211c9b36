"""A proxy on loopback that answers all writes with one method itself, without forwarding them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.support.proxy import ForwardingHandler, Reply, serving


@contextmanager
def refusing(
    upstream: str, method: str, status: int, body: object, seen: Callable[[str], None] = lambda path: None
) -> Iterator[str]:
    """Run the proxy for `upstream`, and return its URL. Logins are forwarded.

    `seen` is called with the path of each answered write.
    """

    class Handler(ForwardingHandler):
        def forward(self) -> None:
            sent, path = self.body(), self.path.partition("?")[0]
            if self.command != method or path == "/auth/login":
                self.pass_on(self.ask(upstream, sent))
                return
            seen(path)
            self.pass_on(Reply(status, [("Content-Type", "application/json")], json.dumps(body).encode()))

    with serving(Handler) as url:
        yield url
