"""How many requests may be on their way at once, learned from how long their answers take.

A server that is not busy answers as fast with many requests as with one; where answers take longer than the best that
was seen, requests wait somewhere, and more of them only wait longer (TCP Vegas, and Netflix's gradient limits). What is
compared is the time of an answer with the best of the same route, because a long list takes its time on an idle server.
"""

from __future__ import annotations

import re

from msgspec import Struct

from zenpro_nb import limits

_OF_ONE_THING = re.compile(r"/[^/]*[\d@%][^/]*")  # a part of a path with an id or an address in it


class LatencyWindow:
    """The number of requests that may be on their way: it starts small and finds out.

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
