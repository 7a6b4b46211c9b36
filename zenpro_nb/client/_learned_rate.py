"""How many requests a second a server takes, learned from its refusals.

At a refusal the server's bucket of requests is empty. What it served since the refusal before is therefore at most what
it allows in that time (less, where its bucket is small and ran over), and the pace at which it refused is at least as
much: the truth lies between. A window alone can't learn it, since how fast that turns depends on the distance
(`performance-facts`, rate limits).
"""

from __future__ import annotations

from zenpro_nb import limits


class LearnedRate:
    """The pace of requests: free until a server has refused twice."""

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
