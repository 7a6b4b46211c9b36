"""What the guards of a plan look at, and what a guard is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct, field

from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.model import GuardName, Step
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.plans.state import State


class Objection(Struct, frozen=True):
    """What a guard has against a step.

    Attributes:
        number: of the step.
        why: what it found, in one sentence.
        override: the flag that lets it pass, or what to do.
    """

    number: int
    why: str
    override: str


class GuardInput(Struct, frozen=True, dict=True):
    """What the guards look at.

    Attributes:
        steps: those that no guard blocks so far.
        before: what is there.
        inventory: from which that was taken; None if only the part of `before` was read that the guards need.
        options: what they are told.
        unasked: removals that rest on a scope being exact, though none says so.
        stale: what others have changed, by the numbers of the steps.
    """

    steps: Sequence[Step]
    before: State
    inventory: Inventory | None
    options: GuardOptions
    unasked: frozenset[int] = frozenset()
    stale: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def after(self) -> State:
        """Return what is there once the steps are done."""
        return self.before.applied(self.steps)

    @cached_property
    def removals(self) -> list[Step]:
        """Return the steps that take something away."""
        return [step for step in self.steps if step.does == "remove"]

    @cached_property
    def me(self) -> str:
        """Return the id of who applies the plan; empty where it is not known."""
        if self.options.me_id:
            return self.options.me_id
        if self.inventory is None:
            return ""
        return next((str(item) for item in self.inventory.me.frame["id"].dropna()), "")


class Guard(Struct, frozen=True):
    """One guard.

    Attributes:
        name: what the plan's column `guard` says.
        text: what it forbids.
        override: how it is lifted.
        find: yields what it has against steps.
    """

    name: GuardName
    text: str
    override: str
    find: Callable[[GuardInput], Iterable[Objection]]
