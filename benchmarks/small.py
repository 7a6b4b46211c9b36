"""Measure small commands: their cost beyond the request, and how many requests wait for one another.

    python -m benchmarks.small

The figures are processor time, which other programs do not increase, and levels of requests, which need no clock.
`_BEFORE` has the levels of each command before the first count.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator

from benchmarks.row import Row, Settings, by_itself, child, middle, served

# Round trips one after the other, of a second call, as they were measured on 2026-11-26.
_BEFORE = {
    "users --limit 5": 1,
    "users get ada@example.com": 2,
    "workspaces": 4,
    "teams": 4,
    "members": 5,
    "assignments": 5,
    "roles assign 'Workspace Developer' --user linus@example.com --workspace ml-staging": 5,
    "workspaces create ml-newer": 4,
}


def warm() -> dict[str, float]:
    """Return the time of a warm `users --limit 5` and of its request, in milliseconds."""
    import requests

    from zenpro_nb import connect

    url = os.environ["ZENML_PRO_API_URL"]
    with connect() as zen, requests.Session() as session:
        ways: dict[str, Callable[[], object]] = {
            "ours": lambda: zen.run("users", "--limit", "5"),
            "request": lambda: zen.client.get("/users", offset=0, limit=5),
            "by hand": lambda: session.get(f"{url}/users", params={"offset": 0, "limit": 5}).json(),
        }
        for way in ways.values():
            for _ in range(30):
                way()
        return {name: _least(way) for name, way in ways.items()}


def _least(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(200):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return statistics.quantiles(taken, n=5)[0] * 1000


def overhead(rounds: int) -> Iterator[Row]:
    """Return the cost of a small command beyond its request."""
    with served(1_000, 0) as url:
        found = [child("small", url) for _ in range(rounds)]
    over = [item["ours"] - item["request"] for item in found]
    ours, hand = (f"{statistics.median(item[name] for item in found):.1f} ms" for name in ("ours", "by hand"))
    yield Row("users --limit 5 over its one request, ms of processor time", ours, hand, "", middle(over), "≤ 2")


def depths() -> Iterator[Row]:
    """Return the levels of the commands that a test limits."""
    import zenpro_nb
    from tests.inside.test_depth import DRY_RUNS, READS
    from tests.support.depth import counted_depth
    from tests.support.sandbox import SandboxProcess

    os.environ["ZENPRO_STATE_DIR"] = os.environ["ZENPRO_CONFIG_DIR"] = tempfile.mkdtemp()
    levels: dict[str, int] = {}
    with (
        SandboxProcess(lifecycle_seconds=0) as plane,
        zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as zen,
        contextlib.redirect_stderr(io.StringIO()),
    ):
        zen.run("teams", "--limit", "1")
        for line in [*READS, *(f"{run} --dry-run" for run in DRY_RUNS)]:
            with counted_depth() as depth:
                zen.run(*shlex.split(line))
            levels[line.removesuffix(" --dry-run")] = depth.levels
    known = [f"{line}: {levels[line]} (was {was})" for line, was in _BEFORE.items() if line in levels]
    yield Row(
        f"deepest of {len(levels)} commands, in requests one after the other", str(max(levels.values())), goal="≤ 2"
    )
    yield from (Row(f"… {item}") for item in known)


def rows(settings: Settings) -> Iterator[Row]:
    """Return the rows of the table."""
    yield from overhead(1 if settings.quick else settings.rounds)
    yield from depths()


if __name__ == "__main__":
    by_itself(warm, rows)
