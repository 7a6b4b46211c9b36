"""The number of concurrent requests and of requests per second: learned, not configured."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.client.simulated import Bucket, Kernel, run, run_all
from zenpro_nb import limits
from zenpro_nb.client._throttle import LatencyWindow, LearnedRate

# The variation that a real network adds to each request.
JITTER = 0.3


def steady(seconds: float, seed: int) -> Callable[[float, int], float]:
    chance = random.Random(seed)
    return lambda now, in_flight: seconds * (1 + JITTER * chance.random())


@pytest.mark.parametrize("seconds", [0.02, 0.08, 0.3])
def test_an_idle_server_gets_the_maximum_number_of_requests(seconds: float) -> None:
    result = run(1000, latency=steady(seconds, 1))
    assert result.windows[-1] == 32
    assert result.windows[200] == 32, "within a few pages of a long list"
    fixed = run(1000, latency=steady(seconds, 1), window=_fixed_window(32))
    assert result.seconds < 1.15 * fixed.seconds


def test_the_maximum_number_of_requests_is_not_exceeded() -> None:
    assert run(1000, latency=steady(0.08, 1), max_workers=7).max_in_flight == 7
    assert run(20, latency=steady(0.08, 1), max_workers=1).max_in_flight == 1


def test_the_window_starts_small() -> None:
    assert run(6, latency=steady(0.08, 1)).max_in_flight == 6
    assert run(1000, latency=steady(0.08, 1)).windows[6] <= 12


def test_a_busy_server_is_not_overloaded() -> None:
    """The server handles eight requests concurrently; more requests would only wait longer."""
    chance = random.Random(1)
    result = run(1000, latency=lambda now, in_flight: 0.08 * max(1.0, in_flight / 8) * (1 + JITTER * chance.random()))
    assert 8 <= result.windows[-1] <= 20
    ideal = 1000 * 0.08 * (1 + JITTER / 2) / 8
    assert result.seconds < 1.05 * ideal


def test_the_window_shrinks_for_a_slow_server_and_grows_when_it_recovers() -> None:
    chance = random.Random(1)

    def slow(now: float, in_flight: int) -> float:
        busy = 8.0 if 2.0 < now < 12.0 else 1.0
        return 0.08 * busy * (1 + JITTER * chance.random())

    window = LatencyWindow(32)
    result = run(2000, latency=slow, window=window)
    assert min(result.windows[500:]) == 4
    assert result.windows[-1] == 32


def test_a_longer_network_path_does_not_shrink_the_window_permanently() -> None:
    chance = random.Random(1)
    result = run(3000, latency=lambda now, in_flight: (0.04 if now < 2 else 0.08) * (1 + JITTER * chance.random()))
    assert min(result.windows[500:]) >= 16


def test_a_slow_route_does_not_affect_another() -> None:
    window = LatencyWindow(32)
    for number in range(100):
        window.record_success("/organizations/1/members", 3.0, number, window.size)
        window.record_success("/users", 0.08, number, window.size)
    assert window.size == 32


def test_an_unused_window_does_not_grow() -> None:
    window = LatencyWindow(32)
    before = window.size
    for number in range(100):
        window.record_success("/users", 0.08, number, 1)
    assert window.size == before


@pytest.mark.parametrize("seconds", [0.02, 0.08])
@pytest.mark.parametrize("seed", range(8))
def test_a_rate_limited_server_refuses_few_requests_and_is_used_well(seconds: float, seed: int) -> None:
    """Two hundred pages from a server that allows 20 requests per second with a burst of 20."""
    result = run(200, latency=steady(seconds, seed), bucket=Bucket(rate=20, burst=20))
    assert result.refusals <= 40
    assert result.seconds <= 1.15 * (200 - 20) / 20


@pytest.mark.parametrize("seconds", [0.005, 0.02, 0.08, 0.3])
@pytest.mark.parametrize("seed", range(4))
def test_a_rate_limited_server_refuses_few_of_a_thousand_writes(seconds: float, seed: int) -> None:
    """At most eight of them are in flight."""
    most = limits.WRITES_AT_ONCE
    result = run(1000, latency=steady(seconds, seed), bucket=Bucket(rate=20, burst=20), max_workers=most)
    assert (len(result.windows), result.max_in_flight) == (1000, most)
    assert result.refusals <= 40
    assert result.seconds <= 1.15 * (1000 - 20) / 20


@pytest.mark.parametrize(("rate", "burst"), [(5, 5), (20, 1), (20, 60), (50, 10)])
def test_other_rate_limits_are_learned(rate: float, burst: float) -> None:
    result = run(400, latency=steady(0.08, 3), bucket=Bucket(rate, burst))
    assert result.refusals <= 60
    assert result.seconds <= 2 * (400 - burst) / rate


@pytest.mark.parametrize("seconds", [0.02, 0.08])
@pytest.mark.parametrize("delay", [0.0, 0.1, 0.5, 3.0])
@pytest.mark.parametrize("seed", range(4))
def test_two_kernels_share_a_rate_limited_server_fairly(seconds: float, delay: float, seed: int) -> None:
    """They know nothing about each other, and start together or one during the other."""
    kernels = [Kernel(100, LatencyWindow(32), LearnedRate(), starts_at) for starts_at in (0.0, delay)]
    run_all(kernels, latency=steady(seconds, seed), bucket=Bucket(rate=20, burst=20))
    first, second = (kernel.result for kernel in kernels)
    assert len(first.windows) == len(second.windows) == 100
    assert first.refusals + second.refusals <= 60
    assert max(first.seconds, second.seconds) <= 3 * min(first.seconds, second.seconds)
    assert max(kernel.starts_at + kernel.result.seconds for kernel in kernels) <= 1.6 * (200 - 20) / 20


def test_capacity_left_by_another_kernel_is_used_within_seconds() -> None:
    kernels = [Kernel(pages, LatencyWindow(32), LearnedRate()) for pages in (40, 400)]
    run_all(kernels, latency=steady(0.08, 1), bucket=Bucket(rate=20, burst=20))
    assert kernels[1].result.seconds <= 1.15 * (440 - 20) / 20


def _fixed_window(size: int) -> LatencyWindow:
    class Fixed(LatencyWindow):
        @property
        def size(self) -> int:
            return size

    return Fixed(size)
