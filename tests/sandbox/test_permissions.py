"""The scope of roles, and the routes that require one."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import Plane


def test_a_role_in_one_organization_does_not_apply_in_another(plane: Plane) -> None:
    person = plane.person("somebody@example.com")
    user, labs = plane.user("somebody@example.com"), plane.organization("acme-labs")
    plane.admin("POST", f"/roles/{plane.role('Organization Admin')}/assignments", user_id=user)
    member = plane.role("Organization Member", "acme-labs")
    plane.admin("POST", f"/roles/{member}/assignments", user_id=user)
    allowed = {plane.organization(): 200, labs: 403}
    assert {key: person.status("GET", f"/organizations/{key}/teams") for key in allowed} == allowed
    bodies = {key: {"name": "own", "organization_id": key} for key in allowed}
    assert {key: person.status("POST", "/teams", json=body) for key, body in bodies.items()} == allowed


@pytest.mark.parametrize("route", ["teams", "roles", "invitations", "service_accounts"])
def test_a_member_without_the_permission_lists_nothing(plane: Plane, route: str) -> None:
    person = plane.person("somebody@example.com")
    user, path = plane.user("somebody@example.com"), f"/organizations/{plane.organization()}/{route}"
    assert person.status("GET", path) == 403
    plane.admin("POST", f"/roles/{plane.role('Organization Member')}/assignments", user_id=user)
    assert person.status("GET", path) == 403
    plane.admin("POST", f"/roles/{plane.role('Organization Viewer')}/assignments", user_id=user)
    assert person.status("GET", path) == 200
