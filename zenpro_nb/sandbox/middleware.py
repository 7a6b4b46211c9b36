"""What happens before any route: the /api/v1 prefix, request ids, latency, rate limit. Pure ASGI: it is cheap."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.options import Options

PREFIX = "/api/v1"
REQUEST_ID = b"x-request-id"
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
        """Zero if the request may pass, else the seconds until one may."""
        now = self._clock.now()
        self._left = min(self._room, self._left + (now - self._last).total_seconds() * self._rate)
        self._last = now
        if self._left < 1.0:
            return (1.0 - self._left) / self._rate
        self._left -= 1.0
        return 0.0


class Middleware:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, options: Options, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._latency = options.latency_ms / 1000
        self._limiter = None if options.rate_limit is None else RateLimiter(options.rate_limit, clock)
        self._as_date = options.retry_after == "date"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._latency:
            await asyncio.sleep(self._latency)
        answer = _with_request_id(scope, send)
        wait = self._limiter.wait() if self._limiter is not None else 0.0
        if wait:
            await self._refuse(wait, answer)
            return
        await self._app(_without_prefix(scope), receive, answer)

    async def _refuse(self, wait: float, send: Send) -> None:
        # Section 5 knows the status 429 and no more; the header in both of HTTP's notations is the sandbox's choice.
        seconds = max(1, math.ceil(wait))
        when = format_datetime(self._clock.now() + timedelta(seconds=seconds), usegmt=True)
        headers = [
            (b"content-type", b"application/json"),
            (b"retry-after", (when if self._as_date else str(seconds)).encode()),
        ]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": _TOO_MANY})


def _without_prefix(scope: Scope) -> Scope:
    """Section 1: self-hosted control planes serve the same routes below /api/v1."""
    path: str = scope["path"]
    if path != PREFIX and not path.startswith(PREFIX + "/"):
        return scope
    return {**scope, "path": path[len(PREFIX) :] or "/", "raw_path": scope["raw_path"][len(PREFIX) :] or b"/"}


def _with_request_id(scope: Scope, send: Send) -> Send:
    given = next((value for name, value in scope["headers"] if name == REQUEST_ID), None)
    request_id = given or uuid4().hex.encode()

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[Any] = [*message.get("headers", ()), (REQUEST_ID, request_id)]
            message = {**message, "headers": headers}
        await send(message)

    return answer
