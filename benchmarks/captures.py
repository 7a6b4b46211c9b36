"""Measure how long captures of a large organization take to write, read, and compare.

    python benchmarks/captures.py [--users 100000] [--changed 1000] [--rounds 5]

The organization is generated in memory. Every user is a member, has two roles, and is in one of 300 teams. In the
second capture, `--changed` accounts are deactivated, have another role, and have left their team.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from zenpro_nb.access import Inventory
from zenpro_nb.inventory import Captures, compare

TEAMS, WORKSPACES = 300, 50


def made(users: int, changed: int, started: datetime) -> Inventory:
    """Return an organization in which this many accounts changed."""
    people = [
        {
            "id": f"user-{n:08}",
            "email": f"person{n}@example.com",
            "name": f"Person {n}",
            "username": f"person{n}@example.com",
            "is_active": n >= changed,
            "is_superuser": False,
            "is_service_account": False,
            "company": f"Company {n % 97}",
        }
        for n in range(users)
    ]
    held: list[dict[str, Any]] = []
    for n, person in enumerate(people):
        of = {"user_id": person["id"], "principal": person["email"]}
        held.append({**of, "role_id": "member", "role": "Organization Member"})
        role = "viewer" if n < changed else "developer"
        place = n % WORKSPACES
        held.append({**of, "role_id": role, "role": role, "workspace_id": f"w{place}", "workspace": f"place-{place}"})
    in_teams = [
        {"team_id": f"t{n % TEAMS}", "team": f"team {n % TEAMS}", "user_id": person["id"], "email": person["email"]}
        for n, person in enumerate(people)
        if n >= changed
    ]
    lists = {
        "users": people,
        "members": [{"user_id": person["id"], "email": person["email"], "role_ids": ["member"]} for person in people],
        "teams": [{"id": f"t{n}", "name": f"team {n}"} for n in range(TEAMS)],
        "team_members": in_teams,
        "roles": [{"id": name, "name": name} for name in ("member", "developer", "viewer")],
        "assignments": held,
        "workspaces": [{"id": f"w{n}", "name": f"place-{n}"} for n in range(WORKSPACES)],
    }
    facts = {"organization_id": "acme", "organization_name": "acme", "server": "https://pro.example.com"}
    return Inventory.of(lists, **facts, started=started, finished=started)


def timed(work: Callable[[], Any], rounds: int) -> tuple[str, Any]:
    """Return the measured time as text, and the result."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
    return f"{statistics.median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})", found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--changed", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    day = datetime(2026, 10, 1, tzinfo=UTC)
    first, second = made(given.users, 0, day), made(given.users, given.changed, day + timedelta(days=30))
    rows = sum(len(item) for _, item in first.items())
    print(f"{given.users:,} users, {rows:,} rows of all lists; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        captures = Captures(Path(folder) / "captures")
        took, item = timed(lambda: captures.write(first), given.rounds)
        size = sum(path.stat().st_size for path in item.path.iterdir()) / 1e6
        print(f"write    {took}, {size:.0f} MB")
        took, before = timed(item.inventory, given.rounds)
        print(f"read     {took}")
        after = captures.write(second).inventory()
        took, found = timed(lambda: compare(before, after), given.rounds)
        print(f"compare  {took}, {len(found):,} rows of difference")
        took, found = timed(lambda: compare(before, before), given.rounds)
        print(f"         {took} where nothing differs")
    print(f"memory   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB at most")


if __name__ == "__main__":
    main()
