"""A server of which only times are simulated, and a throttle's two halves that send requests to it: no threads."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from zenpro_nb.client._throttle import LatencyWindow, LearnedRate


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


@dataclass
class Kernel:
    """Requests that one kernel sends to the server, as `Throttle` does; it knows nothing of the others."""

    waiting: int
    window: LatencyWindow
    rate: LearnedRate
    begins: float = 0.0
    done: Run = field(default_factory=Run)
    opens: float = 0.0
    inside: int = 0
    round: int = 0


def run(
    requests: int,
    *,
    latency: Callable[[float, int], float],
    bucket: Bucket | None = None,
    most: int = 32,
    window: LatencyWindow | None = None,
    rate: LearnedRate | None = None,
) -> Run:
    """Send the requests; `latency` is told the time and how many are on their way."""
    kernel = Kernel(requests, window or LatencyWindow(most), rate or LearnedRate())
    run_all([kernel], latency=latency, bucket=bucket)
    return kernel.done


def run_all(kernels: Sequence[Kernel], *, latency: Callable[[float, int], float], bucket: Bucket | None = None) -> None:
    """Send the requests of several kernels to one server."""
    numbers = itertools.count()
    events: list[tuple[float, int, str, Kernel, float, int]] = []

    def add(moment: float, kind: str, kernel: Kernel, sent: float = 0.0, entered: int = 0) -> None:
        heapq.heappush(events, (moment, next(numbers), kind, kernel, sent, entered))

    def enter(kernel: Kernel, now: float) -> None:
        while kernel.waiting and kernel.inside < kernel.window.size:
            kernel.waiting, kernel.inside = kernel.waiting - 1, kernel.inside + 1
            kernel.done.together = max(kernel.done.together, kernel.inside)
            start = max(now, kernel.opens)
            add(start + kernel.rate.reserve(start), "send", kernel)

    for kernel in kernels:
        add(kernel.begins, "begin", kernel)
    while events:
        now, _, kind, kernel, sent, entered = heapq.heappop(events)
        if kind == "send" and now < kernel.opens:
            add(kernel.opens + kernel.rate.reserve(kernel.opens), "send", kernel)
        elif kind == "send":
            took = latency(now, sum(each.inside for each in kernels))
            taken = bucket is None or bucket.takes(now)
            add(now + took, "good" if taken else "refused", kernel, now, kernel.round)
        elif kind == "good":
            kernel.window.answered("/users", now - sent, now, kernel.inside)
            kernel.rate.answered(now)
            kernel.done.windows.append(kernel.window.size)
            kernel.inside -= 1
            kernel.done.seconds = now - kernel.begins
        elif kind == "refused":
            assert bucket is not None
            pause = bucket.pause()
            kernel.opens = max(kernel.opens, now + pause)
            kernel.done.refused += 1
            if entered == kernel.round:
                kernel.round += 1
                kernel.window.refused(kernel.inside)
                kernel.rate.refused(now, pause)
            kernel.inside, kernel.waiting = kernel.inside - 1, kernel.waiting + 1
        enter(kernel, now)
