"""Checks of teams and invitations."""

from __future__ import annotations

from collections.abc import Iterator

from zenpro_nb import limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, TEAM_MARK, WORKSPACE_ADMIN
from zenpro_nb.access.model.keys import HeldRoleKey, InvitationKey, TeamKey
from zenpro_nb.syntax.counts import counted


def _team_empty(facts: Facts) -> Iterator[Finding]:
    for row in facts.rows("teams"):
        if not facts.in_team.get(row["id"]):
            yield Finding(
                TeamKey(row["id"]), "The team has no members.", principal=f"{TEAM_MARK}{row['name']}",
                fix=facts.line("teams delete", facts.team_word(row["id"], row["name"])), since=row["created"],
            )  # fmt: skip


def _team_of_one(facts: Facts) -> Iterator[Finding]:
    for row in facts.rows("teams"):
        members = facts.in_team.get(row["id"], [])
        if len(members) == 1:
            name = facts.name(members[0])
            yield Finding(
                TeamKey(row["id"]),
                f"The team's only member is {name}."
                if members[0]["user_id"]
                else f"The team has no members; only {name} is invited.",
                principal=f"{TEAM_MARK}{row['name']}",
                fix=facts.line("teams members", facts.team_word(row["id"], row["name"])),
            )  # fmt: skip


def _invitation_expired_or_old(facts: Facts) -> Iterator[Finding]:
    for invitation in facts.invitations:
        if invitation["expires"] is not None and invitation["expires"] < facts.now:
            reason = f"The invitation expired {counted(facts.days_ago(invitation['expires']) or 0, 'day')} ago."
        elif facts.is_older(invitation["created"], limits.INVITATION_OLD):
            reason = f"Invited {counted(facts.days_ago(invitation['created']) or 0, 'day')} ago and not accepted yet."
        else:
            continue
        yield Finding(
            InvitationKey(invitation["id"]), reason, principal=str(invitation["email"]),
            fix=facts.line("invitations revoke", facts.invitation_word(str(invitation["id"]))),
            since=invitation["created"],
        )  # fmt: skip


def _invitation_powerful(facts: Facts) -> Iterator[Finding]:
    for holding in facts.holdings():
        invited = None if holding.holder["user_id"] else holding.holder["invitation_id"]
        if invited and facts.is_admin(holding.assignment, ORGANIZATION_ADMIN, WORKSPACE_ADMIN):
            yield Finding(
                holding.key,
                f"Accepting the invitation grants {holding.assignment['role']}.",
                principal=facts.name(holding.holder),
                scope=facts.place(holding.assignment),
                fix=facts.line("invitations revoke", facts.invitation_word(str(invited))),
            )


def _invitation_of_member(facts: Facts) -> Iterator[Finding]:
    # Email addresses match case-insensitively (API facts 4.10).
    accounts = {str(user["email"]).casefold() for user in facts.users.values() if user["email"]}
    for invitation in facts.invitations:
        if str(invitation["email"]).casefold() in accounts:
            yield Finding(
                InvitationKey(invitation["id"]), "The invitee already has an account.",
                principal=str(invitation["email"]),
                fix=facts.line("invitations revoke", facts.invitation_word(str(invitation["id"]))),
                since=invitation["created"],
            )  # fmt: skip


CHECKS = (
    AuditCheck(
        "team-empty", "low", "Teams without members; invitations count.", ("teams", "team_members"), _team_empty,
        TeamKey, absence=True,
    ),
    AuditCheck(
        "team-of-one", "info", "Teams with one member; invitations count.", ("teams", "team_members"), _team_of_one,
        TeamKey, absence=True,
    ),
    AuditCheck(
        "invitation-expired-or-old",
        "low",
        f"Open invitations that have expired or are older than {limits.INVITATION_OLD} days.",
        ("invitations.created",),
        _invitation_expired_or_old,
        InvitationKey,
    ),
    AuditCheck(
        "invitation-powerful",
        "medium",
        "Open invitations that grant Organization Admin or Workspace Admin.",
        ("invitations", "assignments", "team_members"),
        _invitation_powerful,
        HeldRoleKey,
    ),
    AuditCheck(
        "invitation-of-member",
        "low",
        "Open invitations of people who already have an account.",
        ("invitations.email", "users.email"),
        _invitation_of_member,
        InvitationKey,
        cannot="accounts that are in no list of this organization",
    ),
)  # fmt: skip
