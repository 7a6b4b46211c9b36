"""Measure a long list, page by page, at two latencies: `python -m benchmarks.paging`.

100,000 users in pages of 100, the control plane's maximum. `%zenpro users` is compared with loops by hand, and with
the raw bytes, which 32 threads fetch without decoding them. Methods alternate. Each runs in its own process, so its
peak memory is its own too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.row import (
    Row,
    Settings,
    by_itself,
    child,
    given,
    imported,
    median,
    middle,
    peak,
    seconds,
    served,
    times,
)
from benchmarks.users import by_hand

THREADS = 32
PAGE = 100
USERS = 100_000
QUICK = 10_000
NEAR, FAR = 20, 80  # milliseconds
GOALS = {NEAR: "≥ 12", FAR: "≥ 24"}


def raw_bytes() -> int:
    """Fetch the same pages with threads and plain connections, and decode nothing."""
    import http.client
    from urllib.parse import urlsplit

    address = urlsplit(os.environ["ZENML_PRO_API_URL"]).netloc
    offsets = range(0, given()["rows"], PAGE)

    def fetch(first: int) -> int:
        connection, size = http.client.HTTPConnection(address), 0
        for offset in offsets[first::THREADS]:
            connection.request("GET", f"/users?offset={offset}&limit={PAGE}")
            size += len(connection.getresponse().read())
        return size

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(fetch, range(THREADS)))


def ours() -> object:
    """Run `%zenpro users` with default settings."""
    from zenpro_nb import connect

    with connect() as zen:
        return zen.run("users")


METHODS: dict[str, Callable[[], object]] = {"by hand": by_hand, "ours": ours, "raw": raw_bytes}


def measure(method: str) -> dict[str, float]:
    """Run one method, and return its seconds and the megabytes that it added to the process."""
    if method == "by hand":
        import pandas  # noqa: F401 - imports are not measured
        import requests  # noqa: F401
    elif method == "ours":
        imported()
    before = peak()
    start = time.perf_counter()
    result = METHODS[method]()
    took = time.perf_counter() - start
    added = peak() - before
    if hasattr(result, "__len__"):
        assert len(result) == given()["rows"], len(result)
    return {"seconds": took, "megabytes": added}


def rows(settings: Settings) -> Iterator[Row]:
    """Measure at both distances."""
    users = QUICK if settings.quick else USERS
    for latency in (NEAR, FAR):
        with served(users, latency) as url:
            found = _rounds(url, users, latency, settings.rounds)
        took = {name: [run["seconds"] for run in runs] for name, runs in found.items()}
        where = f"{users:,} users, page {PAGE}, {latency} ms"
        said = [seconds(took[name]) for name in ("ours", "by hand", "raw")]
        yield Row(
            f"{where}: times as fast as by hand", *said, middle(times(took["by hand"], took["ours"])), GOALS[latency]
        )
        ratio = middle(times(took["ours"], took["raw"]))
        yield Row(f"{where}: times the raw bytes", *said, ratio, "≤ 2.0" if latency == FAR else "")
        peaks = {name: [run["megabytes"] for run in runs] for name, runs in found.items()}
        mine, hand = (f"+{median(peaks[name]):.0f} MB" for name in ("ours", "by hand"))
        yield Row(f"{where}: peak memory", mine, hand, ratio=middle(times(peaks["ours"], peaks["by hand"])), goal=_PEAK)


_PEAK = "≤ 80 MB"


def _rounds(url: str, users: int, latency: int, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Run the methods in turns. At the long latency, loops by hand only wait, so they run concurrently."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in METHODS}
    together = latency >= FAR
    if together:
        with ThreadPoolExecutor(rounds) as pool:
            hand = pool.map(lambda _: child("paging", url, method="by hand", rows=users), range(rounds))
            found["by hand"] = list(hand)
    for _ in range(rounds):
        for name in METHODS:
            if name != "by hand" or not together:
                found[name].append(child("paging", url, method=name, rows=users))
    return found


if __name__ == "__main__":
    by_itself(lambda: measure(given()["method"]), rows)
