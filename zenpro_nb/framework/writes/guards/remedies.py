"""The way to keep enough administrators: the command that assigns the role to others, before a command is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN
from zenpro_nb.framework.writes.write import Remedy
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.access.plans.model import Step
    from zenpro_nb.access.plans.state import Account, State

ADMINS = "admins"  # the guard that keeps a minimum number of Organization Admins
_NAME = "NAME"


def more_admins(
    state: State, steps: Sequence[Step], minimum: int, candidates: Sequence[str], me: tuple[str, Account | None]
) -> Remedy:
    """Return how to pass the guard `admins`: others become Organization Admin first.

    Args:
        state: the organization before the steps.
        steps: the steps, as the guards judged them.
        minimum: how many active administrators must remain.
        candidates: users who are named first, because the command named them to take over.
        me: the id and the account of the caller, who is an example if there is no candidate.
    """
    # The guard checks the steps that pass all other guards.
    after = state.after_step([step for step in steps if step.guard in (None, ADMINS)])
    remaining, least = len(after.admins), min(minimum, len(state.admins))
    lacking = max(1, least - remaining)
    admin_names = {state.name_of(("user_id", key)).casefold() for key in state.admins}
    names = [name for name in candidates if name.casefold() not in admin_names][:lacking]
    others = lacking - len(names)
    others_text = "another active user" if others == 1 else counted(others, "other active user")
    who = " and ".join([*names, *([others_text] if others else [])])
    if not names and _is_free(me, state, steps) and me[1] is not None:
        names, who = [me[1].name], f"{who}, such as yourself,"
    named = [*names, *[_NAME] * (lacking - len(names))]
    users = " ".join(f"--user {quoted(name)}" for name in named)
    line = f"roles assign {quoted(ORGANIZATION_ADMIN)} {users} --org {quoted(state.organization)}"
    # With more administrators than before, the guard expects more of them to remain.
    option = f"--min-org-admins {least}" if least < minimum else ""
    words = f"{who} {ORGANIZATION_ADMIN} of {state.organization}"
    override = f"To leave {state.organization} with {counted(remaining, f'active {ORGANIZATION_ADMIN}')} instead"
    return Remedy(f"First make {words}: `{line}`.", option, override)


def _is_free(me: tuple[str, Account | None], state: State, steps: Sequence[Step]) -> bool:
    """Return whether the caller could become an administrator: an active user whom the steps do not concern."""
    key, account = me
    is_user = account is not None and bool(account.active) and not account.bot
    return is_user and key not in state.admins and all(step.party.id != key for step in steps)
