"""Roles, assignments, permissions (API facts 3.6, 3.13 and 7.1)."""

from __future__ import annotations

import os
from contextlib import closing

import pytest

from tests.sandbox.conftest import Api, Plane
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb.sandbox.permissions import predefined

# The filter takes each action in the same way. The nightly workflow asks for every one.
ASKED = predefined.ACTIONS if os.environ.get("ZENPRO_VERDICTS") == "all" else ("create", "read", "delete")

PROJECT = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def person(plane: Plane) -> Api:
    return plane.person("somebody@example.com")


def _assign(plane: Plane, role: str, expect: int = 200, **where: str) -> dict[str, object]:
    return dict(plane.admin("POST", f"/roles/{plane.role(role)}/assignments", expect=expect, **where))


def test_assign_list_and_revoke(plane: Plane, person: Api) -> None:
    user, workspace = plane.user("somebody@example.com"), plane.workspace("ml-prod")
    assignment = _assign(plane, "Workspace Developer", user_id=user, workspace_id=workspace)
    assert (assignment["workspace_id"], assignment["project_id"], assignment["team"]) == (workspace, None, None)
    again = _assign(plane, "Workspace Developer", 409, user_id=user, workspace_id=workspace)
    assert again["detail"][0] == "EntityExistsError"  # type: ignore[index]
    path = f"/roles/{plane.role('Workspace Developer')}/assignments"
    listed = plane.admin("GET", path, workspace_id=workspace)
    assert assignment in listed
    assert any(item["user"] is None and item["team"] is None for item in plane.admin("GET", path))
    assert plane.admin("DELETE", path, user_id=user, workspace_id=workspace) is None
    plane.admin("DELETE", path, user_id=user, workspace_id=workspace, expect=404)


@pytest.mark.parametrize(
    ("role", "scope", "status", "kind"),
    [
        ("Workspace Viewer", (), 403, "IllegalOperationError"),
        ("Organization Viewer", ("workspace_id",), 403, "IllegalOperationError"),
        ("Project Viewer", ("workspace_id",), 403, "IllegalOperationError"),
        ("Project Viewer", ("project_id",), 400, "ValueError"),
        ("Project Viewer", ("workspace_id", "project_id"), 200, None),
    ],
)
def test_the_scope_must_match_the_level(
    plane: Plane, person: Api, role: str, scope: tuple[str, ...], status: int, kind: str | None
) -> None:
    known = {"workspace_id": plane.workspace("ml-dev"), "project_id": PROJECT}
    where = {name: known[name] for name in scope}
    answer = _assign(plane, role, status, user_id=plane.user("somebody@example.com"), **where)
    assert kind is None or answer["detail"][0] == kind  # type: ignore[index]


def test_exactly_one_principal_of_the_same_organization_is_required(plane: Plane) -> None:
    ada = plane.user("ada@example.com")
    labs_team = plane.admin("GET", f"/organizations/{plane.organization('acme-labs')}/teams")[0]["id"]
    for wrong in ({}, {"user_id": ada, "team_id": labs_team}):
        assert _assign(plane, "Organization Viewer", 400, **wrong)["detail"][0] == "ValueError"  # type: ignore[index]
    foreign = _assign(plane, "Organization Viewer", 403, team_id=labs_team)
    assert foreign["detail"][0] == "IllegalOperationError"  # type: ignore[index]
    _assign(plane, "Workspace Viewer", 403, user_id=ada, workspace_id=plane.workspace("labs-demo"))
    _assign(plane, "Organization Viewer", 404, user_id=PROJECT)


