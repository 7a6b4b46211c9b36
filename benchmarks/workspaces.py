"""Runs of workspaces: how fast they become a frame, beside zenml's own client and a loop by hand, in one run.

    python benchmarks/workspaces.py [--runs 10000] [--rounds 3]

A real ZenML server (0.98.0 from PyPI) on this machine with so many runs, and three ways to a table of
them: zenml's `Client().list_pipeline_runs` page by page, `requests` with `pd.json_normalize`, and `%zenpro runs`. All
end in as many rows; rounds take turns. The server makes each page with the same work and shares this machine's cores
with whoever reads, so it bounds what a reader can gain: the time that it alone takes is measured too.
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
    """zenml's own client; the time without its start."""
    said = json.loads(side(server, "read", str(size)).splitlines()[-1])
    return said["rows"], said["seconds"]


def by_hand(server: ZenmlServer, size: int) -> tuple[int, float]:
    """What a notebook's author writes."""
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
    """What the server takes, whatever is made of its answers."""
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
    """A session that has listed once before, as in a notebook."""
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
    """Run the other half."""
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
    """Take turns, and print medians and ratios to the last way."""
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
