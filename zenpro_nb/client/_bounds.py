"""How long an answer may be, and how slowly it may come.

The time-out of a connection counts the silence between two bytes, so that one byte every now and then keeps a reader
for ever. Here the bytes of an answer and the time spent waiting for them are counted together.
"""

from __future__ import annotations

from typing import Any, Protocol

from zenpro_nb import limits
from zenpro_nb.client._clock import Clock


class AnswerBoundError(Exception):
    """An answer was given up. `slow` says that it came too slowly, and not that it was too long."""

    def __init__(self, words: str, *, slow: bool) -> None:
        super().__init__(words)
        self.slow = slow


class ByteStream(Protocol):
    """A connection, as httpcore makes it."""

    read: Any
    write: Any


class PaceWatch:
    """Watches what is read from one connection, answer by answer; every write begins a new one.

    Args:
        stream: the connection, whose `read` and `write` are replaced by the ones that watch.
        clock: the time.
    """

    def __init__(self, stream: ByteStream, clock: Clock) -> None:
        self._read, self._write = stream.read, stream.write
        stream.read, stream.write = self.read, self.write
        self._clock = clock
        self._begin()

    def _begin(self) -> None:
        self._begun = False
        self._bytes = self._recent = 0
        self._waited = self._lately = 0.0  # seconds spent waiting; not those that the reader itself took

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, and expect a new answer."""
        self._begin()
        self._write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is, once there is any.

        Raises:
            AnswerBoundError: the answer is too long, or comes too slowly.
        """
        started = self._clock.monotonic()
        data: bytes = self._read(max_bytes, timeout)
        waited = self._clock.monotonic() - started
        self._bytes += len(data)
        self._waited += waited
        if self._begun:  # how long the server may think is the read time-out's business
            self._recent += len(data)
            self._lately += waited
        self._begun = True
        self._check()
        return data

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
