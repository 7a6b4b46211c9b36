"""Checks of role assignments: direct instead of through a team, redundant, or left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from zenpro_nb import frames, limits
from zenpro_nb.access import effective
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.audit.lookups import Record
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, ORGANIZATION_MEMBER
from zenpro_nb.access.model.keys import AssignmentKey, RoleKey, TopicKey
from zenpro_nb.syntax.counts import name_list

READS_SECRETS = ("read_secret_value", "secret")  # action and type for the server's role filter


def _direct_instead_of_team(facts: Facts) -> Iterator[Finding]:
    if not len(facts.inventory.teams):
        return
    places: dict[AssignmentKey, list[Record]] = defaultdict(list)
    for assignment in facts.assignments:
        # Membership is a role that users have directly.
        removable = (
            facts.inventory.workspaces.is_known
            and assignment["workspace_id"]
            and assignment["workspace_id"] not in facts.workspaces
        )
        if (
            assignment["user_id"]
            and not removable
            and not facts.is_bot(assignment)
            and not facts.is_admin(assignment, ORGANIZATION_MEMBER)
        ):
            # Without a principal: the role at this scope, for all principals.
            place = {name: assignment[name] or "" for name in ("workspace_id", "project_id")}
            places[AssignmentKey(assignment["role_id"], **place)].append(assignment)
    for key, rows in places.items():
        if len(rows) >= limits.DIRECT_LEAST:
            people = name_list(sorted(facts.name(row) for row in rows), limits.NAMES_IN_REASON)
            where = facts.workspace_word(key.workspace_id)
            yield Finding(
                key,
                f"{len(rows)} users have {rows[0]['role']} directly: {people}.",
                scope=facts.place(rows[0]),
                fix=facts.line("assignments", role=facts.role_word(key.role_id, rows[0]["role"]), workspace=where),
            )


def _redundant_role(facts: Facts) -> Iterator[Finding]:
    """Yield the direct assignments of principals who have the same role through a team, or a stronger role.

    No reported assignment is the reason for another one: "stronger than" has no cycles, and if a principal has a role
        twice, only the direct assignment is reported. So all of them can be revoked, in any order.
    """
    paths = effective.effective_access(facts.inventory)
    holder = paths["user_id"].where(paths["user_id"].notna(), paths["invitation_id"])
    same = paths[["role_id", "workspace_id", "project_id"]].assign(holder=holder)
    twice = paths["role_id"].notna() & same.duplicated(keep=False) & (paths["basis"] == "assignment")
    direct = (paths["via"] == "direct") & (paths["covered_by"].notna() | twice)
    admins = _covering_everything(facts)
    assigned = {AssignmentKey.of(assignment): assignment for assignment in facts.assignments}
    for row in frames.convert(paths[direct].assign(twice=twice[direct]), "records"):
        key = AssignmentKey.of({**row, "team_id": None})
        covered = row["covered_by"] if _is_included(facts, row, admins) else None
        if key in assigned and (covered or row["twice"]):
            reason = f"Covered by: {covered}." if covered else "The same role comes through a team."
            yield Finding(
                key,
                f"{row['role']} is redundant. {reason}",
                principal=row["principal"],
                scope=facts.place(assigned[key]),
                fix=facts.revoking(assigned[key]),
            )


def _covering_everything(facts: Facts) -> set[str]:
    """Return the ids of the principals who are Organization Admin, which includes every permission."""
    return {
        holding.holder["user_id"] or holding.holder["invitation_id"]
        for holding in facts.holdings()
        if holding.assignment["level"] == "organization"
        and facts.is_admin(holding.assignment, ORGANIZATION_ADMIN)
        and facts.is_predefined(holding.assignment["role_id"])
    }


def _is_included(facts: Facts, path: Record, admins: set[str]) -> bool:
    """Return whether a covered role certainly adds no permission.

    Lists of roles do not include permissions: a custom role can allow actions that Workspace Admin does not.
    """
    return facts.is_predefined(path["role_id"]) or (path["user_id"] or path["invitation_id"]) in admins


def _role_without_membership(facts: Facts) -> Iterator[Finding]:
    members = {
        holding.holder["user_id"] for holding in facts.holdings() if holding.assignment["level"] == "organization"
    }
    for assignment in facts.assignments:
        inside = assignment["level"] != "organization" and assignment["user_id"] and not facts.is_bot(assignment)
        if inside and assignment["user_id"] not in members:
            yield Finding(
                AssignmentKey.of(assignment),
                f"Has {assignment['role']} but no organization role, so the user is not a member.",
                principal=facts.name(assignment),
                scope=facts.place(assignment),
                fix=facts.revoking(assignment),
            )


def _role_in_deleted_workspace(facts: Facts) -> Iterator[Finding]:
    for assignment in facts.assignments:
        if assignment["workspace_id"] and assignment["workspace_id"] not in facts.workspaces:
            yield Finding(
                AssignmentKey.of(assignment),
                f"{assignment['role']} in a deleted workspace.",
                principal=facts.name(assignment),
                scope=facts.place(assignment),
                fix=facts.revoking(assignment),
            )


def _custom_role_unused(facts: Facts) -> Iterator[Finding]:
    assigned_ids = {assignment["role_id"] for assignment in facts.assignments}
    for role in facts.roles.values():
        if not role["system_managed"] and role["id"] not in assigned_ids:
            yield Finding(
                RoleKey(role["id"]), f"The role {role['name']} is not assigned.", scope=str(role["name"]),
                fix=facts.line("roles delete", facts.role_word(role["id"], role["name"])),
            )  # fmt: skip


def _custom_role_reads_secrets(facts: Facts) -> Iterator[Finding]:
    allowing = facts.inventory.roles_allowing(*READS_SECRETS)
    if allowing is None:
        queried = facts.inventory.permissions.is_known
        why = "the server ignores the filter" if queried else "the server was not queried"
        why = f"It is unknown which roles can read secret values: {why}."
        yield Finding(TopicKey("filter"), why, unknown=True)
        return
    for role in facts.roles.values():
        if not role["system_managed"] and role["id"] in allowing:
            yield Finding(
                RoleKey(role["id"]),
                f"Every principal with {role['name']} can read secret values.",
                scope=str(role["name"]),
                fix=facts.line("assignments", role=facts.role_word(role["id"], role["name"])),
            )


CHECKS = (
    AuditCheck(
        "direct-instead-of-team",
        "info",
        f"Roles that {limits.DIRECT_LEAST} or more users have directly at one scope, although teams exist.",
        ("assignments", "teams"),
        _direct_instead_of_team,
        AssignmentKey,
        cannot="who assigned a role, and when: the API does not return it",
    ),
    AuditCheck(
        "redundant-role",
        "info",
        "Direct assignments of principals who have a stronger role there, or the same role through a team.",
        ("assignments", "roles.system_managed", "team_members", "workspaces"),
        _redundant_role,
        AssignmentKey,
        cannot="whether Workspace Admin includes all permissions of a custom role: lists of roles lack them",
    ),
    AuditCheck(
        "role-without-membership",
        "medium",
        "Users with a workspace role but no organization role.",
        ("assignments", "team_members"),
        _role_without_membership,
        AssignmentKey,
        absence=True,
    ),
    AuditCheck(
        "role-in-deleted-workspace",
        "low",
        "Assignments in deleted workspaces.",
        ("assignments", "workspaces"),
        _role_in_deleted_workspace,
        AssignmentKey,
        absence=True,
    ),
    AuditCheck(
        "custom-role-unused",
        "info",
        "Custom roles that are not assigned.",
        ("roles.system_managed", "assignments"),
        _custom_role_unused,
        RoleKey,
        absence=True,
    ),
    AuditCheck(
        "custom-role-reads-secrets",
        "medium",
        "Custom roles that allow reading secret values.",
        ("roles.system_managed",),
        _custom_role_reads_secrets,
        RoleKey,
        cannot="shares of individual secrets: anyone who can read a shared secret also sees its value",
    ),
)
