"""Plans of small organizations: what single steps do, report and need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.access import random_inventories
from tests.access.guarded_plans import OPEN
from zenpro_nb.access import (
    DesiredRow,
    ExactScope,
    Plan,
    frame_of,
    make_plan,
    plan_of,
    plan_of_text,
    plan_text,
    recheck,
)
from zenpro_nb.errors import UsageError


def small(**more: Any) -> random_inventories.World:
    users = {
        f"u{n}": {"id": f"u{n}", "email": f"p{n}@x.example", "username": f"p{n}", "is_active": True} for n in range(6)
    }
    base: dict[str, Any] = {
        "users": users,
        "roles": random_inventories.world(0).roles,
        "workspaces": {"w0": "ml-prod"},
        "teams": {"t0": "ops", "t1": "data"},
    }
    return random_inventories.World(**{**base, **more})


def actions(plan: Plan) -> list[tuple[str, str, str, str]]:
    return [(step.action, step.kind, step.party.name, step.scope) for step in plan.steps]


def test_remaining_roles_are_reported() -> None:
    world = small(
        members={("t0", ("user_id", "u1"))},
        assignments={
            ("r-workspace-developer", "team_id", "t0", "w0", ""),
            ("r-workspace-developer", "user_id", "u1", "w0", ""),
            ("r-workspace-viewer", "user_id", "u1", "w0", ""),
            ("r-organization-admin", "user_id", "u2", "", ""),
            ("r-workspace-viewer", "user_id", "u2", "w0", ""),
            ("r-workspace-viewer", "user_id", "u3", "w0", ""),
        },
    )
    removals = [
        DesiredRow("workspace-role", who, role=role, workspace="ml-prod", present=False)
        for who, role in (
            ("p1@x.example", "Workspace Developer"),
            ("p1@x.example", "Workspace Viewer"),
            ("p2@x.example", "Workspace Viewer"),
            ("p3@x.example", "Workspace Viewer"),
        )
    ]
    plan = make_plan(world.inventory(), removals, OPEN)
    assert [step.remaining_roles for step in plan.steps] == [
        "still has it through team ops",
        "still has it through Workspace Developer through team ops",
        "still has it through Organization Admin",
        "",
    ]
    leaving = make_plan(world.inventory(), [DesiredRow("team-member", "p1@x.example", team="ops", present=False)], OPEN)
    assert (
        leaving.steps[0].remaining_roles
        == "still has Workspace Developer in ml-prod through Workspace Developer of their own"
    )


def test_users_who_leave_are_reported_with_the_access_they_keep() -> None:
    world = small(
        members={("t0", ("user_id", "u1")), ("t1", ("user_id", "u2"))},
        assignments={
            ("r-organization-member", "user_id", "u1", "", ""),
            ("r-workspace-viewer", "user_id", "u1", "w0", ""),
            ("r-organization-member", "team_id", "t1", "", ""),
        },
    )
    plan = make_plan(world.inventory(), [], OPEN, exact=[ExactScope("organization-role", source="access.yaml")])
    assert [step.reason for step in plan.steps] == [
        "not in access.yaml · leaves the organization · keeps Workspace Viewer in ml-prod, team ops",
        "not in access.yaml · p2@x.example leaves the organization",
    ]


def test_teams_are_renamed_before_their_names_are_taken() -> None:
    world = small(members={("t0", ("user_id", "u1"))})
    desired = [
        DesiredRow("team", team="platform", previously=("ops",)),
        DesiredRow("team", team="t1", fields={"name": "ops"}),
        DesiredRow("team-member", "p1@x.example", team="platform"),
    ]
    plan = make_plan(world.inventory(), desired)
    assert [(step.does, step.team_id, step.after, step.needs) for step in plan.steps] == [
        ("update", "t0", {"name": "platform"}, ()),
        ("update", "t1", {"name": "ops"}, (1,)),
    ]
    swapped = [
        DesiredRow("team", team="t0", fields={"name": "data"}),
        DesiredRow("team", team="t1", fields={"name": "ops"}),
    ]
    with pytest.raises(UsageError, match="would swap their names"):
        make_plan(world.inventory(), swapped)


def test_a_former_name_that_the_file_still_has_is_a_team_of_its_own() -> None:
    world = small()
    desired = [DesiredRow("team", team="ops"), DesiredRow("team", team="platform", previously=("ops",))]
    assert actions(make_plan(world.inventory(), desired)) == [("add", "team", "", "team platform")]
    with pytest.raises(UsageError, match="two teams would be called 'data'"):
        make_plan(world.inventory(), [DesiredRow("team", team="t0", fields={"name": "data"})])


def test_an_invited_person_is_a_principal_and_gets_an_email() -> None:
    world = small(
        invitations={"i0": "New0@x.example"}, assignments={("r-organization-member", "invitation_id", "i0", "", "")}
    )
    desired = [
        DesiredRow("invitation", item, role="Organization Member")
        for item in ("new0@X.example", "new1@x.example", "p1@x.example")
    ]
    desired += [DesiredRow("team-member", item.principal, team="ops") for item in desired]
    plan = make_plan(world.inventory(), desired)
    assert actions(plan) == [
        ("add", "invitation", "new1@x.example", "acme"),
        ("add", "invitation", "p1@x.example", "acme"),
        ("add", "team-member", "New0@x.example", "team ops"),
        ("add", "team-member", "new1@x.example", "team ops"),
        ("add", "team-member", "p1@x.example", "team ops"),
    ]
    assert [step.email_to for step in plan.steps] == ["new1@x.example", "p1@x.example", "", "", ""]
    assert [step.party.field for step in plan.steps[2:]] == ["invitation_id", "invitation_id", "user_id"]
    assert plan.steps[3].needs == (1,)
    assert [step.reversible for step in plan.steps[:3]] == ["partly", "partly", "yes"]


def test_objects_created_since_are_found_by_name() -> None:
    world = small()
    desired = [
        DesiredRow("team", team="new"),
        DesiredRow("invitation", "new@x.example", role="Organization Member"),
        DesiredRow("team-member", "new@x.example", team="new"),
        DesiredRow("workspace-role", "team:new", role="Workspace Viewer", workspace="ml-prod"),
    ]
    plan = make_plan(world.inventory(), desired)
    world.teams["t9"] = "new"
    world.invitations["i9"] = "NEW@x.example"
    world.assignments.add(("r-organization-member", "invitation_id", "i9", "", ""))
    again = recheck(plan, world.inventory())
    assert [step.action for step in again.steps] == ["noop", "noop", "add", "add"]
    assert [(step.team_id, step.party.id) for step in again.steps[2:]] == [("t9", "i9"), ("", "t9")]
    # With single sign-on they may immediately have an account.
    del world.invitations["i9"]
    world.assignments = {("r-organization-member", "user_id", "u5", "", "")}
    world.users["u5"]["email"] = "new@x.example"
    assert recheck(plan, world.inventory()).steps[2].party.field == "user_id"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            [DesiredRow("team-member", "nobody@x.example", team="ops", source="f, line 3")],
            "f, line 3: No principal in acme is",
        ),
        ([DesiredRow("team-member", "p1@x.example", team="ops2", source="f, line 3")], "f, line 3: There is no team"),
        ([DesiredRow("team-member", "team:data", team="ops")], "a team cannot contain teams"),
        ([DesiredRow("organization-role", "p1@x.example", role="Workspace Admin")], "is a role of level workspace"),
        ([DesiredRow("organization-role", "p1@x.example", role="Organization Admins")], "Did you mean"),
        (
            [DesiredRow("project-role", "p1@x.example", role="Project Admin", workspace="ml-prod")],
            "is a project role",
        ),
        (
            [DesiredRow("workspace-role", "p1@x.example", role="Workspace Admin", workspace="w")],
            "There is no workspace",
        ),
        ([DesiredRow("team", team="ops", present=False)], "never deletes teams"),
        ([DesiredRow("account", "x@x.example", present=False)], "No principal in acme"),
        ([DesiredRow("invitation", "local", role="Organization Member")], "is not an email address"),
        (
            [DesiredRow("team-member", "p1@x.example", team="ops", present=item) for item in (True, False)],
            "requested twice with conflicting values",
        ),
        (
            [
                DesiredRow("invitation", "n@x.example", role=item)
                for item in ("Organization Member", "Organization Admin")
            ],
            "requested twice with conflicting values",
        ),
    ],
)
def test_impossible_rows_are_reported_with_their_line(wanted: Iterable[DesiredRow], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_plan(small().inventory(), list(wanted))
    assert said in str(caught.value)


def test_ambiguous_names_are_refused() -> None:
    world = small(teams={"t0": "ops", "t1": "ops"})
    world.users["u5"]["email"] = "p1@x.example"
    for row in (
        DesiredRow("team-member", "p2@x.example", team="ops"),
        DesiredRow("organization-role", "p1@x.example", role="Organization Member"),
    ):
        with pytest.raises(UsageError, match="2 objects are called"):
            make_plan(world.inventory(), [row])
    plan = make_plan(world.inventory(), [DesiredRow("team-member", "id:u5", team="id:t1")])
    assert [(step.party.id, step.team_id) for step in plan.steps] == [("u5", "t1")]


def test_a_plan_frame_with_fewer_rows_is_a_plan_with_fewer_steps() -> None:
    world = small()
    desired = [DesiredRow("team", team="new"), DesiredRow("team-member", "p1@x.example", team="new")]
    desired.append(DesiredRow("team-member", "p2@x.example", team="ops"))
    frame = frame_of(make_plan(world.inventory(), desired))
    part = plan_of(frame[frame["step"] != 1])
    assert [step.action for step in part.steps] == ["blocked", "add"]
    assert "needs step 1" in part.steps[0].blocked_reason
    assert [step.action for step in recheck(part, world.inventory()).steps] == ["blocked", "add"]
    edited = frame.copy()
    edited.loc[1, "principal"] = "p3@x.example"
    with pytest.raises(UsageError, match="In step 2, principal was changed"):
        plan_of(edited)
    bare = frame.copy()
    bare.attrs = {}
    with pytest.raises(UsageError, match="has lost the metadata"):
        plan_of(bare)


def test_a_saved_plan_that_was_changed_is_refused() -> None:
    text = plan_text(make_plan(small().inventory(), [DesiredRow("team-member", "p1@x.example", team="ops")]))
    with pytest.raises(UsageError, match="was changed after it was created"):
        plan_of_text(text.replace("p1@x.example", "p2@x.example"))
    with pytest.raises(UsageError, match="has version 2"):
        plan_of_text(text.replace('"zenpro_plan": 1', '"zenpro_plan": 2'))
    with pytest.raises(UsageError, match="is not a plan"):
        plan_of_text("[]")
