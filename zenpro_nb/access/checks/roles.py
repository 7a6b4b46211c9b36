"""Checks of roles and who holds them: given one by one, given twice, left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from zenpro_nb import frames, limits
from zenpro_nb.access.columns import ORGANIZATION_MEMBER
from zenpro_nb.access.facts import Facts, Record
from zenpro_nb.access.findings import AuditCheck, Finding
from zenpro_nb.syntax.counts import named

READS_SECRETS = ("read_secret_value", "secret")  # action and type, as the server's filter of roles takes them


def _direct_instead_of_team(facts: Facts) -> Iterator[Finding]:
    if not len(facts.inventory.teams):
        return
    places: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for one in facts.assignments:
        # Membership is a role, and people have it themselves.
        gone = facts.inventory.workspaces.known and one["workspace_id"] and one["workspace_id"] not in facts.workspaces
        if one["user_id"] and not gone and not facts.is_bot(one) and not facts.is_admin(one, ORGANIZATION_MEMBER):
            places[one["role_id"], one["workspace_id"] or "", one["project_id"] or ""].append(one)
    for key, rows in places.items():
        if len(rows) >= limits.DIRECT_LEAST:
            people = named(sorted(facts.name(one) for one in rows), limits.NAMED)
            yield Finding(
                key,
                f"{len(rows)} people hold {rows[0]['role']} directly: {people}.",
                scope=facts.place(rows[0]),
                fix=facts.line("assignments", role=str(rows[0]["role_id"]), workspace=rows[0]["workspace_id"]),
            )


def _redundant_role(facts: Facts) -> Iterator[Finding]:
    """Yield what somebody was given directly, and holds by a stronger path or through a team as well."""
    from zenpro_nb.access.effective import effective  # numpy: nothing of it is needed for the help of a command

    paths = effective(facts.inventory)
    same = ["principal", "role_id", "workspace_id", "project_id"]
    twice = paths["role_id"].notna() & paths.duplicated(same, keep=False) & (paths["evidence"] == "assignment")
    direct = (paths["via"] == "direct") & (paths["covered_by"].notna() | twice)
    given = {_key(one): one for one in facts.assignments}
    for row in frames.convert(paths[direct], "records"):
        key = _key({**row, "team_id": None})
        if key in given:
            reason = f"Covered by: {row['covered_by']}." if row["covered_by"] else "Held through a team as well."
            yield Finding(
                key,
                f"{row['role']} gives nothing more. {reason}",
                principal=row["principal"],
                scope=facts.place(given[key]),
                fix=facts.revoking(given[key]),
            )


def _role_without_membership(facts: Facts) -> Iterator[Finding]:
    members = {one.holder["user_id"] for one in facts.held() if one.assignment["level"] == "organization"}
    for one in facts.assignments:
        inside = one["level"] != "organization" and one["user_id"] and not facts.is_bot(one)
        if inside and one["user_id"] not in members:
            yield Finding(
                (one["user_id"], one["role_id"], one["workspace_id"] or "", one["project_id"] or ""),
                f"Holds {one['role']} without a role of the organization: no member of it.",
                principal=facts.name(one),
                scope=facts.place(one),
                fix=facts.revoking(one),
            )


def _role_in_deleted_workspace(facts: Facts) -> Iterator[Finding]:
    for one in facts.assignments:
        if one["workspace_id"] and one["workspace_id"] not in facts.workspaces:
            yield Finding(
                _key(one),
                f"{one['role']} in a workspace that is deleted.",
                principal=facts.name(one),
                scope=facts.place(one),
                fix=facts.revoking(one),
            )


def _custom_role_unused(facts: Facts) -> Iterator[Finding]:
    given = {one["role_id"] for one in facts.assignments}
    for one in facts.roles.values():
        if not one["system_managed"] and one["id"] not in given:
            yield Finding(
                (one["id"],), f"Nobody holds the role {one['name']}.", scope=str(one["name"]),
                fix=facts.line("roles delete", facts.role_word(one["id"], one["name"])),
            )  # fmt: skip


def _custom_role_reads_secrets(facts: Facts) -> Iterator[Finding]:
    allowing = facts.inventory.roles_allowing(*READS_SECRETS)
    if allowing is None:
        asked = facts.inventory.permissions.known
        why = "it ignores the filter" if asked else "nobody asked it"
        why = f"The server has not told which roles read secrets: {why}."
        yield Finding(("filter",), why, unknown=True)
        return
    for one in facts.roles.values():
        if not one["system_managed"] and one["id"] in allowing:
            yield Finding(
                (one["id"],),
                f"At least who holds {one['name']} reads the values of secrets.",
                scope=str(one["name"]),
                fix=facts.line("assignments", role=str(one["id"])),
            )


def _key(one: Record) -> tuple[str, ...]:
    """Return the ids that tell an assignment from all others; it has none of its own."""
    parts = ("role_id", "user_id", "team_id", "invitation_id", "workspace_id", "project_id")
    return tuple(one[part] or "" for part in parts)


CHECKS = (
    AuditCheck(
        "direct-instead-of-team",
        "info",
        f"Roles that {limits.DIRECT_LEAST} or more people hold directly at one place, where there are teams.",
        ("assignments", "teams"),
        _direct_instead_of_team,
        cannot="who gave a role, and when: the API does not tell",
    ),
    AuditCheck(
        "redundant-role",
        "info",
        "Roles that were given directly to who holds a stronger one there, or the same through a team.",
        ("assignments", "roles", "team_members", "workspaces"),
        _redundant_role,
    ),
    AuditCheck(
        "role-without-membership",
        "medium",
        "People with a role in a workspace and none of the organization.",
        ("assignments", "team_members"),
        _role_without_membership,
        absence=True,
    ),
    AuditCheck(
        "role-in-deleted-workspace",
        "low",
        "Roles that outlived their workspace.",
        ("assignments", "workspaces"),
        _role_in_deleted_workspace,
        absence=True,
    ),
    AuditCheck(
        "custom-role-unused",
        "info",
        "Roles of your own that nobody holds.",
        ("roles.system_managed", "assignments"),
        _custom_role_unused,
        absence=True,
    ),
    AuditCheck(
        "custom-role-reads-secrets",
        "medium",
        "Roles of your own that reveal the values of secrets.",
        ("roles.system_managed",),
        _custom_role_reads_secrets,
        cannot="shares of single secrets: who may read a shared one also sees its value",
    ),
)
