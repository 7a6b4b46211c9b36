"""Checks of accounts that workspaces store themselves; they run only with `--with workspaces`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zenpro_nb import limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.audit.lookups import Record
from zenpro_nb.access.model.columns import BOT_MARK
from zenpro_nb.access.model.keys import EntryKey, LocalAccountKey
from zenpro_nb.syntax.counts import counted

DORMANT, NEVER = "dormant", "never-signed-in"
NO_LOGIN = "no-login"  # both checks, without people who signed in to another workspace
SEVERITY = "low"  # of both
_ACTIVE_ELSEWHERE = "info"  # the severity of a user who recently signed in to another workspace


def _workspace_local_bot(facts: Facts) -> Iterator[Finding]:
    for row in facts.rows("workspace_service_accounts"):
        if row["external_user_id"] is None and row["active"] is not False:
            yield Finding(
                LocalAccountKey(row["workspace_id"], row["id"]),
                "A service account that exists only in the workspace: no role of the organization controls it.",
                principal=f"{BOT_MARK}{row['name']}",
                scope=str(row["workspace"]),
                fix=facts.line("service-accounts", workspace=facts.workspace_word(row["workspace_id"])),
                since=row["created"],
            )


def _never_entered(facts: Facts) -> Iterator[Finding]:
    by_workspace = _users_by_workspace(facts)
    for workspace_id, users in by_workspace.items():
        reported = set()
        for holding in facts.holdings():
            user = holding.holder["user_id"]
            there = holding.assignment["workspace_id"] == workspace_id and user and not facts.is_bot(holding.holder)
            if there and user not in users and user not in reported and facts.is_active(holding.holder) is not False:
                reported.add(user)
                place = facts.place({**holding.assignment, "project_id": None})
                others = _in_others(by_workspace, workspace_id, user)
                latest, role = _latest(others), holding.assignment["role"]
                yield Finding(
                    EntryKey(workspace_id, user),
                    f"No sign-in to {place}, but has {role} there{_elsewhere(facts, latest)}."
                    if others
                    else f"No known sign-in, but has {role} in {place}.",
                    principal=facts.name(holding.holder),
                    scope=place,
                    fix=_roles_there(facts, user, workspace_id),
                    severity=_severity(facts, latest),
                )


def _dormant(facts: Facts) -> Iterator[Finding]:
    by_workspace = _users_by_workspace(facts)
    for workspace_id, users in by_workspace.items():
        for user_id, record in users.items():
            if facts.is_older(record["updated"], facts.dormant_after) and user_id in facts.users:
                days = facts.days_ago(record["updated"]) or 0
                who = {"user_id": user_id}
                if facts.is_active(who) is not False and not facts.is_bot(who):
                    others = _in_others(by_workspace, workspace_id, user_id)
                    latest, ago = _latest(others), counted(days, "day")
                    is_last = all(other["updated"] and other["updated"] <= record["updated"] for other in others)
                    yield Finding(
                        EntryKey(workspace_id, user_id),
                        f"No known sign-in for {ago} (last: {record['workspace']})."
                        if is_last
                        else f"No sign-in to {record['workspace']} for {ago}{_elsewhere(facts, latest)}.",
                        principal=facts.name(who),
                        scope=str(record["workspace"]),
                        fix=_roles_there(facts, user_id, workspace_id),
                        since=record["updated"],
                        severity=_severity(facts, latest),
                    )


def _in_others(by_workspace: Mapping[str, Mapping[str, Record]], workspace_id: str, user_id: str) -> list[Record]:
    """Return the records of a user in the other workspaces that were read."""
    return [rows[user_id] for key, rows in by_workspace.items() if key != workspace_id and user_id in rows]


def _latest(records: Sequence[Record]) -> Record | None:
    """Return the record with the latest sign-in; None if no workspace returns the time of one."""
    return max((record for record in records if record["updated"]), key=lambda record: record["updated"], default=None)


def _severity(facts: Facts, latest: Record | None) -> str:
    """Return the severity of a user with this latest sign-in to another workspace; "" for that of the check."""
    is_active = latest is not None and not facts.is_older(latest["updated"], facts.dormant_after)
    return _ACTIVE_ELSEWHERE if is_active else ""


def _elsewhere(facts: Facts, latest: Record | None) -> str:
    """Return the end of a sentence about the latest sign-in to another workspace; "" if it is not known."""
    if latest is None:
        return ""
    # `updated` also moves with an edit of the account (API facts 11.12).
    days = max(facts.days_ago(latest["updated"]) or 0, 0)
    ago = f"{counted(days, 'day')} ago" if days else "today"
    return f"; last elsewhere {ago} ({latest['workspace']})"


def _roles_there(facts: Facts, user_id: str, workspace_id: str) -> str:
    """Return the command that shows all roles of a user in a workspace, also those through teams."""
    return facts.line("access", facts.account_word(user_id), workspace=facts.workspace_word(workspace_id))


def _users_by_workspace(facts: Facts) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the users in each workspace that was read, by their ids in the control plane.

    Each sign-in to the workspace sets `updated`, and so do other edits. So an active user is never reported as dormant
    (API facts 11.12).
    """
    gap = facts.inventory.workspace_users.gap
    found: dict[str, dict[str, dict[str, Any]]] = {
        workspace: {} for workspace in facts.workspaces if gap is None or workspace not in gap.parts
    }
    for row in facts.rows("workspace_users"):
        if row["external_user_id"] and row["workspace_id"] in found:
            found[row["workspace_id"]][row["external_user_id"]] = row
    return found


CHECKS = (
    AuditCheck(
        "workspace-local-service-account",
        "medium",
        "Service accounts that exist only in a workspace.",
        ("workspace_service_accounts.external_user_id",),
        _workspace_local_bot,
        LocalAccountKey,
        with_workspaces=True,
        former="workspace-local-bot",
    ),
    AuditCheck(
        NEVER,
        SEVERITY,
        f"Users with a role in a workspace who never signed in to it; {_ACTIVE_ELSEWHERE} if they recently signed in "
        "to another one.",
        ("workspace_users.external_user_id", "assignments", "team_members", "workspaces"),
        _never_entered,
        EntryKey,
        cannot="Kitaru workspaces, and workspaces whose users you cannot read",
        with_workspaces=True,
        former="never-entered",
    ),
    AuditCheck(
        DORMANT,
        SEVERITY,
        f"Users who have not signed in to a workspace for {limits.DORMANT} days, or for the period of --dormant-after; "
        f"{_ACTIVE_ELSEWHERE} if they signed in to another one.",
        ("workspace_users.external_user_id", "workspace_users.updated", "users", "workspaces"),
        _dormant,
        EntryKey,
        cannot="users whose account was edited after their last sign-in: both set the same time",
        with_workspaces=True,
    ),
)
