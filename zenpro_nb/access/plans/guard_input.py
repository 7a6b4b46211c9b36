"""The input of the guards of a plan, and the declaration of a guard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct, field

from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.model import GuardName, Step
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.plans.state import State


class Objection(Struct, frozen=True):
    """The objection of a guard to a step.

    Attributes:
        number: the number of the step.
        why: the reason, in one sentence.
        override: the option that lets the step pass, or the action to take.
    """

    number: int
    why: str
    override: str


class GuardInput(Struct, frozen=True, dict=True):
    """The input of the guards.

    Attributes:
        steps: the steps that no guard has blocked so far.
        before: the current state.
        inventory: the source of `before`; None if only the part that the guards need was read.
        options: the options of the guards.
        unasked: removals that require an exact scope, although the scope is not exact.
        stale: the changes made by others, by step number.
        affected: the accounts that a removal keeps from starting runs where they started some, or may have, by step
            number; empty if no runs were counted.
    """

    steps: Sequence[Step]
    before: State
    inventory: Inventory | None
    options: GuardOptions
    not_exact: frozenset[int] = frozenset()
    stale: Mapping[int, str] = field(default_factory=dict)
    affected: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def after(self) -> State:
        """Return the state after the steps."""
        return self.before.after_step(self.steps)

    @cached_property
    def removals(self) -> list[Step]:
        """Return the steps that remove access."""
        return [step for step in self.steps if step.does == "remove"]

    @cached_property
    def me(self) -> str:
        """Return the id of the account that applies the plan; empty if unknown."""
        if self.options.me_id:
            return self.options.me_id
        if self.inventory is None:
            return ""
        return next((str(user_id) for user_id in self.inventory.me.frame["id"].dropna()), "")


class Guard(Struct, frozen=True):
    """One guard.

    Attributes:
        name: its name in the column `guard`.
        text: its rule.
        override: the option that overrides it.
        find: a function that yields its objections.
    """

    name: GuardName
    text: str
    override: str
    find: Callable[[GuardInput], Iterable[Objection]]
