"""How long an answer may be, and how slowly it may come.

The time-out of a connection counts the silence between two bytes, so that one byte every now and then keeps a reader
for ever. Here the bytes of an answer and the time spent waiting for them are counted together.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import httpcore

from zenpro_nb import limits
from zenpro_nb.client._clock import Clock


class AnswerBoundError(Exception):
    """An answer was given up. `slow` says that it came too slowly, and not that it was too long."""

    def __init__(self, words: str, *, slow: bool) -> None:
        super().__init__(words)
        self.slow = slow


class PaceWatch(httpcore.NetworkStream):
    """A connection of which each answer is watched; every write begins a new one.

    Args:
        stream: the connection.
        clock: the time.
        opened: told of this stream, and of the one that TLS makes of it.
    """

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock, opened: Callable[[PaceWatch], None]) -> None:
        self._stream = stream
        self._clock = clock
        self._opened = opened
        self._begin()
        opened(self)

    def _begin(self) -> None:
        self._begun = False
        self._bytes = self._recent = 0
        self._waited = self._lately = 0.0  # seconds spent waiting; not those that the reader itself took

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, and expect a new answer."""
        self._begin()
        self._stream.write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is, once there is any.

        Raises:
            AnswerBoundError: the answer is too long, or comes too slowly.
        """
        started = self._clock.monotonic()
        data = self._stream.read(max_bytes, timeout)
        waited = self._clock.monotonic() - started
        self._bytes += len(data)
        self._waited += waited
        if self._begun:  # how long the server may think is the read time-out's business
            self._recent += len(data)
            self._lately += waited
        self._begun = True
        self._check()
        return data

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the connection within TLS, which is watched in place of this one."""
        return PaceWatch(self._stream.start_tls(ssl_context, server_hostname, timeout), self._clock, self._opened)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows about itself."""
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _check(self) -> None:
        if self._bytes > limits.ANSWER_BYTES:
            raise too_long()
        if self._waited > limits.ANSWER_TIME:
            raise AnswerBoundError(f"did not end its answer in {limits.ANSWER_TIME / 60:.0f} min", slow=True)
        if self._lately >= limits.PACE_WINDOW:
            if self._recent < limits.PACE_RATE * self._lately:
                raise AnswerBoundError(f"answers too slowly: {self._recent:,} bytes in {self._lately:.0f} s", slow=True)
            self._recent, self._lately = 0, 0.0


def too_long() -> AnswerBoundError:
    """Return the error for an answer that is longer than any that is read."""
    return AnswerBoundError(f"answers with more than {limits.ANSWER_BYTES // 2**20} MB", slow=False)
