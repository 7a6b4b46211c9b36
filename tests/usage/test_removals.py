"""`--check-usage` marks exactly the removals that an independent computation marks, on random plans and runs."""

from __future__ import annotations

import os
from collections import Counter

from tests.access import random_inventories
from tests.access.guarded_plans import OPEN
from tests.access.random_inventories import Holder, Row
from tests.usage import random_activity
from tests.usage.random_activity import Place, runs_of
from zenpro_nb.access import Plan, Step, desired_state, make_plan
from zenpro_nb.access.plans.bindings import principal_key, team_key
from zenpro_nb.usage.removals import usage_of_removals

PLANS = int(os.environ.get("ZENPRO_PLANS", "6"))


def removal_of(step: Step) -> tuple[str, Holder, str, Place]:
    return step.team_id, (step.party.field, step.party.id), step.role_id, (step.workspace_id, step.project_id)


def applied(plan: Plan, members: set[tuple[str, Holder]], held: set[Row]) -> tuple[set[tuple[str, Holder]], set[Row]]:
    """The memberships and roles after the plan, by its steps."""
    members, held = set(members), set(held)
    for step in plan.changes:
        holder = (step.party.field, principal_key(step.party))
        if step.kind == "team-member":
            (members.add if step.does == "add" else members.discard)((team_key(step), holder))
        elif step.kind.endswith("-role"):
            row = (step.role_id, *holder, step.workspace_id, step.project_id)
            (held.add if step.does == "add" else held.discard)(row)
    return members, held


def test_the_marked_removals_of_random_plans_agree_with_an_independent_computation() -> None:
    seen: Counter[str] = Counter()
    for seed in range(PLANS):
        made = random_inventories.world(seed)
        runs = runs_of(made, seed)
        state = desired_state(random_inventories.wish(made, seed).text, "access.yaml")
        plan = make_plan(runs.inventory, state.rows(), OPEN, exact=state.exact())
        members, held = applied(plan, made.members, made.held)
        found = usage_of_removals(runs.inventory, plan.changes, runs.activity)
        marked = {number: (usage.runs + usage.scheduled, usage.last) for number, usage in found.items() if usage.users}
        expected = {
            step.number: told
            for step in plan.changes
            if step.does == "remove" and step.kind != "invitation"
            if (told := random_activity.marks(runs, removal_of(step), members, held))[0]
        }
        assert marked == expected
        seen["marked"] += len(expected)
        seen["others"] += sum(step.does == "remove" for step in plan.changes) - len(expected)
        seen["teams"] += sum(
            step.party.field == "team_id" or bool(step.team) for step in plan.changes if step.number in expected
        )
    assert seen["marked"] > 5
    assert seen["others"] > 10
    assert seen["teams"]
