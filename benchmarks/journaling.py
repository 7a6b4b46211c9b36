"""What the journal costs: `python -m benchmarks.journaling [--quick]`.

Each write has two entries: one is on the disk before it is sent, and one after its response goes to the disk with the
next write. Eight writes are under way, as in a command; a request is a pause of the same length. What counts is the
time beyond that of the pauses, per write, next to the pause.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.row import Row, Settings, middle
from zenpro_nb import limits
from zenpro_nb.errors import SaveError
from zenpro_nb.journal.journal import Entry, Journal

WRITES = 200
LATENCIES = (20, 80)  # milliseconds


def entry(number: int) -> Entry:
    """Return the entry of an invitation."""
    body = {"email": f"new.{number}@example.com", "role_id": "4f6d"}
    return Entry("invitations create", "http://127.0.0.1", "POST", "/organizations/1/invitations", {}, body)


def _raise(error: SaveError) -> None:
    raise error


def measured(latency: float) -> float:
    """Return the milliseconds that the journal adds to each write."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.jsonl")

        def write(number: int) -> None:
            begun = replace(entry(number), id=str(number))
            journal.append(begun)
            time.sleep(latency)
            journal.append_later(replace(begun, outcome="done"), _raise)

        start = time.perf_counter()
        with ThreadPoolExecutor(limits.WRITES_AT_ONCE) as pool:
            list(pool.map(write, range(WRITES)))
        journal.flush()
        took = time.perf_counter() - start
    return 1000 * (took - WRITES / limits.WRITES_AT_ONCE * latency) / WRITES


def rows(settings: Settings) -> Iterator[Row]:
    """Measure."""
    for latency in LATENCIES:
        found = [measured(latency / 1000) for _ in range(1 if settings.quick else settings.rounds)]
        yield Row(
            f"the journal of {WRITES} writes, {latency} ms each: milliseconds per write",
            raw=f"{latency} ms",
            ratio=middle(found, 2),
            goal=f"≤ {latency}",
        )


if __name__ == "__main__":
    for row in rows(Settings(3, quick="--quick" in sys.argv)):
        print(row, flush=True)
