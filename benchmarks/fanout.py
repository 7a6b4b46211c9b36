"""Measure runs of fifty distant workspaces: `python -m benchmarks.fanout`.

`runs --workspace all` is compared with a loop by hand that reads one workspace after the other: the first time, which
includes signing in to each workspace, and a second time. Further rows have a server that takes two seconds per
response, and an address without a server. They measure when the other workspaces have been read.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.row import Row, Settings, child, given, middle, seconds, served, times

WORKSPACES = 50
ROWS = 100
LATENCY = 80
SLOW = 2_000


def by_hand() -> dict[str, Any]:
    """Read one after the other, each with its own session, twice."""
    import pandas as pd
    import requests

    url, key = os.environ["ZENML_PRO_API_URL"], os.environ["ZENML_PRO_API_KEY"]
    sessions: dict[str, requests.Session] = {}

    def entered(place: str, path: str, **how: Any) -> requests.Session:
        if place not in sessions:
            sessions[place] = requests.Session()
            token = sessions[place].post(f"{place}{path}", **how).json()["access_token"]
            sessions[place].headers["Authorization"] = f"Bearer {token}"
        return sessions[place]

    def read() -> pd.DataFrame:
        plane = entered(url, "/auth/login", data={"password": key})
        parts = []
        for workspace in plane.get(f"{url}/workspaces", params={"offset": 0, "limit": 100}).json():
            place = workspace["zenml_service"]["status"]["server_url"]
            session = entered(place, "/api/v1/login", headers={"Authorization": plane.headers["Authorization"]})
            page = session.get(f"{place}/api/v1/runs", params={"project": "default", "page": 1, "size": 1_000}).json()
            frame = pd.json_normalize(page["items"])
            frame.insert(0, "workspace", workspace["name"])
            parts.append(frame)
        whole = pd.concat(parts, ignore_index=True)
        for column in ("body.created", "body.updated"):
            whole[column] = pd.to_datetime(whole[column], utc=True, format="ISO8601")
        return whole

    return _twice(read)


def ours() -> dict[str, Any]:
    """Run `%zenpro runs --workspace all` twice."""
    import pandas  # noqa: F401 - imports are not measured

    from zenpro_nb import connect
    from zenpro_nb.workspaces import many

    others = given()["others"]  # servers that are neither slow nor dead
    asked, read = many.across_servers, []

    def watched(calls: Any, progress: Any) -> Any:
        start = time.perf_counter()

        def told(count: int) -> None:
            if count == others:
                read.append(time.perf_counter() - start)

        return asked(calls, told)

    many.across_servers = watched  # type: ignore[assignment]
    with connect(organization="acme") as zen:
        found = _twice(lambda: zen.run("runs", "--workspace", "all", "--project", "default"))
        start = time.perf_counter()
        for number in range(others if given()["one_by_one"] else 0):
            zen.run("runs", "--workspace", f"w{number}", "--project", "default")
        return {**found, "others": read, "one by one": time.perf_counter() - start}


def _twice(read: Any) -> dict[str, Any]:
    took = []
    for _ in range(2):
        start = time.perf_counter()
        frame = read()
        took.append(time.perf_counter() - start)
        assert len(frame) >= given()["others"] * ROWS, len(frame)
    return {"first": took[0], "again": took[1]}


def rows(settings: Settings) -> Iterator[Row]:
    """Return the rows of the table."""
    rounds = range(1 if settings.quick else settings.rounds)
    with served(ROWS, LATENCY, "--workspaces", WORKSPACES) as url:
        found = [
            {
                method: child("fanout", url, method=method, others=WORKSPACES, one_by_one=True)
                for method in ("ours", "by_hand")
            }
            for _ in rounds
        ]
    mine, single = ([item["ours"][when] for item in found] for when in ("again", "one by one"))
    what = f"{WORKSPACES} workspaces, {LATENCY} ms: times as fast as a command for each"
    yield Row(what, seconds(mine), seconds(single), ratio=middle(times(single, mine)), goal="≥ 20")
    for when, goal in (("first", ""), ("again", "≥ 20")):
        mine, hand = ([item[method][when] for item in found] for method in ("ours", "by_hand"))
        what = f"{WORKSPACES} workspaces, {LATENCY} ms, {'the first time' if when == 'first' else when}: times as fast"
        yield Row(what, seconds(mine), seconds(hand), ratio=middle(times(hand, mine)), goal=goal)
    with served(ROWS, LATENCY, "--workspaces", WORKSPACES + 1, "--slow-ms", SLOW, "--dead") as url:
        held = child("fanout", url, method="ours", others=WORKSPACES, one_by_one=False)
    usual = [item["ours"]["others"][1] for item in found]
    late = [held["others"][1]]
    what = f"… beside one of {SLOW / 1000:.0f} s and a dead one: until the others are read, times as long"
    yield Row(what, seconds(late), ratio=middle(times(late, sorted(usual)[len(usual) // 2 :][:1])), goal="≤ 1.5")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        os.environ["ZENPRO_STATE_DIR"] = os.environ["ZENPRO_CONFIG_DIR"] = tempfile.mkdtemp()
        print(json.dumps({"ours": ours, "by_hand": by_hand}[given()["method"]]()))
    else:
        for row in rows(Settings()):
            print(row, flush=True)
