"""Compare how fast runs of a workspace become a frame with zenml's own client and a loop by hand.

    python benchmarks/workspaces.py [--runs 10000] [--rounds 3]

A real ZenML server (0.98.0 from PyPI) on this machine has this many runs. Three methods read them: zenml's
`Client().list_pipeline_runs` page by page, `requests` with `pd.json_normalize`, and `%zenpro runs`. All return the
same number of rows, and rounds alternate. The server does the same work for each page and shares the processor with
the reader, which limits the possible gain. The time of the server alone is measured too.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import requests

from tests.support.environments import zenml_python
from tests.support.zenml_server import ZenmlServer
from zenpro_nb import limits
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.session.session import Session

SIDE = Path(__file__).with_name("zenml_side.py")
PAGES = (100, 500)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zenpro-bench-", ignore_cleanup_errors=True) as folder:
        one_server(Path(folder), given.runs, given.rounds)


def one_server(folder: Path, rows: int, rounds: int) -> None:
    """Measure on a real server."""
    server = ZenmlServer(folder)
    server.start()
    try:
        server.wait()
        server.found()
        server.finish(server.seed("--small"))
        side(server, "insert", str(folder / "db" / "zenml.db"), str(rows))
        total = server.call("GET", "/api/v1/runs", project="default", size=1)["total"]
        print(f"{total:,} runs on a real ZenML server, {os.cpu_count()} cores for it and for whoever reads")
        for size in PAGES:
            ways: dict[str, Callable[[], tuple[int, float]]] = {
                "zenml's client": lambda size=size: by_client(server, size),
                "requests + json_normalize": lambda size=size: by_hand(server, size),
                "bytes alone, one by one": lambda size=size: bytes_alone(server, size),
                "%zenpro runs": lambda size=size: by_us(server, size),
            }
            report(f"pages of {size}", ways, rounds, total)
    finally:
        server.stop()


def by_client(server: ZenmlServer, size: int) -> tuple[int, float]:
    """Read with zenml's own client, without the time of its start."""
    said = json.loads(side(server, "read", str(size)).splitlines()[-1])
    return said["rows"], said["seconds"]


def by_hand(server: ZenmlServer, size: int) -> tuple[int, float]:
    """Read as the author of a notebook would."""
    session = entered(server)
    started = time.perf_counter()
    records: list[Any] = []
    page = 1
    while True:
        params: dict[str, Any] = {"project": "default", "page": page, "size": size}
        answer = session.get(f"{server.url}/api/v1/runs", params=params, timeout=120).json()
        records += answer["items"]
        if page >= answer["total_pages"]:
            break
        page += 1
    frame = pd.json_normalize(records)
    for column in ("body.created", "body.updated"):
        frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
    frame["tags"] = [[tag["name"] for tag in tags] for tags in frame["resources.tags"]]
    frame["status"] = frame["body.status"].astype("category")
    return len(frame), time.perf_counter() - started


def bytes_alone(server: ZenmlServer, size: int) -> tuple[int, float]:
    """Measure the server alone, without decoding its responses."""
    session = entered(server)
    started = time.perf_counter()
    rows, page = 0, 1
    while True:
        params: dict[str, Any] = {"project": "default", "page": page, "size": size}
        content = session.get(f"{server.url}/api/v1/runs", params=params, timeout=120).content
        head = json.loads(content[: content.index(b'"items"')].rstrip(b",") + b"}")
        rows = head["total"]
        if page >= head["total_pages"]:
            break
        page += 1
    return rows, time.perf_counter() - started


def by_us(server: ZenmlServer, size: int) -> tuple[int, float]:
    """Read with a session that has listed once before, as in a notebook."""
    limits.WORKSPACE_PAGE = size
    environ = {"ZENML_STORE_API_KEY": server.key, "ZENPRO_CONFIG_DIR": str(server.folder)}
    with Connection(Session(environ)) as zen:
        zen.run("use", "server", server.url)
        zen.run("projects")
        started = time.perf_counter()
        frame = zen.run("runs")
        return len(frame), time.perf_counter() - started


def entered(server: ZenmlServer) -> requests.Session:
    session = requests.Session()
    token = session.post(f"{server.url}/api/v1/login", data={"password": server.key}, timeout=60).json()["access_token"]
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def side(server: ZenmlServer, *arguments: str) -> str:
    """Run the half with the real ZenML."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")} | {
        "ZENML_CONFIG_PATH": str(server.folder / "client"),
        "ZENML_ANALYTICS_OPT_IN": "false",
        "ZENML_STORE_URL": server.url,
        "ZENML_STORE_API_KEY": server.key,
        "ZENML_LOGGING_VERBOSITY": "ERROR",
    }
    command = [str(zenml_python()), str(SIDE), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def report(title: str, ways: dict[str, Callable[[], tuple[int, float]]], rounds: int, expected: int) -> None:
    """Alternate the methods, and print medians and ratios to the last one."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            rows, seconds = way()
            assert rows == expected, (name, rows, expected)
            took[name].append(seconds)
    ours = statistics.median(list(took.values())[-1])
    print(f"\n{title}")
    for name, seconds in took.items():
        middle = statistics.median(seconds)
        print(f"  {name:<28} {middle:7.2f} s   {middle / ours:5.1f} times as long as the last")


if __name__ == "__main__":
    main()
