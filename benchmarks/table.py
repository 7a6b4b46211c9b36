"""Print every speed figure in one table: `python benchmarks/table.py [--rounds 3] [--quick] [--only forms]`.

Each row is a ratio within one run with default settings, compared with code by hand and with the raw bytes. Methods
alternate, each in its own process. Read the ratios, not the seconds. A row is printed as soon as it is measured. A row
that cannot be measured shows the reason, and the command fails. Needs `requests`. CI checks counts
(for example `tests/inside/test_depth.py`), never seconds.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
import time
from collections.abc import Sequence
from dataclasses import astuple, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.row import Row, Settings

# Modules with a function `rows`, in the order of the table.
BENCHMARKS = (
    "paging",
    "decode",
    "small",
    "shell",
    "kindness",
    "many",
    "planning",
    "journaling",
    "fanout",
    "roles",
    "forms",
    "million",
    "streaming",
    "usage",
)
# Processor time and memory, which hardly differ from round to round, of reads that take long: one round.
ONCE = ("million", "streaming", "usage")
_WIDTHS = (88, 30, 30, 12, 18, 0)


def line(cells: Sequence[str]) -> str:
    """Return a row of the table, which is Markdown too."""
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)) + " |"


def measure(name: str, settings: Settings) -> bool:
    """Print the rows of one benchmark; return whether all could be measured."""
    try:
        for row in importlib.import_module(f"benchmarks.{name}").rows(settings):
            print(line(astuple(row)), flush=True)
    except Exception as error:
        print(line(astuple(Row(f"{name}: {type(error).__name__}: {error}"))), flush=True)
        return False
    return True


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round of less: to see whether it works")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="may be repeated")
    given = parser.parse_args()
    settings = Settings(1 if given.quick else given.rounds, given.quick)
    there = [name for name in given.only or BENCHMARKS if importlib.util.find_spec(f"benchmarks.{name}")]
    begun, well = time.monotonic(), True
    print(line(("what is measured", "zenpro", "by hand", "raw bytes", "ratio", "goal")))
    print(line(["-" * max(width, 4) for width in _WIDTHS]))
    for number, name in enumerate(there, 1):
        print(f"[{time.monotonic() - begun:4.0f} s] {number} of {len(there)}: {name} …", file=sys.stderr, flush=True)
        well = measure(name, replace(settings, rounds=1) if name in ONCE else settings) and well
    print(f"[{time.monotonic() - begun:4.0f} s] done", file=sys.stderr)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
