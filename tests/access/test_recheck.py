"""Old plans: the guards check them again against the current state."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.access.guarded_plans import (
    ADMIN,
    FLAGS,
    KINDS,
    MEMBER,
    ROLE,
    admin_revocations,
    blocking_guards,
    direct_admins,
    objections,
    organization,
    row,
    with_holders,
)
from tests.access.random_inventories import role_id
from zenpro_nb.access import DesiredRow, GuardOptions, after, make_plan, recheck


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", ["added", "removed", "elsewhere", "done"])
def test_stale(kind: Any, change: str) -> None:
    world = with_holders(organization(12), kind, [("user_id", f"u{n}") for n in (1, 2, 3)])
    desired = [row(kind, "p1@x.example"), row(kind, "p4@x.example", True)]
    plan = make_plan(world.inventory(), desired)
    assert objections(plan) == []
    then = world
    if change == "added":
        then = with_holders(world, kind, [("user_id", "u5")])
    if change == "removed":
        removals = ("user_id", "u3")
        members = {member for member in world.members if member[1] != removals}
        roles = [role_id(item) for item in ROLE.values()]
        assignments = {item for item in world.assignments if item[0] not in roles or (item[1], item[2]) != removals}
        then = replace(world, members=members, assignments=assignments)
    if change == "elsewhere":
        assignments = world.assignments | {("r-workspace-viewer", "user_id", "u5", "w1", "")}
        then = replace(world, members=world.members | {("t1", ("user_id", "u5"))}, assignments=assignments)
    inventory = after(world.inventory(), plan) if change == "done" else then.inventory()
    again = recheck(plan, inventory)
    told = {"elsewhere": ["", ""], "done": ["", ""]}.get(change, ["", "stale"])
    assert blocking_guards(again) == told
    assert again.steps[0].action == ("noop" if change == "done" else "add")
    wide = {name: value for given in FLAGS.values() for name, value in given.items()}
    assert blocking_guards(recheck(plan, inventory, GuardOptions(**wide))) == told
    if change in ("added", "removed"):
        assert "Others have changed 1 row" in again.steps[1].blocked_reason
        # Removals are not counted if principals were named in a command.
        named = make_plan(world.inventory(), desired, GuardOptions(named_on_a_line=True))
        assert not recheck(named, inventory).blocked


def test_guards_run_again() -> None:
    world = direct_admins(organization(12), ["u1", "u2", "u3"])
    plan = make_plan(world.inventory(), admin_revocations([1]))
    assert objections(plan) == []
    then = replace(world, assignments=world.assignments - {(ADMIN, "user_id", "u3", "", "")})
    assert blocking_guards(recheck(plan, then.inventory())) == ["stale"]
    # An option that was used for planning also holds when the plan is applied; another one can be added.
    lifted = make_plan(world.inventory(), admin_revocations([1, 2]), GuardOptions(min_org_admins=1))
    assert not recheck(lifted, world.inventory()).blocked
    assert blocking_guards(recheck(lifted, world.inventory(), GuardOptions())) == ["admins", "admins"]
    held_back = make_plan(world.inventory(), admin_revocations([1, 2]))
    assert not recheck(held_back, world.inventory(), GuardOptions(min_org_admins=1)).blocked


def test_deleted_objects_make_steps_stale() -> None:
    world = with_holders(organization(12), "team-member", [("user_id", "u1")])
    desired = [
        DesiredRow("team", team="ops", fields={"description": "new"}),
        row("team-member", "p2@x.example", True),
        row("workspace-role", "p2@x.example", True),
        row("organization-role", "team:data", True),
    ]
    plan = make_plan(world.inventory(), desired)
    assert objections(plan) == []
    assert [step.kind for step in plan.steps] == ["team", "organization-role", "team-member", "workspace-role"]
    roles = {key: role for key, role in world.roles.items() if key != "r-stack-admin"}
    then = replace(world, teams={}, members=set(), workspaces={}, roles=roles)
    again = recheck(plan, then.inventory())
    assert blocking_guards(again) == ["stale"] * 4
    assert all("no longer exists" in step.blocked_reason for step in again.steps)
    renamed = world.inventory(teams=[{"id": "t0", "name": "ops", "description": "other"}, {"id": "t1", "name": "data"}])
    assert blocking_guards(recheck(plan, renamed)) == ["stale", "", "", ""]


def test_an_invitation_accepted_since_is_stale() -> None:
    world = organization(12)
    world.invitations["i0"] = "new@x.example"
    world.assignments.add((MEMBER, "invitation_id", "i0", "", ""))
    world.members.add(("t0", ("invitation_id", "i0")))
    plans = [make_plan(world.inventory(), [row(kind, "new@x.example")]) for kind in ("team-member", "invitation")]
    world.users["u90"] = {"id": "u90", "email": "new@x.example", "is_active": True}
    joined = replace(
        world,
        invitations={},
        assignments={item for item in world.assignments if item[1] == "user_id"} | {(MEMBER, "user_id", "u90", "", "")},
        members={("t0", ("user_id", "u90"))},
    )
    for plan in plans:
        (step,) = recheck(plan, joined.inventory()).steps
        assert step.guard == "stale"
        assert "accepted the invitation" in step.blocked_reason
    left = replace(joined, assignments=set(), members=set(), users={"u0": world.users["u0"]})
    assert [recheck(plan, left.inventory()).steps[0].action for plan in plans] == ["noop", "noop"]
