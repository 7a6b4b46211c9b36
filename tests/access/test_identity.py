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


def inventory(made: Organization) -> Inventory:
    return Inventory.of(made.lists(), organization_id="o", organization_name="acme", server="http://there")


def fixes(made: Organization, *checks: str) -> list[tuple[str, Any]]:
    """The commands that fix the findings of these checks, without the name of the magic, each with its finding."""
    found = findings([CHECKS[name] for name in checks], inventory(made), NOW, command="%zenpro")
    rows = found[(found["status"] == "failed") & found["fix"].notna()]
    return [(row.fix.removeprefix("%zenpro "), row) for row in rows.itertuples()]


def review(made: Organization, *checks: str) -> Review:
    return new_review("q4", inventory(made), NOW, checks=[CHECKS[name] for name in checks or CHECKS])


def revoke_recommended(made: Organization, found: Review, chance: random.Random | None = None) -> None:
    """Remove the recommended revocations, or some of them, by the ids of their rows."""
    names = {hard_organizations.role_id(name): name for name in hard_organizations.ALLOWS}
    for row in found.rows:
        if row.recommendation != REVOKE or (chance is not None and chance.random() < 0.5):
            continue
        # For a membership, `team_id` is the team; for a role of a team, it is the principal.
        holders = ("user_id", "invitation_id", "team_id")
        who = next((name, key) for name in holders if (key := getattr(row, name)))
        if row.type == "membership":
            made.members.remove((row.team_id, who))
        else:
            made.assigned.remove((names[row.role_id], who, row.workspace_id, row.project_id))


@pytest.mark.parametrize("seeds", SEEDS)
def test_redundant_roles_cost_nobody_a_permission(seeds: range) -> None:
    """In any subset and order: all fixes of `redundant-role`, and all rows that a review recommends because of it."""
    found = 0
    for seed in seeds:
        chance = random.Random(seed)
        made = hard_organizations.organization(seed)
        before = {who: made.permissions(who) for who in made.principals}
        lines = [line for line, _ in fixes(made, "redundant-role")]
        found += len(lines)
        for share in (1.0, 0.5):
            fixed = made.copy()
            for line in chance.sample(lines, round(len(lines) * share)):
                fixed.run(line)
            assert {who: fixed.permissions(who) for who in made.principals} == before, (seed, lines)
        reviewed = review(made, "redundant-role")
        for some in (None, chance):
            applied = made.copy()
            revoke_recommended(applied, reviewed, some)
            assert {who: applied.permissions(who) for who in made.principals} == before, seed
    assert found > len(seeds)


def condition(made: Organization) -> dict[str, Callable[[tuple[Any, ...]], bool]]:
    """By check: the rows that its fixes are allowed to remove, computed from the sets."""
    inactive = {key for key, row in {**made.users, **made.bots}.items() if not row["is_active"]}
    emails = {str(row["email"]).casefold() for row in made.users.values() if row["email"]}
    admin_teams = {
        row[1][1]
        for row in made.assigned
        if row[0] in ("Organization Admin", "Workspace Admin") and row[1][0] == "team_id"
    }
    members = {
        who for who in made.principals if any(not row[2] for row, _ in made.roles_of(who))
    }  # fmt: skip
    old = {key for key, row in made.invitations.items() if row["created"] < NOW - timedelta(days=14)}
    invited = {key for key, row in made.invitations.items() if row["email"].casefold() in emails}
    powerful = {
        who[1]
        for who in made.principals
        if who[0] == "invitation_id"
        and any(row[0] in ("Organization Admin", "Workspace Admin") for row, _ in made.roles_of(who))
    }

    def of_invitation(keys: set[str]) -> Callable[[tuple[Any, ...]], bool]:
        return lambda row: row[1][0] == "invitation_id" and row[1][1] in keys

    def is_admin_bot(row: tuple[Any, ...]) -> bool:
        if row[1][1] not in made.bots:
            return False
        return row[0] in admin_teams if len(row) == 2 else row[0] in ("Organization Admin", "Workspace Admin")

    return {
        "inactive-in-team": lambda row: len(row) == 2 and row[1][1] in inactive,
        "role-in-deleted-workspace": lambda row: len(row) == 4 and bool(row[2]) and row[2] not in made.alive,
        "role-without-membership": lambda row: (
            len(row) == 4 and bool(row[2]) and row[1] not in members and row[1][1] in made.users
        ),
        "service-account-is-admin": is_admin_bot,
        "invitation-expired-or-old": of_invitation(old),
        "invitation-of-member": of_invitation(invited),
        "invitation-powerful": of_invitation(powerful),
        "team-empty": lambda row: len(row) == 4 and row[1][0] == "team_id" and not made.team_members(row[1][1]),
    }


@pytest.mark.parametrize("seeds", SEEDS)
def test_a_fix_removes_only_what_its_finding_names(seeds: range) -> None:
    seen = set()
    for seed in seeds:
        made = hard_organizations.organization(seed)
        allowed = condition(made)
        removed: dict[str, set[tuple[Any, ...]]] = {name: set() for name in allowed}
        for line, row in fixes(made, *(set(CHECKS) - {"redundant-role"})):
            fixed = made.copy()
            fixed.run(line)
            removals = made.rows - fixed.rows
            if not removals:
                continue
            seen.add(row.check)
            if row.check == "inactive-with-roles":
                # All access of one deactivated account; other removals are in the reason.
                kinds = {who for *_, who in (item[:2] for item in removals)}
                accounts = {key for kind, key in kinds if kind == "user_id"}
                (account,) = accounts
                email = str(made.users.get(account, {}).get("email")).casefold()
                others = {key for kind, key in kinds if kind == "invitation_id"}
                assert not {**made.users, **made.bots}[account]["is_active"], (seed, line)
                assert all(made.invitations[key]["email"].casefold() == email for key in others), (seed, line)
                more = others or (account in made.users and any(len(item) == 2 for item in removals))
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
            assert rows == {row for row in made.rows if allowed[name](row)}, (seed, name)
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
        made = hard_organizations.organization(seed)
        emails = {row["email"] for row in (*made.users.values(), *made.invitations.values())}
        emails |= {row["username"] for row in made.users.values()}
        emails |= {f"bot:{row['username']}" for row in made.bots.values()}
        emails |= {f"team:{name}" for name in made.teams.values()}
        found = findings(CHECKS.values(), inventory(made), NOW)
        assert set(found["principal"].dropna()) <= emails, seed
        assert {row.principal for row in review(made).rows} <= emails, seed
