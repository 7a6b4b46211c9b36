"""Every figure of speed in one table: `python benchmarks/table.py [--users 100000] [--rounds 3]`.

Each row is a ratio within one round: against what people write by hand, and against the raw bytes, which 32 threads
fetch from the same server without reading them. Methods take turns, each in a process of its own; read the ratios, not
the seconds. Needs `requests`. What CI holds are counts (`tests/inside/test_depth.py` and its like), never seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.users import by_hand

HERE = Path(__file__).parent
THREADS = 32
PAGE = 100


@contextmanager
def served(rows: int, latency: float) -> Iterator[str]:
    """Serve users while the block runs, and give the address."""
    command = [sys.executable, str(HERE / "paced_server.py"), str(rows), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def raw_bytes() -> int:
    """Fetch the same pages with threads and plain connections, and decode nothing."""
    import http.client
    from concurrent.futures import ThreadPoolExecutor
    from urllib.parse import urlsplit

    address = urlsplit(os.environ["ZENML_PRO_API_URL"]).netloc
    offsets = range(0, int(os.environ["BENCHMARK_ROWS"]), PAGE)

    def fetch(first: int) -> int:
        connection, size = http.client.HTTPConnection(address), 0
        for offset in offsets[first::THREADS]:
            connection.request("GET", f"/users?offset={offset}&limit={PAGE}")
            size += len(connection.getresponse().read())
        return size

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(fetch, range(THREADS)))


def ours() -> object:
    """`%zenpro users`, with the settings that everybody has."""
    from zenpro_nb import connect

    with connect() as zen:
        return zen.run("users")


def warm() -> dict[str, float]:
    """A warm `users --limit 5`, and the request that it sends; processor time, which other programs do not lengthen."""
    from zenpro_nb import connect

    with connect() as zen:
        command: Callable[[], object] = lambda: zen.run("users", "--limit", "5")  # noqa: E731
        request: Callable[[], object] = lambda: zen.client.get("/users", offset=0, limit=5)  # noqa: E731
        for _ in range(30):
            command()
        return {"command": _least(command), "request": _least(request)}


def _least(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(100):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return statistics.quantiles(taken, n=5)[0] * 1000


METHODS: dict[str, Callable[[], object]] = {"by hand": by_hand, "zenpro": ours, "raw bytes": raw_bytes}


def measure(method: str) -> None:
    """Run one method, and print its seconds and the megabytes that it added to the process."""
    import resource

    if method == "warm":
        print(json.dumps(warm()))
        return
    if method == "by hand":
        import pandas  # noqa: F401 - imports are not measured
        import requests  # noqa: F401
    elif method == "zenpro":
        import zenpro_nb.faces.connection  # noqa: F401
        from zenpro_nb.frames import Decoder, assemble  # noqa: F401 - a room hands out its modules on first use
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    result = METHODS[method]()
    seconds = time.perf_counter() - start
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    rows = len(result) if hasattr(result, "__len__") else int(os.environ["BENCHMARK_ROWS"])
    assert rows == int(os.environ["BENCHMARK_ROWS"]), rows
    print(json.dumps({"seconds": seconds, "megabytes": added}))


def run(method: str, url: str, rows: int) -> dict[str, float]:
    """Measure in a process of its own."""
    more = {"ZENML_PRO_API_URL": url, "ZENML_PRO_API_KEY": "of-a-benchmark", "BENCHMARK_ROWS": str(rows)}
    command = [sys.executable, str(HERE / "table.py"), "--measure", method]
    done = subprocess.run(command, env=os.environ | more, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def line(what: str, value: str) -> None:
    """Print a row of the table."""
    print(f"{what:<58}{value:>24}", flush=True)


def spread(ratios: list[float]) -> str:
    """The median, and the least and greatest of the rounds."""
    return f"{statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})"


def lists(rows: int, latency: float, rounds: int) -> None:
    """Print the rows about a long list."""
    with served(rows, latency) as url:
        found = [{method: run(method, url, rows) for method in METHODS} for _ in range(rounds)]
    where = f"{rows:,} users, page {PAGE}, {latency:.0f} ms"
    ratios = [one["by hand"]["seconds"] / one["zenpro"]["seconds"] for one in found]
    line(f"{where}: times as fast as by hand", spread(ratios))
    ratios = [one["zenpro"]["seconds"] / one["raw bytes"]["seconds"] for one in found]
    line(f"{where}: times the raw bytes", spread(ratios))
    for method in ("zenpro", "by hand"):
        line(f"{where}: peak memory, {method}", f"{statistics.median(o[method]['megabytes'] for o in found):+.0f} MB")


def decoding(rows: int, rounds: int) -> None:
    """Print the row about bytes that become a frame."""
    from benchmarks import decode
    from zenpro_nb.resources import RESOURCES

    users, bodies = RESOURCES["users"], decode.pages(decode.user, rows, PAGE)
    ratios = []
    for _ in range(rounds):
        hand, here = decode.seconds([lambda: decode.by_hand(users, bodies), lambda: decode.ours(users, bodies)], 1)
        ratios.append(hand / here)
    line(f"{rows:,} users from bytes to a frame: times json_normalize", spread(ratios))


def overhead() -> None:
    """Print the row about a small command."""
    with served(1_000, 0) as url:
        found = run("warm", url, 1_000)
    line("users --limit 5 over its one request, processor time", f"{found['command'] - found['request']:.1f} ms")


def depths() -> None:
    """Print the row about requests that wait for one another."""
    import shlex
    import tempfile

    import zenpro_nb
    from tests.inside.test_depth import DRY_RUNS, READS
    from tests.support.depth import counted_depth
    from tests.support.sandbox import SandboxProcess

    os.environ["ZENPRO_STATE_DIR"] = tempfile.mkdtemp()
    levels = []
    with (
        SandboxProcess(lifecycle_seconds=0) as plane,
        zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as zen,
    ):
        zen.run("teams", "--limit", "1")
        for text in [*READS, *(f"{one} --dry-run" for one in DRY_RUNS)]:
            with counted_depth() as depth:
                zen.run(*shlex.split(text))
            levels.append(depth.levels)
    line(f"deepest of {len(levels)} commands, in requests one after the other", str(max(levels)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure)
        return
    for latency in (20, 80):
        lists(given.users, latency, given.rounds)
    decoding(given.users, given.rounds)
    overhead()
    depths()


if __name__ == "__main__":
    main()
