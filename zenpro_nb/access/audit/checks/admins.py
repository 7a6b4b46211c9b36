"""Checks of administrators: organization admins, superusers, service accounts, workspaces without an admin."""

from __future__ import annotations

from collections.abc import Iterator

from zenpro_nb import limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.audit.lookups import RoleHolding
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, WORKSPACE_ADMIN
from zenpro_nb.access.model.keys import ADMINS, AccountKey, HeldRoleKey, TopicKey, WorkspaceKey
from zenpro_nb.syntax.counts import name_list


def active_admins(facts: Facts) -> dict[str, str]:
    """Return the active users who are Organization Admin, also through teams, by id."""
    admins: dict[str, str] = {}
    for holding in facts.holdings():
        user = holding.holder["user_id"]
        admin = holding.assignment["level"] == "organization" and facts.is_admin(holding.assignment, ORGANIZATION_ADMIN)
        if user and admin and not facts.is_bot(holding.holder) and facts.is_active(holding.holder):
            admins[user] = facts.name(holding.holder)
    return admins


def _too_many(facts: Facts) -> Iterator[Finding]:
    admins = sorted(active_admins(facts).values())
    if len(admins) > limits.ADMINS_MOST:
        reason = f"{len(admins)} active users are Organization Admins: {name_list(admins, limits.NAMES_IN_REASON)}."
        yield Finding(ADMINS, reason, scope=_organization(facts), fix=_look(facts))


def _too_few(facts: Facts) -> Iterator[Finding]:
    admins = sorted(active_admins(facts).values())
    if len(admins) < limits.MIN_ORG_ADMINS:
        reason = "No active user is an Organization Admin."
        if admins:
            reason = f"The only active Organization Admin is {admins[0]}."
        yield Finding(ADMINS, reason, scope=_organization(facts), fix=_look(facts))


def _superuser(facts: Facts) -> Iterator[Finding]:
    for user in facts.users.values():
        if user["is_superuser"] and user["is_active"] is not False:
            name = str(user["email"] or user["username"] or user["id"])
            yield Finding(
                AccountKey(user["id"]),
                "A superuser has every permission in every organization of this server.",
                principal=name,
                fix=f"{facts.line('users update', facts.account_word(user['id']))} --no-superuser",
            )


def _bot_is_admin(facts: Facts) -> Iterator[Finding]:
    for holding in facts.holdings():
        if facts.is_bot(holding.holder) and facts.is_admin(holding.assignment, ORGANIZATION_ADMIN, WORKSPACE_ADMIN):
            through = f" through the team {holding.team}" if holding.team else ""
            yield Finding(
                holding.key,
                f"A service account is {holding.assignment['role']}{through}.",
                principal=facts.name(holding.holder),
                scope=facts.place(holding.assignment),
                fix=_leaving(facts, holding),
            )


def _leaving(facts: Facts, holding: RoleHolding) -> str:
    if holding.team is None:
        return facts.revoking(holding.assignment)
    team = facts.team_word(holding.assignment["team_id"], holding.team)
    return facts.line("teams remove", team, **facts.account_option(holding.holder))


def _workspace_without_admin(facts: Facts) -> Iterator[Finding]:
    administered = {
        holding.assignment["workspace_id"]
        for holding in facts.holdings()
        if facts.is_admin(holding.assignment, WORKSPACE_ADMIN) and facts.is_active(holding.holder) is not False
    }
    for workspace in facts.workspaces.values():
        if workspace["id"] not in administered:
            yield Finding(
                WorkspaceKey(workspace["id"]),
                "The workspace has no Workspace Admin. Organization Admins are not counted.",
                scope=str(workspace["name"]),
                fix=facts.line("workspaces members", facts.workspace_word(workspace["id"])),
            )


def _look(facts: Facts) -> str:
    return facts.line("assignments", role=ORGANIZATION_ADMIN)


def _organization(facts: Facts) -> str:
    return facts.inventory.organization_name or "organization"


CHECKS = (
    AuditCheck(
        "too-many-org-admins",
        "medium",
        f"More than {limits.ADMINS_MOST} active users are Organization Admins, directly or through a team.",
        ("assignments", "team_members", "users.is_active"),
        _too_many,
        TopicKey,
    ),
    AuditCheck(
        "too-few-org-admins",
        "high",
        f"Fewer than {limits.MIN_ORG_ADMINS} active users are Organization Admins, directly or through a team.",
        ("assignments", "team_members", "users.is_active"),
        _too_few,
        TopicKey,
        absence=True,
    ),
    AuditCheck(
        "superuser",
        "medium",
        "Accounts that bypass all roles.",
        ("users.is_superuser",),
        _superuser,
        AccountKey,
        cannot="superusers that are in no list of this organization",
    ),
    AuditCheck(
        "service-account-is-admin",
        "high",
        "Service accounts with the role Organization Admin or Workspace Admin.",
        ("service_accounts", "assignments", "team_members"),
        _bot_is_admin,
        HeldRoleKey,
        former="bot-is-admin",
    ),
    AuditCheck(
        "workspace-without-admin",
        "medium",
        "Workspaces without a Workspace Admin. Organization Admins are not counted.",
        ("workspaces", "assignments", "team_members"),
        _workspace_without_admin,
        WorkspaceKey,
        absence=True,
    ),
)
