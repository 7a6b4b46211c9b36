"""Compare reading 100,000 users of a sandbox into a typed frame with a loop by hand.

    python benchmarks/users.py [--users 100000] [--latency-ms 20] [--workers 8 --workers 32] [--rounds 3]

Each method runs in its own process, so its peak memory is its own too. All use the same sandbox and alternate, so a
busy machine slows all of them equally. Compare the ratio within a round. Needs `requests`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.row import imported
from tests.support.sandbox import SandboxProcess

BY_HAND = "by hand"


def by_hand() -> object:
    """Read with a `requests.Session`, page after page, `json_normalize`, and set the types."""
    import pandas as pd
    import requests

    url, key = os.environ["ZENML_PRO_API_URL"], os.environ["ZENML_PRO_API_KEY"]
    session = requests.Session()
    token = session.post(f"{url}/auth/login", data={"password": key}).json()["access_token"]
    session.headers["Authorization"] = f"Bearer {token}"
    rows: list[dict[str, object]] = []
    while True:
        page = session.get(f"{url}/users", params={"offset": len(rows), "limit": 100}).json()
        rows.extend(page)
        if len(page) < 100:
            break
    frame = pd.json_normalize(rows)
    flags = ["is_active", "is_superuser", "is_service_account", "is_onboarded", "password_expired"]
    return frame.astype(dict.fromkeys(flags, "boolean") | {"oauth_provider": "category"})


def ours(workers: int) -> object:
    """Run `%zenpro users`."""
    from zenpro_nb import connect

    with connect(workers=workers) as zen:
        return zen.run("users")


def measure(method: str) -> None:
    """Run one method, and print its seconds, rows and the megabytes that it added to the process."""
    import resource
    import time

    import pandas as pd

    if method == BY_HAND:
        import requests  # noqa: F401 - imports are not measured
    else:
        imported()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    frame = by_hand() if method == BY_HAND else ours(int(method))
    seconds = time.perf_counter() - start
    assert isinstance(frame, pd.DataFrame)
    assert frame.id.is_unique
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"seconds": seconds, "rows": len(frame), "megabytes": added}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--latency-ms", type=float, default=20)
    parser.add_argument("--workers", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure)
        return
    methods = [BY_HAND, *(str(count) for count in given.workers or (8, 32))]
    results: dict[str, list[dict[str, float]]] = {method: [] for method in methods}
    with SandboxProcess(users=given.users, latency_ms=given.latency_ms) as sandbox:
        environment = os.environ | {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key}
        for _ in range(given.rounds):
            for method in methods:
                command = [sys.executable, __file__, "--measure", method]
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
                results[method].append(json.loads(done.stdout))
    report(results)


def report(results: dict[str, list[dict[str, float]]]) -> None:
    """Print one line per method: medians, and the ratio to the loop by hand per round."""
    slow = [result["seconds"] for result in results[BY_HAND]]
    print(f"{'method':<12}{'rows':>9}{'seconds':>9}{'times as fast':>22}{'peak memory':>14}")
    for method, runs in results.items():
        ratios = [hand / item["seconds"] for hand, item in zip(slow, runs, strict=True)]
        name = method if method == BY_HAND else f"{method} workers"
        spread = f"{statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})"
        print(
            f"{name:<12}{runs[0]['rows']:>9,.0f}{statistics.median(run['seconds'] for run in runs):>9.2f}"
            f"{spread:>22}{statistics.median(run['megabytes'] for run in runs):>+11.0f} MB"
        )


if __name__ == "__main__":
    main()
