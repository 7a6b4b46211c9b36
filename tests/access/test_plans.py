"""Plans have the properties of the design, on random organizations and random files."""

from __future__ import annotations

import os
import pickle
from graphlib import TopologicalSorter
from typing import Any

import pytest

from tests.access import random_inventories, random_organizations
from tests.access.conftest import World
from tests.access.guarded_plans import OPEN
from tests.access.random_inventories import Wish
from zenpro_nb import inventory as reading
from zenpro_nb.access import (
    DesiredRow,
    ExactScope,
    GuardOptions,
    Inventory,
    Plan,
    after,
    desired_state,
    export,
    frame_of,
    make_plan,
    plan_of,
    plan_of_text,
    plan_text,
    recheck,
)
from zenpro_nb.access.plans.order import phase
from zenpro_nb.access.plans.state import State
from zenpro_nb.frames import convert

PLANS = int(os.environ.get("ZENPRO_PLANS", "6"))
ORGANIZATIONS = int(os.environ.get("ZENPRO_ORGANIZATIONS", "4"))
NEW = "n@x.example"


def new_plan(inventory: Inventory, text: str, options: GuardOptions = OPEN, **more: Any) -> Plan:
    state = desired_state(text, "access.yaml")
    return make_plan(inventory, state.rows(), options, exact=state.exact(), **more)


def rows(inventory: Inventory) -> set[tuple[Any, ...]]:
    """The memberships and assignments in the lists; teams by name."""
    teams = {item["id"]: item["name"] for item in convert(inventory.teams.frame, "records")}
    members = convert(inventory.team_members.frame, "records")
    assignments = convert(inventory.assignments.frame, "records")
    ids = ("role_id", "user_id", "team_id", "invitation_id", "workspace_id", "project_id")
    return {("member", teams[member["team_id"]], member["user_id"], member["invitation_id"]) for member in members} | {
        tuple(item[name] for name in ids) for item in assignments
    }


@pytest.mark.parametrize("seed", range(PLANS))
def test_a_plan_leads_to_the_desired_state_and_then_nothing_is_left_to_do(seed: int) -> None:
    world = random_inventories.world(seed)
    wish = random_inventories.wish(world, seed)
    inventory = world.inventory()
    plan = new_plan(inventory, wish.text)
    assert not plan.blocked
    then = after(inventory, plan)
    state = State.of(then)
    assert {
        (binding.team, binding.holder) for binding in state.bindings if binding.kind == "team-member"
    } == _expected_members(wish, then)
    assignments = {
        (binding.role, *binding.holder, binding.workspace, binding.project)
        for binding in state.bindings
        if binding.kind != "team-member"
    }
    assert assignments == wish.assignments
    assert set(state.invitations) == set(world.invitations) - wish.withdrawn
    assert new_plan(then, wish.text).steps == ()


def _expected_members(wish: Wish, then: Inventory) -> set[tuple[str, tuple[str, str]]]:
    ids = {item["name"]: item["id"] for item in convert(then.teams.frame, "records")}
    return {(ids.get(team) or team.removeprefix("id:"), member) for team, member in wish.members}


@pytest.mark.parametrize("seed", range(PLANS))
def test_the_properties_of_plans(seed: int) -> None:
    world = random_inventories.world(seed)
    wish = random_inventories.wish(world, seed)
    inventory = world.inventory()
    for options in (OPEN, GuardOptions()):
        before = pickle.dumps([item.frame for _, item in inventory.items()])
        plan = new_plan(inventory, wish.text, options)
        assert pickle.dumps([item.frame for _, item in inventory.items()]) == before
        assert plan == new_plan(inventory, wish.text, options)
        assert [step.number for step in plan.steps] == list(range(1, len(plan.steps) + 1))
        _removals_are_rows(inventory, plan)
        _additions_come_first(plan)
        _needs_come_before(plan)
        _nobody_is_outside_in_between(inventory, plan)
        _who_leaves_is_told(inventory, plan)
        _needs_of_blocked_are_blocked(plan)
        _steps_can_be_sent_in_phases(plan)
        assert plan_of(frame_of(plan)) == plan == plan_of_text(plan_text(plan))


def _removals_are_rows(inventory: Inventory, plan: Plan) -> None:
    then = after(inventory, plan)
    kept = {item["id"]: item["name"] for item in convert(then.teams.frame, "records")}
    was = {item["name"]: kept[item["id"]] for item in convert(inventory.teams.frame, "records")}
    gone = {("member", was[row[1]], *row[2:]) if row[0] == "member" else row for row in rows(inventory)} - rows(then)
    removals = [change for change in plan.changes if change.does == "remove"]
    withdrawn = {removal.party.id: removal for removal in removals if removal.kind == "invitation"}
    reports = set()
    for removal in removals:
        ids = {"user_id": None, "team_id": None, "invitation_id": None, removal.party.field: removal.party.id}
        if removal.kind == "team-member":
            reports.add(("member", kept[removal.team_id], ids["user_id"], ids["invitation_id"]))
        else:
            reports.add((removal.role_id, *ids.values(), removal.workspace_id or None, removal.project_id or None))
    for row in gone - reports:
        # The row of a revoked invitation names the access that is revoked with it.
        step = withdrawn[row[3]]
        assert (row[1] in (step.before or {})["teams"]) if row[0] == "member" else (step.before or {})["roles"]
    assert {item["id"] for item in convert(inventory.teams.frame, "records")} <= set(kept)
    assert len(convert(then.users.frame, "records")) == len(convert(inventory.users.frame, "records"))


