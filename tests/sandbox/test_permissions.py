"""Where a role holds, and which routes need one."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import Plane


def test_a_role_in_one_organization_does_not_hold_in_another(plane: Plane) -> None:
    person = plane.person("somebody@example.com")
    user, labs = plane.user("somebody@example.com"), plane.organization("acme-labs")
    plane.admin("POST", f"/roles/{plane.role('Organization Admin')}/assignments", user_id=user)
    member = plane.role("Organization Member", "acme-labs")
    plane.admin("POST", f"/roles/{member}/assignments", user_id=user)
    person("GET", f"/organizations/{plane.organization()}/teams")
    person("GET", f"/organizations/{labs}/teams", expect=403)
    person("POST", "/teams", body={"name": "own", "organization_id": labs}, expect=403)
    person("POST", "/teams", body={"name": "own", "organization_id": plane.organization()})


@pytest.mark.parametrize("route", ["teams", "roles", "invitations", "service_accounts"])
def test_a_member_without_the_permission_lists_nothing(plane: Plane, route: str) -> None:
    person = plane.person("somebody@example.com")
    user, path = plane.user("somebody@example.com"), f"/organizations/{plane.organization()}/{route}"
    person("GET", path, expect=403)
    plane.admin("POST", f"/roles/{plane.role('Organization Member')}/assignments", user_id=user)
    person("GET", path, expect=403)
    plane.admin("POST", f"/roles/{plane.role('Organization Viewer')}/assignments", user_id=user)
    person("GET", path)
