"""Measure behavior on overloaded servers: `python -m benchmarks.kindness`.

- A server that allows 20 requests per second (a burst of 20, `Retry-After: 1`), with one kernel and with two kernels.
- A server whose responses take twice as long from the middle on.
- 1,000 invitations to a sandbox with the same limit.

The figures are how often the server has to refuse, and how much longer than the limit requires a run takes. The loop
by hand sleeps as long as `Retry-After` requests.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.paging import FAR, NEAR, PAGE
from benchmarks.row import Row, Settings, by_itself, child, given, imported, median, middle, seconds, served, times

RATE = BURST = 20
PAGES = 200
LIMITED = ("--rate", RATE, "--burst", BURST)
INVITATIONS = 1_000
SLOWED = 300  # pages, of which the second half takes twice as long


def by_hand() -> int:
    """Read page after page, and wait as long as the server requests."""
    import requests

    url, session, count = os.environ["ZENML_PRO_API_URL"], requests.Session(), 0
    while True:
        answer = session.get(f"{url}/users", params={"offset": count, "limit": PAGE})
        if answer.status_code == 429:
            time.sleep(float(answer.headers["Retry-After"]))
            continue
        page = answer.json()
        count += len(page)
        if len(page) < PAGE:
            return count


def ours() -> int:
    """Run `%zenpro users`."""
    from zenpro_nb import connect

    with connect() as zen:
        return len(zen.run("users"))


def measure(method: str) -> dict[str, float]:
    """Run one method."""
    import pandas  # noqa: F401 - imports are not measured

    if method == "invited":
        os.environ["ZENML_PRO_API_KEY"], os.environ["ZENPRO_STATE_DIR"] = given()["api_key"], given()["state"]
        os.environ["ZENPRO_ORGANIZATION"] = "acme"
        return invited()
    imported()
    start = time.perf_counter()
    count = {"ours": ours, "by hand": by_hand}[method]()
    assert count == given()["rows"], count
    return {"seconds": time.perf_counter() - start}


def counts(url: str) -> dict[str, int]:
    """Return the server's counts since the last call."""
    found: dict[str, int] = httpx.get(f"{url}/counts").json()
    return found


def one(url: str, method: str, pages: int) -> dict[str, float]:
    """Read with one method, and return the server's counts."""
    counts(url)
    time.sleep(BURST / RATE)  # its bucket is full again
    found: dict[str, Any] = child("kindness", url, method=method, rows=pages * PAGE)
    return found | counts(url)


def limited(latency: int, rounds: int) -> Iterator[Row]:
    """Measure one kernel and a limited server."""
    with served(PAGES * PAGE, latency, *LIMITED) as url:
        found = {"ours": [one(url, "ours", PAGES) for _ in range(rounds)], "by hand": [one(url, "by hand", PAGES)]}
    over = [each["seconds"] / ((each["served"] - BURST) / RATE) for each in found["ours"]]
    said = {name: f"{_seconds(runs)}, {_refused(runs)} refused" for name, runs in found.items()}
    yield Row(
        f"{RATE} requests/s, burst {BURST}, {PAGES} pages, {latency} ms: times the ideal",
        said["ours"],
        said["by hand"],
        f"{(PAGES - BURST) / RATE:.1f} s ideal",
        middle(over, 2),
        "≤ 1.15, ≤ 40 refused",
    )


def two_kernels(latency: int, rounds: int) -> Iterator[Row]:
    """Measure two independent kernels, each with half of the pages."""
    pages = PAGES // 2
    both, refused, fair = [], [], []
    with served(pages * PAGE, latency, *LIMITED) as url, ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            counts(url)
            time.sleep(BURST / RATE)
            start = time.perf_counter()
            took = list(pool.map(lambda _: child("kindness", url, method="ours", rows=pages * PAGE), range(2)))
            whole, seen = time.perf_counter() - start, counts(url)
            longest, shortest = (choose(each["seconds"] for each in took) for choose in (max, min))
            both.append(min(whole, longest) / ((seen["served"] - BURST) / RATE))
            fair.append(longest / shortest)
            refused.append(seen["refused"])
    name = f"two kernels on it, {pages} pages each, {latency} ms"
    said = f"{max(refused)} refused"
    yield Row(f"{name}: times the ideal", said, ratio=middle(both, 2), goal="≤ 1.6, ≤ 60 refused")
    yield Row(f"{name}: the slower one, times as long as the other", said, ratio=middle(fair, 2), goal="≤ 3")


