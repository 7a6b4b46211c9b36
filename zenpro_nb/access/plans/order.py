"""The order of a plan's steps, and their dependencies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec.structs import replace

from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN
from zenpro_nb.access.plans.bindings import Holder, binding_of, is_new, principal_key, team_key
from zenpro_nb.access.plans.model import Step
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.plans.state import State
from zenpro_nb.errors import UsageError

_ADDED = ("team", "account", "invitation", "organization-role", "team-member", "workspace-role", "project-role")
# A user who leaves is deactivated first and remains a member until the last step.
_REMOVED = ("account", "invitation", "team-member", "project-role", "workspace-role", "organization-role")


def phase(step: Step) -> int:
    """Return the position of a step in the order: additions before removals.

    >>> phase(Step(1, "add", "project-role")) < phase(Step(2, "remove", "account"))
    True
    """
    if step.kind == "team":
        return 0 if step.does == "update" else 1
    if step.does == "remove":
        return len(_ADDED) + 1 + _REMOVED.index(step.kind)
    return 1 + _ADDED.index(step.kind)


def order_steps(steps: Iterable[Step]) -> list[Step]:
    """Return the steps in the order in which they are sent, numbered from 1."""
    every = sorted(
        steps, key=lambda step: (phase(step), step.scope, step.role, step.party.name, principal_key(step.party))
    )
    renames = [step for step in every if step.kind == "team" and step.does == "update"]
    every = [*_freeing(renames), *every[len(renames) :]]
    return [replace(step, number=number) for number, step in enumerate(every, start=1)]


def _freeing(renames: Sequence[Step]) -> Iterator[Step]:
    """Yield the renames of teams in an order in which each name is free when a team takes it.

    Raises:
        UsageError: the renames are circular.
    """
    old_names = Counter(_old_name(step) for step in renames if _new_name(step) is not None)
    waiting: dict[Any, list[int]] = defaultdict(list)  # by the name that must be free first
    free: list[int] = []
    for place, step in enumerate(renames):
        name = _new_name(step)
        (waiting[name] if name != _old_name(step) and old_names[name] else free).append(place)
    while free:
        yield from (renames[place] for place in free)
        freed: list[int] = []
        for place in free:
            name = _old_name(renames[place])
            if _new_name(renames[place]) is not None:
                old_names[name] -= 1
                freed += [] if old_names[name] else waiting.pop(name, [])
        free = sorted(freed)
    if waiting:
        names = " and ".join(str(_old_name(renames[place])) for place in sorted(chain(*waiting.values())))
        raise UsageError(
            f"The teams {names} would swap their names, which is not possible in one plan",
            hint="Rename one of them to a temporary name first: `teams update`.",
        )


def _old_name(step: Step) -> Any:
    return (step.before or {}).get("name")


def _new_name(step: Step) -> Any:
    return (step.after or {}).get("name")


def add_dependencies(steps: Sequence[Step], before: State, options: GuardOptions) -> list[Step]:
    """Return the steps with their dependencies.

    A step needs the step that creates its team or invitation. A role below the organization needs the step that makes
    its principal a member. A removal needs the additions that replace it: if the new role fails, the old one stays. If
    too few admins would remain without new ones, removing an admin needs all additions of admins.
    """
    after = before.after_step(steps)
    makers = _makers(steps)
    additions = [step for step in steps if step.does == "add" and step.kind not in ("team", "account")]
    additions_by_holder = _additions_by_holder(additions, after)
    joins: Mapping[Holder, list[int]] = defaultdict(list)
    for addition in additions:
        if addition.kind == "organization-role":
            joins[binding_of(addition).holder].append(addition.number)
    more = _more_admins(steps, before, after, options)
    freeing: Mapping[Any, list[int]] = defaultdict(list)  # the renames that make a name free
    for step in steps:
        if step.kind == "team" and step.does == "update" and _old_name(step):
            freeing[_old_name(step)].append(step.number)
    new_steps = []
    for step in steps:
        needs = {makers[key] for key in (principal_key(step.party), team_key(step)) if key in makers}
        if step.kind == "team":
            needs = {number for number in freeing[_new_name(step)] if number != step.number}
        elif step.does == "add" and step.kind in ("team-member", "workspace-role", "project-role"):
            holder = binding_of(step).holder
            if not before.is_member(holder):
                needs |= set(joins.get(holder, ()))
        elif step.does == "remove" and step.kind not in ("account", "invitation"):
            needs |= _replaced_by(step, additions_by_holder, before)
        if step.number in more:
            needs |= more[step.number]
        new_steps.append(replace(step, needs=tuple(sorted(needs - {step.number}))))
    return new_steps


def _makers(steps: Iterable[Step]) -> dict[str, int]:
    makers = {team_key(step): step.number for step in steps if step.kind == "team" and step.does == "add"}
    makers |= {
        principal_key(step.party): step.number for step in steps if step.kind == "invitation" and step.does == "add"
    }
    return {key: number for key, number in makers.items() if is_new(key)}


_AdditionsByHolder = Mapping[Holder, list[tuple[int, frozenset[str]]]]


def _additions_by_holder(additions: Iterable[Step], after: State) -> _AdditionsByHolder:
    """Return the additions of each user or invitation, and their workspaces."""
    additions_by_holder: dict[Holder, list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for addition in additions:
        row = binding_of(addition)
        if row.kind == "team-member":
            places = frozenset(binding.workspace for binding in after.bindings_by_holder.get(("team_id", row.team), ()))
        else:
            places = frozenset({row.workspace})
        for person in after.people_of(row.holder):
            additions_by_holder[person].append((addition.number, places))
        if row.field == "team_id":
            additions_by_holder[row.holder].append((addition.number, places))
    return additions_by_holder


def _replaced_by(step: Step, additions_by_holder: _AdditionsByHolder, before: State) -> set[int]:
    """Return the additions that can replace the removed access of the same principals."""
    row = binding_of(step)
    if row.kind == "team-member":
        places = frozenset(binding.workspace for binding in before.bindings_by_holder.get(("team_id", row.team), ()))
    else:
        places = frozenset({row.workspace})
    numbers: set[int] = set()
    for person in {row.holder, *before.people_of(row.holder)}:
        for number, others in additions_by_holder.get(person, ()):
            # An organization role (workspace "") can apply to all workspaces.
            if places & others or (places and "" in others) or (others and "" in places):
                numbers.add(number)
    return numbers


def takes_admin(step: Step, before: State, lost_admins: frozenset[str]) -> bool:
    """Return whether a step removes Organization Admin from one of these users."""
    if step.does != "remove":
        return False
    if step.kind == "account":
        return step.party.id in lost_admins
    if step.kind == "team-member":
        of_team = before.bindings_by_holder.get(("team_id", step.team_id), ())
        mine = step.party.field == "user_id" and step.party.id in lost_admins
        return mine and any(before.is_role(binding.role, ORGANIZATION_ADMIN) for binding in of_team)
    if step.kind != "organization-role" or not before.is_role(step.role_id, ORGANIZATION_ADMIN):
        return False
    people = before.people_of((step.party.field, step.party.id))
    return any(kind == "user_id" and key in lost_admins for kind, key in people)


def _more_admins(steps: Sequence[Step], before: State, after: State, options: GuardOptions) -> dict[int, set[int]]:
    """Return the additions of admins that each removal of an admin needs, if too few would remain otherwise."""
    removed, new = before.admins - after.admins, after.admins - before.admins
    if not removed or not new or len(before.admins - removed) >= min(options.min_org_admins, len(before.admins)):
        return {}
    admin_makers: set[int] = set()
    for step in steps:
        row: Any = (
            binding_of(step) if step.does == "add" and step.kind in ("organization-role", "team-member") else None
        )
        if row is not None and any(kind == "user_id" and key in new for kind, key in after.people_of(row.holder)):
            admin_makers.add(step.number)
        if step.kind == "account" and step.does == "add" and step.party.id in new:
            admin_makers.add(step.number)
    return {step.number: admin_makers for step in steps if takes_admin(step, before, removed)}
