"""Create a plan: the steps from the current to the desired state of an organization."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.bindings import binding_of
from zenpro_nb.access.plans.collector import pause
from zenpro_nb.access.plans.consequences import with_consequences
from zenpro_nb.access.plans.guard_input import GuardInput
from zenpro_nb.access.plans.guards import apply_guards
from zenpro_nb.access.plans.lookup import Lookup
from zenpro_nb.access.plans.model import ADMINS, Baseline, DesiredRow, ExactScope, Plan, Step
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.plans.order import add_dependencies, order_steps
from zenpro_nb.access.plans.resolve import ResolvedState, resolve_rows
from zenpro_nb.access.plans.state import NOWHERE, State
from zenpro_nb.access.plans.steps import draft_steps


@pause()
def make_plan(
    inventory: Inventory,
    rows: Sequence[DesiredRow],
    options: GuardOptions | None = None,
    *,
    exact: Collection[ExactScope] = (),
    elsewhere: Mapping[str, Sequence[str]] = NOWHERE,
    all_: bool = False,
) -> Plan:
    """Return the plan that brings the organization in line with the rows.

    Args:
        inventory: the current state.
        rows: the desired rows.
        options: the options of the guards.
        exact: the scopes that should contain the rows and nothing else.
        elsewhere: the names of other organizations of accounts, by account id: these accounts are not deactivated.
        all_: include `noop` steps for rows that already match.

    Raises:
        UnknownNameError: an object in a row does not exist; the message names the row.
        AmbiguousNameError: several objects have the name.
        UsageError: a row is impossible, or two rows contradict each other.

    Example:
        >>> from zenpro_nb.access import Inventory
        >>> found = Inventory.of({
        ...     "users": [{"id": "1", "email": "ada@example.com"}],
        ...     "teams": [{"id": "7", "name": "ops"}],
        ... })
        >>> plan = make_plan(found, [DesiredRow("team-member", "ada@example.com", team="ops")])
        >>> [(step.action, step.party.name, step.scope) for step in plan.steps]
        [('add', 'ada@example.com', 'team ops')]
    """
    options = options or GuardOptions()
    state = State.of(inventory)
    desired = resolve_rows(rows, exact, state, Lookup(inventory, state))
    every = order_steps(draft_steps(desired, state, elsewhere, all_=all_))
    steps = with_consequences(add_dependencies(every, state, options), state)
    situation = GuardInput((), state, inventory, options, frozenset(_unasked_steps(steps, desired)))
    steps = apply_guards(steps, situation)
    return Plan(
        tuple(steps),
        inventory.server,
        inventory.organization_id,
        inventory.organization_name,
        tuple(_baselines(steps, state, options)),
        options.as_facts(),
    )


def _unasked_steps(steps: Sequence[Step], desired: ResolvedState) -> Iterator[int]:
    """Yield the removals that require an exact scope, although the scope is not exact."""
    for step in steps:
        if step.does == "remove" and step.kind not in ("account", "invitation"):
            row = binding_of(step)
            if row in desired.bindings and desired.bindings[row].needs_exact and not desired.covers(row):
                yield step.number


def _baselines(steps: Sequence[Step], state: State, options: GuardOptions) -> Iterator[Baseline]:
    """Yield the rows that were counted for the removals; where people were named on a line nothing is counted."""
    removals = [step for step in steps if step.does == "remove" and step.kind not in ("account", "invitation")]
    takes = removals or any(step.does == "remove" for step in steps)
    if options.named_on_a_line or not takes:
        return
    own: dict[str, set[str]] = {}
    for binding in (binding_of(step) for step in steps if step.kind not in ("team", "account")):
        own.setdefault(binding.scope, set()).add(binding.key)
    for scope in sorted({binding_of(removal).scope for removal in removals}):
        yield Baseline(scope, frozenset(binding.key for binding in state.at.get(scope, ())), frozenset(own[scope]))
    then = state.after_step(steps).admins
    if state.admins - then:
        yield Baseline(ADMINS, _keys(state.admins), _keys(state.admins ^ then))


def _keys(accounts: Iterable[str]) -> frozenset[str]:
    return frozenset(f"user_id:{key}" for key in accounts)
