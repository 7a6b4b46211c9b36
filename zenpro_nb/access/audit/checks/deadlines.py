"""The check of roles and memberships whose deadline has passed."""

from __future__ import annotations

from collections.abc import Iterator

from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.desired.deadlines import expired_access
from zenpro_nb.access.model.columns import TEAM_MARK
from zenpro_nb.access.model.keys import AssignmentKey, MembershipKey, TopicKey


def _access_expired(facts: Facts) -> Iterator[Finding]:
    if facts.desired is None:
        yield Finding(TopicKey("deadlines"), "No file with deadlines was named.", unknown=True)
        return
    expired = list(expired_access(facts.desired, facts.inventory, facts.now))
    assigned = {AssignmentKey.of(assignment): assignment for assignment in facts.assignments}
    members = {MembershipKey.of(member): member for member in facts.rows("team_members")}
    for binding, row in expired:
        words = f"{row.why} ({row.source})" if row.source else row.why
        if binding.kind == "team-member":
            member = members[MembershipKey.of({"team_id": binding.team, binding.field: binding.id})]
            team = str(member["team"] or member["team_id"])
            who = facts.account_option(member) if member["user_id"] else {"invitation": binding.id}
            yield Finding(
                MembershipKey.of(member),
                f"The membership has {words}.",
                principal=facts.name(member),
                scope=f"{TEAM_MARK}{team}",
                fix=facts.line("teams remove", facts.team_word(member["team_id"], team), **who),
                since=row.until,
            )
            continue
        ids = {"role_id": binding.role, "workspace_id": binding.workspace, "project_id": binding.project}
        assignment = assigned[AssignmentKey.of({**ids, binding.field: binding.id})]
        yield Finding(
            AssignmentKey.of(assignment),
            f"{assignment['role']} has {words}.",
            principal=facts.name(assignment),
            scope=facts.place(assignment),
            fix=facts.revoking(assignment),
            since=row.until,
        )


CHECKS = (
    AuditCheck(
        "access-expired",
        "medium",
        "Roles and memberships whose deadline in a file has passed. Requires `--file`.",
        ("assignments", "team_members"),
        _access_expired,
        (AssignmentKey, MembershipKey),
        cannot="whether a role was assigned again in the dashboard, without a deadline",
        with_file=True,
    ),
)
