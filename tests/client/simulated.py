"""A server of which only times are simulated, and a throttle's two halves that send requests to it: no threads."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from zenpro_nb.client._latency_window import LatencyWindow
from zenpro_nb.client._learned_rate import LearnedRate


@dataclass
class Bucket:
    """A server that takes `rate` requests a second, and a burst; it names whole seconds to wait, as servers do."""

    rate: float
    burst: float
    left: float = 0.0
    filled: float = 0.0

    def __post_init__(self) -> None:
        self.left = self.burst

    def takes(self, now: float) -> bool:
        self.left = min(self.burst, self.left + (now - self.filled) * self.rate)
        self.filled = now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def pause(self) -> float:
        return max(1.0, math.ceil((1 - self.left) / self.rate))


@dataclass
class Run:
    """What became of a number of requests."""

    seconds: float = 0.0
    refused: int = 0
    windows: list[int] = field(default_factory=list)
    together: int = 0  # the most requests on their way


def run(
    requests: int,
    *,
    latency: Callable[[float, int], float],
    bucket: Bucket | None = None,
    most: int = 32,
    window: LatencyWindow | None = None,
    rate: LearnedRate | None = None,
) -> Run:
    """Send the requests as `Throttle` does; `latency` is told the time and how many are on their way."""
    window, rate, done = window or LatencyWindow(most), rate or LearnedRate(), Run()
    now, opens, inside, round_, waiting = 0.0, 0.0, 0, 0, requests
    numbers = itertools.count()
    events: list[tuple[float, int, str, tuple[float, int]]] = []
    while waiting or events:
        while waiting and inside < window.size:
            waiting, inside = waiting - 1, inside + 1
            done.together = max(done.together, inside)
            start = max(now, opens)
            heapq.heappush(events, (start + rate.reserve(start), next(numbers), "send", (0.0, 0)))
        now, _, kind, (sent, entered) = heapq.heappop(events)
        if kind == "send" and now < opens:
            heapq.heappush(events, (opens + rate.reserve(opens), next(numbers), "send", (0.0, 0)))
        elif kind == "send":
            took = latency(now, inside)
            taken = bucket is None or bucket.takes(now)
            heapq.heappush(events, (now + took, next(numbers), "good" if taken else "refused", (now, round_)))
        elif kind == "good":
            window.answered("/users", now - sent, now, inside)
            rate.answered(now)
            done.windows.append(window.size)
            inside -= 1
        else:
            assert bucket is not None
            pause = bucket.pause()
            opens = max(opens, now + pause)
            done.refused += 1
            if entered == round_:
                round_ += 1
                window.refused(inside)
                rate.refused(now, pause)
            inside, waiting = inside - 1, waiting + 1
    done.seconds = now
    return done
