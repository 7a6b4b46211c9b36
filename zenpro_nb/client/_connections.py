"""Connections to one server that are kept for the next request, each used by one request at a time.

A pool of httpcore looks at every connection it has, under one lock, whenever a request begins or ends: with 32 threads
at a distance of 20 ms that took three times as long as the requests themselves (1.98 s of processor time for 1,000
pages of 56 kB, where connections that are lent out take 0.57 s). Here the one that was given back last is lent next.
"""

from __future__ import annotations

import contextlib
import socket
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._cancellation import Clock
from zenpro_nb.client._library import httpx
from zenpro_nb.client._network import Network, PaceWatch, too_long_error
from zenpro_nb.client._request import OutgoingRequest

Headers = list[tuple[bytes, bytes]]


class RawResponse(Struct, frozen=True):
    """What came back: the status, the headers as they were sent, and the unpacked body."""

    status: int
    headers: Headers
    content: bytes


class _PooledConnection(Struct):
    """A connection, when it was given back, and how many requests it has served."""

    connection: Any
    released_at: float = 0.0
    request_count: int = 0


class Connections:
    """Lends connections to requests, and makes one where none is free; the throttle bounds how many are needed.

    Args:
        network: how the server is reached.
        timeouts: seconds, by httpcore's names for them.
        clock: the time.
    """

    def __init__(self, network: Network, timeouts: dict[str, float], clock: Clock) -> None:
        self._network = network
        self._clock = clock
        self._extensions = {"timeout": timeouts}
        self._idle: deque[_PooledConnection] = deque()
        self._closed = False  # connections that are in use meanwhile are not kept any more
        # To store one, and to copy all, is one step of the interpreter each: no lock, which a fork would have to renew.
        self._streams: weakref.WeakValueDictionary[int, PaceWatch] = weakref.WeakValueDictionary()

    def send(self, outgoing: OutgoingRequest) -> RawResponse:
        """Send a request, and return the answer.

        Raises:
            httpcore's and httpx's errors, and AnswerBoundError.
        """
        request = httpcore.Request(
            outgoing.method,
            self._network.url_of(outgoing.target),
            headers=outgoing.headers,
            content=outgoing.content,
            extensions=self._extensions,
        )
        pooled = self._acquire(safe=outgoing.safe)
        try:
            response = pooled.connection.handle_request(request)
            try:
                content = decompress(response.headers, response.iter_stream())
            finally:
                response.close()
        except BaseException:
            pooled.connection.close()
            raise
        self._release(pooled)
        return RawResponse(response.status, response.headers, content)

    def _acquire(self, *, safe: bool) -> _PooledConnection:
        with contextlib.suppress(IndexError):  # no more of them
            while True:
                pooled = self._idle.pop()
                if (safe and self._is_fresh(pooled)) or self._network.is_alive(pooled.connection):
                    return pooled
                pooled.connection.close()
        return _PooledConnection(self._network.connection(self._watch))

    def _is_fresh(self, pooled: _PooledConnection) -> bool:
        """Return whether nobody needs to look: the server keeps connections, and this one was used a moment ago.

        Looking lets another thread go first: a tenth of what a long list takes. A read that is wrong is repeated.
        """
        return (
            pooled.request_count >= limits.SERVED_ALREADY
            and self._clock.monotonic() - pooled.released_at < limits.JUST_USED
        )

    def _release(self, pooled: _PooledConnection) -> None:
        if self._closed or self._network.is_closed(pooled.connection):
            pooled.connection.close()
            return
        pooled.released_at = self._clock.monotonic()
        pooled.request_count += 1
        self._idle.append(pooled)
        with contextlib.suppress(IndexError):  # other threads lend them meanwhile
            while pooled.released_at - self._idle[0].released_at > limits.KEEPALIVE_EXPIRY:
                self._idle.popleft().connection.close()

    def _watch(self, stream: httpcore.NetworkStream) -> PaceWatch:
        return PaceWatch(stream, self._clock, self._track)

    def _track(self, stream: PaceWatch) -> None:
        self._streams[id(stream)] = stream

    def _sockets(self) -> Iterator[socket.socket]:
        for reference in self._streams.valuerefs():
            stream = reference()
            sock = None if stream is None else stream.get_extra_info("socket")
            if isinstance(sock, socket.socket):
                yield sock

    def abort(self) -> None:
        """End every connection now, so that threads which wait for an answer stop waiting."""
        for sock in self._sockets():
            # Closed already is what is wanted. The base class's method leaves the TLS object alone, which the other
            # thread is using.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def after_fork(self) -> None:
        """Leave the parent's connections to it."""
        for sock in self._sockets():
            sock.close()  # in this process only: nothing is sent, and no lock is taken
        self._idle = deque()

    def close(self) -> None:
        """Close the connections; those that are in use are closed with their answer."""
        self._closed = True
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().connection.close()


class InjectedTransport:
    """An `httpx.BaseTransport` in place of connections; it belongs to whoever made it.

    Args:
        transport: what carries requests out.
        url: the server's.
        timeouts: seconds, by httpx's names for them.
    """

    def __init__(self, transport: httpx.BaseTransport, url: httpx.URL, timeouts: dict[str, float]) -> None:
        self._transport = transport
        self._url = url
        self._extensions = {"timeout": timeouts}

    def send(self, outgoing: OutgoingRequest) -> RawResponse:
        """Send a request, and return the answer; raise httpx's errors and AnswerBoundError."""
        request = httpx.Request(
            outgoing.method.decode(),
            self._url.copy_with(raw_path=outgoing.target),
            headers=outgoing.headers,
            content=outgoing.content,
            extensions=self._extensions,
        )
        response = self._transport.handle_request(request)
        try:
            content = _join_within_bound(response.iter_bytes())
        finally:
            response.close()
        return RawResponse(response.status_code, response.headers.raw, content)

    def abort(self) -> None:
        """Do nothing: what the transport waits for is its own affair."""

    def after_fork(self) -> None:
        """Do nothing: connections, if there are any, are the transport's."""

    def close(self) -> None:
        """Do nothing: whoever made the transport closes it."""


def decompress(headers: Headers, chunks: Iterable[bytes]) -> bytes:
    """Return a body without its compression, unpacked chunk by chunk, so that no more than one goes over the bound.

    Raises:
        AnswerBoundError: it is longer than `limits.ANSWER_BYTES`.
        httpx.DecodingError: it is not what it says.
    """
    if any(name.lower() == b"content-encoding" for name, _ in headers):
        return _join_within_bound(httpx.Response(200, headers=headers, content=chunks).iter_bytes())
    return _join_within_bound(chunks)


def _join_within_bound(chunks: Iterable[bytes]) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limits.ANSWER_BYTES:
            raise too_long_error()
        pieces.append(chunk)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