def _additions_come_first(plan: Plan) -> None:
    sent = [change.does == "remove" for change in plan.changes]
    assert sent == sorted(sent)
    kinds = [change.kind for change in plan.changes if change.does == "remove"]
    if "organization-role" in kinds:
        first = kinds.index("organization-role")
        assert set(kinds[first:]) == {"organization-role"}


def _needs_come_before(plan: Plan) -> None:
    made: set[str] = set()
    done: set[int] = set()
    for change in plan.changes:
        assert set(change.needs) <= done
        assert change.team_id or change.kind == "team" or not change.team or change.team in made
        done.add(change.number)
        if change.kind == "team":
            made.add(change.team)


def _nobody_is_outside_in_between(inventory: Inventory, plan: Plan) -> None:
    state, then = State.of(inventory), State.of(after(inventory, plan))
    holders = {binding.holder for binding in state.bindings}
    stay = [holder for holder in holders if state.is_member(holder) and then.is_member(holder)]
    for step in plan.changes:
        state = state.after_step([step])
        assert all(state.is_member(item) for item in stay), step


def _who_leaves_is_told(inventory: Inventory, plan: Plan) -> None:
    if plan.blocked:
        return
    before, then = State.of(inventory), State.of(after(inventory, plan))
    text = " / ".join(step.reason for step in plan.steps)
    for key, who in before.accounts.items():
        leaves = before.is_member(("user_id", key)) and not then.is_member(("user_id", key))
        own = [step for step in plan.steps if step.party.id == key and "leaves the organization" in step.reason]
        if leaves:
            assert own or who.name in text
        else:
            assert not own


def _needs_of_blocked_are_blocked(plan: Plan) -> None:
    blocked = {item.number for item in plan.blocked}
    for step in plan.steps:
        assert bool(step.guard) is bool(step.blocked_reason) is bool(step.override)
        assert not (set(step.needs) & blocked and step.action not in ("blocked", "noop")), step


def _steps_can_be_sent_in_phases(plan: Plan) -> None:
    """No step needs one of a later phase, and no steps need each other."""
    phases = {step.number: phase(step) for step in plan.changes}
    needs = {step.number: set(step.needs) & phases.keys() for step in plan.changes}
    assert all(phases[needed] <= phases[number] for number, numbers in needs.items() for needed in numbers)
    assert set(TopologicalSorter(needs).static_order()) == phases.keys()


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("seed", range(PLANS))
def test_planning_an_export_has_no_steps(seed: int, exact: bool) -> None:
    world = random_inventories.world(seed)
    inventory = world.inventory()
    text = export(inventory, exact=exact)
    plan = new_plan(inventory, text, all_=True)
    assert plan.changes == plan.blocked == ()
    assert len(plan.steps) == len(world.teams) + len(world.members) + len(world.assignments)
    assert export(inventory, exact=exact) == text


@pytest.mark.parametrize("seed", range(ORGANIZATIONS))
def test_planning_an_export_from_a_server_has_no_steps(world: World, seed: int) -> None:
    found = reading.fill(world.session, random_organizations.make(world.api, world.database, seed + 5_000))
    for exact in (True, False):
        assert new_plan(found, export(found, exact=exact)).steps == ()


def test_planning_an_export_from_the_demo_has_no_steps(world: World) -> None:
    found = reading.fill(world.session, "acme")
    text = export(found, exact=True)
    assert new_plan(found, text).steps == ()
    assert "# invited" in text
    assert "# deactivated" in text


@pytest.mark.parametrize("seed", range(PLANS))
def test_a_plan_is_applied_in_parts_and_twice(seed: int) -> None:
    world = random_inventories.world(seed)
    inventory = world.inventory()
    plan = new_plan(inventory, random_inventories.wish(world, seed).text)
    assert recheck(plan, inventory) == plan
    # Whichever steps are done, by either of two users who apply it, the rest is open and nothing is stale.
    for part in (len(plan.steps) // 3, len(plan.steps)):
        then = after(inventory, Plan(plan.steps[:part]))
        again = recheck(plan, then)
        assert not again.blocked, again.blocked[0]
        assert [step.action == "noop" for step in again.steps] == [True] * part + [False] * (len(plan.steps) - part)
        assert rows(after(then, again)) == rows(after(inventory, plan))


def test_a_role_change_whose_new_role_is_blocked_does_not_take_the_old_one() -> None:
    world = random_inventories.World(
        users={"u0": {"id": "u0", "email": "ada@x.example", "username": "ada", "is_active": True}},
        bots={"b0": "trainer"},
        workspaces={"w0": "ml-prod"},
        roles=random_inventories.world(0).roles,
        assignments={("r-workspace-viewer", "user_id", "b0", "w0", "")},
    )
    desired = [DesiredRow("workspace-role", "bot:trainer", role="Workspace Admin", workspace="ml-prod")]
    exact = [ExactScope("workspace-role", workspace="ml-prod")]
    plan = make_plan(world.inventory(), desired, exact=exact)
    assert [(step.does, step.guard, step.needs) for step in plan.steps] == [
        ("add", "allow", ()),
        ("remove", "allow", (1,)),
    ]
    allowed = make_plan(world.inventory(), desired, GuardOptions(allow=("trainer",)), exact=exact)
    assert [step.action for step in allowed.steps] == ["add", "remove"]