def test_roles_are_filtered(plane: Plane) -> None:
    path = f"/organizations/{plane.organization()}/roles"
    everything = plane.admin("GET", path)
    assert len(everything) == 18
    assert "permissions" not in everything[0]
    assert len([item for item in everything if item["name"] == "Auditor"]) == 2
    assert {item["level"] for item in plane.admin("GET", f"{path}?level=workspace&level=project")} >= {"workspace"}
    assert len(plane.admin("GET", path, level="project")) == 6
    assert len(plane.admin("GET", path, system_managed=False)) == 4
    assert [
        item["name"] for item in plane.admin("GET", path, resource="model_version", action="promote", level="project")
    ] == [
        "Project Admin",
        "Model Promoter",
    ]
    assert [item["name"] for item in plane.admin("GET", path, assigned_to_current_user=True)] == ["Organization Admin"]
    both = plane.admin("GET", path, assigned_to_current_user=True, user_id=PROJECT, expect=400)
    assert both["detail"][0] == "ValueError"


def test_only_custom_roles_are_created_changed_and_deleted(plane: Plane) -> None:
    wish = {"name": "Tagger", "organization_id": plane.organization(), "level": "workspace"}
    permissions = [{"resource": "tag", "actions": ["create", "read"]}]
    role = plane.admin("POST", "/roles", body={**wish, "permissions": permissions})
    assert role["permissions"] == permissions
    plane.admin("POST", "/roles", body=wish, expect=409)
    nonsense = [{"resource": "unicorn", "actions": ["ride"]}]
    plane.admin("POST", "/roles", body={**wish, "name": "Rider", "permissions": nonsense}, expect=400)
    path = f"/roles/{role['id']}"
    assert plane.admin("PATCH", path, body={"description": "Tags"})["permissions"] == permissions
    plane.admin("DELETE", path)
    plane.admin("GET", path, expect=404)
    predefined = f"/roles/{plane.role('Workspace Viewer')}"
    assert plane.admin("GET", predefined)["permissions"]
    plane.admin("PATCH", predefined, body={"name": "x"}, expect=403)
    plane.admin("DELETE", predefined, expect=403)


def test_a_role_without_permissions_is_listed_but_matches_no_filter(plane: Plane) -> None:
    wish = {"name": "Bystander", "organization_id": plane.organization(), "level": "workspace", "permissions": []}
    role = plane.admin("POST", "/roles", body=wish)
    path = f"/organizations/{plane.organization()}/roles"
    assert role["id"] in [item["id"] for item in plane.admin("GET", path)]
    for question in ({"resource": "tag"}, {"action": "read"}, {"resource": "tag", "action": "read"}):
        assert role["id"] not in [item["id"] for item in plane.admin("GET", path, **question)]


def test_permissions_come_from_direct_roles_and_teams_and_end_with_them(plane: Plane, person: Api) -> None:
    acme, me = plane.organization(), plane.user("somebody@example.com")
    path = f"/organizations/{acme}/teams"
    person("GET", path, expect=403)
    _assign(plane, "Organization Member", user_id=me)
    refused = person("GET", path, expect=403)["detail"]
    assert refused[0] == "IllegalOperationError"
    team = plane.admin("POST", "/teams", body={"name": "Readers", "organization_id": acme})["id"]
    _assign(plane, "Organization Viewer", team_id=team)
    plane.admin("POST", f"/teams/{team}/members", user_id=me)
    person("GET", path)
    person("POST", "/teams", body={"name": "Mine", "organization_id": acme}, expect=403)
    plane.admin("DELETE", f"/teams/{team}/members", user_id=me)
    person("GET", path, expect=403)


def test_a_workspace_admin_has_permissions_in_one_workspace_only(plane: Plane, person: Api) -> None:
    me, ada = plane.user("somebody@example.com"), plane.user("ada@example.com")
    here, there = plane.workspace("ml-dev"), plane.workspace("ml-prod")
    _assign(plane, "Workspace Admin", user_id=me, workspace_id=here)
    viewer = f"/roles/{plane.role('Workspace Viewer')}/assignments"
    person("POST", viewer, user_id=ada, workspace_id=here)
    person("POST", viewer, user_id=ada, workspace_id=there, expect=403)
    person("PATCH", f"/workspaces/{here}", body={"description": "mine"})
    person("PATCH", f"/workspaces/{there}", body={"description": "mine"}, expect=404)
    shown = person("GET", f"/workspaces/{here}/members")
    assert {"ada@example.com", "somebody@example.com"} <= {item["user"]["email"] for item in shown if item["user"]}
    person("POST", f"/workspaces/{here}/members", user_id=ada, role_id=plane.role("Stack Admin"))
    person("DELETE", f"/workspaces/{here}/members", user_id=ada)
    person("DELETE", f"/workspaces/{here}/members", user_id=ada, expect=404)


