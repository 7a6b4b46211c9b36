"""Steps before every route: request ids, host names, latency, rate limit, the /api/v1 prefix.

This is plain ASGI, because it is fast.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.options import Options

PREFIX = "/api/v1"
REQUEST_ID = b"x-request-id"
LOCALHOST = "localhost"
# RFC 9110, section 7.2: a name or an address, with brackets around an IPv6 address, and an optional port.
_HOST_HEADER = re.compile(r"(?:\[(?P<address>[^\]]+)\]|(?P<name>[^\[\]:@/]+))(?::\d*)?")
_OTHER_HOST = msgspec.json.encode(
    {"detail": "This sandbox answers to loopback addresses and to the name given by --host only."}
)
_TOO_MANY = msgspec.json.encode({"detail": "Too many requests. Slow down."})


class RateLimiter:
    """A token bucket of requests, refilled at a constant rate."""

    def __init__(self, rate: float, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._capacity = max(1.0, rate * limits.RATE_BURST_SECONDS)
        self._left = self._capacity
        self._last = clock.now()

    def wait(self) -> float:
        """Return zero if the request can proceed, or else the seconds to wait."""
        now = self._clock.now()
        self._left = min(self._capacity, self._left + (now - self._last).total_seconds() * self._rate)
        self._last = now
        if self._left < 1.0:
            return (1.0 - self._left) / self._rate
        self._left -= 1.0
        return 0.0


class Middleware:
    """Wrap the application with the steps before its routes."""

    def __init__(self, app: ASGIApp, options: Options, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._accepts_host = accepts_host(options.host)
        self._latency = options.latency_ms / 1000
        self._limiter = None if options.rate_limit is None else RateLimiter(options.rate_limit, clock)
        self._as_date = options.retry_after == "date"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _with_request_id(scope, send)
        if not self._accepts_host(_header(scope, b"host")):
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
        # API facts 5.3 documents only the status 429. The header, in both notations of HTTP, is the sandbox's choice.
        seconds = max(1, math.ceil(wait))
        when = format_datetime(self._clock.now() + timedelta(seconds=seconds), usegmt=True)
        return (when if self._as_date else str(seconds)).encode()


async def _refuse(send: Send, status: HTTPStatus, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    response_headers = [(b"content-type", b"application/json"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": response_headers})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, header_name: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == header_name), None)


def _without_prefix(scope: Scope) -> Scope:
    """Remove the prefix under which self-hosted control planes serve the same routes (API facts 1.2)."""
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


def accepts_host(host: str) -> Callable[[str | None], bool]:
    """Return the check of a Host header for a sandbox that listens on `host`.

    A web page can point a name of its own at this machine (DNS rebinding) and then access the sandbox as its own site.
    Its requests contain that name in their Host header, so all names except the sandbox's own are refused.
    Starlette's TrustedHostMiddleware does nearly the same, but before version 1 it does not understand IPv6 addresses.

    Loopback names and `host` itself are accepted. A sandbox on all addresses (0.0.0.0, ::) does not know its addresses,
    so it accepts any address: only names can be rebound.
    """
    everywhere = _is_address(host, "is_unspecified")

    def accepts(header: str | None) -> bool:
        name = _name_in(header)
        if name is None:
            return False
        is_address = _is_address(name, "is_loopback") or (everywhere and _is_address(name))
        return name in (LOCALHOST, host.lower()) or is_address

    return accepts


def _name_in(header: str | None) -> str | None:
    """Return the name or address without its port, in lower case, or None."""
    found = _HOST_HEADER.fullmatch(header or "")
    return found and (found["address"] or found["name"]).lower()


def _is_address(name: str, kind: str = "version") -> bool:
    """Return whether the name is an address with this property."""
    try:
        return bool(getattr(ip_address(name), kind))
    except ValueError:
        return False