def invited() -> dict[str, float]:
    """Send invitations, and count the responses."""
    import logging

    from zenpro_nb import connect
    from zenpro_nb.security.log import LOGGER

    statuses: Counter[str] = Counter()

    def counted(record: logging.LogRecord) -> bool:
        statuses[record.getMessage().split()[2]] += 1  # "POST /teams 200 20 ms"
        return False

    LOGGER.addFilter(counted)
    LOGGER.setLevel(logging.DEBUG)
    emails = [f"kind.{number}@example.com" for number in range(given()["rows"])]
    imported()
    with connect() as zen:
        start = time.perf_counter()
        frame: Any = zen.run("invitations", "create", *emails, "--role", "Organization Member", "--yes")
        took = time.perf_counter() - start
    assert list(frame["outcome"]) == ["done"] * len(emails)
    return {"seconds": took, "refused": statuses["429"], "served": statuses.total() - statuses["429"]}


def limited_writes(latency: int, count: int) -> Iterator[Row]:
    """Measure invitations to a sandbox with this limit per second."""
    from tests.support.sandbox import SandboxProcess

    with SandboxProcess(users=40, latency_ms=latency, rate_limit=RATE) as plane, tempfile.TemporaryDirectory() as state:
        names = {"api_key": plane.key, "state": state}
        found: dict[str, float] = child("kindness", plane.url, method="invited", rows=count, **names)
    ideal = (found["served"] - BURST) / RATE
    yield Row(
        f"{RATE} requests/s, burst {BURST}, {count} invitations, {latency} ms: times the ideal",
        f"{found['seconds']:.2f} s, {found['refused']} refused",
        raw=f"{ideal:.1f} s ideal",
        ratio=f"{found['seconds'] / ideal:.2f}",
        goal="≤ 1.15, ≤ 40 refused",
    )


def slowed(latency: int, pages: int, rounds: int) -> Iterator[Row]:
    """Measure a server whose responses take twice as long from the middle on."""
    with served(pages * PAGE, latency, "--doubles-after", pages // 2) as url:
        found: dict[str, list[dict[str, float]]] = {"ours": [], "by hand": [], "raw": []}
        for _ in range(rounds):
            for name in ("ours", "by hand"):
                found[name].append(one(url, name, pages))
            counts(url)
            found["raw"].append(child("paging", url, method="raw", rows=pages * PAGE))
    took = {name: [each["seconds"] for each in runs] for name, runs in found.items()}
    ours = f"{seconds(took['ours'])}, {max(each['together'] for each in found['ours']):.0f} at once"
    yield Row(
        f"answers twice as long from the middle on, {pages} pages, {latency} ms: times as fast",
        ours,
        seconds(took["by hand"]),
        seconds(took["raw"]),
        middle(times(took["by hand"], took["ours"])),
        "≥ 8",
    )


def rows(settings: Settings) -> Iterator[Row]:
    """Return the rows of the table."""
    rounds = 1 if settings.quick else settings.rounds
    with ThreadPoolExecutor(4) as pool:  # they mostly wait, so they run concurrently, each with its own server
        worlds = [
            pool.submit(lambda: list(limited(NEAR, rounds))),
            pool.submit(lambda: list(limited(FAR, rounds))),
            pool.submit(lambda: list(two_kernels(FAR, rounds))),
            pool.submit(lambda: list(limited_writes(FAR, INVITATIONS // 5 if settings.quick else INVITATIONS))),
        ]
        for world in worlds:
            yield from world.result()
    yield from slowed(NEAR, PAGES if settings.quick else SLOWED, rounds)


def _seconds(runs: list[dict[str, float]]) -> str:
    return seconds([each["seconds"] for each in runs])


def _refused(runs: list[dict[str, float]]) -> str:
    return f"{median([each['refused'] for each in runs]):.0f}"


if __name__ == "__main__":
    by_itself(lambda: measure(given()["method"]), rows)
