"""Each check of the audit: with a finding, without one, and undecided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.recipes import blocks, line_of, run
from zenpro_nb import limits
from zenpro_nb.access import Gap, Inventory, desired_state, list_of
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.checks import teams as team_checks
from zenpro_nb.access.audit.findings import findings
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


def given(name: str, *, to: str = "", team: str = "", invitation: str = "", at: str = "") -> dict[str, Any]:
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
        "assignments": [given(ADMIN, to="ada"), given(ADMIN, to="grace")],
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
    return {"users": people, "assignments": [given(ADMIN, to=person["id"]) for person in people]}


SEEN = {"id": "x", "workspace_id": "w", "workspace": "w", "external_user_id": "ada", "updated": days(100)}
HERE = {
    "workspaces": [workspace("w")],
    "assignments": [given(ADMIN, to="ada"), given(ADMIN, to="grace"), given(WORKSPACE_ADMIN, to="ada", at="w")],
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
    "assignments": [given(DEVELOPER, team="t", at="w"), given(VIEWER, team="t", at="w")],
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
        world(service_accounts=[bot("b")], assignments=[given(WORKSPACE_ADMIN, to="b", at="w")]),
        world(service_accounts=[bot("b")], assignments=[given("Mine", to="b", at="w")]),
    ),
    ("workspace-without-admin", world(workspaces=[workspace("w")]), world(**HERE)),
    (
        "service-account-without-role",
        world(service_accounts=[bot("b"), bot("c")], assignments=[given(MEMBER, to="b")]),
        world(service_accounts=[bot("b")], assignments=[given(MEMBER, to="b")]),
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
            assignments=[given(ADMIN, to="ada"), given(MEMBER, to="grace"), given(MEMBER, to="ada")],
        ),
    ),
    (
        "redundant-role",
        world(
            workspaces=[workspace("w")], assignments=[given(ADMIN, to="ada"), given(WORKSPACE_ADMIN, to="ada", at="w")]
        ),
        world(
            workspaces=[workspace("w")],
            assignments=[given(ADMIN, to="ada"), given(WORKSPACE_ADMIN, to="grace", at="w")],
        ),
    ),
    (
        "role-without-membership",
        world(users=[user("eve")], assignments=[given("Mine", to="eve", at="w")]),
        world(
            users=[user("eve")],
            assignments=[given("Mine", to="eve", at="w"), given(MEMBER, team="t")],
            team_members=[member("t", "eve")],
        ),
    ),
    (
        "role-in-deleted-workspace",
        world(workspaces=[workspace("w", status="deleted")], assignments=[given("Mine", to="ada", at="w")]),
        world(workspaces=[workspace("w")], assignments=[given("Mine", to="ada", at="w")]),
    ),
    ("custom-role-unused", world(), world(assignments=[given("Mine", to="ada", at="w")])),
    (
        "custom-role-reads-secrets",
        world(permissions=[{**SECRETS, "role_id": "r:Mine"}]),
        world(permissions=[{**SECRETS, "role_id": "r:Workspace Admin"}]),
    ),
    (
        "access-expired",
        world(workspaces=[workspace("w")], assignments=[given("Mine", to="ada", at="w")], **TEAM),
        world(workspaces=[workspace("w")], assignments=[given("Mine", to="grace", at="w")], **TEAM),
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
        world(invitations=[invitation("i")], assignments=[given(WORKSPACE_ADMIN, invitation="i", at="w")]),
        world(invitations=[invitation("i")], assignments=[given(MEMBER, invitation="i")]),
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
        world(workspaces=[workspace("w")], assignments=[given(DEVELOPER, to="ada", at="w")]),
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


def statuses(name: str, inventory: Inventory) -> list[str]:
    return findings([CHECKS[name]], inventory, NOW, desired=DEADLINES, usage=USAGE).status.tolist()


def test_every_check_has_a_case() -> None:
    assert sorted(NAMES) == sorted(CHECKS), "Each check needs a case in CASES of this module."


@pytest.mark.parametrize(("name", "found", "_"), CASES, ids=NAMES)
def test_each_check_has_a_finding_in_its_case(name: str, found: Rows, _: Rows) -> None:
    assert statuses(name, Inventory.of(found)) == ["failed"]


@pytest.mark.parametrize(("name", "_", "sound"), CASES, ids=NAMES)
def test_each_check_is_ok_without_its_case(name: str, _: Rows, sound: Rows) -> None:
    assert statuses(name, Inventory.of(sound)) == ["ok"]


@pytest.mark.parametrize(("name", "found", "_"), CASES, ids=NAMES)
def test_an_unreadable_list_makes_a_check_unknown(name: str, found: Rows, _: Rows) -> None:
    """Each list that the check reads is denied in turn; no check is ok or has a finding that it cannot see."""
    for place in CHECKS[name].reads:
        listed = place.partition(".")[0]
        gap = Gap("forbidden", "You may not read it.")
        lists = {**found, listed: list_of(listed, complete=False, gap=gap)}
        frame = findings([CHECKS[name]], Inventory.of(lists), NOW, desired=DEADLINES)
        assert frame[["status", "reason"]].values.tolist() == [["unknown", "You may not read it."]]


@pytest.mark.parametrize(("name", "found", "_"), CASES, ids=NAMES)
def test_a_field_that_was_not_sent_is_unknown(name: str, found: Rows, _: Rows) -> None:
    for place in CHECKS[name].reads:
        listed, _, column = place.partition(".")
        if column and found[listed]:
            rows = [{field: value for field, value in row.items() if field != column} for row in found[listed]]
            assert statuses(name, Inventory.of({**found, listed: rows})) == ["unknown"], place


@pytest.mark.parametrize("name", [check.name for check in CHECKS.values() if check.absence])
def test_a_check_of_absence_is_undecided_if_a_list_is_incomplete(name: str) -> None:
    found = next(lists for case, lists, _ in CASES if case == name)
    inventory = Inventory.of(found)
    listed = CHECKS[name].lists[0]
    partly = replace(inventory[listed], complete=False, gap=Gap("failed", "1 part failed.", {"x": "HTTP 500"}))
    assert statuses(name, inventory.with_lists(partly)) == ["unknown"]


@pytest.mark.parametrize(("name", "_", "sound"), CASES, ids=NAMES)
def test_a_check_that_finds_what_is_missing_declares_absence(name: str, _: Rows, sound: Rows) -> None:
    """Rows that a server does not list never become a finding: here each list is cut in turn."""
    inventory = Inventory.of(sound)
    for listed in CHECKS[name].lists:
        gap = Gap("failed", "1 part failed.", {"w": "HTTP 500"})
        cut = replace(inventory[listed], frame=inventory[listed].frame.head(0), complete=False, gap=gap)
        found = statuses(name, inventory.with_lists(cut))
        assert "failed" not in found, f"Declare {name} with absence=True: it finds rows that are missing in {listed}."


def test_an_incomplete_list_gives_findings_and_its_gap() -> None:
    inventory = Inventory.of(world(api_keys=[key(expires_at=None)]))
    partly = replace(inventory.api_keys, complete=False, gap=Gap("failed", "1 part failed.", {"x": "HTTP 500"}))
    assert statuses("key-never-expires", inventory.with_lists(partly)) == ["failed", "unknown"]


def test_an_ignored_filter_makes_role_checks_unknown() -> None:
    lists = world(permissions=[{**SECRETS, "known": False}])
    assert statuses("custom-role-reads-secrets", Inventory.of(lists)) == ["unknown"]


def test_service_accounts_without_any_listed_role_are_unknown() -> None:
    lists = world(service_accounts=[bot("b")])
    assert statuses("service-account-without-role", Inventory.of(lists)) == ["unknown"]


def test_an_expired_key_does_not_count() -> None:
    lists = world(service_accounts=[bot("b")], api_keys=[key(expires_at=days(1))])
    assert statuses("service-account-without-active-key", Inventory.of(lists)) == ["failed"]


def test_given_domains_override_trusted_ones_and_without_any_the_check_is_unknown() -> None:
    lists = world(users=[user("ada")])
    assert (
        findings([CHECKS["outside-domains"]], Inventory.of(lists), NOW, domains=["@other.example"]).status[0]
        == "failed"
    )
    lists["organization"] = [{"id": "o", "name": "acme", "trusted_domains": []}]
    assert statuses("outside-domains", Inventory.of(lists)) == ["unknown"]


def test_admins_are_counted_through_teams_and_without_bots_and_deactivated_people() -> None:
    lists = world(
        users=[user("a"), user("b"), user("c", is_active=False), user("d", is_service_account=True)],
        assignments=[given(ADMIN, team="t")],
        team_members=[member("t", item) for item in "abcd"],
    )
    assert statuses("too-few-org-admins", Inventory.of(lists)) == ["ok"]
    lists["team_members"] = [member("t", item) for item in "acd"]
    reason = findings([CHECKS["too-few-org-admins"]], Inventory.of(lists), NOW).reason[0]
    assert reason == "The only active Organization Admin is a@example.com."


def test_a_custom_role_named_like_an_admin_role_is_not_an_admin() -> None:
    lists = world(
        service_accounts=[bot("b")],
        assignments=[given(ADMIN, to="b")],
        roles=[role(ADMIN, "organization", system=False)],
    )
    assert statuses("service-account-is-admin", Inventory.of(lists)) == ["ok"]


def test_finding_ids_are_stable_across_runs_and_renames() -> None:
    before = world(teams=[{"id": "t", "name": "old"}])
    after = world(teams=[{"id": "t", "name": "new"}])
    ids = [findings([CHECKS["team-empty"]], Inventory.of(item), NOW).finding_id[0] for item in (before, after)]
    assert ids[0] == ids[1]
    other = findings([CHECKS["team-empty"]], Inventory.of(world(teams=[{"id": "u", "name": "old"}])), NOW).finding_id[0]
    assert other != ids[0]


def test_commands_quote_names_and_name_the_organization() -> None:
    lists = world(teams=[{"id": "t", "name": '-it\'s "Data" team'}])
    line = findings([CHECKS["team-empty"]], Inventory.of(lists), NOW, org="acme corp").fix[0]
    assert line.startswith("%zenpro teams delete --org 'acme corp' -- ")


def test_commands_use_names_that_are_unambiguous() -> None:
    def fixes(check: str, **lists: Any) -> list[str]:
        return findings([CHECKS[check]], Inventory.of(world(**lists)), NOW).fix.tolist()

    old = days(20)
    alone = [invitation("i", created=old)]
    assert fixes("invitation-expired-or-old", invitations=alone) == ["%zenpro invitations revoke i@example.com"]
    twice = [*alone, invitation("j", created=days(1), email="I@example.com")]
    assert fixes("invitation-expired-or-old", invitations=twice) == ["%zenpro invitations revoke i"]
    direct = {"teams": [{"id": "t", "name": "t"}], "workspaces": [workspace("w")]}
    assignments = [given("Mine", to=name, at="w") for name in ("ada", "grace")]
    command = "%zenpro assignments --role Mine --workspace w"
    assert fixes("direct-instead-of-team", **direct, assignments=assignments) == [command]


def test_a_direct_role_that_also_comes_through_a_team_is_redundant() -> None:
    lists = world(
        teams=[{"id": "t", "name": "t"}],
        team_members=[member("t", "ada")],
        workspaces=[workspace("w")],
        assignments=[given("Mine", to="ada", at="w"), given("Mine", team="t", at="w")],
    )
    frame = findings([CHECKS["redundant-role"]], Inventory.of(lists), NOW)
    assert frame.reason.tolist() == ["Mine is redundant. The same role comes through a team."]
    assert frame.fix.tolist() == ["%zenpro roles revoke Mine --user ada@example.com --workspace w"]


def test_expired_access_names_the_file_and_the_command_that_revokes_it() -> None:
    lists = world(workspaces=[workspace("w")], assignments=[given("Mine", to="ada", at="w")], **TEAM)
    frame = findings([CHECKS["access-expired"]], Inventory.of(lists), NOW + timedelta(days=9), desired=DEADLINES)
    assert frame[["principal", "scope", "reason", "fix", "age_days"]].values.tolist() == [
        [
            "ada@example.com", "w", "Mine has expired 2026-11-26 00:00:00 UTC (expiring.yaml, line 2).",
            "%zenpro roles revoke Mine --user ada@example.com --workspace w", 9,
        ],
        [
            "grace@example.com", "team:t",
            "The membership has expired 2026-11-28 00:00:00 UTC (expiring.yaml, line 3).",
            "%zenpro teams remove t --user grace@example.com", 7,
        ],
    ]  # fmt: skip


def test_without_a_file_expired_access_is_unknown() -> None:
    assert findings([CHECKS["access-expired"]], Inventory.of(world()), NOW).status.tolist() == ["unknown"]


def test_a_membership_is_unused_if_all_its_roles_are() -> None:
    inventory = Inventory.of(world(**{**OF_TEAM, "assignments": OF_TEAM["assignments"][:1]}))
    assert statuses("role-unused", inventory) == ["failed"]


def test_roles_are_unknown_if_no_runs_were_counted() -> None:
    found = next(lists for case, lists, _ in CASES if case == "role-unused")
    assert findings([CHECKS["role-unused"]], Inventory.of(found), NOW).status.tolist() == ["unknown"]


def test_the_check_in_contributing(monkeypatch: pytest.MonkeyPatch) -> None:
    find, check, case = blocks("an audit check")
    threshold = run(line_of("an audit check", "TEAM_MOST"), {})["TEAM_MOST"]
    monkeypatch.setattr(limits, "TEAM_MOST", threshold, raising=False)
    names = run(f"{find}\nCHECK = {check}", team_checks)
    _, found, sound = run(f"CASE = {case}", globals())["CASE"]
    statuses = [findings([names["CHECK"]], Inventory.of(rows), NOW).status.tolist() for rows in (found, sound)]
    assert statuses == [["failed"], ["ok"]]
