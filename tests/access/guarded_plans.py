"""Organizations with one scope to remove people from, and how a guard stops a plan for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from tests.access.random_inventories import PREDEFINED, World, role_id
from zenpro_nb.access import GUARDS, DesiredRow, ExactScope, GuardOptions, Inventory, Plan, make_plan

PROJECT = "00000000-0000-4000-8000-000000000001"
KINDS = ("team-member", "organization-role", "workspace-role", "project-role")
# These roles administer nothing: no other guard objects.
ROLE = {"organization-role": "Billing Admin", "workspace-role": "Stack Admin", "project-role": "Project Viewer"}
# Each flag at its widest: it allows whatever its guard is about.
FLAGS: dict[str, dict[str, Any]] = {
    "--max-removals": {"max_removals": "100%"},
    "--min-org-admins": {"min_org_admins": 0},
    "--allow-self": {"allow_self": True},
    "--allow": {"allow": ("trainer",)},
    "--max-affected": {"max_affected": 1000},
}
# Every guard at its widest.
OPEN = GuardOptions("100%", 0, allow_self=True, allow=("bot0", "bot:bot1"))
LIFTED_BY = {guard.name: guard.override for guard in GUARDS}
MEMBER, ADMIN = "r-organization-member", "r-organization-admin"


def organization(people: int = 4, **more: Any) -> World:
    """Users u0 (the caller) to u`people`; nobody is an administrator unless `more` says it."""
    users = {
        f"u{n}": {"id": f"u{n}", "email": f"p{n}@x.example", "username": f"p{n}", "is_active": True}
        for n in range(people)
    }
    roles = {role_id(name): (name, level) for level, names in PREDEFINED.items() for name in names}
    roles["r-billing-admin"] = ("Billing Admin", "organization")
    assignments = {(MEMBER, "user_id", key, "", "") for key in users}
    world = World(users, {"b0": "trainer"}, {}, {"t0": "ops", "t1": "data"}, roles, {"w0": "ml-prod", "w1": "ml-dev"})
    world.assignments = assignments | set(more.pop("assignments", ()))
    return replace(world, **more)


def row(kind: Any, who: str, present: bool = False, role: str = "", **more: Any) -> DesiredRow:
    """A row of the kind in its one scope: to remove, or (`present`) to add."""
    where: dict[str, Any] = {
        "team-member": {"team": "ops"},
        "organization-role": {"role": role or ROLE["organization-role"]},
        "workspace-role": {"role": role or ROLE["workspace-role"], "workspace": "ml-prod"},
        "project-role": {"role": role or ROLE["project-role"], "workspace": "ml-prod", "project_id": PROJECT},
        "account": {},
        "invitation": {},
    }[kind]
    return DesiredRow(kind, who, present=present, **where, **more)


def with_holders(world: World, kind: str, holders: list[tuple[str, str]]) -> World:
    """The organization with these holders in the one scope of the kind."""
    if kind == "team-member":
        return replace(world, members=world.members | {("t0", holder) for holder in holders})
    place = {"organization-role": ("", ""), "workspace-role": ("w0", ""), "project-role": ("w0", PROJECT)}[kind]
    return replace(
        world, assignments=world.assignments | {(role_id(ROLE[kind]), *holder, *place) for holder in holders}
    )


def direct_admins(world: World, people: list[str]) -> World:
    """The organization where these users are Organization Admin themselves."""
    return replace(world, assignments=world.assignments | {(ADMIN, "user_id", user, "", "") for user in people})


def admins_by_team(world: World, people: list[str]) -> World:
    """The organization where these users are Organization Admin as members of team ops."""
    return replace(
        world,
        assignments=world.assignments | {(ADMIN, "team_id", "t0", "", "")},
        members=world.members | {("t0", ("user_id", user)) for user in people},
    )


def admin_revocations(people: list[int]) -> list[DesiredRow]:
    """Rows that revoke Organization Admin from these users."""
    return [row("organization-role", f"p{n}@x.example", role="Organization Admin") for n in people]


def blocking_guards(plan: Plan) -> list[str]:
    """The guard that blocks each step, or an empty text."""
    return [step.guard or "" for step in plan.steps]


def objections(plan: Plan) -> list[str]:
    """Why the plan cannot be applied as a whole: empty if it has changes and none is blocked."""
    return [step.blocked_reason for step in plan.blocked] or ([] if plan.changes else ["The plan changes nothing."])


class Stop(msgspec.Struct, frozen=True):
    """How guards stop a plan, and what lifts the block."""

    guards: set[str]  # the guards that block a step
    lifted_by: set[str]  # the flags that free every blocked step
    weakened_by: set[str]  # the flags that free some of the blocked steps, but not all
    proposed: set[str]  # the flags that the blocked steps propose
    suffices: bool  # the plan passes with exactly what its first blocked step proposes
    sentences: bool  # each reason is a sentence


def stop(
    inventory: Inventory,
    desired: list[DesiredRow],
    options: GuardOptions | None = None,
    exact: Sequence[ExactScope] = (),
) -> Stop:
    """Plan without a flag, with each flag at its widest, and with the bound that the block itself proposes."""
    base = options or GuardOptions()
    plan = make_plan(inventory, desired, base, exact=exact)
    hit = {step.number for step in plan.blocked}
    if not hit:
        return Stop(set(), set(), set(), set(), suffices=False, sentences=False)
    still = {
        flag: {step.number for step in make_plan(inventory, desired, replace(base, **widest), exact=exact).blocked}
        & hit
        for flag, widest in FLAGS.items()
    }
    flag, _, value = plan.blocked[0].override.partition(" ")
    least: dict[str, dict[str, Any]] = {
        "--max-removals": {"max_removals": value},
        "--min-org-admins": {"min_org_admins": int(value) if value.isdigit() else 0},
        "--allow": {"allow": (value,)},
        "--allow-self": {"allow_self": True},
    }
    return Stop(
        guards={step.guard or "" for step in plan.blocked},
        lifted_by={flag for flag, left in still.items() if not left},
        weakened_by={flag for flag, left in still.items() if left and left != hit},
        proposed={step.override.partition(" ")[0] for step in plan.blocked if step.override.startswith("--")},
        suffices=flag in least and not make_plan(inventory, desired, replace(base, **least[flag]), exact=exact).blocked,
        sentences=all(step.blocked_reason.endswith(".") for step in plan.blocked),
    )


def only(guard: str) -> Stop:
    """A stop by this guard alone, which its own flag lifts, if it has one, and no other flag weakens."""
    lifts = {LIFTED_BY[guard]} - {""}
    return Stop({guard}, lifts, weakened_by=set(), proposed=lifts, suffices=bool(lifts), sentences=True)
