"""Users, members, teams, invitations, service accounts."""

from __future__ import annotations

from tests.sandbox.conftest import Plane, Start


def test_users_are_created_by_query_and_changed_by_body(plane: Plane) -> None:
    record = plane.admin("POST", "/users", username="local@example.com", password="pw", is_superuser=False)
    assert (record["email"], record["is_active"]) == ("local@example.com", True)
    again = plane.admin("POST", "/users", username="local@example.com", password="pw", expect=409)
    assert again["detail"][0] == "EntityExistsError"
    plane.admin("POST", "/users", username="no spaces", password="pw", expect=422)
    changed = plane.admin("PATCH", f"/users/{record['id']}", body={"name": "Lo Cal", "is_superuser": True})
    assert (changed["name"], changed["is_superuser"]) == ("Lo Cal", True)
    assert plane.admin("DELETE", f"/users/{record['id']}") is None
    assert plane.admin("GET", f"/users/{record['id']}", expect=404)["detail"][0] == "KeyError"


def test_users_are_filtered_paged_and_visible_only_to_co_members(plane: Plane) -> None:
    everybody = plane.admin("GET", "/users")
    assert len(everybody) == 40
    assert [item["name"] for item in plane.admin("GET", "/users", email="ADA@example.com")] == ["Ada Lovelace"]
    assert len(plane.admin("GET", "/users", name="Alex Morgan")) == 2
    pages = [plane.admin("GET", "/users", offset=start, limit=15) for start in (0, 15, 30, 45)]
    assert [len(page) for page in pages] == [15, 15, 10, 0]
    assert [item for page in pages for item in page] == everybody
    stranger = plane.person("stranger@example.com")
    assert [item["email"] for item in stranger("GET", "/users")] == ["stranger@example.com"]
    stranger("GET", "/users/ada@example.com", expect=404)
    stranger("POST", "/users", username="x", password="y", expect=403)
    assert len(plane.admin("GET", "/users")) == 41


def test_the_administrator_cannot_be_locked_out(plane: Plane) -> None:
    me = plane.user("ada@example.com")
    plane.admin("PATCH", f"/users/{me}", body={"is_active": False}, expect=403)
    plane.admin("DELETE", f"/users/{me}", expect=403)
    assert plane.admin("PATCH", "/users/me", body={"job_title": "Countess", "metadata": {"a": 1}})["metadata"] == {
        "a": 1
    }


def test_owned_resources_are_kept_when_their_owner_is_deleted(plane: Plane) -> None:
    plane.admin("DELETE", f"/users/{plane.user('linus@example.com')}")
    record = plane.admin("GET", "/workspaces/recommender")
    assert (record["status"], record["owner"]) == ("available", None)


def test_members_of_an_organization(plane: Plane) -> None:
    path = f"/organizations/{plane.organization()}/members"
    members = plane.admin("GET", path)
    for member in members:
        assert sum(member[kind] is not None for kind in ("user", "team", "invitation")) == 1
        assert member["roles"]
        assert all(role["level"] == "organization" for role in member["roles"])
    emails = {member["user"]["email"] for member in members if member["user"]}
    assert "ada@example.com" in emails
    assert "outsider@partner.example" not in emails
    derived = [member for member in members if member["user"] and any(role["via_team"] for role in member["roles"])]
    assert derived
    only_users = plane.admin(
        "GET", path, include_service_accounts=False, include_teams=False, include_invitations=False
    )
    assert len(only_users) < len(members)
    assert all(user["user"] and not user["user"]["is_service_account"] for user in only_users)
    admins = plane.admin("GET", path, role_id=plane.role("Organization Admin"))
    names = {admin["user"]["username"] for admin in admins}
    assert names > {"ada@example.com", "left.us@example.com", "deploy-bot"}
    assert len(names) == 6, "Ada is not alone"


