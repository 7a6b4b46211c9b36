"""Checks of user accounts: deactivated accounts that still have access, and accounts outside your domains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from zenpro_nb import limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.audit.lookups import Record
from zenpro_nb.access.model.columns import TEAM_MARK
from zenpro_nb.access.model.keys import AccountKey, AccountRolesKey, MembershipKey, TopicKey
from zenpro_nb.syntax.counts import counted, name_list


def _inactive_with_roles(facts: Facts) -> Iterator[Finding]:
    holdings: dict[str, list[Record]] = defaultdict(list)
    for assignment in facts.assignments:
        if assignment["user_id"] and facts.is_active(assignment) is False:
            holdings[assignment["user_id"]].append(assignment)
    for user_id, rows in holdings.items():
        where = name_list([f"{row['role']} in {facts.place(row)}" for row in rows], limits.NAMES_IN_REASON)
        yield Finding(
            AccountRolesKey(user_id),
            f"Deactivated, but still has {counted(len(rows), 'role')}: {where}.{_also_removed(facts, rows[0])}",
            principal=facts.name(rows[0]),
            scope=name_list(list(dict.fromkeys(facts.place(row) for row in rows)), limits.NAMES_IN_REASON),
            fix=facts.offboarding(rows[0]),
        )


def _also_removed(facts: Facts, row: Record) -> str:
    """Return what offboarding removes besides the roles; empty where it removes nothing else."""
    if facts.is_bot(row):
        return ""
    email = str(facts.users.get(row["user_id"], {}).get("email") or "").casefold()
    teams = sum(member["user_id"] == row["user_id"] for members in facts.in_team.values() for member in members)
    invited = sum(str(invitation["email"]).casefold() == email for invitation in facts.invitations)
    parts = [counted(number, word) for number, word in ((teams, "team membership"), (invited, "invitation")) if number]
    return f" Offboarding also removes {' and '.join(parts)}." if parts else ""


def _inactive_in_team(facts: Facts) -> Iterator[Finding]:
    for rows in facts.in_team.values():
        for row in rows:
            if row["user_id"] and facts.is_active(row) is False:
                yield Finding(
                    MembershipKey.of(row),
                    f"Deactivated, but still a member of the team {row['team']}.",
                    principal=facts.name(row),
                    scope=f"{TEAM_MARK}{row['team']}",
                    fix=facts.line(
                        "teams remove",
                        facts.team_word(row["team_id"], row["team"]),
                        **facts.account_option(row),
                    ),
                )


def _outside_domains(facts: Facts) -> Iterator[Finding]:
    domains = facts.domains or _trusted_domains(facts)
    if not domains:
        has_domains = facts.inventory.organization.knows("trusted_domains")
        why = (
            "The organization has no trusted domains"
            if has_domains
            else "The server does not return the trusted domains"
        )
        yield Finding(TopicKey("domains"), f"{why}. Pass yours with --domains.", unknown=True)
        return
    for user in facts.users.values():
        email = str(user["email"] or "")
        if "@" in email and not user["is_service_account"] and not _is_within(email, domains):
            yield Finding(
                AccountKey(user["id"]),
                f"The email address is outside {name_list(sorted(domains), limits.NAMES_IN_REASON)}.",
                principal=email,
                fix=facts.line("assignments", user=facts.account_word(user["id"])),
            )


def _is_within(email: str, domains: Iterable[str]) -> bool:
    """Return whether an address is in one of these domains or a subdomain, as in ZenML (API facts 12.11).

    >>> _is_within("ada@eng.example.com", ["example.com"]), _is_within("ada@badexample.com", ["example.com"])
    (True, False)
    """
    domain = email.rpartition("@")[2].casefold()
    return any(domain == own or domain.endswith(f".{own}") for own in domains)


def _trusted_domains(facts: Facts) -> frozenset[str]:
    records = facts.rows("organization") if facts.inventory.organization.knows("trusted_domains") else []
    return frozenset(str(domain).casefold() for row in records for domain in row["trusted_domains"] or ())


def _local_account_beside_sso(facts: Facts) -> Iterator[Finding]:
    people = [user for user in facts.users.values() if not user["is_service_account"]]
    providers = sorted({str(person["oauth_provider"]) for person in people if person["oauth_provider"]})
    for person in people:
        if providers and not person["oauth_provider"]:
            name = str(person["email"] or person["username"] or person["id"])
            yield Finding(
                AccountKey(person["id"]),
                f"Signs in with a password, although others use {name_list(providers, limits.NAMES_IN_REASON)}.",
                principal=name,
                fix=facts.line("users get", facts.account_word(person["id"])),
            )


CHECKS = (
    AuditCheck(
        "inactive-with-roles",
        "high",
        "Deactivated accounts that still have roles.",
        ("assignments", "users.is_active"),
        _inactive_with_roles,
        AccountRolesKey,
        cannot="when a user last signed in to the control plane: the API does not return it",
    ),
    AuditCheck(
        "inactive-in-team",
        "medium",
        "Deactivated accounts that are still in a team.",
        ("team_members", "users.is_active"),
        _inactive_in_team,
        MembershipKey,
    ),
    AuditCheck(
        "outside-domains",
        "medium",
        "Users whose email addresses are outside your domains and their subdomains.",
        ("users.email",),
        _outside_domains,
        AccountKey,
        cannot="which domains are yours, if neither --domains nor the organization defines them",
    ),
    AuditCheck(
        "local-account-with-sso",
        "low",
        "Users who sign in with a password, although others use single sign-on.",
        ("users.oauth_provider",),
        _local_account_beside_sso,
        AccountKey,
        cannot="whether a user has a second factor",
        former="local-account-beside-sso",
    ),
)
