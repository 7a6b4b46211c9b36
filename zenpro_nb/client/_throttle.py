"""The throttle that every request of a client passes: how many at once, how many a second, and when not at all.

"Too many requests" to one worker holds back all. Measured: workers that each sleep alone meet five times as many
refusals (`performance-facts`, rate limits).
"""

from __future__ import annotations

import threading

from zenpro_nb import limits
from zenpro_nb.client._cancellation import CancelScope
from zenpro_nb.client._clock import Clock
from zenpro_nb.client._latency_window import LatencyWindow
from zenpro_nb.client._learned_rate import LearnedRate


class Throttle:
    """Lets as many requests be on their way as the server takes well, and none before a moment that it named.

    Args:
        clock: the time.
        size: the most requests at once.
    """

    def __init__(self, clock: Clock, size: int = limits.MAX_WORKERS) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._inside = 0
        self._opens = 0.0  # monotonic; nothing passes earlier
        self._round = 0  # counts the halvings: refusals of requests sent before the last one say nothing new
        self._window = LatencyWindow(size)
        self._rate = LearnedRate()

    @property
    def window(self) -> int:
        """Return how many requests may be on their way at once, just now."""
        return self._window.size

    def after_fork(self) -> None:
        """Begin empty: what is on its way is the parent's."""
        self._condition = threading.Condition()
        self._inside = 0

    def enter(self, scope: CancelScope) -> int:
        """Wait for a place and for a moment, and take both; what comes back is handed to `refused` and `failed`.

        Raises:
            Stopped: the cancel scope was stopped while waiting.
        """
        with self._condition:
            while self._inside >= self.window:
                self._condition.wait(limits.WAIT_SLICE)
                scope.check()
            self._inside += 1
        try:
            while True:
                entered, wait = self._reserve()
                if wait > 0:
                    self._clock.sleep(wait, scope.cancel)
                    scope.check()
                if entered == self._round:
                    return entered
                # Somebody was refused meanwhile: what was promised before holds no more.
        except BaseException:
            self.leave()
            raise

    def _reserve(self) -> tuple[int, float]:
        """Return the round, and the seconds until a request may pass."""
        with self._condition:
            now = self._clock.monotonic()
            moment = max(now, self._opens)
            return self._round, moment - now + self._rate.reserve(moment)

    def leave(self) -> None:
        """Give the place back."""
        with self._condition:
            self._inside -= 1
            self._condition.notify()

    def answered(self, path: str, seconds: float) -> None:
        """Learn from a request that was served, while it still has its place."""
        now = self._clock.monotonic()
        with self._condition:
            before = self.window
            self._window.answered(path, seconds, now, self._inside)
            self._rate.answered(now)
            if self.window > before:
                self._condition.notify()

    def refused(self, entered: int, seconds: float, *, rate: bool = True) -> None:
        """Let nothing pass for `seconds`, as the server asked, and make do with less; once a burst.

        Args:
            rate: whether it was too many requests, and not a server that is away.
        """
        with self._condition:
            now = self._clock.monotonic()
            self._opens = max(self._opens, now + seconds)
            if self._begins(entered) and rate:
                self._rate.refused(now, seconds)

    def failed(self, entered: int) -> None:
        """Make do with less after a connection that broke, or a gateway that gave up; once a burst."""
        with self._condition:
            self._begins(entered)

    def _begins(self, entered: int) -> bool:
        if entered != self._round:
            return False
        self._round += 1
        self._window.refused(self._inside)
        return True
