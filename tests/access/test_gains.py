"""The sentence about admin roles that additions grant, directly or through a team."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.access.guarded_plans import ADMIN, direct_admins, organization
from tests.access.random_inventories import World, role_id
from zenpro_nb.access import State, gains, steps_of
from zenpro_nb.access.plans.effects import effects_of

WORKSPACE_ADMIN = role_id("Workspace Admin")
Request = tuple[str, dict[str, str], dict[str, str]]


def admin_team(world: World, *workspaces: str) -> World:
    """The organization where the team ops is Workspace Admin of these workspaces."""
    roles = {(WORKSPACE_ADMIN, "team_id", "t0", workspace, "") for workspace in workspaces}
    return replace(world, assignments=world.assignments | roles)


def joins(team: str, who: str, field: str = "user_id") -> Request:
    return f"/teams/{team}/members", {field: who}, {}


def gets(role: str, who: str, **scope: str) -> Request:
    return f"/roles/{role}/assignments", {"user_id": who, **scope}, {}


def sentence(world: World, *requests: Request, **lists: Any) -> str:
    before = State.of(world.inventory(me=[], **lists))
    effects: list[Any] = [
        effect for path, params, body in requests for effect in effects_of(0, "POST", path, params, body)
    ]
    return gains([step for effect in effects for step in steps_of(effect, before, "")], before)


def test_the_team_and_its_workspaces_are_named() -> None:
    world = admin_team(organization(5), "w0", "w1")
    both = "get Workspace Admin in ml-dev and ml-prod (through team ops)."
    assert sentence(world, joins("t0", "u1"), joins("t0", "u2"), joins("t1", "u3")) == f"2 people {both}"
    assert sentence(world, joins("t1", "u3")) == ""
    newcomer = (
        "/organizations/o/invitations",
        {},
        {"email": "new@x.example", "role_id": role_id("Organization Member")},
    )
    joining = joins("t0", "{invitation of new@x.example}", "invitation_id")
    assert sentence(world, newcomer, joining, joins("t0", "u1")) == f"2 people {both}"
    assert sentence(world, joins("t0", "b0")) == f"1 service account {both.replace('get', 'gets', 1)}"


def test_a_role_that_someone_already_has_is_not_gained() -> None:
    world = admin_team(organization(4), "w0", "w1")
    world = replace(world, assignments=world.assignments | {(WORKSPACE_ADMIN, "user_id", "u1", "w0", "")})
    assert sentence(world, joins("t0", "u1")) == "1 person gets Workspace Admin in ml-dev (through team ops)."
    assert sentence(replace(world, members={("t0", ("user_id", "u2"))}), joins("t0", "u2")) == ""
    assert sentence(direct_admins(world, ["u3"]), joins("t0", "u3")) == ""


def test_organization_admin_covers_the_workspaces() -> None:
    world = admin_team(organization(4), "w0")
    invited = ("/organizations/o/invitations", {}, {"email": "boss@x.example", "role_id": ADMIN})
    assert sentence(world, invited) == "1 person gets Organization Admin."
    assert sentence(world, gets(ADMIN, "u1"), joins("t0", "u1")) == "1 person gets Organization Admin."
    direct = gets(WORKSPACE_ADMIN, "u1", workspace_id="w0")
    assert sentence(world, direct, joins("t0", "u1")) == "1 person gets Workspace Admin in ml-prod."
    assert sentence(world, gets(role_id("Workspace Developer"), "u1", workspace_id="w0")) == ""


def test_a_custom_role_with_the_same_name_is_another_role() -> None:
    world = admin_team(organization(3), "w0")
    roles = world.inventory(me=[]).roles.frame
    custom = roles.assign(system_managed=roles["id"] != WORKSPACE_ADMIN).to_dict("records")
    assert sentence(world, joins("t0", "u1"), roles=custom) == ""
