"""Groups of an identity provider as desired state."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.access.guarded_plans import organization
from tests.access.random_inventories import World
from zenpro_nb.access import (
    GuardOptions,
    Inventory,
    Plan,
    desired_state,
    make_plan,
    rows_of_groups,
)
from zenpro_nb.errors import UnknownNameError, UsageError

GROUPS = """\
email,group,active
p1@x.example,okta-ds,true
P2@X.example,okta-ds,
new@x.example,okta-ds,yes
p3@x.example,okta-ds,false
p4@x.example,okta-admins,
p5@x.example,okta-else,
gone@x.example,okta-ds,false
"""


def _inventory() -> Inventory:
    return organization(12).inventory()


def _mapping(mode: str) -> Any:
    return desired_state(
        f"zenpro: 1\nmanage: {{teams: {mode}, organization_roles: {mode}}}\norganization_roles: {{}}\n"
        "groups: {okta-ds: {team: ops}, okta-admins: {role: Organization Admin}}"
    )


def _plan_of_groups(world: World, mode: str, **more: Any) -> Plan:
    inventory = world.inventory()
    group_rows = rows_of_groups(GROUPS, _mapping(mode), inventory, **more)
    assert group_rows.ignored == ("okta-else",)
    return make_plan(inventory, group_rows.rows, GuardOptions("100%", 0), exact=group_rows.exact)


def _in_groups() -> World:
    members = {("t0", item) for item in (("user_id", "u3"), ("user_id", "u6"), ("user_id", "b0"))}
    return organization(12, members=members, assignments={("r-organization-admin", "user_id", "u7", "", "")})


def test_groups_add_and_remove() -> None:
    made = _in_groups()
    plan = _plan_of_groups(made, "exact", invite="Organization Member", deactivate=True)
    assert [(step.action, step.kind, step.party.name) for step in plan.steps] == [
        ("add", "invitation", "new@x.example"),
        ("add", "organization-role", "p4@x.example"),
        ("add", "team-member", "new@x.example"),
        ("add", "team-member", "p1@x.example"),
        ("add", "team-member", "p2@x.example"),
        ("remove", "account", "p3@x.example"),
        ("remove", "team-member", "p3@x.example"),
        ("remove", "team-member", "p6@x.example"),
        ("remove", "organization-role", "p7@x.example"),
    ]
    assert plan.steps[0].email_to == "new@x.example"
    assert "not in groups.csv" in plan.steps[7].reason
    assert "inactive · groups.csv, line 5" in plan.steps[5].reason
    # A member with another organization role stays: only the mapped role is managed.
    assert not any("leaves the organization" in step.reason for step in plan.steps)


def test_an_account_that_is_not_a_member_gets_a_role_instead_of_an_invitation() -> None:
    world = organization(12, members=set())
    outside = {holder for holder in world.assignments if holder[2] in ("u1", "u4")}
    world.assignments = world.assignments - outside | {("r-workspace-viewer", "user_id", "u1", "w0", "")}
    plan = _plan_of_groups(world, "additive", invite="Organization Member")
    steps = [(step.kind, step.party.name, step.role) for step in plan.steps if step.kind != "team-member"]
    assert sorted(steps) == [
        ("invitation", "new@x.example", "Organization Member"),
        ("organization-role", "p1@x.example", "Organization Member"),
        ("organization-role", "p4@x.example", "Organization Admin"),  # the role of the group is enough
    ]


def test_groups_remove_nothing_unless_the_section_is_exact() -> None:
    plan = _plan_of_groups(_in_groups(), "additive", invite="Organization Member")
    assert [(step.action, step.party.name, step.guard) for step in plan.steps if step.does == "remove"] == [
        ("skipped", "p3@x.example", None)
    ]
    assert "manage: {teams: exact}" in plan.steps[-1].skipped_reason


def test_an_invitation_stays_where_its_group_is_not_exact() -> None:
    world = organization(12, assignments={("r-organization-admin", "invitation_id", "i0", "", "")})
    world.invitations["i0"] = "new@x.example"
    text = "email,group,active\nnew@x.example,okta-admins,no\n,okta-ds,\n"
    for mode, expected in (
        ("additive", ("skipped", "organization-role", None)),
        ("exact", ("remove", "invitation", None)),
    ):
        group_rows = rows_of_groups(text, _mapping(mode), world.inventory())
        (step,) = make_plan(world.inventory(), group_rows.rows, exact=group_rows.exact).steps
        assert (step.action, step.kind, step.guard) == expected


def test_groups_report_people_without_an_account() -> None:
    with pytest.raises(UnknownNameError, match=r"1 person in the groups has no account here: new@x.example") as caught:
        _plan_of_groups(_in_groups(), "exact")
    assert "--invite" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("email,team\n", "no column 'group'"),
        ("email,group,group\n", "has a column twice"),
        ("email,group\nada,okta-ds\n", "line 2: 'ada' is not an email address"),
        ("email,group\na@x,\n", "line 2: the group is missing"),
        ("email,group,active\na@x,okta-ds,perhaps\n", "line 2: 'perhaps' is not a valid value for `active`"),
        ("email,group\na@x,okta-ds,more\n", "line 2: the line has more cells"),
        ('email,group\n"a@x,okta-ds\n', "invalid CSV"),
        (
            "email,group,active\np1@x.example,okta-ds,yes\nP1@x.example,okta-admins,no\n",
            "is inactive here but active in",
        ),
        ("email,group\np1@x.example,okta-ds\n", "the group 'okta-admins' is not in groups.csv"),
    ],
)
def test_invalid_groups_are_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        rows_of_groups(text, _mapping("exact"), _inventory())
    assert said in str(caught.value)


def test_groups_in_other_forms() -> None:
    wanted = rows_of_groups("email,group\np1@x.example,okta-ds\n,okta-admins\n", _mapping("exact"), _inventory()).rows
    semicolons = "\ufeffGroup;Email\nokta-ds;p1@x.example\n\nokta-admins;\n"
    assert rows_of_groups(semicolons, _mapping("exact"), _inventory()).rows == wanted
    frame = pd.DataFrame({"email": ["p1@x.example", None], "group": ["okta-ds", "okta-admins"], "active": [True, None]})
    (row,) = rows_of_groups(frame, _mapping("exact"), _inventory()).rows
    assert (row.principal, row.source) == ("p1@x.example", "groups.csv, row 1")
