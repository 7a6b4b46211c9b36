"""A server that simulates only response times, and the two halves of a throttle as its clients. No threads."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from zenpro_nb.client._throttle import LatencyWindow, LearnedRate


@dataclass
class Bucket:
    """A server that accepts `rate` requests per second and a burst. Its Retry-After is in whole seconds, as on real
    servers.
    """

    rate: float
    burst: float
    tokens: float = 0.0
    filled_at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def accepts(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def pause(self) -> float:
        return max(1.0, math.ceil((1 - self.tokens) / self.rate))


@dataclass
class Run:
    """The statistics of a number of requests."""

    seconds: float = 0.0
    refusals: int = 0
    windows: list[int] = field(default_factory=list)
    max_in_flight: int = 0


@dataclass
class Kernel:
    """The requests of one kernel, sent like those of `Throttle`. Kernels know nothing about each other."""

    waiting: int
    window: LatencyWindow
    rate: LearnedRate
    starts_at: float = 0.0
    result: Run = field(default_factory=Run)
    opens_at: float = 0.0
    in_flight: int = 0
    epoch: int = 0


def run(
    requests: int,
    *,
    latency: Callable[[float, int], float],
    bucket: Bucket | None = None,
    max_workers: int = 32,
    window: LatencyWindow | None = None,
    rate: LearnedRate | None = None,
) -> Run:
    """Send the requests. `latency` receives the time and the number of requests in flight."""
    kernel = Kernel(requests, window or LatencyWindow(max_workers), rate or LearnedRate())
    run_all([kernel], latency=latency, bucket=bucket)
    return kernel.result


def run_all(kernels: Sequence[Kernel], *, latency: Callable[[float, int], float], bucket: Bucket | None = None) -> None:
    """Send the requests of several kernels to one server."""
    numbers = itertools.count()
    events: list[tuple[float, int, str, Kernel, float, int]] = []

    def add(time: float, kind: str, kernel: Kernel, sent_at: float = 0.0, epoch: int = 0) -> None:
        heapq.heappush(events, (time, next(numbers), kind, kernel, sent_at, epoch))

    def enter(kernel: Kernel, now: float) -> None:
        while kernel.waiting and kernel.in_flight < kernel.window.size:
            kernel.waiting, kernel.in_flight = kernel.waiting - 1, kernel.in_flight + 1
            kernel.result.max_in_flight = max(kernel.result.max_in_flight, kernel.in_flight)
            start = max(now, kernel.opens_at)
            add(start + kernel.rate.reserve(start), "send", kernel)

    for kernel in kernels:
        add(kernel.starts_at, "begin", kernel)
    while events:
        now, _, kind, kernel, sent_at, epoch = heapq.heappop(events)
        if kind == "send" and now < kernel.opens_at:
            add(kernel.opens_at + kernel.rate.reserve(kernel.opens_at), "send", kernel)
        elif kind == "send":
            duration = latency(now, sum(peer.in_flight for peer in kernels))
            is_accepted = bucket is None or bucket.accepts(now)
            add(now + duration, "good" if is_accepted else "refused", kernel, now, kernel.epoch)
        elif kind == "good":
            kernel.window.record_success("/users", now - sent_at, now, kernel.in_flight)
            kernel.rate.record_success(now)
            kernel.result.windows.append(kernel.window.size)
            kernel.in_flight -= 1
            kernel.result.seconds = now - kernel.starts_at
        elif kind == "refused":
            assert bucket is not None
            pause = bucket.pause()
            kernel.opens_at = max(kernel.opens_at, now + pause)
            kernel.result.refusals += 1
            if epoch == kernel.epoch:
                kernel.epoch += 1
                kernel.window.record_refusal(kernel.in_flight)
                kernel.rate.record_refusal(now, pause)
            kernel.in_flight, kernel.waiting = kernel.in_flight - 1, kernel.waiting + 1
        enter(kernel, now)
