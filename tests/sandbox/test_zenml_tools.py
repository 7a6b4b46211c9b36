"""The requests of the servers and scripts of ZenML and kitaru, exactly as they send them (API facts 11.3 to 11.8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import Api, Plane, Start

SECONDS = 40


@pytest.fixture
def slow(start: Start) -> Plane:
    return start(lifecycle=timedelta(seconds=SECONDS))


def _service_account(plane: Plane, role: str) -> tuple[str, str]:
    """Return the id and a key of a new service account with this role."""
    acme = plane.organization()
    path = f"/organizations/{acme}/service_accounts"
    account_id = plane.admin("POST", path, body={"username": "release-bot", "description": ""})["id"]
    plane.admin("POST", f"/roles/{plane.role(role)}/assignments", user_id=account_id)
    return account_id, plane.admin("POST", f"{path}/{account_id}/api_keys", body={"name": "ci"})["key"]


def _enroll(plane: Plane, name: str, **more: Any) -> tuple[dict[str, Any], Api]:
    """Return an enrolled workspace, and the machine login of its server."""
    body = {"name": name, "organization_id": plane.organization(), **more}
    new_workspace = plane.admin("POST", "/workspaces", enroll=True, body=body)
    secret = {"client_id": new_workspace["id"], "client_secret": new_workspace["enrollment_key"]}
    token = plane.login(grant_type="client_credentials", audience=plane.running.url, **secret)["access_token"]
    return new_workspace, plane.caller(token)


def test_a_server_reports_its_address(slow: Plane) -> None:
    new_workspace, machine = _enroll(slow, "on-prem")
    headers = {
        "zenml-server-id": new_workspace["id"],
        "zenml-server-version": "0.97.0",
        "zenml-server-url": "http://10.0.0.7:8080",
    }
    assert machine.send("PATCH", "/workspace_status", headers=headers).status_code == 200
    record = slow.admin("GET", "/workspaces/on-prem")
    assert record["status"] == "available"
    assert record["zenml_service"]["status"]["server_url"] == "http://10.0.0.7:8080"
    assert record["zenml_service"]["status"]["version"] == "0.97.0"


def test_a_server_without_a_known_address_reports(slow: Plane) -> None:
    new_workspace, machine = _enroll(slow, "on-prem")
    assert machine.send("PATCH", "/tenant_status", headers={"zenml-server-version": "0.98.0"}).status_code == 200
    record = slow.admin("GET", f"/workspaces/{new_workspace['id']}")
    assert (record["status"], record["zenml_service"]["status"]) == ("available", None)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("zenml-server-id", "6f1d2f5e-6f6b-4a5e-9a55-0a6a2d1c7b11", 403),
        ("zenml-server-id", "no-uuid", 422),
        ("zenml-server-url", "javascript:alert(1)", 422),
    ],
)
def test_an_invalid_report_is_refused(slow: Plane, header: str, value: str, status: int) -> None:
    new_workspace, machine = _enroll(slow, "on-prem")
    assert machine.send("PATCH", "/workspace_status", headers={header: value}).status_code == status
    assert slow.admin("GET", f"/workspaces/{new_workspace['id']}")["status"] == "pending"


def test_a_kitaru_workspace(slow: Plane) -> None:
    admin = {
        "helm_chart_version": "0.27.2",
        "image_repository": "715803424590.dkr.ecr.eu-central-1.amazonaws.com/kitaru-server-preview",
        "image_tag": "branch-20261001",
        "environment_vars": {"KITARU_SERVER_LOG_LEVEL": "DEBUG"},
    }
    body = {
        "name": "previews",
        "owner_id": slow.user("ada@example.com"),
        "organization_id": slow.organization(),
        "workspace_type": "kitaru",
        "kitaru_service": {"configuration": {"admin": admin}},
    }
    new_workspace = slow.admin("POST", "/workspaces", body=body)
    assert (new_workspace["workspace_type"], new_workspace["status"]) == ("kitaru", "not_initialized")
    assert new_workspace["zenml_service"] == {"configuration": None, "status": None}
    assert new_workspace["kitaru_service"]["configuration"]["admin"] == admin
    slow.clock.advance(seconds=SECONDS)
    record = slow.admin("GET", f"/workspaces/{new_workspace['id']}")
    assert record["status"] == "available"
    assert record["kitaru_service"]["status"]["server_url"].startswith("https://previews-kitaru")


def test_the_development_tool_waits_while_it_is_pending(slow: Plane) -> None:
    slow.clock.advance(seconds=1)
    configuration = {"version": "0.98.0", "admin": {"image_repository": "zenmldocker/zenml", "image_tag": "dev"}}
    body = {"name": "dev-tool", "organization_id": slow.organization()}
    new_workspace = slow.admin("POST", "/workspaces", body={**body, "zenml_service": {"configuration": configuration}})
    slow.clock.advance(milliseconds=1)
    seen = [slow.admin("GET", f"/workspaces/{new_workspace['id']}")["status"]]
    slow.clock.advance(seconds=SECONDS)
    seen.append(slow.admin("GET", f"/workspaces/{new_workspace['id']}")["status"])
    assert seen == ["pending", "available"]


def test_the_release_script_redeploys_with_a_service_accounts_key(slow: Plane) -> None:
    bot, key = _service_account(slow, "Organization Admin")
    tenant = slow.workspace("forecasting")
    before = slow.admin("GET", f"/tenants/{tenant}")["zenml_service"]["configuration"]
    admin = {
        "image_repository": "zenmldocker/prepare-release",
        "image_tag": "server-0.98.1",
        "environment_vars": {"ZENML_STORE_BACKUP_STRATEGY": "in-memory"},
        "features": {"schedules": {"enabled": False}, "resource_pools": {"enabled": False}},
    }
    body = {"zenml_service": {"configuration": {"admin": admin}}, "desired_state": "available"}
    script = slow.caller(slow.login(grant_type="", client_id=bot, client_secret=key)["access_token"])
    changed = script("PATCH", f"/tenants/{tenant}", body=body, force="True")
    assert changed["status"] == "pending"
    after = changed["zenml_service"]["configuration"]
    assert after["version"] == before["version"]
    assert {name: after["admin"][name] for name in admin} == admin
    more = {"zenml_service": {"configuration": {"admin": {"image_tag": "server-0.98.2"}}}}
    again = script("PATCH", f"/tenants/{tenant}", body=more)["zenml_service"]["configuration"]["admin"]
    assert (again["image_tag"], again["image_repository"]) == ("server-0.98.2", "zenmldocker/prepare-release")


def test_client_credentials_are_those_of_one_account(plane: Plane) -> None:
    bot, own = _service_account(plane, "Organization Member")
    statuses = {
        secret: plane.admin.status("POST", "/auth/login", data={"client_id": bot, "client_secret": secret})
        for secret in (own, plane.running.key, "wrong")
    }
    assert statuses == {own: 200, plane.running.key: 401, "wrong": 401}


def test_workspace_settings_require_permission_on_the_organization(plane: Plane) -> None:
    person = plane.person("dev@example.com")
    admin = plane.role("Workspace Admin")
    workspace = plane.workspace("ml-dev")
    plane.admin("POST", f"/roles/{admin}/assignments", user_id=plane.user("dev@example.com"), workspace_id=workspace)
    body = {"zenml_service": {"configuration": {"admin": {"image_tag": "mine"}}}}
    assert person.status("PATCH", f"/workspaces/{workspace}", json={"description": "mine"}) == 200
    assert person.status("PATCH", f"/workspaces/{workspace}", json=body) == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("spelling", ["workspace", "tenant"])
def test_a_token_for_one_workspace(plane: Plane, method: str, spelling: str) -> None:
    workspace = plane.workspace("ml-dev")
    path = f"/auth/{spelling}_authorization/{workspace}"
    token = plane.admin(method, path)["access_token"]
    assert plane.caller(token)("GET", "/users/authorize_server", server_id=workspace)["username"] == "ada@example.com"
    plane.person("nobody@example.com")(method, path, expect=403)


def test_enrolling_as_documented_for_curl(plane: Plane) -> None:
    new_workspace = plane.admin("POST", "/workspaces", name="my-workspace", enroll="true")
    assert new_workspace["organization"]["name"] == "acme"
    assert (new_workspace["is_managed"], new_workspace["status"]) == (False, "pending")
    assert new_workspace["enrollment_key"]


def test_a_deleted_workspace_cannot_be_entered(plane: Plane) -> None:
    workspace = plane.workspace("ml-dev")
    plane.admin("DELETE", f"/workspaces/{workspace}")
    plane.clock.advance(hours=1)
    removals = {"status": "deleted", "workspace_id": workspace}
    assert len(plane.admin("GET", "/workspaces", **removals)) == 1
    assert plane.admin("GET", "/workspaces", **removals, member_only=True) == []
    plane.admin("GET", "/users/authorize_server", server_id=workspace, expect=403)


def test_sso_adds_people_who_have_an_account(start: Start) -> None:
    plane = start(sso=("acme-labs",))
    labs, role = plane.organization("acme-labs"), plane.role("Organization Member", "acme-labs")
    plane.admin("POST", "/users", username="known@example.com", password="correct horse")
    path = f"/organizations/{labs}/invitations"
    added = plane.admin("POST", path, body={"email": "Known@Example.com", "role_id": role})
    assert added["accepted"] is True
    assert [role["name"] for role in added["roles"]] == ["Organization Member"]
    assert plane.admin("GET", path, email="known@example.com", only_pending=True) == []
    members = plane.admin("GET", f"/organizations/{labs}/members", include_invitations=False)
    assert "known@example.com" in [member["user"]["email"] for member in members if member["user"]]
    plane.admin("POST", path, body={"email": "known@example.com", "role_id": role}, expect=409)
    stranger = plane.admin("POST", path, body={"email": "stranger@example.com", "role_id": role})
    assert stranger["accepted"] is False


def test_without_sso_an_invitation_waits_for_an_answer(plane: Plane) -> None:
    plane.admin("POST", "/users", username="known@example.com", password="correct horse")
    path = f"/organizations/{plane.organization()}/invitations"
    body = {"email": "known@example.com", "role_id": plane.role("Organization Member")}
    assert plane.admin("POST", path, body=body)["accepted"] is False


@pytest.mark.parametrize(
    ("kind", "comes", "other"),
    [("secret", "read_secret_value", "client"), ("service_connector", "client", "read_secret_value")],
)
def test_reading_a_shared_secret_or_connector_includes_using_it(slow: Plane, kind: str, comes: str, other: str) -> None:
    _, machine = _enroll(slow, "on-prem")
    slow.person("guest@example.com")
    guest = slow.user("guest@example.com")
    resource = f"{kind}/{slow.workspace('ml-prod')}"
    share = {"user_id": guest, "sharing_user_id": guest, "resource": resource, "actions": ["read"]}
    machine("POST", "/rbac/resource_members", body=share)

    def may(action: str) -> bool:
        allowed = machine("POST", "/rbac/check_permissions", body=[resource], user_id=guest, action=action)
        return bool(allowed[resource])

    assert [may(action) for action in ("read", comes, other, "update")] == [True, True, False, False]