def test_removing_a_member_keeps_their_workspace_roles(plane: Plane) -> None:
    path = f"/organizations/{plane.organization()}/members"
    linus = plane.user("linus@example.com")
    plane.admin("DELETE", path, user_id=linus)
    plane.admin("DELETE", path, user_id=linus, expect=404)
    admins = plane.admin("GET", f"/roles/{plane.role('Workspace Admin')}/assignments")
    assert linus in [admin["user"]["id"] for admin in admins if admin["user"]]
    bot = plane.admin("GET", f"/organizations/{plane.organization()}/service_accounts/ci-bot")["id"]
    plane.admin("DELETE", path, user_id=bot, expect=403)


def test_teams(plane: Plane) -> None:
    acme = plane.organization()
    team = plane.admin("POST", "/teams", body={"name": "Ethics", "organization_id": acme})
    assert team["member_count"] == 0
    plane.admin("POST", "/teams", body={"name": "Ethics", "organization_id": acme}, expect=409)
    path = f"/teams/{team['id']}"
    ada = plane.user("ada@example.com")
    plane.admin("POST", f"{path}/members", user_id=ada)
    plane.admin("POST", f"{path}/members", user_id=ada, expect=409)
    assert plane.admin("POST", f"{path}/members", expect=400)["detail"][0] == "ValueError"
    assert [item["user"]["email"] for item in plane.admin("GET", f"{path}/members")] == ["ada@example.com"]
    assert plane.admin("PATCH", path, body={"description": "d"})["member_count"] == 1
    plane.admin("DELETE", f"{path}/members", user_id=ada)
    plane.admin("DELETE", f"{path}/members", user_id=ada, expect=404)
    plane.admin("DELETE", path)
    plane.admin("GET", path, expect=404)
    names = [item["name"] for item in plane.admin("GET", f"/organizations/{acme}/teams")]
    assert "Ethics" not in names
    assert names.count("Reliability") == 2


def test_an_accepted_invitation_transfers_roles_and_teams(plane: Plane) -> None:
    acme = plane.organization()
    path = f"/organizations/{acme}/invitations"
    member = plane.role("Organization Member")
    invited = plane.admin("POST", path, body={"email": "Newcomer@Example.com", "role_id": member})
    assert [role["name"] for role in invited["roles"]] == ["Organization Member"]
    plane.admin("POST", path, body={"email": "newcomer@example.com", "role_id": member}, expect=409)
    plane.admin("POST", path, body={"email": "ada@example.com", "role_id": member}, expect=409)
    developer, workspace = plane.role("Workspace Developer"), plane.workspace("ml-dev")
    plane.admin("POST", f"/roles/{developer}/assignments", invitation_id=invited["id"], workspace_id=workspace)
    team = plane.admin("POST", "/teams", body={"name": "New", "organization_id": acme})["id"]
    plane.admin("POST", f"/teams/{team}/members", invitation_id=invited["id"])
    waiting = [item for item in plane.admin("GET", f"/organizations/{acme}/members") if item["invitation"]]
    assert invited["id"] in [item["invitation"]["id"] for item in waiting]

    person = plane.person("newcomer@example.com")
    assert [item["id"] for item in person("GET", "/invitations")] == [invited["id"]]
    assert person("POST", f"/invitations/{invited['id']}")["accepted"] is True
    person("POST", f"/invitations/{invited['id']}", expect=409)
    assert [item["name"] for item in person("GET", "/workspaces")] == ["ml-dev"]
    members = plane.admin("GET", f"/teams/{team}/members")
    assert [member["user"]["email"] for member in members] == ["newcomer@example.com"]
    assert "newcomer@example.com" not in [item["email"] for item in plane.admin("GET", path, only_pending=True)]


def test_invitations_expire_are_private_and_can_be_revoked(plane: Plane) -> None:
    path = f"/organizations/{plane.organization()}/invitations"
    role = plane.role("Organization Member")
    item = plane.admin("POST", path, body={"email": "late@example.com", "role_id": role})["id"]
    other = plane.admin("POST", path, body={"email": "other@example.com", "role_id": role})["id"]
    person = plane.person("late@example.com")
    person("GET", f"/invitations/{other}", expect=404)
    plane.admin("DELETE", f"{path}/{other}")
    assert plane.admin("GET", path, email="OTHER@example.com") == []
    plane.clock.advance(days=15)
    person = plane.caller(plane.login(username="late@example.com", password="correct horse")["access_token"])
    person("POST", f"/invitations/{item}", expect=400)
    workspace_role = plane.role("Workspace Viewer")
    plane.admin("POST", path, body={"email": "x@example.com", "role_id": workspace_role}, expect=403)


