"""Measure how long effective access takes to compute from an inventory, next to the same joins by hand in pandas.

    python benchmarks/access.py [--users 10000] [--teams 200] [--workspaces 50] [--members 50] [--rounds 5]

The organization is generated in memory. Every user is a member, half of them have a role in two workspaces, teams
have members and roles in workspaces, and one team has a role in every workspace. The version by hand is what the
author of a notebook writes: expand teams, cross join roles that apply everywhere, join names, and build the path. It
leaves out `covered_by`, owners, and the order.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from zenpro_nb.access import Inventory, effective_access

ROLES = {
    "Organization Viewer": "organization",
    "Organization Member": "organization",
    "Workspace Admin": "workspace",
    "Workspace Developer": "workspace",
    "Workspace Viewer": "workspace",
    "Custom": "workspace",
}


def made(given: argparse.Namespace) -> Inventory:
    """Return a large organization."""
    chance = random.Random(1)
    users = [
        {"id": f"u{n}", "email": f"person{n}@example.com", "is_active": n % 20 > 0, "is_superuser": n < 3}
        for n in range(given.users)
    ]
    roles = [
        {"id": name, "name": name, "level": level, "system_managed": name != "Custom"} for name, level in ROLES.items()
    ]
    of_workspaces = [name for name, level in ROLES.items() if level == "workspace"]
    workspaces = [{"id": f"w{n}", "name": f"place-{n}", "status": "available"} for n in range(given.workspaces)]
    teams = [{"id": f"t{n}", "name": f"team {n}"} for n in range(given.teams)]
    members = [
        {"team_id": team["id"], "user_id": f"u{item}"}
        for team in teams
        for item in chance.sample(range(given.users), given.members)
    ]
    held: list[dict[str, Any]] = [{"user_id": user["id"], "role_id": "Organization Member"} for user in users]
    held += [
        {"user_id": user["id"], "role_id": chance.choice(of_workspaces), "workspace_id": f"w{place}"}
        for user in users[::2]
        for place in chance.sample(range(given.workspaces), 2)
    ]
    held += [
        {"team_id": team["id"], "role_id": chance.choice(of_workspaces), "workspace_id": f"w{place}"}
        for team in teams
        for place in chance.sample(range(given.workspaces), given.places)
    ]
    held += [{"team_id": team["id"], "role_id": "Organization Viewer"} for team in teams[:: given.reaching]]
    for row in held:
        row |= {"role": row["role_id"], "level": ROLES[row["role_id"]]}
    lists: dict[str, Any] = {"users": users, "roles": roles, "workspaces": workspaces, "teams": teams}
    return Inventory.of({**lists, "team_members": members, "assignments": held}, organization_name="acme")


def by_hand(inventory: Inventory) -> pd.DataFrame:
    """Return the same joins, written as in a notebook."""
    users = inventory.users.frame.set_index("id")
    workspaces = inventory.workspaces.frame
    held = inventory.assignments.frame[["user_id", "team_id", "role_id", "role", "workspace_id"]]
    direct = held[held["team_id"].isna()].assign(via="direct")
    members = inventory.team_members.frame[["team_id", "user_id"]]
    of_teams = held[held["team_id"].notna()].drop(columns="user_id").merge(members, on="team_id").assign(via="team")
    rows = pd.concat([direct, of_teams])
    reaching = rows[rows["role"] == "Organization Viewer"].drop(columns="workspace_id")
    reaching = reaching.merge(workspaces[["id"]].rename(columns={"id": "workspace_id"}), how="cross")
    above = users.index[users["is_superuser"].fillna(False).astype(bool)]
    everywhere = pd.MultiIndex.from_product([above, workspaces["id"]], names=["user_id", "workspace_id"])
    rows = pd.concat(
        [rows, reaching.assign(via="organization-role"), everywhere.to_frame(index=False).assign(role="superuser")],
        ignore_index=True,
    )
    rows["principal"] = rows["user_id"].map(users["email"])
    rows["active"] = rows["user_id"].map(users["is_active"])
    rows["workspace"] = rows["workspace_id"].map(workspaces.set_index("id")["name"])
    team = rows["team_id"].map(inventory.teams.frame.set_index("id")["name"])
    through = ("team " + team + " → ").fillna("")
    rows["path"] = rows["principal"] + " → " + through + rows["role"] + " → " + rows["workspace"].fillna("acme")
    return rows.drop_duplicates(["user_id", "path"])


def timed(compute: Callable[[Inventory], pd.DataFrame], inventory: Inventory, rounds: int) -> str:
    """Return the measured time as text."""
    seconds, busy = [], []
    for _ in range(rounds):
        start, used = time.perf_counter(), time.process_time()
        found = compute(inventory)
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - used)
    size = found.memory_usage(deep=True).sum() / 1e6
    took = f"{statistics.median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})"
    return f"{len(found):,} rows in {took}, of it {min(busy):.2f} s of this process's own; a frame of {size:.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--teams", type=int, default=200)
    parser.add_argument("--workspaces", type=int, default=50)
    parser.add_argument("--members", type=int, default=50, help="of each team")
    parser.add_argument("--places", type=int, default=5, help="workspaces in which each team holds a role")
    parser.add_argument("--reaching", type=int, default=2, help="each so many-th team holds Organization Viewer")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    inventory = made(given)
    before = _peak()
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"access:  {timed(effective_access, inventory, given.rounds)}; peak memory +{_peak() - before:.0f} MB")
    print(f"by hand: {timed(by_hand, inventory, given.rounds)}")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
