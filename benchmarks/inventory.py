"""Measure how long the inventory of a large organization takes to read, and how many requests, with default settings.

    python benchmarks/inventory.py [--users 10000] [--teams 300] [--roles 20] [--workspaces 50] [--latency-ms 80]

The organization is created in a sandbox without latency. A second sandbox serves the same file with latency. The lower
bound is the waiting time alone: the number of requests, divided by the workers, times the latency.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.sandbox import SandboxProcess
from zenpro_nb import inventory, limits
from zenpro_nb.client import ApiKey
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session


def session_at(url: str, key: str) -> Session:
    """Return a session in the organization acme."""
    session = Session()
    session.use(Settings(url=url, credential=ApiKey(key), source="a benchmark", organization="acme"))
    return session


def grow(session: Session, given: argparse.Namespace) -> None:
    """Create teams with members, roles, and workspaces up to the requested numbers."""
    found = inventory.fill(session)
    client, of = session.client, {"organization_id": found.organization_id}
    post = partial(client.request, "POST")
    teams = [{"name": f"team {number}", **of} for number in range(given.teams - len(found.teams))]
    roles = [{"name": f"role {n}", "level": "workspace", **of} for n in range(given.roles - len(found.roles))]
    places = [{"name": f"place-{number}", **of} for number in range(given.workspaces - len(found.workspaces))]
    made = client.fan_out([partial(post, "/teams", json=body) for body in teams])
    client.fan_out([partial(post, "/roles", json=body) for body in roles])
    client.fan_out([partial(post, "/workspaces", json=body) for body in places])
    people = found.users.frame["id"].tolist()
    routes = [f"/teams/{reply.json()['id']}/members" for reply in made]  # type: ignore[index]
    someone = itertools.cycle(people)
    client.fan_out(
        [partial(post, route, params={"user_id": next(someone)}) for route in routes for _ in range(given.members)]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--teams", type=int, default=300)
    parser.add_argument("--members", type=int, default=10, help="of each team that is made")
    parser.add_argument("--roles", type=int, default=20)
    parser.add_argument("--workspaces", type=int, default=50)
    parser.add_argument("--latency-ms", type=float, default=80)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sandbox.db"
        with SandboxProcess(users=given.users, db=file) as sandbox:
            grow(session_at(sandbox.url, sandbox.key), given)
        with SandboxProcess(users=given.users, db=file, latency_ms=given.latency_ms) as sandbox:
            seconds, busy = [], []
            for _ in range(given.rounds):
                session = session_at(sandbox.url, sandbox.key)
                start, used = time.perf_counter(), time.process_time()
                found = inventory.fill(session)
                seconds.append(time.perf_counter() - start)
                busy.append(time.process_time() - used)
                session.close()
    floor = found.requests / limits.DEFAULT_WORKERS * given.latency_ms / 1000
    rows = sum(len(item) for _, item in found.items())
    print(f"{rows:,} rows, {found.requests} requests, {len(found.gaps)} gaps, load {os.getloadavg()[0]:.1f}")
    print(
        f"{statistics.median(seconds):.1f} s ({min(seconds):.1f}-{max(seconds):.1f}), the waiting alone {floor:.1f} s"
    )
    print(f"{statistics.median(busy):.1f} s of it are this process's own")


if __name__ == "__main__":
    main()
