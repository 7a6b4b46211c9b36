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

_ID_SEGMENT = re.compile(r"/[^/]*[\d@%][^/]*")  # a path segment that contains an id or an address


class Throttle:
    """Limits the requests in flight to what the server handles well, and pauses all requests for Retry-After.

    Args:
        clock: the source of time.
        size: the maximum number of requests in flight.
    """

    def __init__(self, clock: Clock, size: int = limits.MAX_WORKERS) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._in_flight = 0
        self._opens_at = 0.0  # monotonic time; no request passes earlier
        self._epoch = 0  # increases with each halving; refusals of requests from an earlier epoch are ignored
        self._window = LatencyWindow(size)
        self._rate = LearnedRate()

    @property
    def window(self) -> int:
        """Return how many requests can currently be in flight."""
        return self._window.size

    def after_fork(self) -> None:
        """Start empty: the requests in flight belong to the parent process."""
        self._condition = threading.Condition()
        self._in_flight = 0

    def acquire(self, scope: CancelScope) -> int:
        """Wait for a free slot and for the permitted time. Returns the epoch to pass to `record_refusal`.

        Raises:
            WorkStopped: the cancel scope was stopped.
        """
        scope.check()
        with self._condition:
            while self._in_flight >= self.window:
                self._condition.wait(limits.WAIT_SLICE)
                scope.check()
            self._in_flight += 1
        try:
            while True:
                epoch, wait = self._reserve()
                if wait > 0:
                    self._clock.sleep(wait, scope.cancel)
                    scope.check()
                if epoch == self._epoch:
                    return epoch
                # Another request was refused during the wait: the reservation is void.
        except BaseException:
            self.release()
            raise

    def _reserve(self) -> tuple[int, float]:
        """Return the epoch, and the seconds until the request can pass."""
        with self._condition:
            now = self._clock.monotonic()
            start = max(now, self._opens_at)
            return self._epoch, start - now + self._rate.reserve(start)

    def release(self) -> None:
        """Release the slot."""
        with self._condition:
            self._in_flight -= 1
            self._condition.notify()

    def record_success(self, path: str, seconds: float) -> None:
        """Record a served request while it still has its slot."""
        now = self._clock.monotonic()
        with self._condition:
            before = self.window
            self._window.record_success(path, seconds, now, self._in_flight)
            self._rate.record_success(now)
            if self.window > before:
                self._condition.notify()

    def record_refusal(self, epoch: int, seconds: float, *, rate: bool = True) -> None:
        """Pause all requests for `seconds`, as the server asked, and reduce the load once per burst.

        Args:
            rate: true for too many requests, false for a server that is down.
        """
        with self._condition:
            now = self._clock.monotonic()
            self._opens_at = max(self._opens_at, now + seconds)
            if self._is_new_burst(epoch) and rate:
                self._rate.record_refusal(now, seconds)

    def record_failure(self, epoch: int) -> None:
        """Reduce the load after a broken connection or a gateway timeout, once per burst."""
        with self._condition:
            self._is_new_burst(epoch)

    def _is_new_burst(self, epoch: int) -> bool:
        if epoch != self._epoch:
            return False
        self._epoch += 1
        self._window.record_refusal(self._in_flight)
        return True


