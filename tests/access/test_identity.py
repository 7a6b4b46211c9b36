"""The fixes of an audit and the recommendations of a review, on random organizations whose displayed names mislead."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support import hard_organizations
from tests.support.hard_organizations import NOW, Organization
from zenpro_nb.access import Inventory, new_review
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.findings import findings
from zenpro_nb.access.reviews.model import REVOKE, Review

FEW = range(6)
MANY = range(int(os.environ.get("ZENPRO_IDENTITY", "24")))  # the nightly workflow takes 2,000
SEEDS = [
    pytest.param(FEW, id="few"),
    pytest.param(MANY, id="many", marks=[pytest.mark.slow, pytest.mark.timeout(1_800)]),
]


def inventory(organization: Organization) -> Inventory:
    return Inventory.of(organization.lists(), organization_id="o", organization_name="acme", server="http://there")


def fixes(organization: Organization, *checks: str) -> list[tuple[str, Any]]:
    """The commands that fix the findings of these checks, without the name of the magic, each with its finding."""
    found = findings([CHECKS[name] for name in checks], inventory(organization), NOW, command="%zenpro")
    rows = found[(found["status"] == "failed") & found["fix"].notna()]
    return [(row.fix.removeprefix("%zenpro "), row) for row in rows.itertuples()]


def review(organization: Organization, *checks: str) -> Review:
    return new_review("q4", inventory(organization), NOW, checks=[CHECKS[name] for name in checks or CHECKS])


def revoke_recommended(organization: Organization, found: Review, chance: random.Random | None = None) -> None:
    """Remove the recommended revocations, or some of them, by the ids of their rows."""
    names = {hard_organizations.role_id(name): name for name in hard_organizations.ALLOWS}
    for row in found.rows:
        if row.recommendation != REVOKE or (chance is not None and chance.random() < 0.5):
            continue
        # For a membership, `team_id` is the team; for a role of a team, it is the principal.
        holders = ("user_id", "invitation_id", "team_id")
        who = next((name, key) for name in holders if (key := getattr(row, name)))
        if row.type == "membership":
            organization.members.remove((row.team_id, who))
        else:
            organization.assigned.remove((names[row.role_id], who, row.workspace_id, row.project_id))


@pytest.mark.parametrize("seeds", SEEDS)
def test_redundant_roles_cost_nobody_a_permission(seeds: range) -> None:
    """In any subset and order: all fixes of `redundant-role`, and all rows that a review recommends because of it."""
    found = 0
    for seed in seeds:
        chance = random.Random(seed)
        organization = hard_organizations.organization(seed)
        before = {who: organization.permissions(who) for who in organization.principals}
        lines = [line for line, _ in fixes(organization, "redundant-role")]
        found += len(lines)
        for share in (1.0, 0.5):
            fixed = organization.copy()
            for line in chance.sample(lines, round(len(lines) * share)):
                fixed.run(line)
            assert {who: fixed.permissions(who) for who in organization.principals} == before, (seed, lines)
        reviewed = review(organization, "redundant-role")
        for some in (None, chance):
            applied = organization.copy()
            revoke_recommended(applied, reviewed, some)
            assert {who: applied.permissions(who) for who in organization.principals} == before, seed
    assert found > len(seeds)


def condition(organization: Organization) -> dict[str, Callable[[tuple[Any, ...]], bool]]:
    """By check: the rows that its fixes are allowed to remove, computed from the sets."""
    inactive = {key for key, row in {**organization.users, **organization.bots}.items() if not row["is_active"]}
    emails = {str(row["email"]).casefold() for row in organization.users.values() if row["email"]}
    admin_teams = {
        row[1][1]
        for row in organization.assigned
        if row[0] in ("Organization Admin", "Workspace Admin") and row[1][0] == "team_id"
    }
    members = {
        who for who in organization.principals if any(not row[2] for row, _ in organization.roles_of(who))
    }  # fmt: skip
    old = {key for key, row in organization.invitations.items() if row["created"] < NOW - timedelta(days=14)}
    invited = {key for key, row in organization.invitations.items() if row["email"].casefold() in emails}
    powerful = {
        who[1]
        for who in organization.principals
        if who[0] == "invitation_id"
        and any(row[0] in ("Organization Admin", "Workspace Admin") for row, _ in organization.roles_of(who))
    }

    def of_invitation(keys: set[str]) -> Callable[[tuple[Any, ...]], bool]:
        return lambda row: row[1][0] == "invitation_id" and row[1][1] in keys

    def is_admin_bot(row: tuple[Any, ...]) -> bool:
        if row[1][1] not in organization.bots:
            return False
        return row[0] in admin_teams if len(row) == 2 else row[0] in ("Organization Admin", "Workspace Admin")

    return {
        "inactive-in-team": lambda row: len(row) == 2 and row[1][1] in inactive,
        "role-in-deleted-workspace": lambda row: len(row) == 4 and bool(row[2]) and row[2] not in organization.alive,
        "role-without-membership": lambda row: (
            len(row) == 4 and bool(row[2]) and row[1] not in members and row[1][1] in organization.users
        ),
        "service-account-is-admin": is_admin_bot,
        "invitation-expired-or-old": of_invitation(old),
        "invitation-of-member": of_invitation(invited),
        "invitation-powerful": of_invitation(powerful),
        "team-empty": lambda row: len(row) == 4 and row[1][0] == "team_id" and not organization.team_members(row[1][1]),
    }


@pytest.mark.parametrize("seeds", SEEDS)
def test_a_fix_removes_only_what_its_finding_names(seeds: range) -> None:
    seen = set()
    for seed in seeds:
        organization = hard_organizations.organization(seed)
        allowed = condition(organization)
        removed: dict[str, set[tuple[Any, ...]]] = {name: set() for name in allowed}
        for line, row in fixes(organization, *(set(CHECKS) - {"redundant-role"})):
            fixed = organization.copy()
            fixed.run(line)
            removals = organization.rows - fixed.rows
            if not removals:
                continue
            seen.add(row.check)
            if row.check == "inactive-with-roles":
                # All access of one deactivated account; other removals are in the reason.
                kinds = {who for *_, who in (item[:2] for item in removals)}
                accounts = {key for kind, key in kinds if kind == "user_id"}
                (account,) = accounts
                email = str(organization.users.get(account, {}).get("email")).casefold()
                others = {key for kind, key in kinds if kind == "invitation_id"}
                assert not {**organization.users, **organization.bots}[account]["is_active"], (seed, line)
                assert all(organization.invitations[key]["email"].casefold() == email for key in others), (seed, line)
                more = others or (account in organization.users and any(len(item) == 2 for item in removals))
                assert not more or "Offboarding also removes" in row.reason, (seed, row.reason)
                continue
            assert all(allowed[row.check](item) for item in removals), (seed, row.check, line, removals)
            # One finding is about one object, and no two findings of a check are about the same one.
            single = row.check.startswith(("inactive", "role-", "bot-"))
            assert len(removals) == 1 if single else len({item[1] for item in removals}) == 1, (seed, line, removals)
            # Through one team a service account can be admin in several ways.
            assert not single or row.check == "service-account-is-admin" or not removals & removed[row.check], (
                seed,
                row.check,
                removals,
            )
            removed[row.check] |= removals
        for name, rows in removed.items():
            assert rows == {row for row in organization.rows if allowed[name](row)}, (seed, name)
    assert len(seen) > 4


@pytest.mark.parametrize("seeds", SEEDS)
def test_no_review_as_recommended_leaves_the_organization_without_an_administrator(seeds: range) -> None:
    without_people = 0
    for seed in seeds:
        made = hard_organizations.organization(seed)
        before = made.admins()
        for _ in range(2):  # the second review covers the access that the first one left
            applied = made.copy()
            revoke_recommended(applied, review(made))
            after = applied.admins()
            assert bool(after) == bool(before), seed
            assert bool(after & made.active_people()) == bool(before & made.active_people()), seed
            made = applied
        without_people += bool(before) and not before & made.active_people()
    assert without_people


@pytest.mark.parametrize("seeds", SEEDS)
def test_names_are_displayed_and_no_ids(seeds: range) -> None:
    """Invited members of a team have their email, in findings as in reviews."""
    for seed in seeds:
        organization = hard_organizations.organization(seed)
        emails = {row["email"] for row in (*organization.users.values(), *organization.invitations.values())}
        emails |= {row["username"] for row in organization.users.values()}
        emails |= {f"bot:{row['username']}" for row in organization.bots.values()}
        emails |= {f"team:{name}" for name in organization.teams.values()}
        found = findings(CHECKS.values(), inventory(organization), NOW)
        assert set(found["principal"].dropna()) <= emails, seed
        assert {row.principal for row in review(organization).rows} <= emails, seed
