"""The memberships and roles that an additive file leaves in place because it does not list them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.bindings import binding_of
from zenpro_nb.access.plans.collector import pause
from zenpro_nb.access.plans.lookup import Lookup
from zenpro_nb.access.plans.model import DesiredRow, ExactScope, Step
from zenpro_nb.access.plans.resolve import resolve_rows
from zenpro_nb.access.plans.state import State
from zenpro_nb.access.plans.steps import binding_in
from zenpro_nb.syntax.counts import name_list

_SECTIONS = {"team-member": "teams"}  # of `manage`, by the kind of a binding; else the kind with `_roles`


class Unlisted(Struct, frozen=True):
    """What exists in the teams and scopes of a file that the file does not list.

    Attributes:
        steps: the removals that an exact file would lead to; those of people whom the plan changes are first.
        concerned: how many of them are of such people.
    """

    steps: tuple[Step, ...] = ()
    concerned: int = 0

    def sentence(self, file: str, most: int) -> str:
        """Return which memberships and roles stay, and how to remove them; "" if there are none.

        Args:
            file: the name of the file.
            most: how many to name. If there are more, only those of people whom the plan changes are named.
        """
        if not self.steps:
            return ""
        total = len(self.steps)
        examples = name_list([_words(step) for step in self.steps[: total if total <= most else self.concerned]], most)
        modes = " and ".join(f"`{section}: exact`" for section in dict.fromkeys(map(_section, self.steps)))
        cure = f"To remove {'it' if total == 1 else 'them'}, set {modes} under `manage`"
        if total <= most:
            return f"{file} is additive and does not list {examples}, which {'stays' if total == 1 else 'stay'}. {cure}"
        people = f", of people in this plan: {examples}" if examples else ""
        return f"{file} is additive: {total:,} memberships and roles that it does not list stay{people}. {cure}"


@pause()
def unlisted(
    inventory: Inventory,
    rows: Sequence[DesiredRow],
    additive: Collection[ExactScope],
    steps: Sequence[Step],
) -> Unlisted:
    """Return what exists in additive scopes without being in the rows.

    Args:
        additive: the scopes of the file that remove nothing.
        steps: the steps of the plan.
    """
    state = State.of(inventory)
    desired = resolve_rows(rows, additive, state, Lookup(inventory, state))
    changed = {binding_of(step).holder for step in steps if step.does == "add" and step.kind not in ("team", "account")}
    removed = {binding_of(step) for step in steps if step.does == "remove" and step.kind not in ("team", "account")}
    kept = sorted(set(desired.surplus) - removed, key=lambda binding: (binding.holder not in changed, binding))
    first = [binding for binding in kept if binding.holder in changed]
    return Unlisted(tuple(binding_in(binding, state, "remove", "") for binding in kept), len(first))


def _section(step: Step) -> str:
    return _SECTIONS.get(step.kind, f"{step.kind.replace('-', '_')}s")


def _words(step: Step) -> str:
    return f"{step.party.name} {f'as {step.role} ' if step.role else ''}in {step.scope}"
