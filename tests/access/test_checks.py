"""Each check of the audit: with a finding, without one, and undecided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.access.check_cases import (
    ADMIN,
    CASES,
    DEADLINES,
    HERE,
    NAMES,
    NOW,
    OF_TEAM,
    SECRETS,
    SEEN,
    TEAM,
    USAGE,
    Rows,
    assignment,
    bot,
    days,
    invitation,
    key,
    member,
    role,
    user,
    workspace,
    world,
)
from tests.support.recipes import blocks, line_of, run
from zenpro_nb import limits
from zenpro_nb.access import Gap, Inventory, list_of
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.checks import teams as team_checks
from zenpro_nb.access.audit.findings import findings
from zenpro_nb.access.reviews.recommend import NO_RECOMMENDATION, RECOMMENDATIONS


def statuses(name: str, inventory: Inventory) -> list[str]:
    return findings([CHECKS[name]], inventory, NOW, desired=DEADLINES, usage=USAGE).status.tolist()


def test_every_check_has_a_case() -> None:
    missing, unknown = set(CHECKS) - set(NAMES), set(NAMES) - set(CHECKS)
    assert not missing, f"Add a case to CASES in tests/access/check_cases.py for {', '.join(sorted(missing))}."
    assert not unknown, f"CASES in tests/access/check_cases.py has {', '.join(sorted(unknown))}, which CHECKS lacks."


def test_every_check_has_a_recommendation_or_is_exempt() -> None:
    assert set(RECOMMENDATIONS) | NO_RECOMMENDATION == set(CHECKS)
    assert not set(RECOMMENDATIONS) & NO_RECOMMENDATION


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
        assignments=[assignment(ADMIN, team="t")],
        team_members=[member("t", item) for item in "abcd"],
    )
    assert statuses("too-few-org-admins", Inventory.of(lists)) == ["ok"]
    lists["team_members"] = [member("t", item) for item in "acd"]
    reason = findings([CHECKS["too-few-org-admins"]], Inventory.of(lists), NOW).reason[0]
    assert reason == "The only active Organization Admin is a@example.com."


def test_a_custom_role_named_like_an_admin_role_is_not_an_admin() -> None:
    lists = world(
        service_accounts=[bot("b")],
        assignments=[assignment(ADMIN, to="b")],
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
    assignments = [assignment("Mine", to=name, at="w") for name in ("ada", "grace")]
    command = "%zenpro assignments --role Mine --workspace w"
    assert fixes("direct-instead-of-team", **direct, assignments=assignments) == [command]


def test_a_direct_role_that_also_comes_through_a_team_is_redundant() -> None:
    lists = world(
        teams=[{"id": "t", "name": "t"}],
        team_members=[member("t", "ada")],
        workspaces=[workspace("w")],
        assignments=[assignment("Mine", to="ada", at="w"), assignment("Mine", team="t", at="w")],
    )
    frame = findings([CHECKS["redundant-role"]], Inventory.of(lists), NOW)
    assert frame.reason.tolist() == ["Mine is redundant. The same role comes through a team."]
    assert frame.fix.tolist() == ["%zenpro roles revoke Mine --user ada@example.com --workspace w"]


def test_expired_access_names_the_file_and_the_command_that_revokes_it() -> None:
    lists = world(workspaces=[workspace("w")], assignments=[assignment("Mine", to="ada", at="w")], **TEAM)
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


def test_a_dormant_user_who_signed_in_to_another_workspace_is_told_apart() -> None:
    def reason(**elsewhere: Any) -> str:
        others = [{**SEEN, "id": f"x{key}", "workspace_id": key, "workspace": key, "updated": time}
                  for key, time in elsewhere.items()]  # fmt: skip
        there = world(**{**HERE, "workspaces": [workspace(key) for key in ("w", *elsewhere)]})
        inventory = Inventory.of({**there, "workspace_users": [SEEN, *others]})
        (row,) = findings([CHECKS["dormant"]], inventory, NOW).itertuples()
        is_elsewhere = any(time is not None for time in elsewhere.values())
        severity = "info" if is_elsewhere else "low"
        assert (row.scope, row.severity, row.status, row.age_days) == ("w", severity, "failed", 100)
        assert row.fix == "%zenpro access ada@example.com --workspace w"
        return str(row.reason)

    assert reason() == "No known sign-in for 100 days (last: w)."
    assert reason(v=days(3), u=days(40)) == "No sign-in to w for 100 days; last elsewhere 3 days ago (v)."
    assert reason(v=days(0.5)) == "No sign-in to w for 100 days; last elsewhere today (v)."
    assert reason(v=None) == "No sign-in to w for 100 days."  # that workspace does not say


@pytest.mark.parametrize(
    ("elsewhere", "reason", "severity"),
    [
        ([], "No known sign-in, but has Workspace Admin in w.", "low"),
        (
            [{**SEEN, "workspace_id": "v", "workspace": "v", "updated": None}],
            "No sign-in to w, but has Workspace Admin there.",
            "low",
        ),
        (
            [{**SEEN, "workspace_id": "v", "workspace": "v", "updated": days(3)}],
            "No sign-in to w, but has Workspace Admin there; last elsewhere 3 days ago (v).",
            "info",
        ),
    ],
)
def test_someone_who_never_signed_in_is_named_with_the_workspace(
    elsewhere: list[Any], reason: str, severity: str
) -> None:
    there = world(**{**HERE, "workspaces": [workspace("w"), workspace("v")]})
    inventory = Inventory.of({**there, "workspace_users": elsewhere})
    (row,) = findings([CHECKS["never-signed-in"]], inventory, NOW).itertuples()
    assert (row.reason, row.severity) == (reason, severity)


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
