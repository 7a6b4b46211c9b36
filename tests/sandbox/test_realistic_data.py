"""The sample data are realistic and have no contradictions."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.sandbox.conftest import Plane


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_versions_are_released_in_order(plane: Plane) -> None:
    for service in ("zenml", "kitaru"):
        moments = [_moment(item["created"]) for item in plane.admin("GET", f"/releases/{service}")]
        assert moments == sorted(moments, reverse=True)
        assert (
            len({instant.date() for instant in moments}) == len({instant.time() for instant in moments}) == len(moments)
        )
        assert moments[0] < plane.clock.now()


def test_no_workspace_runs_a_version_before_its_release(plane: Plane) -> None:
    released = {item["version"]: item["created"] for item in plane.admin("GET", "/releases")}
    workspaces = plane.admin("GET", "/workspaces")
    for workspace in workspaces:
        service = workspace["kitaru_service"] or workspace["zenml_service"]
        assert workspace["updated"] >= workspace["created"]
        if workspace["status"] != "pending":
            assert workspace["status_updated"] >= released[service["configuration"]["version"]]
        assert _moment(workspace["status_updated"]) < plane.clock.now()


def test_a_kitaru_workspace_has_an_address_of_its_service(plane: Plane) -> None:
    urls = {
        item["name"]: item["kitaru_service"]["status"]["server_url"]
        for item in plane.admin("GET", "/workspaces")
        if item["workspace_type"] == "kitaru"
    }
    assert urls
    for url in urls.values():
        assert "kitaru" in url
        assert "zenml" not in url


def test_no_active_device_has_expired(plane: Plane) -> None:
    devices = plane.admin("GET", "/devices")
    expired = [device["status"] for device in devices if _moment(device["expires"]) < plane.clock.now()]
    assert expired == ["locked"]
    assert len(devices) == 3


def test_the_demo_user_has_an_invitation_and_can_accept_it(plane: Plane) -> None:
    (invitation,) = plane.admin("GET", "/invitations")
    assert invitation["organization_name"] == "acme-labs"
    assert invitation["inviter"]["email"] == "grace@example.com"
    assert plane.admin("POST", f"/invitations/{invitation['id']}")["accepted"] is True
    members = plane.admin("GET", f"/organizations/{plane.organization('acme-labs')}/members")
    assert "ada@example.com" in {member["user"]["email"] for member in members if member["user"]}
