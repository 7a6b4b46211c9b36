"""`--check-usage` marks exactly the removals that an independent computation marks, on random plans and runs."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date

from msgspec.structs import replace

from tests.access import random_inventories
from tests.access.guarded_plans import OPEN
from tests.access.random_inventories import Holder, Row, World
from tests.usage import random_activity
from tests.usage.random_activity import SINCE, UNTIL, Place, permissions, runs_of
from zenpro_nb.access import (
    DesiredRow,
    Plan,
    Step,
    desired_state,
    frame_of,
    make_plan,
    markdown,
    plan_of,
    plan_of_text,
    plan_text,
)
from zenpro_nb.access.plans.bindings import principal_key, team_key
from zenpro_nb.usage.activity import Activity, ActivityGap, ActivityRow
from zenpro_nb.usage.removals import usage_of_removals, with_marks

PLANS = int(os.environ.get("ZENPRO_PLANS", "4"))


def removal_of(step: Step) -> tuple[str, Holder, str, Place]:
    return step.team_id, (step.party.field, step.party.id), step.role_id, (step.workspace_id, step.project_id)


def apply_steps(
    plan: Plan, members: set[tuple[str, Holder]], assignments: set[Row]
) -> tuple[set[tuple[str, Holder]], set[Row]]:
    """The memberships and roles after the plan, by its steps."""
    members, assignments = set(members), set(assignments)
    for step in plan.changes:
        holder = (step.party.field, principal_key(step.party))
        if step.kind == "team-member":
            (members.add if step.does == "add" else members.discard)((team_key(step), holder))
        elif step.kind.endswith("-role"):
            row = (step.role_id, *holder, step.workspace_id, step.project_id)
            (assignments.add if step.does == "add" else assignments.discard)(row)
    return members, assignments


def test_the_marked_removals_of_random_plans_agree_with_an_independent_computation() -> None:
    counts: Counter[str] = Counter()
    for seed in range(PLANS):
        world = random_inventories.world(seed)
        runs = runs_of(world, seed)
        state = desired_state(random_inventories.wish(world, seed).text, "access.yaml")
        plan = make_plan(runs.inventory, state.rows(), OPEN, exact=state.exact())
        members, assignments = apply_steps(plan, world.members, world.assignments)
        found = usage_of_removals(runs.inventory, plan.changes, runs.activity)
        marked = {number: (usage.runs + usage.scheduled, usage.last) for number, usage in found.items() if usage.users}
        expected = {
            step.number: told
            for step in plan.changes
            if step.does == "remove" and step.kind != "invitation"
            if (told := random_activity.marks(runs, removal_of(step), members, assignments))[0]
        }
        assert marked == expected
        counts["marked"] += len(expected)
        counts["others"] += sum(step.does == "remove" for step in plan.changes) - len(expected)
        counts["teams"] += sum(
            step.party.field == "team_id" or bool(step.team) for step in plan.changes if step.number in expected
        )
    assert counts["marked"] > 3
    assert counts["others"] > 10
    assert counts["teams"]


PLACES = (("ada", "w"), ("bob", "w"), ("cleo", "w"), ("me", "v"))
RUNS = (
    ActivityRow("w", "p1", "ada", "ada", date(2026, 11, 3), 3, 2),
    ActivityRow("w", "p2", "bob", "bob", date(2026, 11, 9), 0, 1),
)


def small(limit: int | None = None, gaps: tuple[ActivityGap, ...] = ()) -> Plan:
    """Ada and Bob, who started runs, and Cleo, who started none, lose their only role in ml-prod."""
    world = World(
        users={
            name: {"id": name, "email": f"{name}@x.example", "username": name, "is_active": True}
            for name in ("ada", "bob", "cleo", "me")
        },
        roles={"dev": ("Workspace Developer", "workspace")},
        workspaces={"w": "ml-prod", "v": "ml-old"},
        assignments={("dev", "user_id", name, "w", "") for name in ("ada", "bob", "cleo")}
        | {("dev", "user_id", "me", "v", "")},
    )
    found = world.inventory(permissions=permissions({"dev"}, {"other"}))
    rows = [
        DesiredRow("workspace-role", f"{name}@x.example", role="dev", workspace=workspace, present=False)
        for name, workspace in PLACES
    ]
    options = replace(OPEN, check_usage="90d", max_affected=limit)
    return with_marks(make_plan(found, rows, options), found, Activity(RUNS, SINCE, UNTIL, gaps))


def marks_of(plan: Plan) -> dict[str, tuple[int | None, int | None, date | None]]:
    return {step.party.id: (step.runs, step.scheduled_runs, step.last_run) for step in plan.steps}


def test_a_removal_shows_the_runs_the_newest_day_and_a_sentence() -> None:
    plan = small()
    assert marks_of(plan) == {
        "ada": (3, 2, date(2026, 11, 3)),
        "bob": (0, 1, date(2026, 11, 9)),
        "cleo": (None, None, None),
        "me": (None, None, None),
    }
    texts = {step.party.id: step.usage for step in plan.steps}
    assert texts["ada"] == (
        "started 5 runs, 2 of them by a schedule or trigger, newest 2026-11-03; no role that allows it would remain"
    )
    assert (texts["cleo"], texts["me"]) == ("", "")
    assert texts["ada"] in markdown(plan)
    # A plan can be saved and shown with its marks.
    assert marks_of(plan_of_text(plan_text(plan))) == marks_of(plan)
    frame = frame_of(plan)
    assert frame["runs"].dropna().tolist() == [3, 0]
    assert plan_of(frame) == plan


def test_a_plan_that_affects_more_accounts_than_allowed_is_blocked_at_their_steps() -> None:
    assert not small(2).blocked
    plan = small(1)
    assert {step.party.id: step.guard for step in plan.blocked} == {"ada": "affected", "bob": "affected"}
    assert {step.override for step in plan.blocked} == {"--max-affected 2"}
    assert plan.blocked[0].blocked_reason == (
        "2 accounts would lose access that they used, or may have used, for runs; the limit is 1."
    )


def test_a_removal_whose_runs_could_not_be_counted_says_so_and_counts_as_affected() -> None:
    plan = small(2, (ActivityGap("v", None, "ml-old is deactivated"),))
    mine = next(step for step in plan.steps if step.party.id == "me")
    assert mine.usage == "not all runs could be counted: ml-old is deactivated"
    assert (mine.runs, mine.last_run) == (None, None)
    assert len(plan.blocked) == 3
    assert not small(3, (ActivityGap("v", None, "ml-old is deactivated"),)).blocked
