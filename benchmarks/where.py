"""Measure the cost of `users --where …` compared with `users`: 100,000 users, condition evaluated by zenpro.

    python benchmarks/where.py [--users 100000] [--latency-ms 20] [--workers 8] [--rounds 5]

Both run in one process and alternate, so a busy machine slows them equally. Compare the ratio within a round.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.sandbox import SandboxProcess

LINES = {
    "users": ("users",),
    "a flag": ("users", "--where", "is_active=no"),
    "a text": ("users", "--where", "company=Analytical Engines"),
    "a part": ("users", "--where", "email~ada", "--where", "company!="),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--latency-ms", type=float, default=20)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    from zenpro_nb import connect

    seconds: dict[str, list[float]] = {name: [] for name in LINES}
    rows: dict[str, int] = {}
    with (
        SandboxProcess(users=given.users, latency_ms=given.latency_ms) as sandbox,
        connect(url=sandbox.url, api_key=sandbox.key, workers=given.workers) as zen,
    ):
        zen.run("users")  # connections, imports, and the cached length of the list are not measured
        for _ in range(given.rounds):
            for name, line in LINES.items():
                start = time.perf_counter()
                rows[name] = len(zen.run(*line))
                seconds[name].append(time.perf_counter() - start)
    print(f"{'line':<10}{'rows':>9}{'seconds':>9}{'of reading alone':>20}")
    for name, taken in seconds.items():
        ratios = [item / alone for item, alone in zip(taken, seconds["users"], strict=True)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        print(f"{name:<10}{rows[name]:>9,}{statistics.median(taken):>9.2f}{spread:>20}")


if __name__ == "__main__":
    main()
