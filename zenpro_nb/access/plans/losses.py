"""Who loses Organization Admin, and who leaves an organization, counted by ID for the question before a change."""

from __future__ import annotations

from collections.abc import Iterable

from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN
from zenpro_nb.access.plans.bindings import Holder, binding_of
from zenpro_nb.access.plans.model import Step
from zenpro_nb.access.plans.state import State
from zenpro_nb.syntax.counts import counted

_BOT = "service account"


def losses(steps: Iterable[Step], before: State, organization: str = "the organization") -> str:
    """Return how many accounts lose Organization Admin, and how many leave, in a sentence; "" if there are none.

    An account that keeps the role through a team or another assignment does not lose it.

    Args:
        steps: the steps that are sent.
        before: the whole state of the organization.
        organization: the words for it.
    """
    sent = list(steps)
    removals = [step for step in sent if step.does == "remove" and step.kind in ("organization-role", "team-member")]
    touched = {holder for step in removals for holder in before.people_of(binding_of(step).holder)}
    accounts = {holder for holder in touched if holder[0] == "user_id"}
    if not accounts:
        return ""
    after = before.after_step(sent)
    former = [holder for holder in accounts if _is_admin(holder, before) and not _is_admin(holder, after)]
    leaving = [holder for holder in accounts if before.is_member(holder) and not after.is_member(holder)]
    parts = [
        f"{_counted(former, before)} {'loses' if len(former) == 1 else 'lose'} {ORGANIZATION_ADMIN}" if former else "",
        f"{_counted(leaving, before)} {'leaves' if len(leaving) == 1 else 'leave'} {organization}" if leaving else "",
    ]
    sentence = "; ".join(filter(None, parts))
    return f"{sentence}." if sentence else ""


def _is_admin(holder: Holder, state: State) -> bool:
    return any(
        role.kind == "organization-role" and state.is_role(role.role, ORGANIZATION_ADMIN)
        for role, _ in state.roles_of(holder)
    )


def _counted(holders: Iterable[Holder], state: State) -> str:
    bots = [bool((account := state.accounts.get(key)) and account.bot) for _, key in holders]
    people = bots.count(False)
    words = [f"{people:,} {'person' if people == 1 else 'people'}"] if people else []
    return " and ".join([*words, counted(sum(bots), _BOT)] if any(bots) else words)
