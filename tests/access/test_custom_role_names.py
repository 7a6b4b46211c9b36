"""A custom role can have the name of a predefined role; only the predefined role administers anything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from zenpro_nb.access import DesiredRow, Inventory, Question, effective_access, make_plan, new_review
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.effective.verdicts import verdicts

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def organization(role: str, *, custom: bool, **lists: Any) -> Inventory:
    """Eve has an organization role of this name and a role in ml-prod; two others are Organization Admin."""
    made: dict[str, Any] = {
        "users": [{"id": name, "email": f"{name}@x.example", "is_active": True} for name in ("ada", "bob", "eve")],
        "me": [{"id": "ada", "is_superuser": True}],
        "roles": [
            {"id": "admin", "name": "Organization Admin", "level": "organization", "system_managed": True},
            {"id": "given", "name": role, "level": "organization", "system_managed": not custom},
            {"id": "developer", "name": "Workspace Developer", "level": "workspace", "system_managed": True},
        ],
        "workspaces": [{"id": "w", "name": "ml-prod"}, {"id": "v", "name": "ml-dev"}],
        "assignments": [
            {"user_id": "ada", "role_id": "admin", "role": "Organization Admin", "level": "organization"},
            {"user_id": "bob", "role_id": "admin", "role": "Organization Admin", "level": "organization"},
            {"user_id": "eve", "role_id": "given", "role": role, "level": "organization"},
            {"user_id": "eve", "role_id": "developer", "role": "Workspace Developer", "workspace_id": "w"},
        ],
        **{key: [] for key in ("members", "service_accounts", "invitations", "teams", "team_members")},
    }
    return Inventory.of({**made, **lists}, organization_id="o", organization_name="acme", server="http://there")


@pytest.mark.parametrize("role", ["Organization Admin", "Organization Viewer"])
def test_only_the_predefined_role_reaches_into_every_workspace(role: str) -> None:
    paths = {}
    for custom in (True, False):
        found = effective_access(organization(role, custom=custom))
        paths[custom] = found.loc[found["user_id"] == "eve", "path"].tolist()
    assignments = [f"eve@x.example → {role} → acme", "eve@x.example → Workspace Developer → ml-prod"]
    assert paths[True] == assignments
    everywhere = {f"eve@x.example → {role} → acme → {workspace}" for workspace in ("ml-prod", "ml-dev")}
    assert set(paths[False]) == {*assignments, *everywhere}


@pytest.mark.parametrize("custom", [True, False])
def test_only_the_predefined_role_makes_another_one_redundant(custom: bool) -> None:
    paths = effective_access(organization("Organization Admin", custom=custom))
    own = paths[(paths["user_id"] == "eve") & (paths["role"] == "Workspace Developer")]
    assert own["covered_by"].isna().tolist() == [custom]


@pytest.mark.parametrize("custom", [True, False])
def test_only_the_predefined_role_counts_as_an_admin(custom: bool) -> None:
    world = organization("Organization Admin", custom=custom)
    facts = Facts(world, NOW)
    admins = {row["user_id"] for row in facts.assignments if facts.is_admin(row, "Organization Admin")}
    assert admins == ({"ada", "bob"} if custom else {"ada", "bob", "eve"})
    # With eve as the second admin, bob can leave.
    plan = make_plan(world, [DesiredRow("organization-role", "bob@x.example", present=False, role="id:admin")])
    assert [step.guard for step in plan.steps] == ["admins" if custom else None]


@pytest.mark.parametrize("custom", [True, False])
def test_only_the_predefined_role_is_documented_to_allow_everything(custom: bool) -> None:
    world = organization("Organization Admin", custom=custom)
    rows = verdicts(world, effective_access(world), Question("delete", "stack", ["v"]))
    assert ("eve@x.example" in rows.loc[rows["verdict"] == "yes", "principal"].tolist()) is not custom


@pytest.mark.parametrize("custom", [True, False])
def test_only_the_predefined_role_belongs_to_the_review_of_a_workspace(custom: bool) -> None:
    world = organization("Organization Viewer", custom=custom)
    review = new_review("q4", world, NOW, workspace_id="v")
    assert ("eve@x.example" in {row.principal for row in review.rows}) is not custom
