"""Check of roles that allow starting runs and were not used for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from zenpro_nb.access.audit.facts import Facts, Held
from zenpro_nb.access.audit.findings import AuditCheck, Finding
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
    for held in facts.held():
        if held.key.membership is not None:
            used = usage.roles.get(held.key)
            by_membership[held.key.membership].append(used.verdict if used is not None else "")
    for held in facts.held():
        used = usage.roles.get(held.key)
        if used is None or used.verdict != UNUSED:
            continue
        membership = held.key.membership
        if membership is None or set(by_membership[membership]) == {UNUSED}:
            yield _finding(facts, held, usage.window, usage.period)


def _finding(facts: Facts, held: Held, window: str, period: str) -> Finding:
    through = f" through the team {held.team}" if held.team else ""
    return Finding(
        held.key,
        f"Has {held.assignment['role']}{through}, and started no run in this window ({period}).",
        principal=facts.name(held.holder),
        scope=facts.place(held.assignment),
        fix=facts.line("access", facts.account_word(held.holder["user_id"]), unused=window),
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