def test_permissions_of_the_caller(plane: Plane, person: Api) -> None:
    assert person("GET", "/permissions") == []
    _assign(plane, "Billing Admin", user_id=plane.user("somebody@example.com"))
    rows = person("GET", "/permissions", organization_id=plane.organization())
    assert {(row["resource"], row["action"]) for row in rows} >= {("billing", "update"), ("organization", "read")}
    assert ("workspace", "read") not in {(row["resource"], row["action"]) for row in rows}
    assert plane.admin("GET", "/permissions")


def test_a_workspace_queries_the_permissions_of_its_users(plane: Plane, person: Api) -> None:
    me = plane.user("somebody@example.com")
    enrolled = plane.admin(
        "POST", "/workspaces", enroll=True, body={"name": "asks", "organization_id": plane.organization()}
    )
    login = plane.login(client_id=enrolled["id"], client_secret=enrolled["enrollment_key"])
    machine = plane.caller(login["access_token"])
    _assign(plane, "Project Viewer", user_id=me, workspace_id=enrolled["id"], project_id=PROJECT)
    asked = [f"{PROJECT}:pipeline", f"{plane.workspace('ml-prod')}:pipeline", "stack"]
    verdict = machine("POST", "/rbac/check_permissions", body=asked, user_id=me, action="read")
    assert list(verdict.values()) == [True, False, False]
    share = {"user_id": me, "sharing_user_id": me, "resource": f"stack/{PROJECT}", "actions": ["read"]}
    machine("POST", "/rbac/resource_members", body=share)
    allowed = machine("GET", "/rbac/allowed_resource_ids", user_id=me, resource="stack", action="read")
    assert allowed == {"full_access": False, "ids": [PROJECT]}
    machine("DELETE", "/rbac/resources", resources=f"stack/{PROJECT}")
    allowed = machine("GET", "/rbac/allowed_resource_ids", user_id=me, resource="stack", action="read")
    assert allowed == {"full_access": False, "ids": []}
    ada = plane.user("ada@example.com")
    person("POST", "/rbac/check_permissions", body=["stack"], user_id=ada, action="read", expect=403)
    event = {"organization_id": plane.organization(), "feature": "pipeline", "total": 1}
    machine("POST", "/usage-event", body=event)
    machine("POST", "/usage-batch", body={"events": [event]})


def _machine(plane: Plane, name: str) -> tuple[str, Api]:
    """Return an enrolled workspace, and its server as a caller."""
    wish = {"name": name, "organization_id": plane.organization()}
    enrolled = plane.admin("POST", "/workspaces", enroll=True, body=wish)
    login = plane.login(client_id=enrolled["id"], client_secret=enrolled["enrollment_key"])
    return str(enrolled["id"]), plane.caller(login["access_token"])


