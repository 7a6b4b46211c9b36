"""Each guard, at every kind of row and scope, just below and just above its bound; what lifts it lifts nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from tests.access.random_inventories import PREDEFINED, World, role_id
from zenpro_nb.access import (
    GUARDS,
    DesiredRow,
    ExactScope,
    Gap,
    GuardOptions,
    Inventory,
    Plan,
    after,
    list_of,
    make_plan,
    recheck,
)

PROJECT = "00000000-0000-4000-8000-000000000001"
KINDS = ("team-member", "organization-role", "workspace-role", "project-role")
# Roles that administer nothing, so that no other guard has anything to say.
ROLE = {"organization-role": "Billing Admin", "workspace-role": "Stack Admin", "project-role": "Project Viewer"}
# Each flag wide open: whatever it is about, it lets it pass.
FLAGS: dict[str, dict[str, Any]] = {
    "--max-removals": {"max_removals": "100%"},
    "--min-org-admins": {"min_org_admins": 0},
    "--allow-self": {"allow_self": True},
    "--allow": {"allow": ("trainer",)},
}
LIFTED_BY = {guard.name: guard.lift for guard in GUARDS}
MEMBER, ADMIN = "r-organization-member", "r-organization-admin"


def organization(people: int = 4, **more: Any) -> World:
    """u0 asks; nobody administers unless it is said."""
    users = {
        f"u{n}": {"id": f"u{n}", "email": f"p{n}@x.example", "username": f"p{n}", "is_active": True}
        for n in range(people)
    }
    roles = {role_id(name): (name, level) for level, names in PREDEFINED.items() for name in names}
    roles["r-billing-admin"] = ("Billing Admin", "organization")
    held = {(MEMBER, "user_id", key, "", "") for key in users}
    made = World(users, {"b0": "trainer"}, {}, {"t0": "ops", "t1": "data"}, roles, {"w0": "ml-prod", "w1": "ml-dev"})
    made.held = held | set(more.pop("held", ()))
    return replace(made, **more)


def row(kind: Any, who: str, present: bool = False, role: str = "", **more: Any) -> DesiredRow:
    where: dict[str, Any] = {
        "team-member": {"team": "ops"},
        "organization-role": {"role": role or ROLE["organization-role"]},
        "workspace-role": {"role": role or ROLE["workspace-role"], "workspace": "ml-prod"},
        "project-role": {"role": role or ROLE["project-role"], "workspace": "ml-prod", "project_id": PROJECT},
        "account": {},
        "invitation": {},
    }[kind]
    return DesiredRow(kind, who, present=present, **where, **more)


def filled(made: World, kind: str, holders: list[tuple[str, str]]) -> World:
    """The organization with these in the one scope of the kind."""
    if kind == "team-member":
        return replace(made, members=made.members | {("t0", one) for one in holders})
    place = {"organization-role": ("", ""), "workspace-role": ("w0", ""), "project-role": ("w0", PROJECT)}[kind]
    return replace(made, held=made.held | {(role_id(ROLE[kind]), *one, *place) for one in holders})


def blocked(plan: Plan) -> list[str]:
    return [one.guard or "" for one in plan.steps]


def holds(found: Inventory, wanted: list[DesiredRow], guard: str, **more: Any) -> Plan:
    """The plan, of which the guard blocks something; its own flag lifts it, the others do not."""
    base, exact = more.get("options") or GuardOptions(), more.get("exact", ())
    plan = make_plan(found, wanted, base, exact=exact)
    hit = {one.number for one in plan.steps if one.guard == guard}
    assert hit
    for one in plan.blocked:
        assert one.guard == guard
        assert one.why_blocked.endswith(".")
        assert one.lift.startswith(LIFTED_BY[guard]) if LIFTED_BY[guard] else not one.lift.startswith("--")
    for flag, given in FLAGS.items():
        lifted = make_plan(
            found, wanted, replace(more.get("options") or GuardOptions(), **given), exact=more.get("exact", ())
        )
        still = {one.number for one in lifted.steps if one.guard == guard}
        assert still == (set() if flag == LIFTED_BY[guard] else hit), flag
    # The bound that it names itself is enough, and is the least.
    flag, _, value = plan.blocked[0].lift.partition(" ")
    if flag in ("--max-removals", "--min-org-admins", "--allow"):
        name, least = {
            "--max-removals": ("max_removals", value),
            "--min-org-admins": ("min_org_admins", int(value) if value.isdigit() else 0),
            "--allow": ("allow", (value,)),
        }[flag]
        assert not make_plan(found, wanted, replace(base, **{name: least}), exact=exact).blocked
    return plan


def passes(found: Inventory, wanted: list[DesiredRow], **more: Any) -> Plan:
    plan = make_plan(found, wanted, **more)
    assert plan.changes
    assert not plan.blocked, plan.blocked[0]
    return plan


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("there", "most"), [(3, 2), (9, 2), (12, 3)])
def test_removals(kind: str, there: int, most: int) -> None:
    made = filled(organization(there), kind, [("user_id", f"u{n}") for n in range(there)])
    if kind == "organization-role":
        # That they are members counts there too; only this role stands at the scope.
        made = replace(made, held={one for one in made.held if one[0] != MEMBER})
        made = replace(made, members={("t1", ("user_id", f"u{n}")) for n in range(there)})
    found = made.inventory(me=[])
    wanted = [row(kind, f"p{n}@x.example") for n in range(most + 1)]
    passes(found, wanted[:most])
    plan = holds(found, wanted, "removals")
    assert blocked(plan) == ["removals"] * (most + 1)
    # Nothing is counted where people were named on a line; another scope has its own bound.
    passes(found, wanted, options=GuardOptions(named_on_a_line=True))
    assert f"{most + 1} of {there} rows" in plan.steps[0].why_blocked


def test_what_exact_takes_is_counted_too() -> None:
    made = filled(organization(8), "team-member", [("user_id", f"u{n}") for n in range(8)])
    stay = [DesiredRow("team-member", f"p{n}@x.example", team="ops") for n in range(6)]
    scope = [ExactScope("team-member", team="ops")]
    passes(made.inventory(), stay, exact=scope)
    holds(made.inventory(), stay[1:], "removals", exact=scope)


def test_accounts_and_invitations_are_counted() -> None:
    made = organization(5)
    wanted = [row("account", f"p{n}@x.example") for n in (2, 3, 4)]
    passes(made.inventory(), wanted[1:])
    plan = holds(made.inventory(), wanted, "removals")
    assert "3 of 5 rows in the people who may sign in would go" in plan.blocked[0].why_blocked
    invitations = {f"i{n}": f"new{n}@x.example" for n in range(3)}
    held = {(MEMBER, "invitation_id", key, "", "") for key in invitations}
    members = {("t0", ("invitation_id", key)) for key in invitations}
    made = replace(organization(2, held=held, members=members), invitations=invitations)
    gone = [row("invitation", name) for name in invitations.values()]
    passes(made.inventory(), gone[1:])
    plan = holds(made.inventory(), gone, "removals")
    assert "3 of 3 rows in team ops would go" in plan.blocked[0].why_blocked


def _direct(made: World, people: list[str]) -> World:
    return replace(made, held=made.held | {(ADMIN, "user_id", one, "", "") for one in people})


def _by_team(made: World, people: list[str]) -> World:
    return replace(
        made,
        held=made.held | {(ADMIN, "team_id", "t0", "", "")},
        members=made.members | {("t0", ("user_id", one)) for one in people},
    )


def _revoked(people: list[int]) -> list[DesiredRow]:
    return [row("organization-role", f"p{n}@x.example", role="Organization Admin") for n in people]


def _out_of_team(people: list[int]) -> list[DesiredRow]:
    return [row("team-member", f"p{n}@x.example") for n in people]


def _deactivated(people: list[int]) -> list[DesiredRow]:
    return [row("account", f"p{n}@x.example") for n in people]


WAYS: list[tuple[Callable[[World, list[str]], World], Callable[[list[int]], list[DesiredRow]]]] = [
    (_direct, _revoked),
    (_by_team, _out_of_team),
    (_direct, _deactivated),
    (_by_team, _deactivated),
]


@pytest.mark.parametrize("way", WAYS, ids=["direct", "team", "account", "account in a team"])
@pytest.mark.parametrize(("admins", "leave"), [(1, 0), (2, 0), (3, 1), (4, 2)])
def test_admins(way: Any, admins: int, leave: int) -> None:
    give, take = way
    people = list(range(1, admins + 1))  # u0, who asks, is none of them
    found = give(organization(12), [f"u{n}" for n in people]).inventory()
    if leave:
        passes(found, take(people[:leave]))
    plan = holds(found, take(people[: leave + 1]), "admins", options=GuardOptions("100%"))
    assert len(plan.blocked) == leave + 1


def test_a_team_that_is_admin_no_more_takes_all_of_them() -> None:
    found = _by_team(organization(12), ["u1", "u2"]).inventory()
    holds(found, [row("organization-role", "team:ops", role="Organization Admin")], "admins")
    # Whoever is inactive, a bot or an invitation is no admin that could stay.
    made = _by_team(organization(12), ["u1", "u2"])
    made.users["u3"]["is_active"] = False
    made.invitations["i0"] = "new@x.example"
    more = {("user_id", "u3"), ("user_id", "b0"), ("invitation_id", "i0")}
    made.held |= {(ADMIN, *one, "", "") for one in more}
    holds(made.inventory(), [row("organization-role", "team:ops", role="Organization Admin")], "admins")


def test_who_comes_counts_and_goes_first() -> None:
    found = _direct(organization(12), ["u1", "u2"]).inventory()
    wanted = [row("organization-role", "p3@x.example", True, role="Organization Admin"), *_revoked([1])]
    plan = passes(found, wanted)
    assert plan.steps[1].needs == (1,)


@pytest.mark.parametrize("role", ["Organization Admin", "Workspace Admin"])
@pytest.mark.parametrize("by_team", [False, True])
@pytest.mark.parametrize("other", ["none", "direct", "team", "above"])
def test_self(role: str, by_team: bool, other: str) -> None:
    made = _direct(organization(12), ["u1", "u2", "u3"])
    place = ("", "") if role == "Organization Admin" else ("w0", "")
    holder = ("team_id", "t0") if by_team else ("user_id", "u0")
    made.held.add((role_id(role), *holder, *place))
    made.members.add(("t0", ("user_id", "u0")))
    if other == "direct":
        made.held.add((role_id(role), "user_id", "u0", *place))
    if other == "team":
        made.held.add((role_id(role), "team_id", "t1", *place))
        made.members.add(("t1", ("user_id", "u0")))
    if other == "above":
        made.users["u0"]["is_superuser"] = True
    wanted = [row("team-member", "p0@x.example")]
    if not by_team:
        kind = "workspace-role" if place[0] else "organization-role"
        wanted = [row(kind, "p0@x.example", role=role)]
    alone = other == "none" or (other == "direct" and not by_team)
    if alone:
        holds(made.inventory(), wanted, "self")
        # Somebody else may take it from them.
        passes(made.inventory(me=[{"id": "u1"}]), wanted)
    else:
        passes(made.inventory(), wanted)


@pytest.mark.parametrize("kind", ROLE)
def test_a_role_of_ones_own_that_administers_nothing_may_go(kind: str) -> None:
    passes(filled(organization(), kind, [("user_id", "u0")]).inventory(), [row(kind, "p0@x.example")])


def test_nobody_deactivates_or_removes_themselves() -> None:
    found = _direct(organization(12), ["u1", "u2"]).inventory()
    holds(found, [row("account", "p0@x.example")], "self")
    holds(found, [row("organization-role", "p0@x.example", role="Organization Member")], "self")
    passes(found, [row("organization-role", "p3@x.example", role="Organization Member")])


@pytest.mark.parametrize("kind", [*KINDS, "account"])
def test_protected(kind: str) -> None:
    made = organization(12)
    if kind != "account":
        made = filled(made, kind, [("user_id", "u1"), ("user_id", "u2")])
    protected = GuardOptions(protect_users=("P1@x.example", "gone@x.example"))
    holds(made.inventory(), [row(kind, "p1@x.example")], "self", options=protected)
    passes(made.inventory(), [row(kind, "p2@x.example")], options=protected)
    passes(made.inventory(), [row("team-member", "p3@x.example", True)], options=protected)


LISTS = ("assignments", "team_members", "teams", "roles", "invitations")
# Every list, whole or in part, and every kind of removal.
LACKING = [(name, at % 2 == 0, "team-member") for at, name in enumerate(LISTS)]
LACKING += [("assignments", at % 2 == 1, kind) for at, kind in enumerate([*KINDS, "account"])]


@pytest.mark.parametrize(("name", "part", "kind"), LACKING)
def test_incomplete(name: str, part: bool, kind: str) -> None:
    made = organization(12)
    if kind != "account":
        made = filled(made, kind, [("user_id", "u1")])
    whole = made.inventory()
    parts = {"somewhere else": "403"} if part else {}
    told = list_of(name, whole[name].frame, complete=False, gap=Gap("forbidden", "You may not read it.", parts))
    found = whole.with_lists(told)
    plan = holds(found, [row(kind, "p1@x.example")], "incomplete")
    assert "You may not read it." in plan.steps[0].why_blocked
    passes(found, [row("team-member", "p2@x.example", True)])
    passes(whole, [row(kind, "p1@x.example")])
    # Without keys or permissions nothing is missing that a removal rests on.
    other = list_of("api_keys", complete=False, gap=Gap("forbidden", "You may not read it."))
    passes(whole.with_lists(other), [row(kind, "p1@x.example")])


@pytest.mark.parametrize("kind", KINDS)
def test_exact(kind: Any) -> None:
    found = filled(organization(12), kind, [("user_id", "u1"), ("user_id", "u2")]).inventory()
    wanted = [row(kind, "p1@x.example", needs_exact=True), row(kind, "p2@x.example", True)]
    place: dict[str, Any] = {
        "team-member": {"team": "ops"},
        "organization-role": {"role": ROLE["organization-role"]},
        "workspace-role": {"workspace": "ml-prod"},
        "project-role": {"workspace": "ml-prod", "project_id": PROJECT},
    }[kind]
    plan = holds(found, wanted, "exact")
    assert "exact" in plan.steps[0].lift
    passes(found, wanted, exact=[ExactScope(kind, **place)])
    # That another place is exact says nothing here.
    elsewhere: dict[str, ExactScope] = {
        "team-member": ExactScope("team-member", team="data"),
        "organization-role": ExactScope("organization-role", role="Organization Viewer"),
        "workspace-role": ExactScope("workspace-role", workspace="ml-dev"),
        "project-role": ExactScope("project-role", workspace="ml-dev", project_id=PROJECT),
    }
    holds(found, wanted, "exact", exact=[elsewhere[kind]])
    passes(found, [row(kind, "p1@x.example")])


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
    _, held, members, wanted = way
    found = organization(held=held, members=members).inventory()
    plan = holds(found, [wanted], "allow")
    assert plan.steps[0].lift == "--allow bot:trainer"
    for name in ("trainer", "BOT:trainer", "b0", "id:b0"):
        passes(found, [wanted], options=GuardOptions(allow=(name,)))
    assert make_plan(found, [wanted], GuardOptions(allow=("train",))).blocked
    # A person, or a role that does not administer, is no matter of it.
    person = replace(wanted, principal=wanted.principal.replace("bot:trainer", "p1@x.example"))
    if person != wanted:
        passes(found, [person])
    weaker = {"Organization Admin": "Organization Viewer", "Workspace Admin": "Workspace Developer"}
    if wanted.role:
        passes(found, [replace(wanted, role=weaker[wanted.role])])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", ["added", "removed", "elsewhere", "done"])
def test_stale(kind: Any, change: str) -> None:
    made = filled(organization(12), kind, [("user_id", f"u{n}") for n in (1, 2, 3)])
    wanted = [row(kind, "p1@x.example"), row(kind, "p4@x.example", True)]
    plan = passes(made.inventory(), wanted)
    then = made
    if change == "added":
        then = filled(made, kind, [("user_id", "u5")])
    if change == "removed":
        gone = ("user_id", "u3")
        members = {one for one in made.members if one[1] != gone}
        roles = [role_id(one) for one in ROLE.values()]
        held = {one for one in made.held if one[0] not in roles or (one[1], one[2]) != gone}
        then = replace(made, members=members, held=held)
    if change == "elsewhere":
        held = made.held | {("r-workspace-viewer", "user_id", "u5", "w1", "")}
        then = replace(made, members=made.members | {("t1", ("user_id", "u5"))}, held=held)
    found = after(made.inventory(), plan) if change == "done" else then.inventory()
    again = recheck(plan, found)
    told = {"elsewhere": ["", ""], "done": ["", ""]}.get(change, ["", "stale"])
    assert blocked(again) == told
    assert again.steps[0].action == ("noop" if change == "done" else "add")
    wide = {name: value for given in FLAGS.values() for name, value in given.items()}
    assert blocked(recheck(plan, found, GuardOptions(**wide))) == told
    if change in ("added", "removed"):
        assert "Others have changed 1 row" in again.steps[1].why_blocked
        # Of people who were named on a line, nothing was counted.
        named = make_plan(made.inventory(), wanted, GuardOptions(named_on_a_line=True))
        assert not recheck(named, found).blocked


def test_guards_judge_anew() -> None:
    made = _direct(organization(12), ["u1", "u2", "u3"])
    plan = passes(made.inventory(), _revoked([1]))
    then = replace(made, held=made.held - {(ADMIN, "user_id", "u3", "", "")})
    assert blocked(recheck(plan, then.inventory())) == ["stale"]
    # What a flag let pass when it was made, it lets pass when it is applied; another may be given.
    lifted = make_plan(made.inventory(), _revoked([1, 2]), GuardOptions(min_org_admins=1))
    assert not recheck(lifted, made.inventory()).blocked
    assert blocked(recheck(lifted, made.inventory(), GuardOptions())) == ["admins", "admins"]
    held_back = make_plan(made.inventory(), _revoked([1, 2]))
    assert not recheck(held_back, made.inventory(), GuardOptions(min_org_admins=1)).blocked


def test_what_is_gone_is_stale() -> None:
    made = filled(organization(12), "team-member", [("user_id", "u1")])
    wanted = [
        DesiredRow("team", team="ops", fields={"description": "new"}),
        row("team-member", "p2@x.example", True),
        row("workspace-role", "p2@x.example", True),
        row("organization-role", "team:data", True),
    ]
    plan = passes(made.inventory(), wanted)
    assert [one.kind for one in plan.steps] == ["team", "organization-role", "team-member", "workspace-role"]
    roles = {key: one for key, one in made.roles.items() if key != "r-stack-admin"}
    then = replace(made, teams={}, members=set(), workspaces={}, roles=roles)
    again = recheck(plan, then.inventory())
    assert blocked(again) == ["stale"] * 4
    assert all("is not there any more" in one.why_blocked for one in again.steps)
    renamed = made.inventory(teams=[{"id": "t0", "name": "ops", "description": "other"}, {"id": "t1", "name": "data"}])
    assert blocked(recheck(plan, renamed)) == ["stale", "", "", ""]


def test_an_invitation_that_was_accepted_meanwhile_is_stale() -> None:
    made = organization(12)
    made.invitations["i0"] = "new@x.example"
    made.held.add((MEMBER, "invitation_id", "i0", "", ""))
    made.members.add(("t0", ("invitation_id", "i0")))
    plans = [make_plan(made.inventory(), [row(kind, "new@x.example")]) for kind in ("team-member", "invitation")]
    made.users["u90"] = {"id": "u90", "email": "new@x.example", "is_active": True}
    joined = replace(
        made,
        invitations={},
        held={one for one in made.held if one[1] == "user_id"} | {(MEMBER, "user_id", "u90", "", "")},
        members={("t0", ("user_id", "u90"))},
    )
    for plan in plans:
        (step,) = recheck(plan, joined.inventory()).steps
        assert step.guard == "stale"
        assert "accepted the invitation" in step.why_blocked
    left = replace(joined, held=set(), members=set(), users={"u0": made.users["u0"]})
    assert [recheck(plan, left.inventory()).steps[0].action for plan in plans] == ["noop", "noop"]
