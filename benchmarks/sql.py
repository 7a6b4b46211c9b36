"""Measure a query over lists that were read: 100,000 users joined with 300,000 assignments, next to pandas by hand.

    python benchmarks/sql.py [--users 100000] [--assignments 300000] [--rounds 5]

Both run in one process and alternate, so a busy machine slows them equally. Compare the ratio within a round.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd

from zenpro_nb import frames, sql
from zenpro_nb.resources.control_plane import ASSIGNMENTS, USERS

QUERY = """
SELECT u.company, a.role, count(*) AS n
FROM users u JOIN assignments a ON u.id = a.user_id
GROUP BY ALL ORDER BY n DESC
"""


def made(users: int, assignments: int) -> dict[str, pd.DataFrame]:
    chance = random.Random(7)
    people = [
        {"id": f"u{number:09d}", "email": f"p{number}@example.com", "company": f"c{number % 40}"}
        for number in range(users)
    ]
    held = [
        {"user_id": f"u{chance.randrange(users):09d}", "role": f"r{number % 20}", "level": "workspace"}
        for number in range(assignments)
    ]
    tables = {"users": (USERS, people), "assignments": (ASSIGNMENTS, held)}
    return {name: frames.with_types(resource.columns, rows) for name, (resource, rows) in tables.items()}


def by_hand(read: dict[str, pd.DataFrame]) -> pd.DataFrame:
    joined = read["assignments"][["user_id", "role"]].merge(
        read["users"][["id", "company"]], left_on="user_id", right_on="id"
    )
    return joined.groupby(["company", "role"]).size().rename("n").reset_index().sort_values("n", ascending=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--assignments", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    read = made(given.users, given.assignments)
    columns = {"users": USERS.columns, "assignments": ASSIGNMENTS.columns}
    statement = sql.parse(QUERY)
    seconds: dict[str, list[float]] = {"query": [], "with handing over": [], "pandas": []}
    for _ in range(given.rounds):
        start = time.perf_counter()
        tables = {name: frames.to_table(read[str(name)], columns[str(name)]) for name in statement.tables}
        push_down = time.perf_counter()
        found = sql.execute(statement, tables, {})
        done = time.perf_counter()
        expected = by_hand(read)
        seconds["pandas"].append(time.perf_counter() - done)
        seconds["query"].append(done - push_down)
        seconds["with handing over"].append(done - start)
        assert found["n"].tolist() == expected["n"].tolist()
    print(f"{'':<20}{'seconds':>9}{'of pandas by hand':>20}")
    for name, taken in seconds.items():
        ratios = [item / hand for item, hand in zip(taken, seconds["pandas"], strict=True)]
        print(f"{name:<20}{statistics.median(taken):>9.3f}{statistics.median(ratios):>20.2f}")


if __name__ == "__main__":
    main()