def test_the_filter_returns_exactly_the_roles_that_the_sandboxs_rbac_allows(plane: Plane) -> None:
    path = f"/organizations/{plane.organization()}/roles"
    wish = {"organization_id": plane.organization(), "level": "workspace"}
    twice = [{"resource": "tag", "actions": ["create"]}, {"resource": "tag", "actions": ["read"]}]
    plane.admin("POST", "/roles", body={**wish, "name": "A type named twice", "permissions": twice})
    nothing = [{"resource": "tag", "actions": []}]
    plane.admin("POST", "/roles", body={**wish, "name": "Without actions", "permissions": nothing})
    workspace, machine = _machine(plane, "oracle")
    resources = {
        kind: f"project/{PROJECT}" if kind == "project" else f"{PROJECT}:{kind}" for kind in predefined.ALL_TYPES
    }
    allowed: dict[tuple[str, str], set[str]] = {(kind, action): set() for kind in resources for action in ASKED}
    roles = plane.admin("GET", path)
    assert {role["level"] for role in roles if not role["system_managed"]} == {"workspace", "project"}
    for number, role in enumerate(roles):
        plane.admin("POST", "/users", username=f"only{number}@example.com", password="x")
        holder = plane.user(f"only{number}@example.com")
        scope = {"workspace_id": workspace} if role["level"] != "organization" else {}
        scope |= {"project_id": PROJECT} if role["level"] == "project" else {}
        plane.admin("POST", f"/roles/{role['id']}/assignments", user_id=holder, **scope)
        for action in ASKED:
            body = list(resources.values())
            verdict = machine("POST", "/rbac/check_permissions", body=body, user_id=holder, action=action)
            for kind, resource in resources.items():
                if verdict[resource]:
                    allowed[kind, action].add(role["id"])
    for (kind, action), ids in allowed.items():
        assert {item["id"] for item in plane.admin("GET", path, resource=kind, action=action)} == ids, (kind, action)
    assert allowed["tag", "create"] > {plane.role("A type named twice"), plane.role("Workspace Contributor")}
    assert "Without actions" not in {item["name"] for item in plane.admin("GET", path, resource="tag")}
    assert plane.admin("GET", path, resource="unicorn", action="ride") == []


def test_a_server_can_ignore_the_filter_for_resource_and_action(sandboxes: SandboxPool) -> None:
    with sandboxes.lend(users=40, ignore_role_filter=True) as old, closing(Api(old.url, old.key)) as admin:
        path = f"/organizations/{admin('GET', '/organizations/acme')['id']}/roles"
        everything = admin("GET", path)
        assert admin("GET", path, resource="unicorn", action="ride") == everything
        assert len(admin("GET", path, resource="unicorn", level="project")) == 6


def test_a_project_role_applies_to_the_project_itself(plane: Plane, person: Api) -> None:
    me = plane.user("somebody@example.com")
    workspace, machine = _machine(plane, "with-projects")
    _assign(plane, "Project Viewer", user_id=me, workspace_id=workspace, project_id=PROJECT)
    mine, other = f"project/{PROJECT}", f"project/{me}"
    verdict = machine("POST", "/rbac/check_permissions", body=[mine, other, "project"], user_id=me, action="read")
    assert verdict == {mine: True, other: False, "project": False}
    listed = machine("GET", "/rbac/allowed_resource_ids", user_id=me, resource="project", action="read")
    assert listed == {"full_access": False, "ids": [PROJECT]}
    assert machine("GET", "/rbac/allowed_resource_ids", user_id=me, resource="project", action="delete")["ids"] == []


def test_a_project_role_makes_the_project_visible_in_the_workspace(plane: Plane, person: Api) -> None:
    me = plane.user("somebody@example.com")
    server = plane.admin("GET", "/workspaces/ml-dev")["zenml_service"]["status"]["server_url"]
    first, *others = plane.admin("GET", f"{server}/api/v1/projects")["items"]
    assert others
    _assign(plane, "Project Viewer", user_id=me, workspace_id=plane.workspace("ml-dev"), project_id=first["id"])
    visitor = plane.caller(person("POST", "/users/me/api_keys", body={"name": "visit"})["key"])
    assert [item["name"] for item in visitor("GET", f"{server}/api/v1/projects")["items"]] == [first["name"]]
    assert visitor("GET", f"{server}/api/v1/projects/{first['name']}")["id"] == first["id"]
    visitor("GET", f"{server}/api/v1/projects/{others[0]['name']}", expect=403)
