"""A pool of connections to one server. Each connection serves one request at a time.

The pool of httpcore scans all its connections under one lock whenever a request begins or ends. With 32 threads and 20
ms latency, this took three times as long as the requests themselves: 1.98 s of processor time for 1,000 pages of 56 kB,
compared with 0.57 s for this pool. This pool always reuses the connection that was released last.
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
    """A response: the status, the headers as sent, and the decompressed body."""

    status: int
    headers: Headers
    content: bytes


class _PooledConnection(Struct):
    """A connection, the time it was released, and the number of requests it has served."""

    connection: Any
    released_at: float = 0.0
    request_count: int = 0


class Connections:
    """Assigns connections to requests and opens one if none is free. The throttle limits their number.

    Args:
        network: opens connections to the server.
        timeouts: the timeouts in seconds, under the names that httpcore uses.
        clock: the source of time.
    """

    def __init__(self, network: Network, timeouts: dict[str, float], clock: Clock) -> None:
        self._network = network
        self._clock = clock
        self._extensions = {"timeout": timeouts}
        self._idle: deque[_PooledConnection] = deque()
        self._closed = False  # a connection in use is closed when it is released
        # No lock, which would need replacing after a fork: storing one item and copying all items are single steps of
        # the interpreter.
        self._streams: weakref.WeakValueDictionary[int, PaceWatch] = weakref.WeakValueDictionary()

    def send(self, outgoing: OutgoingRequest) -> RawResponse:
        """Send a request and return the response.

        Raises the errors of httpcore and httpx, and ResponseBoundError.
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
        with contextlib.suppress(IndexError):  # no idle connection is left
            while True:
                pooled = self._idle.pop()
                if (safe and self._is_fresh(pooled)) or self._network.is_alive(pooled.connection):
                    return pooled
                pooled.connection.close()
        return _PooledConnection(self._network.connection(self._watch))

    def _is_fresh(self, pooled: _PooledConnection) -> bool:
        """Return whether the check can be skipped: the server keeps connections open, and this one was just used.

        The check lets another thread run first, which costs a tenth of the time of a long list. A read on a closed
        connection is retried.
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
        with contextlib.suppress(IndexError):  # other threads take connections concurrently
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
        """Close every connection immediately; threads that wait for a response stop waiting."""
        for sock in self._sockets():
            # An already closed socket is fine. The method of the base class leaves the TLS object alone, which the
            # other thread is using.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def after_fork(self) -> None:
        """Drop the connections, which belong to the parent process."""
        for sock in self._sockets():
            sock.close()  # only in this process: nothing is sent, and no lock is taken
        self._idle = deque()

    def close(self) -> None:
        """Close the connections. A connection in use is closed after its response."""
        self._closed = True
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().connection.close()


class InjectedTransport:
    """Sends requests through an `httpx.BaseTransport` that the caller provides and closes.

    Args:
        transport: sends the requests.
        url: the URL of the server.
        timeouts: the timeouts in seconds, under the names that httpx uses.
    """

    def __init__(self, transport: httpx.BaseTransport, url: httpx.URL, timeouts: dict[str, float]) -> None:
        self._transport = transport
        self._url = url
        self._extensions = {"timeout": timeouts}

    def send(self, outgoing: OutgoingRequest) -> RawResponse:
        """Send a request and return the response. Raises the errors of httpx and ResponseBoundError."""
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
        """Do nothing: the transport manages its own connections."""

    def after_fork(self) -> None:
        """Do nothing: the transport manages its own connections."""

    def close(self) -> None:
        """Do nothing: the caller closes the transport."""


def decompress(headers: Headers, chunks: Iterable[bytes]) -> bytes:
    """Return a decompressed body. It is decompressed chunk by chunk: at most one chunk exceeds the bound.

    Raises:
        ResponseBoundError: the body is longer than `limits.ANSWER_BYTES`.
        httpx.DecodingError: the body does not match its Content-Encoding.
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
