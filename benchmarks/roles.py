"""Measure assignments in an organization of 200 roles at 80 ms latency: `python -m benchmarks.roles`.

The control plane lists assignments per role. `assignments` is compared with a loop by hand, the first time and a
second time. The number of consecutive requests is counted too. The server is a sandbox that responds 80 ms late.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.row import Row, Settings, child, given, middle, seconds, times

ROLES = 200
QUICK = 20
LATENCY = 80


def by_hand() -> dict[str, Any]:
    """Read roles page after page, then the assignments of one role after the other."""
    import pandas as pd
    import requests

    url, session = os.environ["ZENML_PRO_API_URL"], requests.Session()
    token = session.post(f"{url}/auth/login", data={"password": os.environ["ZENML_PRO_API_KEY"]}).json()
    session.headers["Authorization"] = f"Bearer {token['access_token']}"
    organizations = session.get(f"{url}/organizations").json()
    organization = next(organization["id"] for organization in organizations if organization["name"] == "acme")

    def pages(path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = session.get(f"{url}{path}", params={"offset": len(found), "limit": 100}).json()
            found += page
            if len(page) < 100:
                return found

    def read() -> pd.DataFrame:
        roles = pages(f"/organizations/{organization}/roles")
        held = [session.get(f"{url}/roles/{role['id']}/assignments").json() for role in roles]  # not paged
        return pd.json_normalize([row for some in held for row in some])

    return _twice(read)


def ours() -> dict[str, Any]:
    """Run `%zenpro assignments`."""
    from tests.support.depth import counted_depth
    from zenpro_nb import connect

    with connect(organization="acme") as zen:
        zen.run("teams", "--limit", "1")
        took = _twice(lambda: zen.run("assignments"))
        with counted_depth() as depth, contextlib.redirect_stderr(io.StringIO()):
            zen.run("assignments")
        return {**took, "levels": depth.levels}


def _twice(read: Callable[[], Any]) -> dict[str, Any]:
    took = []
    for _ in range(2):
        start = time.perf_counter()
        frame = read()
        took.append(time.perf_counter() - start)
    return {"first": took[0], "again": took[1], "rows": len(frame)}


def _add_roles(url: str, key: str, wanted: int) -> None:
    from zenpro_nb import connect

    with connect(url=url, api_key=key, organization="acme") as zen, ThreadPoolExecutor(16) as pool:
        organizations = zen.client.get("/organizations")
        assert isinstance(organizations, list)
        organization = next(organization["id"] for organization in organizations if organization["name"] == "acme")
        wish = {"organization_id": organization, "level": "workspace", "permissions": []}
        more = range(wanted - len(zen.run("roles")))
        list(pool.map(lambda at: zen.client.request("POST", "/roles", json={**wish, "name": f"Role {at}"}), more))


def rows(settings: Settings) -> Iterator[Row]:
    """Return the rows of the table."""
    from tests.support.sandbox import SandboxProcess

    count = QUICK if settings.quick else ROLES
    os.environ["ZENPRO_STATE_DIR"] = os.environ["ZENPRO_CONFIG_DIR"] = tempfile.mkdtemp()
    with SandboxProcess(latency_ms=LATENCY) as sandbox:
        _add_roles(sandbox.url, sandbox.key, count)
        found = [
            {method: child("roles", sandbox.url, method=method, key=sandbox.key) for method in ("ours", "by_hand")}
            for _ in range(settings.rounds)
        ]
    assert len({item[method]["rows"] for item in found for method in item}) == 1
    for when in ("first", "again"):
        mine, hand = ([item[method][when] for item in found] for method in ("ours", "by_hand"))
        name = f"assignments, {count} roles, {LATENCY} ms, {when}: times as fast as one after the other"
        yield Row(name, seconds(mine), seconds(hand), ratio=middle(times(hand, mine)))
    levels = max(item["ours"]["levels"] for item in found)
    yield Row(f"assignments, {count} roles, again: requests one after the other", str(levels), goal="≤ 2")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        os.environ["ZENML_PRO_API_KEY"] = given()["key"]
        os.environ["ZENPRO_STATE_DIR"] = os.environ["ZENPRO_CONFIG_DIR"] = tempfile.mkdtemp()
        print(json.dumps({"ours": ours, "by_hand": by_hand}[given()["method"]]()))
    else:
        for row in rows(Settings(rounds=1, quick="--quick" in sys.argv)):
            print(row, flush=True)
