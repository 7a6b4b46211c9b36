"""Mark the removals of a plan that concern people who started runs, and limit how many people they affect."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.guard_input import GuardInput
from zenpro_nb.access.plans.guards import AFFECTED, GUARDS, apply_guards
from zenpro_nb.access.plans.model import Plan
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.plans.state import State
from zenpro_nb.usage.activity import Activity
from zenpro_nb.usage.removals import RemovalUsage, usage_of_removals

_GUARD = [guard for guard in GUARDS if guard.name == AFFECTED]


def with_marks(plan: Plan, inventory: Inventory, activity: Activity) -> Plan:
    """Return the plan with its removals marked, and blocked if they affect too many accounts.

    Blocked and impossible steps are not marked: they remove nothing.

    Args:
        plan: the plan; its options can contain a limit.
        inventory: the current state; contains which roles allow `permissions.RUN_PERMISSIONS`.
        activity: the runs of the organization in a window.
    """
    found = usage_of_removals(inventory, plan.changes, activity)
    state = State.of(inventory)
    plan = _marked(plan, found, state)
    affected = {number: usage.affected for number, usage in found.items()}
    situation = GuardInput((), state, inventory, GuardOptions.of_facts(plan.options), affected=affected)
    return replace(plan, steps=tuple(apply_guards(plan.steps, situation, _GUARD)))


def _marked(plan: Plan, found: Mapping[int, RemovalUsage], state: State) -> Plan:
    steps = []
    for step in plan.steps:
        usage = found.get(step.number)
        if usage is not None:
            counted = usage.users != ()
            step = replace(
                step,
                runs=usage.runs if counted else None,
                scheduled_runs=usage.scheduled if counted else None,
                last_run=usage.last,
                usage=usage.text(state, step),
            )
        steps.append(step)
    return replace(plan, steps=tuple(steps))
