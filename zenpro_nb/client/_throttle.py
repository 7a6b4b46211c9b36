"""The throttle that every request of a client passes, so that "too many requests" to one worker holds back all.

Measured: workers that each sleep alone meet five times as many refusals as a shared throttle whose window halves on
each refusal and grows by one a round, which costs some time (`performance-facts`, rate limits).
"""

from __future__ import annotations

import threading

from zenpro_nb import limits
from zenpro_nb.client._cancellation import CancelScope
from zenpro_nb.client._clock import Clock


class Throttle:
    """Lets up to `window` requests be on their way at once, and none before a moment the server named."""

    def __init__(self, clock: Clock, size: int = limits.MAX_WORKERS) -> None:
        self._clock = clock
        self._size = size
        self._condition = threading.Condition()
        self._inside = 0
        self._opens = 0.0  # monotonic; nothing passes earlier
        self._round = 0  # counts the halvings: refusals of requests sent before the last one say nothing new
        self._answered = 0  # good answers since the window last grew
        self.window = size

    def after_fork(self) -> None:
        """Begin empty: what is on its way is the parent's."""
        self._condition = threading.Condition()
        self._inside = 0

    def enter(self, scope: CancelScope) -> int:
        """Wait for a place, and take it; what comes back is handed to `refused`.

        Raises:
            Stopped: the cancel scope was stopped while waiting.
        """
        while True:
            with self._condition:
                wait = self._opens - self._clock.monotonic()
                if wait <= 0:
                    if self._inside < self.window:
                        self._inside += 1
                        return self._round
                    self._condition.wait(limits.WAIT_SLICE)
            if wait > 0:
                self._clock.sleep(wait, scope.cancel)
            scope.check()

    def leave(self) -> None:
        """Give the place back."""
        with self._condition:
            self._inside -= 1
            self._condition.notify()

    def answered(self) -> None:
        """Count a request that was served: after a round of these the window grows by one."""
        if self.window >= self._size:
            return
        with self._condition:
            self._answered += 1
            if self._answered >= self.window:
                self._answered = 0
                self.window += 1
                self._condition.notify()

    def refused(self, entered: int, seconds: float) -> None:
        """Let nothing pass for `seconds`, as the server asked, and halve the window once a burst."""
        with self._condition:
            self._opens = max(self._opens, self._clock.monotonic() + seconds)
            if entered == self._round:
                self._round += 1
                self._answered = 0
                self.window = max(1, min(self.window, self._inside + 1) // 2)
