"""Measure how long `%load_ext zenpro_nb` takes, alone and after pandas was imported, next to heavy imports it avoids.

    python benchmarks/loading.py [--rounds 7]

Each measurement is a separate process. The figures are medians in milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

SHELL = "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell(); import time; "
LOAD = "t = time.perf_counter(); shell.run_line_magic('load_ext', 'zenpro_nb'); print(time.perf_counter() - t)"
TIMED = "t = time.perf_counter(); import {modules}; print(time.perf_counter() - t)"
CASES = {
    "%load_ext": SHELL + LOAD,
    "%load_ext, pandas imported before": SHELL + "import pandas; " + LOAD,
    "first use: the tree": SHELL + TIMED.format(modules="zenpro_nb.commands.tree"),
    "first request: client and frames": SHELL + TIMED.format(modules="zenpro_nb.client, zenpro_nb.frames"),
    "pandas alone": SHELL + TIMED.format(modules="pandas"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    for name, code in CASES.items():
        runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(rounds)]
        print(f"{name:<36}{statistics.median(float(run.stdout) for run in runs) * 1000:>9.1f} ms")


if __name__ == "__main__":
    main()
