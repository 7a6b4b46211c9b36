"""Measure what it costs to display a frame, next to pandas for the same frame: `python benchmarks/display.py`.

Only the displayed rows are formatted, so 100,000 rows cost as much as 60.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

from zenpro_nb import frames
from zenpro_nb.resources import RESOURCES

ROWS, TIMES = 100_000, 15


def main() -> None:
    """Print the medians of the processor's time and their ratio for lists of both APIs."""
    for noun in ("users", "workspaces", "runs"):
        resource = RESOURCES[noun]
        record = {
            "id": "6c187095-1f12-4de4-98fb-cb7e41cf7eda",
            "name": "ada",
            "email": "ada@example.com",
            "status": "failed",
        }
        frame = frames.from_records(resource, [record] * ROWS)
        frames.describe(frame, server="https://pro.example.com", route=resource.path, time="2026-11-26T09:00:00+00:00")
        theirs = _milliseconds(frame._repr_html_)
        for name, show in (("html", partial(frames.html, frame)), ("text", partial(frames.text, frame, 120))):
            ours = _milliseconds(show)
            print(
                f"{noun:11} {ROWS:,} rows, {name}: {ours:5.1f} ms; pandas' HTML {theirs:5.1f} ms; {ours / theirs:.1f} x"
            )


def _milliseconds(show: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        start = time.process_time()
        show()
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
