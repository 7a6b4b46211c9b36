"""The cases of the checks of the audit: for each, lists with a finding, and lists without one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from zenpro_nb.access import desired_state
from zenpro_nb.access.model.keys import AssignmentKey, HeldRoleKey, MembershipKey
from zenpro_nb.access.model.role_usage import RoleUsage, UsedRole

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
Rows = Mapping[str, list[dict[str, Any]]]


def days(ago: float) -> datetime:
    return NOW - timedelta(days=ago)


def user(id_: str, **facts: Any) -> dict[str, Any]:
    ordinary = {"is_active": True, "is_superuser": False, "is_service_account": False, "oauth_provider": "okta"}
    return {"id": id_, "email": f"{id_}@example.com", **ordinary, **facts}


def role(name: str, level: str = "workspace", *, system: bool = True) -> dict[str, Any]:
    return {"id": f"r:{name}", "name": name, "level": level, "system_managed": system}


def assignment(name: str, *, to: str = "", team: str = "", invitation: str = "", at: str = "") -> dict[str, Any]:
    level = "workspace" if at else "organization"
    who = {"user_id": to or None, "team_id": team or None, "invitation_id": invitation or None}
    kind = "team" if team else "user" if to else "invitation"
    facts = {"kind": kind, "principal": to or team or invitation, "role": name, "role_id": f"r:{name}", "level": level}
    return {**who, **facts, "workspace_id": at or None, "workspace": at or None, "project_id": None}


def workspace(id_: str, **facts: Any) -> dict[str, Any]:
    return {"id": id_, "name": id_, "status": "available", "desired_state": "available", **facts}


def member(team: str, to: str = "", invitation: str = "") -> dict[str, Any]:
    return {"team_id": team, "team": team, "user_id": to or None, "invitation_id": invitation or None, "email": to}


def invitation(id_: str, **facts: Any) -> dict[str, Any]:
    ordinary = {"accepted": False, "created": days(2), "expires": days(-5), "email": f"{id_}@example.com"}
    return {"id": id_, **ordinary, **facts}


def bot(id_: str, **facts: Any) -> dict[str, Any]:
    return {"id": id_, "username": id_, "is_active": True, **facts}


def key(**facts: Any) -> dict[str, Any]:
    ordinary = {
        "created": days(10),
        "last_login": days(1),
        "last_rotated": None,
        "expires_at": days(-60),
        "active": True,
    }
    return {"id": "k", "name": "ci", "service_account": "b", "service_account_id": "b", **ordinary, **facts}


ADMIN, WORKSPACE_ADMIN, MEMBER = "Organization Admin", "Workspace Admin", "Organization Member"
ROLES = [role(ADMIN, "organization"), role(MEMBER, "organization"), role(WORKSPACE_ADMIN), role("Mine", system=False)]
SECRETS = {"action": "read_secret_value", "resource": "secret", "known": True}


def world(**lists: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """An organization without findings except those in the given lists."""
    sound: dict[str, list[dict[str, Any]]] = {
        "organization": [{"id": "o", "name": "acme", "trusted_domains": ["example.com"]}],
        "users": [user("ada"), user("grace")],
        "members": [],
        "teams": [],
        "team_members": [],
        "roles": ROLES,
        "assignments": [assignment(ADMIN, to="ada"), assignment(ADMIN, to="grace")],
        "workspaces": [],
        "invitations": [],
        "service_accounts": [],
        "api_keys": [],
        "permissions": [{**SECRETS, "role_id": "r:Organization Admin"}],
        "workspace_users": [],
        "workspace_service_accounts": [],
    }
    return sound | lists


def admins(count: int, **facts: Any) -> dict[str, list[dict[str, Any]]]:
    people = [user(f"p{number}", **facts) for number in range(count)]
    return {"users": people, "assignments": [assignment(ADMIN, to=person["id"]) for person in people]}


SEEN = {"id": "x", "workspace_id": "w", "workspace": "w", "external_user_id": "ada", "updated": days(100)}
HERE = {
    "workspaces": [workspace("w")],
    "assignments": [
        assignment(ADMIN, to="ada"),
        assignment(ADMIN, to="grace"),
        assignment(WORKSPACE_ADMIN, to="ada", at="w"),
    ],
}
LOCAL = {"id": "s", "name": "legacy", "workspace_id": "w", "workspace": "w", "external_user_id": None, "active": True}

TEAM = {"teams": [{"id": "t", "name": "t"}], "team_members": [member("t", "grace")]}
# Ada did not use her role in the workspace to start runs; Grace's membership brings another role, too.
DEVELOPER, VIEWER = "Workspace Developer", "Workspace Viewer"
UNUSED_ROLES = {
    HeldRoleKey(AssignmentKey(f"r:{DEVELOPER}", user_id="ada", workspace_id="w")): UsedRole("unused", "", starts=True),
    HeldRoleKey(AssignmentKey(f"r:{DEVELOPER}", team_id="t", workspace_id="w"), MembershipKey("t", "grace")): UsedRole(
        "unused", "", starts=True
    ),
    HeldRoleKey(AssignmentKey(f"r:{VIEWER}", team_id="t", workspace_id="w"), MembershipKey("t", "grace")): UsedRole(
        "unknown", ""
    ),
}
USAGE = RoleUsage("90d", "2026-08-28 to 2026-11-26", UNUSED_ROLES)
OF_TEAM = {
    "workspaces": [workspace("w")],
    "team_members": [member("t", "grace")],
    "assignments": [assignment(DEVELOPER, team="t", at="w"), assignment(VIEWER, team="t", at="w")],
}

# Name of the check, lists with one finding, and lists that differ in one point and have no finding.
CASES: list[tuple[str, Rows, Rows]] = [
    ("inactive-with-roles", world(users=[user("ada", is_active=False), user("grace")]), world()),
    (
        "inactive-in-team",
        world(users=[user("ada", is_active=False)], team_members=[member("t", "ada")], assignments=[]),
        world(team_members=[member("t", "ada")]),
    ),
    (
        "outside-domains",
        world(users=[user("ada", email="ada@Elsewhere.example")]),
        world(users=[user("ada", email="a@EXAMPLE.com"), user("bob", email="bob@eng.example.com")]),
    ),
    (
        "local-account-with-sso",
        world(users=[user("ada"), user("grace", oauth_provider=None)]),
        world(users=[user("a", oauth_provider=None)]),
    ),
    ("too-many-org-admins", world(**admins(4)), world(**admins(3))),
    ("too-few-org-admins", world(**admins(1)), world(**admins(2))),
    (
        "superuser",
        world(users=[user("ada", is_superuser=True)]),
        world(users=[user("ada", is_superuser=True, is_active=False)]),
    ),
    (
        "service-account-is-admin",
        world(service_accounts=[bot("b")], assignments=[assignment(WORKSPACE_ADMIN, to="b", at="w")]),
        world(service_accounts=[bot("b")], assignments=[assignment("Mine", to="b", at="w")]),
    ),
    ("workspace-without-admin", world(workspaces=[workspace("w")]), world(**HERE)),
    (
        "service-account-without-role",
        world(service_accounts=[bot("b"), bot("c")], assignments=[assignment(MEMBER, to="b")]),
        world(service_accounts=[bot("b")], assignments=[assignment(MEMBER, to="b")]),
    ),
    (
        "service-account-without-active-key",
        world(service_accounts=[bot("b")], api_keys=[key(active=False)]),
        world(service_accounts=[bot("b")], api_keys=[key()]),
    ),
    ("key-never-expires", world(api_keys=[key(expires_at=None), key(id="l")]), world(api_keys=[key()])),
    ("key-expires-soon", world(api_keys=[key(expires_at=days(-14))]), world(api_keys=[key(expires_at=days(-15.5))])),
    (
        "key-old",
        world(api_keys=[key(last_rotated=days(90.01), created=days(900))]),
        world(api_keys=[key(last_rotated=days(90), created=days(900))]),
    ),
    ("key-unused", world(api_keys=[key(last_login=days(90.01))]), world(api_keys=[key(last_login=days(90))])),
    (
        "direct-instead-of-team",
        world(teams=[{"id": "t", "name": "t"}]),
        world(
            teams=[{"id": "t", "name": "t"}],
            assignments=[assignment(ADMIN, to="ada"), assignment(MEMBER, to="grace"), assignment(MEMBER, to="ada")],
        ),
    ),
    (
        "redundant-role",
        world(
            workspaces=[workspace("w")],
            assignments=[assignment(ADMIN, to="ada"), assignment(WORKSPACE_ADMIN, to="ada", at="w")],
        ),
        world(
            workspaces=[workspace("w")],
            assignments=[assignment(ADMIN, to="ada"), assignment(WORKSPACE_ADMIN, to="grace", at="w")],
        ),
    ),
    (
        "role-without-membership",
        world(users=[user("eve")], assignments=[assignment("Mine", to="eve", at="w")]),
        world(
            users=[user("eve")],
            assignments=[assignment("Mine", to="eve", at="w"), assignment(MEMBER, team="t")],
            team_members=[member("t", "eve")],
        ),
    ),
    (
        "role-in-deleted-workspace",
        world(workspaces=[workspace("w", status="deleted")], assignments=[assignment("Mine", to="ada", at="w")]),
        world(workspaces=[workspace("w")], assignments=[assignment("Mine", to="ada", at="w")]),
    ),
    ("custom-role-unused", world(), world(assignments=[assignment("Mine", to="ada", at="w")])),
    (
        "custom-role-reads-secrets",
        world(permissions=[{**SECRETS, "role_id": "r:Mine"}]),
        world(permissions=[{**SECRETS, "role_id": "r:Workspace Admin"}]),
    ),
    (
        "access-expired",
        world(workspaces=[workspace("w")], assignments=[assignment("Mine", to="ada", at="w")], **TEAM),
        world(workspaces=[workspace("w")], assignments=[assignment("Mine", to="grace", at="w")], **TEAM),
    ),
    (
        "team-empty",
        world(teams=[{"id": "t", "name": "t"}]),
        world(
            teams=[{"id": "t", "name": "t"}], team_members=[member("t", invitation="i")], invitations=[invitation("i")]
        ),
    ),
    (
        "team-of-one",
        world(teams=[{"id": "t", "name": "t"}], team_members=[member("t", "ada")]),
        world(teams=[{"id": "t", "name": "t"}], team_members=[member("t", "ada"), member("t", "grace")]),
    ),
    (
        "invitation-expired-or-old",
        world(invitations=[invitation("i", created=days(14.01))]),
        world(invitations=[invitation("i", created=days(14))]),
    ),
    (
        "invitation-powerful",
        world(invitations=[invitation("i")], assignments=[assignment(WORKSPACE_ADMIN, invitation="i", at="w")]),
        world(invitations=[invitation("i")], assignments=[assignment(MEMBER, invitation="i")]),
    ),
    (
        "invitation-of-member",
        world(invitations=[invitation("i", email="ADA@example.com")]),
        world(invitations=[invitation("i", email="ADA@example.com", accepted=True)]),
    ),
    (
        "workspace-local-service-account",
        world(workspace_service_accounts=[LOCAL]),
        world(workspace_service_accounts=[{**LOCAL, "external_user_id": "b"}]),
    ),
    ("never-signed-in", world(**HERE), world(**HERE, workspace_users=[SEEN])),
    (
        "dormant",
        world(**HERE, workspace_users=[{**SEEN, "updated": days(90.01)}]),
        world(**HERE, workspace_users=[{**SEEN, "updated": days(90)}]),
    ),
    (
        "role-unused",
        world(workspaces=[workspace("w")], assignments=[assignment(DEVELOPER, to="ada", at="w")]),
        world(**OF_TEAM),
    ),
]
NAMES = [name for name, *_ in CASES]


# The file with deadlines, for the check that reads one.
DEADLINES = desired_state(
    "zenpro: 1\nworkspace_roles: {w: {Mine: [{principal: ada@example.com, until: 2026-11-25}]}}\n"
    "teams: {t: {members: [{principal: grace@example.com, until: 2026-11-27}]}}",
    "expiring.yaml",
)
