"""Each guard for every kind of row and scope, just below and above its limit; its option overrides no other guard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from tests.access.guarded_plans import (
    ADMIN,
    KINDS,
    MEMBER,
    PROJECT,
    ROLE,
    admin_revocations,
    admins_by_team,
    blocking_guards,
    direct_admins,
    objections,
    only,
    organization,
    row,
    stop,
    with_holders,
)
from tests.access.random_inventories import World, role_id
from zenpro_nb.access import DesiredRow, ExactScope, Gap, GuardOptions, list_of, make_plan


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("there", "most"), [(3, 2), (9, 2), (12, 3)])
def test_removals(kind: str, there: int, most: int) -> None:
    made = with_holders(organization(there), kind, [("user_id", f"u{n}") for n in range(there)])
    if kind == "organization-role":
        # Their memberships count there too; the scope contains only this role.
        made = replace(made, assignments={item for item in made.assignments if item[0] != MEMBER})
        made = replace(made, members={("t1", ("user_id", f"u{n}")) for n in range(there)})
    found = made.inventory(me=[])
    desired = [row(kind, f"p{n}@x.example") for n in range(most + 1)]
    assert objections(make_plan(found, desired[:most])) == []
    assert stop(found, desired) == only("removals")
    plan = make_plan(found, desired)
    assert blocking_guards(plan) == ["removals"] * (most + 1)
    # Removals are not limited if principals were named in a command; another scope has its own limit.
    assert objections(make_plan(found, desired, GuardOptions(named_on_a_line=True))) == []
    assert f"{most + 1} of {there} rows" in plan.steps[0].blocked_reason


def test_removals_of_exact_scopes_are_counted() -> None:
    world = with_holders(organization(8), "team-member", [("user_id", f"u{n}") for n in range(8)])
    stay = [DesiredRow("team-member", f"p{n}@x.example", team="ops") for n in range(6)]
    scope = [ExactScope("team-member", team="ops")]
    assert objections(make_plan(world.inventory(), stay, exact=scope)) == []
    assert stop(world.inventory(), stay[1:], exact=scope) == only("removals")


def test_accounts_and_invitations_are_counted() -> None:
    world = organization(5)
    desired = [row("account", f"p{n}@x.example") for n in (2, 3, 4)]
    assert objections(make_plan(world.inventory(), desired[1:])) == []
    assert stop(world.inventory(), desired) == only("removals")
    plan = make_plan(world.inventory(), desired)
    assert "3 of 5 rows in the accounts that can sign in would be removed" in plan.blocked[0].blocked_reason
    invitations = {f"i{n}": f"new{n}@x.example" for n in range(3)}
    assignments = {(MEMBER, "invitation_id", key, "", "") for key in invitations}
    members = {("t0", ("invitation_id", key)) for key in invitations}
    world = replace(organization(2, assignments=assignments, members=members), invitations=invitations)
    removals = [row("invitation", name) for name in invitations.values()]
    assert objections(make_plan(world.inventory(), removals[1:])) == []
    assert stop(world.inventory(), removals) == only("removals")
    plan = make_plan(world.inventory(), removals)
    assert "3 of 3 rows in team ops would be removed" in plan.blocked[0].blocked_reason


def _out_of_team(people: list[int]) -> list[DesiredRow]:
    return [row("team-member", f"p{n}@x.example") for n in people]


def _deactivations(people: list[int]) -> list[DesiredRow]:
    return [row("account", f"p{n}@x.example") for n in people]


WAYS: list[tuple[Callable[[World, list[str]], World], Callable[[list[int]], list[DesiredRow]]]] = [
    (direct_admins, admin_revocations),
    (admins_by_team, _out_of_team),
    (direct_admins, _deactivations),
    (admins_by_team, _deactivations),
]


@pytest.mark.parametrize("way", WAYS, ids=["direct", "team", "account", "account in a team"])
@pytest.mark.parametrize(("admins", "leave"), [(1, 0), (2, 0), (3, 1), (4, 2)])
def test_admins(way: Any, admins: int, leave: int) -> None:
    give, take = way
    people = list(range(1, admins + 1))  # the caller, u0, is not among them
    inventory = give(organization(12), [f"u{n}" for n in people]).inventory()
    if leave:
        assert objections(make_plan(inventory, take(people[:leave]))) == []
    assert stop(inventory, take(people[: leave + 1]), options=GuardOptions("100%")) == only("admins")
    plan = make_plan(inventory, take(people[: leave + 1]), GuardOptions("100%"))
    assert len(plan.blocked) == leave + 1


def test_a_team_that_loses_its_admin_role_removes_all_its_admins() -> None:
    inventory = admins_by_team(organization(12), ["u1", "u2"]).inventory()
    assert stop(inventory, [row("organization-role", "team:ops", role="Organization Admin")]) == only("admins")
    # Inactive users, service accounts and invitations do not count as remaining admins.
    made = admins_by_team(organization(12), ["u1", "u2"])
    made.users["u3"]["is_active"] = False
    made.invitations["i0"] = "new@x.example"
    more = {("user_id", "u3"), ("user_id", "b0"), ("invitation_id", "i0")}
    made.assignments |= {(ADMIN, *item, "", "") for item in more}
    assert stop(made.inventory(), [row("organization-role", "team:ops", role="Organization Admin")]) == only("admins")


def test_new_admins_count_and_are_added_first() -> None:
    inventory = direct_admins(organization(12), ["u1", "u2"]).inventory()
    desired = [row("organization-role", "p3@x.example", True, role="Organization Admin"), *admin_revocations([1])]
    plan = make_plan(inventory, desired)
    assert objections(plan) == []
    assert plan.steps[1].needs == (1,)


@pytest.mark.parametrize("role", ["Organization Admin", "Workspace Admin"])
@pytest.mark.parametrize("by_team", [False, True])
@pytest.mark.parametrize("other", ["none", "direct", "team", "above"])
def test_self(role: str, by_team: bool, other: str) -> None:
    world = direct_admins(organization(12), ["u1", "u2", "u3"])
    place = ("", "") if role == "Organization Admin" else ("w0", "")
    holder = ("team_id", "t0") if by_team else ("user_id", "u0")
    world.assignments.add((role_id(role), *holder, *place))
    world.members.add(("t0", ("user_id", "u0")))
    if other == "direct":
        world.assignments.add((role_id(role), "user_id", "u0", *place))
    if other == "team":
        world.assignments.add((role_id(role), "team_id", "t1", *place))
        world.members.add(("t1", ("user_id", "u0")))
    if other == "above":
        world.users["u0"]["is_superuser"] = True
    desired = [row("team-member", "p0@x.example")]
    if not by_team:
        kind = "workspace-role" if place[0] else "organization-role"
        desired = [row(kind, "p0@x.example", role=role)]
    alone = other == "none" or (other == "direct" and not by_team)
    if alone:
        assert stop(world.inventory(), desired) == only("self")
        # Another user is allowed to remove it.
        assert objections(make_plan(world.inventory(me=[{"id": "u1"}]), desired)) == []
    else:
        assert objections(make_plan(world.inventory(), desired)) == []


@pytest.mark.parametrize("kind", ROLE)
def test_your_own_role_without_admin_permissions_can_be_removed(kind: str) -> None:
    inventory = with_holders(organization(), kind, [("user_id", "u0")]).inventory()
    assert objections(make_plan(inventory, [row(kind, "p0@x.example")])) == []


def test_you_cannot_deactivate_or_remove_yourself() -> None:
    inventory = direct_admins(organization(12), ["u1", "u2"]).inventory()
    assert stop(inventory, [row("account", "p0@x.example")]) == only("self")
    assert stop(inventory, [row("organization-role", "p0@x.example", role="Organization Member")]) == only("self")
    assert (
        objections(make_plan(inventory, [row("organization-role", "p3@x.example", role="Organization Member")])) == []
    )


@pytest.mark.parametrize("kind", [*KINDS, "account"])
def test_protected(kind: str) -> None:
    world = organization(12)
    if kind != "account":
        world = with_holders(world, kind, [("user_id", "u1"), ("user_id", "u2")])
    protected = GuardOptions(protect_users=("P1@x.example", "gone@x.example"))
    assert stop(world.inventory(), [row(kind, "p1@x.example")], options=protected) == only("self")
    assert objections(make_plan(world.inventory(), [row(kind, "p2@x.example")], protected)) == []
    assert objections(make_plan(world.inventory(), [row("team-member", "p3@x.example", True)], protected)) == []


LISTS = ("assignments", "team_members", "teams", "roles", "invitations")
# Every list, missing or incomplete, and every kind of removal.
LACKING = [(name, at % 2 == 0, "team-member") for at, name in enumerate(LISTS)]
LACKING += [("assignments", at % 2 == 1, kind) for at, kind in enumerate([*KINDS, "account"])]


@pytest.mark.parametrize(("name", "part", "kind"), LACKING)
def test_incomplete(name: str, part: bool, kind: str) -> None:
    world = organization(12)
    if kind != "account":
        world = with_holders(world, kind, [("user_id", "u1")])
    whole = world.inventory()
    parts = {"somewhere else": "403"} if part else {}
    list_ = list_of(name, whole[name].frame, complete=False, gap=Gap("forbidden", "You may not read it.", parts))
    found = whole.with_lists(list_)
    assert stop(found, [row(kind, "p1@x.example")]) == only("incomplete")
    plan = make_plan(found, [row(kind, "p1@x.example")])
    assert "You may not read it." in plan.steps[0].blocked_reason
    assert objections(make_plan(found, [row("team-member", "p2@x.example", True)])) == []
    assert objections(make_plan(whole, [row(kind, "p1@x.example")])) == []
    # Removals do not depend on keys and permissions.
    other = list_of("api_keys", complete=False, gap=Gap("forbidden", "You may not read it."))
    assert objections(make_plan(whole.with_lists(other), [row(kind, "p1@x.example")])) == []


@pytest.mark.parametrize("kind", KINDS)
def test_exact(kind: Any) -> None:
    inventory = with_holders(organization(12), kind, [("user_id", "u1"), ("user_id", "u2")]).inventory()
    desired = [row(kind, "p1@x.example", needs_exact=True), row(kind, "p2@x.example", True)]
    place: dict[str, Any] = {
        "team-member": {"team": "ops"},
        "organization-role": {"role": ROLE["organization-role"]},
        "workspace-role": {"workspace": "ml-prod"},
        "project-role": {"workspace": "ml-prod", "project_id": PROJECT},
    }[kind]
    assert stop(inventory, desired) == only("exact")
    plan = make_plan(inventory, desired)
    assert "exact" in plan.steps[0].override
    assert objections(make_plan(inventory, desired, exact=[ExactScope(kind, **place)])) == []
    # Another exact scope has no effect here.
    elsewhere: dict[str, ExactScope] = {
        "team-member": ExactScope("team-member", team="data"),
        "organization-role": ExactScope("organization-role", role="Organization Viewer"),
        "workspace-role": ExactScope("workspace-role", workspace="ml-dev"),
        "project-role": ExactScope("project-role", workspace="ml-dev", project_id=PROJECT),
    }
    assert stop(inventory, desired, exact=[elsewhere[kind]]) == only("exact")
    assert objections(make_plan(inventory, [row(kind, "p1@x.example")])) == []


def _bot_ways() -> Iterator[tuple[str, set[Any], set[Any], DesiredRow]]:
    for role, kind in (("Organization Admin", "organization-role"), ("Workspace Admin", "workspace-role")):
        place = ("w0", "") if kind == "workspace-role" else ("", "")
        yield f"{role}, direct", set(), set(), row(kind, "bot:trainer", True, role=role)
        yield (
            f"{role}, joins",
            {(role_id(role), "team_id", "t0", *place)},
            set(),
            row("team-member", "bot:trainer", True),
        )
        yield f"{role}, team", set(), {("t0", ("user_id", "b0"))}, row(kind, "team:ops", True, role=role)


@pytest.mark.parametrize("way", list(_bot_ways()), ids=lambda way: way[0])
def test_allow(way: tuple[str, set[Any], set[Any], DesiredRow]) -> None:
    _, assignments, members, wanted = way
    inventory = organization(assignments=assignments, members=members).inventory()
    assert stop(inventory, [wanted]) == only("allow")
    plan = make_plan(inventory, [wanted])
    assert plan.steps[0].override == "--allow bot:trainer"
    for name in ("trainer", "BOT:trainer", "b0", "id:b0"):
        assert objections(make_plan(inventory, [wanted], GuardOptions(allow=(name,)))) == []
    assert make_plan(inventory, [wanted], GuardOptions(allow=("train",))).blocked
    # The guard ignores users, and roles that are not admin roles.
    person = replace(wanted, principal=wanted.principal.replace("bot:trainer", "p1@x.example"))
    if person != wanted:
        assert objections(make_plan(inventory, [person])) == []
    weaker = {"Organization Admin": "Organization Viewer", "Workspace Admin": "Workspace Developer"}
    if wanted.role:
        assert objections(make_plan(inventory, [replace(wanted, role=weaker[wanted.role])])) == []
