"""The guard for bots judges a team by the roles that it has after the plan."""

from __future__ import annotations

from typing import Any

import pytest

from zenpro_nb.access import DesiredRow, GuardOptions, Inventory, make_plan


def organization() -> Inventory:
    """A service account, a team without roles, and a workspace."""
    return Inventory.of(
        {
            "users": [{"id": "ada", "email": "ada@x.example", "is_active": True}],
            "me": [{"id": "ada"}],
            "service_accounts": [{"id": "b", "username": "trainer", "is_active": True}],
            "roles": [
                {"id": name, "name": name, "level": name.split()[0].lower(), "system_managed": True}
                for name in ("Organization Admin", "Workspace Admin", "Workspace Developer")
            ],
            "teams": [{"id": "t", "name": "ops"}],
            "workspaces": [{"id": "w", "name": "ml-prod"}],
            **{key: [] for key in ("members", "invitations", "team_members", "assignments")},
        },
        organization_id="o",
        organization_name="acme",
        server="http://there",
    )


def joins_and_receives(role: str) -> list[DesiredRow]:
    where: dict[str, Any] = {"workspace": "ml-prod"} if role.startswith("Workspace") else {}
    kind: Any = f"{role.split()[0].lower()}-role"
    return [DesiredRow("team-member", "bot:trainer", team="ops"), DesiredRow(kind, "team:ops", role=role, **where)]


@pytest.mark.parametrize("role", ["Organization Admin", "Workspace Admin"])
def test_a_bot_that_joins_a_team_which_becomes_an_admin_in_the_same_plan_is_blocked(role: str) -> None:
    found, wanted = organization(), joins_and_receives(role)
    plan = make_plan(found, wanted)
    guards = {step.kind: step.guard for step in plan.steps}
    assert guards["team-member"] == "allow"
    assert [step.blocked_reason for step in plan.steps if step.kind == "team-member"] == [
        f"bot:trainer is a service account and would become {role}."
    ]
    assert not make_plan(found, wanted, GuardOptions(allow=("trainer",))).blocked


def test_a_bot_that_joins_a_team_which_receives_a_weaker_role_is_not_blocked() -> None:
    assert not make_plan(organization(), joins_and_receives("Workspace Developer")).blocked
