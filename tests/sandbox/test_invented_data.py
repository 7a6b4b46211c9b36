"""The invented data are believable: nothing in them makes a reader stop and wonder."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.sandbox.conftest import Plane


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_versions_come_out_one_after_the_other(plane: Plane) -> None:
    for service in ("zenml", "kitaru"):
        moments = [_moment(one["created"]) for one in plane.admin("GET", f"/releases/{service}")]
        assert moments == sorted(moments, reverse=True)
        assert len({one.date() for one in moments}) == len({one.time() for one in moments}) == len(moments)
        assert moments[0] < plane.clock.now()


def test_no_workspace_runs_a_version_from_before_it_came_out(plane: Plane) -> None:
    released = {one["version"]: one["created"] for one in plane.admin("GET", "/releases")}
    workspaces = plane.admin("GET", "/workspaces")
    for one in workspaces:
        service = one["kitaru_service"] or one["zenml_service"]
        assert one["updated"] >= one["created"]
        if one["status"] != "pending":
            assert one["status_updated"] >= released[service["configuration"]["version"]]
        assert _moment(one["status_updated"]) < plane.clock.now()


def test_a_kitaru_workspace_has_an_address_of_its_own_kind(plane: Plane) -> None:
    urls = {
        one["name"]: one["kitaru_service"]["status"]["server_url"]
        for one in plane.admin("GET", "/workspaces")
        if one["workspace_type"] == "kitaru"
    }
    assert urls
    for url in urls.values():
        assert "kitaru" in url
        assert "zenml" not in url


def test_no_active_device_has_expired(plane: Plane) -> None:
    devices = plane.admin("GET", "/devices")
    expired = [one["status"] for one in devices if _moment(one["expires"]) < plane.clock.now()]
    assert expired == ["locked"]
    assert len(devices) == 3


def test_the_demos_user_has_an_invitation_and_may_accept_it(plane: Plane) -> None:
    (invitation,) = plane.admin("GET", "/invitations")
    assert invitation["organization_name"] == "acme-labs"
    assert invitation["inviter"]["email"] == "grace@example.com"
    assert plane.admin("POST", f"/invitations/{invitation['id']}")["accepted"] is True
    members = plane.admin("GET", f"/organizations/{plane.organization('acme-labs')}/members")
    assert "ada@example.com" in {one["user"]["email"] for one in members if one["user"]}
