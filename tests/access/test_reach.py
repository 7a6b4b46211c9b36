"""The reach of a role: not into deleted workspaces, not into other workspaces, not through old invitations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from zenpro_nb.access import Inventory, effective_access
from zenpro_nb.access.audit.facts import Facts

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
ROLES = [
    {"id": name, "name": name, "level": name.split()[0].lower(), "system_managed": True}
    for name in ("Organization Admin", "Workspace Admin", "Workspace Viewer")
]


def organization(assignments: list[dict[str, Any]], **lists: Any) -> Inventory:
    made: dict[str, Any] = {
        "users": [{"id": "ada", "email": "ada@x.example", "is_active": True}],
        "roles": ROLES,
        "workspaces": [{"id": "w", "name": "ml-prod"}, {"id": "v", "name": "ml-dev"}],
        "assignments": [{"role": row["role_id"], **row} for row in assignments],
        **{key: [] for key in ("members", "service_accounts", "invitations", "teams", "team_members")},
    }
    return Inventory.of({**made, **lists}, organization_id="o", organization_name="acme", server="http://there")


@pytest.mark.parametrize("field", ["status", "desired_state"])
def test_an_admin_of_the_organization_does_not_reach_into_a_deleted_workspace(field: str) -> None:
    workspaces = [{"id": "w", "name": "ml-prod"}, {"id": "v", "name": "old", field: "deleted"}]
    paths = effective_access(organization([{"user_id": "ada", "role_id": "Organization Admin"}], workspaces=workspaces))
    assert paths["workspace"].dropna().tolist() == ["ml-prod"]


@pytest.mark.parametrize(("workspace", "redundant"), [("w", True), ("v", False)])
def test_a_role_is_redundant_only_with_a_stronger_one_in_the_same_workspace(workspace: str, redundant: bool) -> None:
    paths = effective_access(
        organization(
            [
                {"user_id": "ada", "role_id": "Workspace Admin", "workspace_id": "w"},
                {"user_id": "ada", "role_id": "Workspace Viewer", "workspace_id": workspace},
            ]
        )
    )
    weaker = paths[paths["role"] == "Workspace Viewer"]
    assert weaker["covered_by"].notna().tolist() == [redundant]


@pytest.mark.parametrize("accepted", [True, False])
def test_an_accepted_invitation_is_not_a_team_member(accepted: bool) -> None:
    world = organization(
        [{"team_id": "t", "role_id": "Workspace Admin", "workspace_id": "w"}],
        teams=[{"id": "t", "name": "ops"}],
        invitations=[{"id": "i", "email": "new@x.example", "accepted": accepted}],
        team_members=[{"team_id": "t", "team": "ops", "invitation_id": "i"}],
    )
    holders = [item.holder["invitation_id"] for item in Facts(world, NOW).holdings()]
    assert holders == ([] if accepted else ["i"])
