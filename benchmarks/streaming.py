"""Measure saving users while they are read, with `--as none`: `python -m benchmarks.streaming`.

With ten times as many rows, peak memory should stay the same. The same file written from a frame is shown for
comparison. Only the hashes of the IDs grow with the rows, eight bytes each. They detect rows that the server returns
twice.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.million import FEW, LATENCY, MANY, QUICK
from benchmarks.row import Row, Settings, by_itself, child, given, imported, median, middle, peak, served, times

FILES = ("users.parquet", "users.csv.gz")


def measure() -> dict[str, float]:
    """Write all users into a file."""
    from zenpro_nb import connect

    imported()
    more = ("--as", "none") if given()["streamed"] else ()
    with tempfile.TemporaryDirectory() as folder, connect() as zen:
        first = Path(folder, f"first-{given()['file']}")
        zen.run("users", "--limit", "1", "--save", first)  # imports what writes
        before = peak()
        zen.run("users", "--save", Path(folder, given()["file"]), *more)
        return {"added": peak() - before}


def rows(settings: Settings) -> Iterator[Row]:
    """Measure each kind of file at both lengths."""
    few, many = (count // QUICK if settings.quick else count for count in (FEW, MANY))
    with served(few, LATENCY) as short, served(many, LATENCY) as long:
        for file in FILES:
            found: dict[str, list[float]] = {"few": [], "many": [], "whole": []}
            for _ in range(settings.rounds):
                for name, url in (("few", short), ("many", long), ("whole", short)):
                    run = child("streaming", url, file=file, streamed=name != "whole")
                    found[name].append(run["added"])
            least, most, whole = (f"+{median(found[name]):.0f} MB" for name in ("few", "many", "whole"))
            yield Row(
                f"--as none --save {file}: peak memory of {many:,} users beside {few:,}",
                f"{most}, {least}",
                f"{whole} from a frame of {few:,}",
                ratio=middle(times(found["many"], found["few"]), 2),
                goal="≤ 1.5",
            )


if __name__ == "__main__":
    by_itself(measure, rows, rounds=1)
