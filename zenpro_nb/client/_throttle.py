"""The throttle that every request of a client passes: how many at a time, how many per second, and any pause.

A 429 to one worker pauses all workers. Measured: workers that back off independently meet five times as many refusals
(`performance-facts`, rate limits).
"""

from __future__ import annotations

import re
import threading

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._cancellation import CancelScope, Clock

_OF_ONE_THING = re.compile(r"/[^/]*[\d@%][^/]*")  # a part of a path with an id or an address in it


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


class LatencyWindow:
    """How many requests may be in flight: it starts small and learns from how long responses take.

    An idle server responds as fast to many requests as to one. If responses take longer than the best time seen,
    requests are queued somewhere, and more of them only wait longer (TCP Vegas, Netflix's gradient limits). A time is
    compared with the best time of the same route, because a long list takes long even on an idle server.

    Args:
        most: what it never exceeds.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = float(min(limits.WINDOW_START, most))
        self._strain = 1.0  # how much longer than their best answers take, smoothed
        self._starting = True  # until the first sign of waiting it grows with every answer
        self._bests: dict[str, _Best] = {}

    @property
    def size(self) -> int:
        """Return how many requests may be on their way."""
        return int(self._size)

    def answered(self, path: str, seconds: float, now: float, inside: int) -> None:
        """Learn from a good answer.

        Args:
            path: what was asked for.
            seconds: how long the answer took.
            now: the time, on a clock that never jumps.
            inside: how many requests were on their way, the answered one included.
        """
        self._strain += limits.STRAIN_WEIGHT * (seconds / self._best(path).add(seconds, now) - self._strain)
        if self._strain > limits.STRAIN_GROWS:
            self._starting = False
        if self._strain > limits.STRAIN_SHRINKS:
            self._size = max(min(limits.WINDOW_LEAST, self._size), self._size * limits.WINDOW_SHRINK)
        elif self._strain <= limits.STRAIN_GROWS and 2 * inside >= self.size:
            # Only where it is used: what few requests show says nothing about many.
            growth = limits.WINDOW_GROWTH if self._starting else 1 / self._size
            self._size = min(float(self._most), self._size + growth)

    def refused(self, inside: int) -> None:
        """Halve it: the server, or the way to it, has had enough."""
        self._starting = False
        self._size = max(1.0, min(self._size, inside + 1) // 2)

    def _best(self, path: str) -> _Best:
        route = _OF_ONE_THING.sub("/*", path)
        if route not in self._bests and len(self._bests) >= limits.PAGING_HINTS:
            self._bests.clear()
        return self._bests.setdefault(route, _Best())


class _Best(Struct):
    """The shortest time of a route's answers in this span of time and the one before: a network may have changed."""

    now: float = float("inf")
    before: float = float("inf")
    ends: float = 0.0

    def add(self, seconds: float, moment: float) -> float:
        """Take another answer in, and return the shortest time."""
        seconds = max(seconds, limits.LATENCY_NOISE)
        if moment >= self.ends:
            self.before, self.now, self.ends = self.now, seconds, moment + limits.LATENCY_SPAN
        self.now = min(self.now, seconds)
        return min(self.now, self.before)


class LearnedRate:
    """How many requests per second a server accepts, learned from its refusals; unlimited until it has refused twice.

    At a refusal the server's token bucket is empty. The requests it served since the previous refusal are therefore at
    most what it allows in that time (less if its bucket is small and overflowed). The pace at which it refused is at
    least what it allows. The true rate is between the two. A window alone cannot learn it, because its turnover depends
    on the distance to the server (`performance-facts`, rate limits).
    """

    def __init__(self) -> None:
        self.per_second: float | None = None
        self._tokens = 0.0  # requests that may pass at once; below zero, they are promised already
        self._filled = 0.0  # when the tokens were last counted
        self._room = 1.0  # the most tokens: what collects while the server lets nobody pass
        self._credit = 1.0  # how much of that it does let pass afterwards
        self._since = 0.0  # since when the served ones are counted
        self._opens = 0.0  # since when they may pass, after the pause
        self._served = 0
        self._empty = False  # whether the server's bucket was empty when the count began
        self._active_until = float("-inf")

    def reserve(self, now: float) -> float:
        """Promise the next free moment to a request, and return in how many seconds that is."""
        if now > self._active_until + limits.PACE_IDLE:
            self._since, self._opens, self._served, self._empty = now, now, 0, False
        self._active_until = max(self._active_until, now)
        if self.per_second is None:
            return 0.0
        self._fill(now, self.per_second)
        self._tokens -= 1.0
        return max(0.0, -self._tokens / self.per_second)

    def answered(self, now: float) -> None:
        """Count a request that was served, and try a little more with each."""
        self._served += 1
        self._active_until = max(self._active_until, now)
        if self.per_second is not None:
            # The longer nothing is refused, the less the pace is known to be right.
            quiet = min(max(0.0, now - self._opens), limits.LATENCY_SPAN)
            growth = limits.PACE_GROWTH * 2.0 ** (quiet / limits.PACE_DOUBLES)
            self.per_second += min(limits.PACE_SEARCH, growth)
            if self.per_second > limits.PACE_MOST:
                self.per_second = None

    def refused(self, now: float, pause: float) -> None:
        """Learn from the first refusal of a burst.

        Args:
            now: the time, on a clock that never jumps.
            pause: seconds that the server asks to wait.
        """
        if self._empty:
            self._learn(now)
        elif self.per_second is not None:
            self.per_second = max(limits.PACE_LEAST, self.per_second * limits.PACE_MARGIN)
        self._since, self._opens, self._served, self._empty = now, now + pause, 0, True
        self._active_until = now + pause
        # Empty now, and filled by the pause as the server's own is, if it has one.
        self._tokens, self._filled = 0.0, now
        self._room = max(1.0, (self.per_second or 0.0) * pause * self._credit)

    def _learn(self, now: float) -> None:
        served = self._served / (now - self._since)
        if self.per_second is None:
            # It was as fast as it could be since it was let in again.
            tried = (self._served + 1) / max(now - self._opens, limits.LATENCY_NOISE)
            learned = served if self._served >= limits.PACE_SERVED else tried / 2
            self._credit = float(self._served >= limits.PACE_SERVED)
        elif self._served < self._room / 2:
            # What had collected during the pause was refused: the server keeps nothing for later.
            learned, self._credit = self.per_second, 0.0
        else:
            near = served > limits.PACE_NEAR * self.per_second
            learned = served if near else (served + self.per_second) / 2
        self.per_second = max(limits.PACE_LEAST, limits.PACE_MARGIN * learned)

    def _fill(self, now: float, rate: float) -> None:
        self._tokens = min(self._room, self._tokens + (now - self._filled) * rate)
        self._filled = now
