"""A proxy on loopback that counts requests and edits the responses of some routes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.support.proxy import ForwardingHandler, Reply, serving

Edit = Callable[[Reply], Reply]


@dataclass
class Editor:
    """The proxy's `url`, its edits by path pattern, and the number of requests per path.

    `ignores` are query parameters that are not forwarded to the server.
    """

    url: str = ""
    ignores: tuple[str, ...] = ()
    edits: dict[str, Edit] = field(default_factory=dict)
    request_counts: Counter[str] = field(default_factory=Counter)


def refusal(status: int, detail: str = "no") -> Edit:
    """Return a response with this status in the API's own format."""
    return lambda reply: Reply(status, [("Content-Type", "application/json")], json.dumps({"detail": detail}).encode())


def rewritten(change: Callable[[Any], Any]) -> Edit:
    """Change the data of the response."""
    return lambda reply: Reply(reply.status, reply.headers, json.dumps(change(json.loads(reply.content))).encode())


def without(*names: str) -> Edit:
    """Remove these fields at any depth."""

    def strip(value: Any) -> Any:
        if isinstance(value, list):
            return [strip(item) for item in value]
        if isinstance(value, dict):
            return {name: strip(inner) for name, inner in value.items() if name not in names}
        return value

    return rewritten(strip)


@contextmanager
def editing(upstream: str) -> Iterator[Editor]:
    """Run the proxy for `upstream`. Pass its `url` to the client."""
    editor = Editor()

    class Handler(ForwardingHandler):
        def forward(self) -> None:
            path, _, asked = self.path.partition("?")
            kept = [pair for pair in parse_qsl(asked) if pair[0] not in editor.ignores]
            self.path = f"{path}?{urlencode(kept)}" if kept else path
            editor.request_counts[path] += 1
            reply = self.ask(upstream, self.body())
            for pattern, edit in editor.edits.items():
                if re.fullmatch(pattern, path):
                    reply = edit(reply)
            with suppress(ConnectionError):  # the client may have been stopped
                self.pass_on(reply)

    with serving(Handler) as url:
        editor.url = url
        yield editor
