"""Checks of administrators: organization admins, superusers, service accounts, workspaces without an admin."""

from __future__ import annotations

from collections.abc import Iterator

from zenpro_nb import limits
from zenpro_nb.access.audit.facts import Facts, Held
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, WORKSPACE_ADMIN
from zenpro_nb.access.model.keys import ADMINS, AccountKey, HeldRoleKey, TopicKey, WorkspaceKey
from zenpro_nb.syntax.counts import named


def active_admins(facts: Facts) -> dict[str, str]:
    """Return the active users who are Organization Admin, also through teams, by id."""
    admins: dict[str, str] = {}
    for held in facts.held():
        user = held.holder["user_id"]
        admin = held.assignment["level"] == "organization" and facts.is_admin(held.assignment, ORGANIZATION_ADMIN)
        if user and admin and not facts.is_bot(held.holder) and facts.is_active(held.holder):
            admins[user] = facts.name(held.holder)
    return admins


def _too_many(facts: Facts) -> Iterator[Finding]:
    admins = sorted(active_admins(facts).values())
    if len(admins) > limits.ADMINS_MOST:
        reason = f"{len(admins)} active users are Organization Admins: {named(admins, limits.NAMED)}."
        yield Finding(ADMINS, reason, scope=_organization(facts), fix=_look(facts))


def _too_few(facts: Facts) -> Iterator[Finding]:
    admins = sorted(active_admins(facts).values())
    if len(admins) < limits.MIN_ORG_ADMINS:
        reason = "No active user is Organization Admin."
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
    for held in facts.held():
        if facts.is_bot(held.holder) and facts.is_admin(held.assignment, ORGANIZATION_ADMIN, WORKSPACE_ADMIN):
            through = f" through the team {held.team}" if held.team else ""
            yield Finding(
                held.key,
                f"A service account is {held.assignment['role']}{through}.",
                principal=facts.name(held.holder),
                scope=facts.place(held.assignment),
                fix=_leaving(facts, held),
            )


def _leaving(facts: Facts, held: Held) -> str:
    if held.team is None:
        return facts.revoking(held.assignment)
    team = facts.team_word(held.assignment["team_id"], held.team)
    return facts.line("teams remove", team, **facts.account_option(held.holder))


def _workspace_without_admin(facts: Facts) -> Iterator[Finding]:
    administered = {
        held.assignment["workspace_id"]
        for held in facts.held()
        if facts.is_admin(held.assignment, WORKSPACE_ADMIN) and facts.is_active(held.holder) is not False
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
