"""Workspaces and their life cycle (API facts 3.15 and 8.1), with a clock that the test moves."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import Api, Plane, Start

LIFE = timedelta(seconds=40)


@pytest.fixture
def slow(start: Start) -> Plane:
    return start(lifecycle=LIFE)


def _statuses(plane: Plane, workspace_id: str, seconds: tuple[int, ...]) -> list[str]:
    seen = []
    for step in seconds:
        plane.clock.advance(seconds=step)
        seen.append(plane.admin("GET", f"/workspaces/{workspace_id}")["status"])
    return seen


def _create(plane: Plane, name: str, **more: object) -> dict[str, Any]:
    body = {"name": name, "organization_id": plane.organization(), **more}
    return dict(plane.admin("POST", "/workspaces", body=body))


def test_created_then_pending_then_available_with_a_url(slow: Plane) -> None:
    new_workspace = _create(slow, "brand-new", description="d")
    assert (new_workspace["status"], new_workspace["desired_state"], new_workspace["is_managed"]) == (
        "not_initialized",
        "available",
        True,
    )
    configuration = new_workspace["zenml_service"].pop("configuration")
    assert new_workspace["zenml_service"] == {"status": None}
    assert (configuration["version"], configuration["analytics_enabled"]) == ("0.98.0", True)
    assert _statuses(slow, str(new_workspace["id"]), (0, 15, 30)) == ["not_initialized", "pending", "available"]
    record = slow.admin("GET", "/workspaces/brand-new")
    assert record["zenml_service"]["status"]["server_url"] == f"{slow.running.url}/workspace/brand-new"
    assert record["organization"]["name"] == "acme"


def test_a_workspace_has_the_fields_of_a_real_workspace(slow: Plane) -> None:
    """API facts 11.1 and 11.2: a complete observed response."""
    record = slow.admin("GET", "/workspaces/ml-prod")
    assert record["state_reason"] == "user_action"
    service = record["zenml_service"]
    assert set(service["status"]) == {"server_url", "version"}
    configuration = service["configuration"]
    assert set(configuration) >= {"version", "secrets_store", "backup_secrets_store", "admin"}
    assert (configuration["secrets_store"], configuration["backup_secrets_store"]) == ({"type": "sql"}, None)
    assert set(configuration["admin"]) == {"provider_type", "service_tier", "resources"}
    assert set(configuration["admin"]["resources"]) == {
        "replicas", "cpu", "memory", "max_memory", "autoscaling_enabled", "thread_pool_size", "db_pool_size",
        "db_pool_overflow",
    }  # fmt: skip
    moments = [record["created"], record["updated"], record["status_updated"], record["organization"]["created"]]
    for moment in moments:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", moment)
    # The owner's settings are next to those of the control plane.
    image = {"zenml_service": {"configuration": {"admin": {"image_tag": "nightly"}}}}
    changed = slow.admin("PATCH", f"/workspaces/{record['id']}", body=image)["zenml_service"]["configuration"]["admin"]
    assert changed == configuration["admin"] | {"image_tag": "nightly"}
    assert slow.admin("GET", "/workspaces/edge-onprem")["zenml_service"]["configuration"]["admin"] is None
    assert _create(slow, "80")["name"] == "80"


def test_a_workspace_with_the_failing_prefix_fails(slow: Plane) -> None:
    new_workspace = _create(slow, "fail-please")
    assert _statuses(slow, str(new_workspace["id"]), (20, 30)) == ["pending", "failed"]
    record = slow.admin("GET", "/workspaces/fail-please")
    assert "sandbox" in record["state_reason"]
    assert record["desired_state"] == "available"


def test_deactivate_deploy_delete(slow: Plane) -> None:
    workspace = slow.workspace("ml-prod")
    assert slow.admin("PATCH", f"/workspaces/{workspace}/deactivate")["status"] == "pending"
    assert _statuses(slow, workspace, (41,)) == ["deactivated"]
    assert slow.admin("PATCH", f"/workspaces/{workspace}/deploy")["status"] == "pending"
    assert _statuses(slow, workspace, (41,)) == ["available"]
    assert slow.admin("DELETE", f"/workspaces/{workspace}") is None
    assert _statuses(slow, workspace, (41,)) == ["deleted"]
    slow.admin("GET", "/workspaces/ml-prod", expect=404)
    assert "ml-prod" not in [item["name"] for item in slow.admin("GET", "/workspaces")]
    assert "ml-prod" in [item["name"] for item in slow.admin("GET", "/workspaces", status="deleted")]
    slow.admin("PATCH", f"/workspaces/{workspace}/deploy", expect=403)
    _create(slow, "ml-prod")


def test_enrolled_waits_for_its_server(slow: Plane) -> None:
    new_workspace = slow.admin(
        "POST", "/workspaces", enroll=True, body={"name": "on-prem", "organization_id": slow.organization()}
    )
    assert (new_workspace["status"], new_workspace["is_managed"]) == ("pending", False)
    slow.clock.advance(hours=2)
    record = slow.admin("GET", "/workspaces/on-prem")
    assert (record["status"], record["enrollment_key"]) == ("pending", None)
    slow.login(401, client_id=new_workspace["id"], client_secret="wrong")
    token = slow.login(
        client_id=new_workspace["id"], client_secret=new_workspace["enrollment_key"], audience="https://x"
    )
    machine = slow.caller(token["access_token"])
    machine("GET", "/workspaces", expect=403)
    machine("PATCH", "/workspace_status")
    assert slow.admin("GET", "/workspaces/on-prem")["status"] == "available"


def test_enrolling_by_query(plane: Plane) -> None:
    new_workspace = plane.admin(
        "POST", "/workspaces", enroll=True, name="by-query", organization_id=plane.organization()
    )
    assert new_workspace["enrollment_key"]


def test_names(plane: Plane) -> None:
    acme = plane.organization()
    for bad in ("Upper", "under_score", "", "x" * 51, "-dash"):
        plane.admin("POST", "/workspaces", body={"name": bad, "organization_id": acme}, expect=422)
    refusal = plane.admin("POST", "/workspaces", body={"name": "labs-demo", "organization_id": acme}, expect=409)
    assert refusal["detail"][0] == "EntityExistsError"
    check = f"/organizations/{acme}/validation/workspace_name"
    assert plane.admin("GET", f"{check}/free-one")["available"] is True
    assert plane.admin("GET", f"{check}/labs-demo")["available"] is False
    assert plane.admin("GET", f"{check}/Not_Valid")["valid"] is False


def test_update_and_versions(slow: Plane) -> None:
    workspace = slow.workspace("forecasting")
    record = slow.admin("PATCH", f"/workspaces/{workspace}", body={"display_name": "Fore", "description": "new"})
    assert (record["display_name"], record["status"]) == ("Fore", "available")

    def to(version: str) -> dict[str, object]:
        return {"zenml_service": {"configuration": {"version": version}}, "desired_state": "available"}

    assert slow.admin("PATCH", f"/workspaces/{workspace}", body=to("0.98.0"))["status"] == "pending"
    slow.clock.advance(seconds=60)
    path = f"/workspaces/{workspace}"
    assert slow.admin("GET", path)["zenml_service"]["status"]["version"] == "0.98.0"
    slow.admin("PATCH", path, body=to("0.97.0"), expect=400)
    slow.admin("PATCH", path, body=to("0.97.0"), force=True)
    slow.admin("PATCH", path, body=to("9.9.9"), expect=400)
    old = {"zenml_service": {"configuration": {"version": "0.93.0"}}}
    slow.admin("POST", "/workspaces", body={"name": "old", "organization_id": slow.organization(), **old}, expect=400)


def test_filters_and_aliases(plane: Plane) -> None:
    names = {item["name"] for item in plane.admin("GET", "/workspaces")}
    assert len(names) == 14
    assert names == {item["name"] for item in plane.admin("GET", "/tenants")}
    acme = plane.organization()
    assert len(plane.admin("GET", f"/organizations/{acme}/tenants")) == 12
    assert plane.admin("GET", f"/organizations/{acme}/tenant/ml-prod")["name"] == "ml-prod"
    assert [item["name"] for item in plane.admin("GET", "/workspaces", status="failed")] == ["vision-lab"]
    assert [item["name"] for item in plane.admin("GET", "/workspaces", workspace_name="agents")] == ["agents"]
    agents = plane.admin("GET", "/workspaces/agents")
    assert agents["zenml_service"] == {"configuration": None, "status": None}
    assert agents["kitaru_service"]["status"]["server_url"]
    assert plane.admin("GET", "/workspaces/ml-prod")["mlflow_service"]["status"]["password"]
    plane.admin("GET", "/workspaces", status="nonsense", expect=422)


def test_a_legacy_server_has_only_tenants(start: Start) -> None:
    old = start(legacy=True)
    assert old.admin("GET", "/workspaces", expect=404) == {"detail": "Not Found"}
    assert len(old.admin("GET", "/tenants")) == 14
    tenant = old.admin("GET", "/tenants/ml-prod")["id"]
    assert old.admin("GET", f"/tenants/{tenant}/members")
    assert old.admin("GET", f"/workspaces/{tenant}/members", expect=404) == {"detail": "Not Found"}


def test_a_workspace_can_point_to_a_real_server(start: Start) -> None:
    plane = start(workspaces=(("ml-prod", "http://127.0.0.1:1/"), ("extra", "http://127.0.0.1:2")))
    for name, url in (("ml-prod", "http://127.0.0.1:1"), ("extra", "http://127.0.0.1:2")):
        record = plane.admin("GET", f"/workspaces/{name}")
        assert (record["status"], record["zenml_service"]["status"]["server_url"]) == ("available", url)


def test_which_workspaces_each_caller_sees(plane: Plane) -> None:
    def names(caller: Api, **params: object) -> set[str]:
        return {item["name"] for item in caller("GET", "/workspaces", **params)}

    person = plane.person("seer@example.com")
    me = plane.user("seer@example.com")
    assert names(person) == set()
    viewer = plane.role("Workspace Viewer")
    plane.admin("POST", f"/roles/{viewer}/assignments", user_id=me, workspace_id=plane.workspace("ml-dev"))
    assert names(person) == names(person, member_only=True) == {"ml-dev"}
    person("GET", "/users/authorize_server", server_id=plane.workspace("ml-dev"))
    person("GET", "/users/authorize_server", server_id=plane.workspace("ml-prod"), expect=403)
    person("GET", "/workspaces/ml-prod", expect=404)
    plane.admin("POST", f"/roles/{plane.role('Organization Viewer')}/assignments", user_id=me)
    assert len(names(person)) == 12
    # This lists workspaces that the caller can enter. A viewer of the organization can enter all of them.
    assert names(person, member_only=True) == names(person)
    refused = person("PATCH", f"/workspaces/{plane.workspace('ml-dev')}/deactivate", expect=403)["detail"]
    assert refused[0] == "IllegalOperationError"
