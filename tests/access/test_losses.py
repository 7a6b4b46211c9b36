"""Who loses Organization Admin and who leaves, against a count over plain sets of the organization before and after."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.access.guarded_plans import (
    ADMIN,
    MEMBER,
    admin_revocations,
    admins_by_team,
    direct_admins,
    organization,
    row,
)
from tests.access.random_inventories import World
from zenpro_nb.access import DesiredRow, GuardOptions, State, losses, make_plan

FREE = GuardOptions(min_org_admins=0, max_removals="100%", allow_self=True)


def sentence(world: World, desired: list[DesiredRow], **options: Any) -> str:
    found = world.inventory(me=[])
    plan = make_plan(found, desired, replace(FREE, **options))
    return losses(plan.changes, State.of(found))


def test_people_are_counted_by_id_and_not_by_step() -> None:
    world = direct_admins(organization(6), ["u0", "u1", "u2"])
    assert sentence(world, admin_revocations([0, 1])) == "2 people lose Organization Admin."
    members = [row("organization-role", f"p{n}@x.example", role="Organization Member") for n in (0, 4)]
    assert sentence(world, members) == "1 person leaves the organization."
    assert sentence(world, [*members, *admin_revocations([0, 1])]) == (
        "2 people lose Organization Admin; 2 people leave the organization."
    )


def test_those_who_leave_but_keep_something_are_named() -> None:
    world = replace(organization(4), members={("t0", ("user_id", "u1"))})
    world = replace(world, assignments=world.assignments | {("r-stack-admin", "user_id", "u1", "w0", "")})
    out = [row("organization-role", f"p{n}@x.example", role="Organization Member") for n in (1, 2)]
    everything = "(`users offboard` revokes everything)."
    keeps = "keeps Stack Admin in ml-prod, team ops"
    assert sentence(world, out[:1]) == f"1 person leaves the organization, but {keeps} {everything}"
    assert sentence(world, out) == (
        f"2 people leave the organization, but p1@x.example keeps roles or teams {everything}"
    )
    rest = [row("workspace-role", "p1@x.example"), row("team-member", "p1@x.example")]
    assert sentence(world, [*rest, *out]) == "2 people leave the organization."


def test_a_role_that_remains_through_a_team_is_not_lost() -> None:
    world = admins_by_team(direct_admins(organization(4), ["u0", "u1"]), ["u1", "u2"])
    assert sentence(world, admin_revocations([1])) == ""
    assert sentence(world, admin_revocations([0, 1])) == "1 person loses Organization Admin."
    out = [row("team-member", f"p{n}@x.example") for n in (1, 2)]
    assert sentence(world, out) == "1 person loses Organization Admin."
    assert sentence(world, [*out, *admin_revocations([1])]) == "2 people lose Organization Admin."


def test_the_role_of_a_team_is_lost_by_each_of_its_members() -> None:
    world = admins_by_team(organization(5), ["u1", "u2", "u3"])
    team = [row("organization-role", "team:ops", role="Organization Admin")]
    assert sentence(world, team) == "3 people lose Organization Admin."
    # For those who are no members on their own, it was the membership too.
    world = replace(world, assignments={item for item in world.assignments if item[:3] != (MEMBER, "user_id", "u3")})
    assert sentence(world, team) == (
        "3 people lose Organization Admin; 1 person leaves the organization, but keeps team ops "
        "(`users offboard` revokes everything)."
    )


def test_service_accounts_are_counted_apart() -> None:
    world = replace(direct_admins(organization(2), ["u0"]), bots={"b0": "ci"})
    world = replace(world, assignments=world.assignments | {(ADMIN, "user_id", "b0", "", "")})
    bot = row("organization-role", "bot:ci", role="Organization Admin")
    assert sentence(world, [bot]) == (
        "1 service account loses Organization Admin; 1 service account leaves the organization."
    )
    assert sentence(world, [bot, *admin_revocations([0])]).startswith(
        "1 person and 1 service account lose Organization Admin; "
    )


def test_a_custom_role_with_the_same_name_is_another_role() -> None:
    world = direct_admins(organization(3), ["u0"])
    found = world.inventory(me=[])
    roles = found.roles.frame.assign(system_managed=found.roles.frame["id"] != ADMIN)
    custom = world.inventory(me=[], roles=roles.to_dict("records"))
    plan = make_plan(custom, admin_revocations([0]), FREE)
    assert plan.changes
    assert losses(plan.changes, State.of(custom)) == ""


@pytest.mark.parametrize("minimum", [2, 0])
def test_blocked_steps_take_nothing(minimum: int) -> None:
    world = direct_admins(organization(3), ["u0", "u1"])
    expected = "" if minimum else "2 people lose Organization Admin."
    assert sentence(world, admin_revocations([0, 1]), min_org_admins=minimum) == expected


def test_nothing_severe_is_no_sentence() -> None:
    world = replace(organization(3), members={("t0", ("user_id", "u0"))})
    assert sentence(world, [row("team-member", "p0@x.example")]) == ""
    assert sentence(world, [row("account", "p1@x.example")]) == ""
