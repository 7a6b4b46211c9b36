"""Small commands: what one costs beside its request, and how many of its requests wait for one another.

    python -m benchmarks.small

Processor time, which other programs do not lengthen; and levels of requests, which no clock is needed for. The levels
that each command had before they were counted are in `_BEFORE`.
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
    """A warm `users --limit 5`, and the request that it sends, in milliseconds."""
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
    """What a small command costs over its one request."""
    with served(1_000, 0) as url:
        found = [child("small", url) for _ in range(rounds)]
    over = [item["ours"] - item["request"] for item in found]
    ours, hand = (f"{statistics.median(item[name] for item in found):.1f} ms" for name in ("ours", "by hand"))
    yield Row("users --limit 5 over its one request, ms of processor time", ours, hand, "", middle(over), "≤ 2")


def depths() -> Iterator[Row]:
    """How deep the commands are of which a test holds it."""
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
    """Measure."""
    yield from overhead(1 if settings.quick else settings.rounds)
    yield from depths()


if __name__ == "__main__":
    by_itself(warm, rows)
