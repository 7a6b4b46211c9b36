"""Compare the cost per row of a million users with that of a hundred thousand: `python -m benchmarks.million`.

The figures are the processor time of the reading process, which other programs do not increase, and its peak memory
next to the size of the resulting frame. The server responds after 5 ms and uses less processor time than the client.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.paging import ours
from benchmarks.row import Row, Settings, by_itself, child, given, imported, median, middle, peak, served, times

FEW, MANY = 100_000, 1_000_000
QUICK = 10  # times fewer
LATENCY = 5  # milliseconds


def measure() -> dict[str, float]:
    """Read all users."""
    import pandas as pd

    imported()
    before, start = peak(), time.process_time()
    frame = ours()
    took = time.process_time() - start
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == given()["rows"]
    size = float(frame.memory_usage(deep=True).sum()) / 2**20
    return {"row": took / len(frame) * 1e6, "added": peak() - before, "frame": size}


def rows(settings: Settings) -> Iterator[Row]:
    """Measure both lengths in turns."""
    few, many = (count // QUICK if settings.quick else count for count in (FEW, MANY))
    found: dict[int, list[dict[str, float]]] = {few: [], many: []}
    with served(few, LATENCY) as short, served(many, LATENCY) as long:
        for _ in range(settings.rounds):
            for count, url in ((few, short), (many, long)):
                found[count].append(child("million", url, rows=count))
    item, other = ([run["row"] for run in found[count]] for count in (few, many))
    said = f"{median(other):.0f} µs", f"{median(item):.0f} µs of {few:,}"
    yield Row(f"{many:,} users: processor time of a row", *said, ratio=middle(times(other, item), 2), goal="≤ 1.2")
    added, size = ([run[name] for run in found[many]] for name in ("added", "frame"))
    said = f"+{median(added):.0f} MB", f"{median(size):.0f} MB the frame"
    yield Row(f"{many:,} users: peak memory beside the frame", *said, ratio=middle(times(added, size), 2), goal="≤ 3")


if __name__ == "__main__":
    by_itself(measure, rows, rounds=1)