class LatencyWindow:
    """How many requests can be in flight: it starts small and learns from how long responses take.

    An idle server responds as fast to many requests as to one. If responses take longer than the best time seen,
    requests are queued somewhere, and more of them only wait longer (TCP Vegas, Netflix's gradient limits). A time is
    compared with the best time of the same route, because a long list takes long even on an idle server.

    Args:
        maximum: the upper limit of the window.
    """

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._size = float(min(limits.WINDOW_START, maximum))
        self._slowdown = 1.0  # response time relative to the best time, smoothed
        self._slow_start = True  # until the first slowdown, the window grows with every response
        self._best_times: dict[str, _BestTime] = {}

    @property
    def size(self) -> int:
        """Return how many requests can be in flight."""
        return int(self._size)

    def record_success(self, path: str, seconds: float, now: float, in_flight: int) -> None:
        """Adapt the window to a successful response.

        Args:
            path: the requested path.
            seconds: the response time.
            now: the time on a clock that never jumps.
            in_flight: the number of requests in flight, including this one.
        """
        self._slowdown += limits.SLOWDOWN_WEIGHT * (seconds / self._best(path).add(seconds, now) - self._slowdown)
        if self._slowdown > limits.SLOWDOWN_GROWS:
            self._slow_start = False
        if self._slowdown > limits.SLOWDOWN_SHRINKS:
            self._size = max(min(limits.WINDOW_LEAST, self._size), self._size * limits.WINDOW_SHRINK)
        elif self._slowdown <= limits.SLOWDOWN_GROWS and 2 * in_flight >= self.size:
            # Grow only if at least half of the window is used: few requests prove nothing about many.
            growth = limits.WINDOW_GROWTH if self._slow_start else 1 / self._size
            self._size = min(float(self._maximum), self._size + growth)

    def record_refusal(self, in_flight: int) -> None:
        """Halve the window: the server, or a gateway, is overloaded."""
        self._slow_start = False
        self._size = max(1.0, min(self._size, in_flight + 1) // 2)

    def _best(self, path: str) -> _BestTime:
        route = _ID_SEGMENT.sub("/*", path)
        if route not in self._best_times and len(self._best_times) >= limits.PAGING_HINTS:
            self._best_times.clear()
        return self._best_times.setdefault(route, _BestTime())


class _BestTime(Struct):
    """The shortest response time of a route in this time span and the previous one, because the network can change."""

    now: float = float("inf")
    before: float = float("inf")
    span_end: float = 0.0

    def add(self, seconds: float, start: float) -> float:
        """Record a response time and return the shortest one."""
        seconds = max(seconds, limits.LATENCY_NOISE)
        if start >= self.span_end:
            self.before, self.now, self.span_end = self.now, seconds, start + limits.LATENCY_SPAN
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
        self._tokens = 0.0  # requests that can pass immediately; a negative number is reserved
        self._filled_at = 0.0  # the time of the last token count
        self._capacity = 1.0  # the maximum number of tokens: they accumulate while the server is paused
        self._credit = 1.0  # the share of the accumulated tokens that the server accepts
        self._counting_since = 0.0  # the start of counting served requests
        self._opens_at = 0.0  # the end of the pause
        self._served_count = 0
        self._bucket_was_empty = False  # whether the server's bucket was empty when counting started
        self._active_until = float("-inf")

    def reserve(self, now: float) -> float:
        """Reserve the next free time for a request and return how many seconds away it is."""
        if now > self._active_until + limits.PACE_IDLE:
            self._counting_since, self._opens_at, self._served_count, self._bucket_was_empty = now, now, 0, False
        self._active_until = max(self._active_until, now)
        if self.per_second is None:
            return 0.0
        self._fill(now, self.per_second)
        self._tokens -= 1.0
        return max(0.0, -self._tokens / self.per_second)

    def record_success(self, now: float) -> None:
        """Count a served request, and increase the rate slightly."""
        self._served_count += 1
        self._active_until = max(self._active_until, now)
        if self.per_second is not None:
            # The longer the server refuses nothing, the less certain the rate is.
            quiet = min(max(0.0, now - self._opens_at), limits.LATENCY_SPAN)
            growth = limits.PACE_GROWTH * 2.0 ** (quiet / limits.PACE_DOUBLES)
            self.per_second += min(limits.PACE_SEARCH, growth)
            if self.per_second > limits.PACE_MOST:
                self.per_second = None

    def record_refusal(self, now: float, pause: float) -> None:
        """Learn from the first refusal of a burst.

        Args:
            now: the time on a clock that never jumps.
            pause: the requested wait in seconds.
        """
        if self._bucket_was_empty:
            self._learn(now)
        elif self.per_second is not None:
            self.per_second = max(limits.PACE_LEAST, self.per_second * limits.PACE_MARGIN)
        self._counting_since, self._opens_at, self._served_count, self._bucket_was_empty = now, now + pause, 0, True
        self._active_until = now + pause
        # The bucket is empty now and refills during the pause, like the server's own bucket, if it has one.
        self._tokens, self._filled_at = 0.0, now
        self._capacity = max(1.0, (self.per_second or 0.0) * pause * self._credit)

    def _learn(self, now: float) -> None:
        served_rate = self._served_count / (now - self._counting_since)
        if self.per_second is None:
            # Since the last pause, requests were sent as fast as possible.
            attempted = (self._served_count + 1) / max(now - self._opens_at, limits.LATENCY_NOISE)
            learned = served_rate if self._served_count >= limits.PACE_SERVED else attempted / 2
            self._credit = float(self._served_count >= limits.PACE_SERVED)
        elif self._served_count < self._capacity / 2:
            # The requests that accumulated during the pause were refused: the server does not save capacity.
            learned, self._credit = self.per_second, 0.0
        else:
            is_near = served_rate > limits.PACE_NEAR * self.per_second
            learned = served_rate if is_near else (served_rate + self.per_second) / 2
        self.per_second = max(limits.PACE_LEAST, limits.PACE_MARGIN * learned)

    def _fill(self, now: float, rate: float) -> None:
        self._tokens = min(self._capacity, self._tokens + (now - self._filled_at) * rate)
        self._filled_at = now
