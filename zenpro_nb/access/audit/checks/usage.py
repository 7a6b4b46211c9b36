"""Check of roles that allow starting runs and were not used for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.audit.lookups import RoleHolding
from zenpro_nb.access.model.keys import HeldRoleKey, MembershipKey, TopicKey
from zenpro_nb.access.model.role_usage import UNUSED


def _role_unused(facts: Facts) -> Iterator[Finding]:
    """Yield the unused roles; those that come through a team only if the membership brings no other role.

    A membership that also brings a role to read, for example, can be in use without any run.
    """
    usage = facts.usage
    if usage is None:
        yield Finding(TopicKey("runs"), "The runs were not counted: a capture contains none.", unknown=True)
        return
    by_membership: dict[MembershipKey, list[str]] = defaultdict(list)
    for holding in facts.holdings():
        if holding.key.membership is not None:
            role_usage = usage.roles.get(holding.key)
            by_membership[holding.key.membership].append(role_usage.verdict if role_usage is not None else "")
    for holding in facts.holdings():
        role_usage = usage.roles.get(holding.key)
        if role_usage is None or role_usage.verdict != UNUSED:
            continue
        membership = holding.key.membership
        if membership is None or set(by_membership[membership]) == {UNUSED}:
            yield _finding(facts, holding, usage.window, usage.period)


def _finding(facts: Facts, holding: RoleHolding, window: str, period: str) -> Finding:
    through = f" through the team {holding.team}" if holding.team else ""
    return Finding(
        holding.key,
        f"Has {holding.assignment['role']}{through}, and started no run in this window ({period}).",
        principal=facts.name(holding.holder),
        scope=facts.place(holding.assignment),
        fix=facts.line("access", facts.account_word(holding.holder["user_id"]), unused=window),
    )


CHECKS = (
    AuditCheck(
        "role-unused",
        "info",
        "Roles that allow starting runs, if the principal did not start any there in the window.",
        ("assignments", "team_members", "roles", "workspaces"),
        _role_unused,
        HeldRoleKey,
        cannot="people who only read or who work without runs look the same; admin roles and read-only roles are never "
        "reported; roles where runs could not be counted are unknown",
        with_usage=True,
    ),
)
