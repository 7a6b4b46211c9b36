"""Measure plans of many memberships: `python -m benchmarks.planning [--quick]`.

Ten times as many memberships can take about ten times as long, not much more. The benchmark compares the processor
time of 10,000 and 100,000 memberships, for the plan and for checking it against the organization again, as `apply`
does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.row import Row, Settings, imported, middle, seconds, times
from zenpro_nb.access import DesiredRow, Inventory, Plan, make_plan
from zenpro_nb.access.plans.recheck import recheck

T = TypeVar("T")
FEW, TIMES = 10_000, 10
TEAM_SIZE = 100
TEAMS_OF_A_PERSON = 10
GOAL = "≤ 13"


def organization(memberships: int) -> Inventory:
    """Return an organization without teams that has people for this many memberships."""
    people = memberships // TEAMS_OF_A_PERSON
    users = [{"id": f"u{number}", "email": f"u{number}@example.com", "is_active": True} for number in range(people)]
    return Inventory.of({"users": users, "teams": [], "team_members": [], "roles": [], "assignments": []})


def wanted(memberships: int) -> list[DesiredRow]:
    """Return new teams with all their memberships."""
    people, teams = memberships // TEAMS_OF_A_PERSON, memberships // TEAM_SIZE
    rows = [DesiredRow("team", team=f"team-{number}") for number in range(teams)]
    for number in range(memberships):
        person, turn = number % people, number // people
        rows.append(DesiredRow("team-member", f"u{person}@example.com", team=f"team-{(person + turn) % teams}"))
    return rows


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """Return the result of a call, and its processor time."""
    start = time.process_time()
    found = call()
    return found, time.process_time() - start


def measured(memberships: int) -> dict[str, float]:
    """Plan, and check the plan again."""
    rows = wanted(memberships)
    there, again = organization(memberships), organization(memberships)
    plan, planning = timed(lambda: make_plan(there, rows))
    checked: Plan
    checked, checking = timed(lambda: recheck(plan, again))
    assert len(checked.steps) == len(rows)
    return {"planning": planning, "checking a plan again": checking}


def rows(settings: Settings) -> Iterator[Row]:
    """Measure both sizes in turn."""
    imported()
    measured(FEW // 10)
    few_size = FEW // 10 if settings.quick else FEW
    few, many = [], []
    for _ in range(1 if settings.quick else settings.rounds):
        few.append(measured(few_size))
        many.append(measured(few_size * TIMES))
    for part in few[0]:
        short, long = [each[part] for each in few], [each[part] for each in many]
        yield Row(
            f"{part}: {few_size * TIMES:,} memberships, times as long as {few_size:,}",
            seconds(long),
            raw=seconds(short),
            ratio=middle(times(long, short)),
            goal=GOAL,
        )


if __name__ == "__main__":
    for row in rows(Settings(1 if "--quick" in sys.argv else 3, quick="--quick" in sys.argv)):
        print(row, flush=True)
