"""What happens before any route: request ids, Host names, latency, rate limit, the /api/v1 prefix. Pure ASGI: cheap."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zenpro_nb.sandbox import hosts, limits
from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.options import Options

PREFIX = "/api/v1"
REQUEST_ID = b"x-request-id"
_OTHER_HOST = msgspec.json.encode(
    {"detail": "This sandbox answers to loopback addresses and to the name given by --host only."}
)
_TOO_MANY = msgspec.json.encode({"detail": "Too many requests. Slow down."})


class RateLimiter:
    """A bucket of requests that fills at a steady rate."""

    def __init__(self, rate: float, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._room = max(1.0, rate * limits.RATE_BURST_SECONDS)
        self._left = self._room
        self._last = clock.now()

    def wait(self) -> float:
        """Return zero if the request may pass, else the seconds until one may."""
        now = self._clock.now()
        self._left = min(self._room, self._left + (now - self._last).total_seconds() * self._rate)
        self._last = now
        if self._left < 1.0:
            return (1.0 - self._left) / self._rate
        self._left -= 1.0
        return 0.0


class Middleware:
    """The whole application behind what happens before it."""

    def __init__(self, app: ASGIApp, options: Options, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._allowed = hosts.allowed(options.host)
        self._latency = options.latency_ms / 1000
        self._limiter = None if options.rate_limit is None else RateLimiter(options.rate_limit, clock)
        self._as_date = options.retry_after == "date"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _with_request_id(scope, send)
        if not self._allowed(_header(scope, b"host")):
            await _refuse(answer, HTTPStatus.MISDIRECTED_REQUEST, _OTHER_HOST)
            return
        if self._latency:
            await asyncio.sleep(self._latency)
        wait = self._limiter.wait() if self._limiter is not None else 0.0
        if wait:
            await _refuse(answer, HTTPStatus.TOO_MANY_REQUESTS, _TOO_MANY, (b"retry-after", self._after(wait)))
            return
        await self._app(_without_prefix(scope), receive, answer)

    def _after(self, wait: float) -> bytes:
        # API facts 5.3 has the status 429 only; the header, in both of HTTP's notations, is the sandbox's choice.
        seconds = max(1, math.ceil(wait))
        when = format_datetime(self._clock.now() + timedelta(seconds=seconds), usegmt=True)
        return (when if self._as_date else str(seconds)).encode()


async def _refuse(send: Send, status: HTTPStatus, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    shown = [(b"content-type", b"application/json"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": shown})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


def _without_prefix(scope: Scope) -> Scope:
    """Remove the prefix below which self-hosted control planes serve the same routes (API facts 1.2)."""
    path: str = scope["path"]
    if path != PREFIX and not path.startswith(PREFIX + "/"):
        return scope
    return {**scope, "path": path[len(PREFIX) :] or "/", "raw_path": scope["raw_path"][len(PREFIX) :] or b"/"}


def _with_request_id(scope: Scope, send: Send) -> Send:
    request_id = (_header(scope, REQUEST_ID) or uuid4().hex).encode("latin-1")

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[Any] = [*message.get("headers", ()), (REQUEST_ID, request_id)]
            message = {**message, "headers": headers}
        await send(message)

    return answer
