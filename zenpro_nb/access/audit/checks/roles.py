"""Checks of roles and who holds them: given one by one, given twice, left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from zenpro_nb import frames, limits
from zenpro_nb.access.audit.facts import Facts, Record
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, ORGANIZATION_MEMBER
from zenpro_nb.access.model.keys import AssignmentKey, RoleKey, TopicKey
from zenpro_nb.syntax.counts import named

READS_SECRETS = ("read_secret_value", "secret")  # action and type, as the server's filter of roles takes them


def _direct_instead_of_team(facts: Facts) -> Iterator[Finding]:
    if not len(facts.inventory.teams):
        return
    places: dict[AssignmentKey, list[Record]] = defaultdict(list)
    for assignment in facts.assignments:
        # Membership is a role, and people have it themselves.
        gone = (
            facts.inventory.workspaces.known
            and assignment["workspace_id"]
            and assignment["workspace_id"] not in facts.workspaces
        )
        if (
            assignment["user_id"]
            and not gone
            and not facts.is_bot(assignment)
            and not facts.is_admin(assignment, ORGANIZATION_MEMBER)
        ):
            # Without a principal: the role at this scope, whoever holds it.
            place = {name: assignment[name] or "" for name in ("workspace_id", "project_id")}
            places[AssignmentKey(assignment["role_id"], **place)].append(assignment)
    for key, rows in places.items():
        if len(rows) >= limits.DIRECT_LEAST:
            people = named(sorted(facts.name(row) for row in rows), limits.NAMED)
            where = facts.workspace_word(key.workspace_id)
            yield Finding(
                key,
                f"{len(rows)} people hold {rows[0]['role']} directly: {people}.",
                scope=facts.place(rows[0]),
                fix=facts.line("assignments", role=key.role_id, workspace=where),
            )


def _redundant_role(facts: Facts) -> Iterator[Finding]:
    """Yield the roles assigned directly to a principal who has the same role through a team, or a stronger one.

    None of these roles is the reason for another of them to be found: stronger roles do not form a circle, and of the
    same role twice only the direct one is found. So all of them can be revoked, in any order.
    """
    from zenpro_nb.access.effective.effective import effective_access

    paths = effective_access(facts.inventory)
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
            reason = f"Covered by: {covered}." if covered else "Held through a team as well."
            yield Finding(
                key,
                f"{row['role']} gives nothing more. {reason}",
                principal=row["principal"],
                scope=facts.place(assigned[key]),
                fix=facts.revoking(assigned[key]),
            )


def _covering_everything(facts: Facts) -> set[str]:
    """Return the ids of the principals who are Organization Admin, which includes every permission there is."""
    return {
        held.holder["user_id"] or held.holder["invitation_id"]
        for held in facts.held()
        if held.assignment["level"] == "organization"
        and facts.is_admin(held.assignment, ORGANIZATION_ADMIN)
        and facts.is_predefined(held.assignment["role_id"])
    }


def _is_included(facts: Facts, path: Record, admins: set[str]) -> bool:
    """Return whether a covered role certainly adds nothing.

    Lists of roles do not show their permissions: a custom role can allow something that a Workspace Admin is not
    allowed to do.
    """
    return facts.is_predefined(path["role_id"]) or (path["user_id"] or path["invitation_id"]) in admins


def _role_without_membership(facts: Facts) -> Iterator[Finding]:
    members = {held.holder["user_id"] for held in facts.held() if held.assignment["level"] == "organization"}
    for assignment in facts.assignments:
        inside = assignment["level"] != "organization" and assignment["user_id"] and not facts.is_bot(assignment)
        if inside and assignment["user_id"] not in members:
            yield Finding(
                AssignmentKey.of(assignment),
                f"Holds {assignment['role']} without a role of the organization: no member of it.",
                principal=facts.name(assignment),
                scope=facts.place(assignment),
                fix=facts.revoking(assignment),
            )


def _role_in_deleted_workspace(facts: Facts) -> Iterator[Finding]:
    for assignment in facts.assignments:
        if assignment["workspace_id"] and assignment["workspace_id"] not in facts.workspaces:
            yield Finding(
                AssignmentKey.of(assignment),
                f"{assignment['role']} in a workspace that is deleted.",
                principal=facts.name(assignment),
                scope=facts.place(assignment),
                fix=facts.revoking(assignment),
            )


def _custom_role_unused(facts: Facts) -> Iterator[Finding]:
    given = {assignment["role_id"] for assignment in facts.assignments}
    for role in facts.roles.values():
        if not role["system_managed"] and role["id"] not in given:
            yield Finding(
                RoleKey(role["id"]), f"Nobody holds the role {role['name']}.", scope=str(role["name"]),
                fix=facts.line("roles delete", facts.role_word(role["id"], role["name"])),
            )  # fmt: skip


def _custom_role_reads_secrets(facts: Facts) -> Iterator[Finding]:
    allowing = facts.inventory.roles_allowing(*READS_SECRETS)
    if allowing is None:
        asked = facts.inventory.permissions.known
        why = "it ignores the filter" if asked else "nobody asked it"
        why = f"The server has not told which roles read secrets: {why}."
        yield Finding(TopicKey("filter"), why, unknown=True)
        return
    for role in facts.roles.values():
        if not role["system_managed"] and role["id"] in allowing:
            yield Finding(
                RoleKey(role["id"]),
                f"At least who holds {role['name']} reads the values of secrets.",
                scope=str(role["name"]),
                fix=facts.line("assignments", role=str(role["id"])),
            )


CHECKS = (
    AuditCheck(
        "direct-instead-of-team",
        "info",
        f"Roles that {limits.DIRECT_LEAST} or more people hold directly at one place, where there are teams.",
        ("assignments", "teams"),
        _direct_instead_of_team,
        AssignmentKey,
        cannot="who gave a role, and when: the API does not tell",
    ),
    AuditCheck(
        "redundant-role",
        "info",
        "Roles assigned directly to a principal who has a stronger one there, or the same one through a team.",
        ("assignments", "roles.system_managed", "team_members", "workspaces"),
        _redundant_role,
        AssignmentKey,
        cannot="whether Workspace Admin includes all that a custom role allows: lists of roles do not show permissions",
    ),
    AuditCheck(
        "role-without-membership",
        "medium",
        "People with a role in a workspace and none of the organization.",
        ("assignments", "team_members"),
        _role_without_membership,
        AssignmentKey,
        absence=True,
    ),
    AuditCheck(
        "role-in-deleted-workspace",
        "low",
        "Roles that outlived their workspace.",
        ("assignments", "workspaces"),
        _role_in_deleted_workspace,
        AssignmentKey,
        absence=True,
    ),
    AuditCheck(
        "custom-role-unused",
        "info",
        "Roles of your own that nobody holds.",
        ("roles.system_managed", "assignments"),
        _custom_role_unused,
        RoleKey,
        absence=True,
    ),
    AuditCheck(
        "custom-role-reads-secrets",
        "medium",
        "Roles of your own that reveal the values of secrets.",
        ("roles.system_managed",),
        _custom_role_reads_secrets,
        RoleKey,
        cannot="shares of single secrets: who may read a shared one also sees its value",
    ),
)
