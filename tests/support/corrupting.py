"""A proxy on loopback that caches a sandbox's responses and returns corrupted ones. It never forwards a write.

The corruption depends only on the seed and the request, so a run can be repeated.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support.proxy import ForwardingHandler, Reply, serving

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_JSON = [("Content-Type", "application/json")]
_SCALARS = [
    None, True, False, 0, -1, 10**30, 1.5, "", "x", "\ud800", "\x00", "2026-01-01", "x" * 3000, "\u202e", "=1+1",
    "\x1b]0;x\x07", "available", "organization",
]  # fmt: skip
_NAMES = ["id", "name", "email", "user", "team", "role", "roles", "organization", "body", "status", "detail", "items"]
_STATUSES = [201, 204, 301, 307, 400, 401, 402, 403, 404, 409, 422, 429, 500, 501, 502, 504]
_RETRY = ["0", "x", "-1", "9" * 30, "Wed, 21 Oct 2015 07:28:00 GMT"]


def odd_value(chance: random.Random, depth: int = 0) -> Any:
    """Return any JSON value; nested up to four levels."""
    kind = chance.randrange(10 if depth < 4 else 7)
    if kind < 7:
        return chance.choice(_SCALARS)
    if kind == 7:
        return [odd_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(_NAMES): odd_value(chance, depth + 1) for _ in range(chance.randrange(6))}


def corrupt(chance: random.Random, reply: Reply) -> Reply:
    """Return a corrupted version of this response."""
    way = chance.random()
    if way < 0.6:
        return Reply(reply.status, reply.headers, _encode(_change_values(chance, json.loads(reply.content or b"null"))))
    if way < 0.75:
        records = [odd_value(chance, 1) for _ in range(chance.randrange(1, 5))]
        return Reply(200, _JSON, _encode(records if chance.random() < 0.6 else odd_value(chance)))
    if way < 0.85:
        return Reply(reply.status, reply.headers, _break_body(chance, reply.content))
    status = chance.choice(_STATUSES)
    headers = [("Content-Type", chance.choice(["application/json", "text/html", "text/plain", ""]))]
    if chance.random() < 0.3:
        headers.append(("Retry-After", chance.choice(_RETRY)))
    return Reply(status, headers, b"" if status == 204 else _encode(odd_value(chance)))


def _change_values(chance: random.Random, data: Any) -> Any:
    """Return the data with up to three values replaced, removed or inserted."""
    for _ in range(chance.randrange(1, 4)):
        holders = [holder for holder in _holders(data) if holder]
        if not holders:
            return odd_value(chance)
        holder = chance.choice(holders)
        at = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
        if chance.random() < 0.2:
            del holder[at]
        elif isinstance(holder, list) and chance.random() < 0.3:
            holder.insert(at, odd_value(chance, 1))
        else:
            holder[at] = odd_value(chance, 1)
    return data


def _holders(data: Any) -> Iterator[Any]:
    if isinstance(data, dict | list):
        yield data
        for value in data.values() if isinstance(data, dict) else data:
            yield from _holders(value)


def _break_body(chance: random.Random, body: bytes) -> bytes:
    at = chance.randrange(len(body) + 1)
    inserted = body[:at] + bytes([chance.randrange(256)]) + body[at:]
    return chance.choice([body[:at], inserted, b"[" * 3000, b"\xff\xfe", b"<html>", b"NaN", b""])


def _encode(data: Any) -> bytes:
    return json.dumps(data).encode("utf-8", "surrogatepass")


@dataclass
class Corruptor:
    """The proxy. `seed` determines the corruption of the following responses. None leaves them unchanged."""

    upstream: str
    url: str = ""
    seed: str | None = None
    corrupted: int = 0  # responses so far
    known: dict[str, Reply] = field(default_factory=dict)

    def answer(self, handler: ForwardingHandler, body: bytes) -> Reply:
        """Return the server's response to a request, possibly corrupted."""
        path, _, query = handler.path.partition("?")
        signing_in = path.startswith("/auth/") or path.endswith("/login")
        reading = handler.command == "GET" or signing_in
        reply = self._true(handler, body) if reading else _as_if(handler.command, body)
        if self.seed is None:
            return reply
        names = sorted(part.partition("=")[0] for part in query.split("&"))
        chance = random.Random(f"{self.seed} {handler.command} {_ID.sub('', path)} {names}")
        if chance.random() > (0.05 if signing_in else 0.5):
            return reply
        self.corrupted += 1
        return corrupt(chance, reply)

    def _true(self, handler: ForwardingHandler, body: bytes) -> Reply:
        key = f"{handler.command} {handler.path}"
        if key not in self.known:
            reply = handler.ask(self.upstream, body, {"Accept-Encoding": "identity"})
            content = reply.content.replace(self.upstream.encode(), self.url.encode())
            reply = Reply(reply.status, reply.headers, content)
            if reply.status >= 400 or handler.command != "GET":
                return reply
            self.known[key] = reply
        return self.known[key]


def _as_if(method: str, body: bytes) -> Reply:
    """Return a plausible response for a write that is not sent."""
    sent = json.loads(body) if body.startswith(b"{") else {}
    record = {**sent, "id": "00000000-0000-4000-8000-000000000000"}
    return Reply(200, _JSON, b"null" if method == "DELETE" else _encode(record))


@contextmanager
def corrupting(upstream: str) -> Iterator[Corruptor]:
    """Run the proxy for `upstream`. Pass its `url` to the client."""
    corruptor = Corruptor(upstream)

    class Handler(ForwardingHandler):
        def forward(self) -> None:
            with suppress(ConnectionError):  # a client that received a corrupted response does not wait for others
                self.pass_on(corruptor.answer(self, self.body()))

    with serving(Handler) as corruptor.url:
        yield corruptor