def test_service_accounts_and_their_keys(plane: Plane) -> None:
    acme = plane.organization()
    path = f"/organizations/{acme}/service_accounts"
    assert len(plane.admin("GET", path)) == 5
    wish = {"username": "new-bot", "description": "d", "role_id": plane.role("Organization Viewer")}
    record = plane.admin("POST", path, body=wish)
    assert (record["is_service_account"], record["organization_id"]) == (True, acme)
    plane.admin("POST", path, body=wish, expect=409)
    key = plane.admin("POST", f"{path}/new-bot/api_keys", body={"name": "k"})
    assert key["key"].startswith("ZENPROKEY_eyJpZCI6I")
    assert "key" not in plane.admin("GET", f"{path}/new-bot/api_keys")[0]
    bot = plane.caller(key["key"])
    assert bot("GET", "/users/me")["username"] == "new-bot"
    assert len(bot("GET", "/workspaces")) == 12
    refused = bot("POST", "/organizations", body={"name": "bots-inc"}, expect=403)
    assert refused["detail"][0] == "IllegalOperationError"
    plane.admin("PATCH", f"{path}/new-bot", body={"is_active": False})
    bot("GET", "/users/me", expect=401)
    plane.admin("PATCH", f"{path}/new-bot", body={"is_active": True})
    bot("GET", "/users/me")
    plane.admin("DELETE", f"{path}/new-bot/api_keys/k")
    bot("GET", "/users/me", expect=401)
    plane.admin("DELETE", f"{path}/{record['id']}")
    plane.admin("GET", f"{path}/new-bot", expect=404)


def test_the_limits_of_the_small_plan_are_enforced(plane: Plane) -> None:
    labs = plane.organization("acme-labs")
    full = plane.admin("POST", "/workspaces", body={"name": "third", "organization_id": labs}, expect=402)
    assert full["detail"][0] == "SubscriptionUpgradeRequiredError"
    entitlement = f"/organizations/{labs}/entitlement"
    plane.admin("GET", f"{entitlement}/workspace", expect=402)
    plane.admin("GET", f"{entitlement}/pipeline", expect=402)
    assert plane.admin("GET", f"{entitlement}/project")["has_access"] is True
    plane.admin("GET", f"{entitlement}/magic", expect=404)
    assert plane.admin("GET", f"/organizations/{labs}/trial")["active"] is True
    assert 8 * 86_400 < plane.admin("GET", "/organizations/acme-labs")["trial_expiry"] <= 9 * 86_400
    assert plane.admin("GET", f"/organizations/{plane.organization()}/entitlement/pipeline")["limit"] is None


def test_organizations(start: Start) -> None:
    plane = start()
    founder = plane.person("founder@example.com")
    made = founder("POST", "/organizations", body={"name": "startup"})
    assert (made["owner"]["email"], made["trial_expiry"]) == ("founder@example.com", None)
    assert (
        founder("POST", "/organizations", body={"name": "second"}, expect=403)["detail"][0]
        == "OrganizationLimitExceeded"
    )
    plane.admin("POST", "/organizations", body={"name": "startup"}, expect=409)
    path = f"/organizations/{made['id']}"
    assert founder("PATCH", path, body={"description": "x"})["description"] == "x"
    founder("PATCH", path, body={"trusted_domains": ["x.example"]}, expect=403)
    assert plane.admin("PATCH", path, body={"trusted_domains": ["x.example"]})["trusted_domains"] == ["x.example"]
    assert plane.admin("PATCH", path, body={"trusted_domains": []})["trusted_domains"] == []
    assert len(founder("GET", f"{path}/roles")) == 14
    founder("GET", "/organizations/acme", expect=403)
    founder("DELETE", path)
    plane.admin("GET", path, expect=404)
    plane.admin("DELETE", f"/organizations/{plane.organization()}", expect=403)
    assert plane.admin("GET", "/organizations/validation/name/acme")["available"] is False
