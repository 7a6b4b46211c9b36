"""Find and mark the removals of a plan that concern people who started runs, which the plan would make impossible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access.effective.effective import effective_access
from zenpro_nb.access.model.columns import BY_OWNER, BY_SUPERUSER, PROJECT, SCOPES, VIA, WORKSPACE
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.bindings import Binding, binding_of
from zenpro_nb.access.plans.guard_input import GuardInput
from zenpro_nb.access.plans.guards import AFFECTED, GUARDS, apply_guards
from zenpro_nb.access.plans.model import Plan, Step
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.plans.simulate import after
from zenpro_nb.access.plans.state import State
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.usage.activity import Activity
from zenpro_nb.usage.columns import NOT_COUNTED
from zenpro_nb.usage.counts import Place, RunCounts
from zenpro_nb.usage.roles import RunRoles, run_roles

if TYPE_CHECKING:
    import pandas as pd

_EVERYWHERE: Place = ("", "")
_GUARD = [guard for guard in GUARDS if guard.name == AFFECTED]


class RemovalUsage(Struct, frozen=True):
    """The runs that principals of a removal started in its scope, and that no role would allow any more.

    Attributes:
        users: the accounts that would lose it, by id.
        runs, scheduled: their runs in the window, in the projects where no path that allows it is left.
        last: the newest day with such a run; None if no run was counted.
        unknown: why some runs could not be counted; empty if all were.
        unclear_users: accounts that lose every path to a place where some runs could not be counted.
    """

    users: tuple[str, ...] = ()
    runs: int = 0
    scheduled: int = 0
    last: date | None = None
    unknown: str = ""
    unclear_users: tuple[str, ...] = ()

    @property
    def affected_runs(self) -> frozenset[str]:
        """Return the accounts that lose used access, and those of which this is unknown."""
        return frozenset({*self.users, *self.unclear_users})

    def text(self, state: State, step: Step) -> str:
        """Return it in one sentence."""
        if not self.users:
            return f"{NOT_COUNTED}: {self.unknown}"
        number = counted(self.runs + self.scheduled, "run")
        scheduled = f", {self.scheduled:,} of them by a schedule or trigger" if self.scheduled else ""
        usage_text = f"started {number}{scheduled}, newest {self.last}; no role that allows it would remain"
        if step.party.field == "user_id" and self.users == (step.party.id,):
            return usage_text
        names = sorted(state.name_of(("user_id", key)) for key in self.users)
        return f"{name_list(names, limits.NAMES_IN_REASON)} {usage_text}"


def usage_of_removals(
    inventory: Inventory, steps: Sequence[Step], activity: Activity, planned: Inventory | None = None
) -> dict[int, RemovalUsage]:
    """Return the usage of the removals that it concerns, by step number.

    A removal is in the result exactly if a principal of it started runs in its scope in the window, and the state after
    the steps leaves the principal no path that allows starting runs there. For a team, the principals are its current
    members; for a membership, the scope is that of all roles of the team. Removals whose runs could not all be counted
    are in the result with `unknown`.

    Args:
        inventory: the current state; contains which roles allow `roles.RUN_PERMISSIONS`.
        steps: the steps to send, numbered; other steps are left out before.
        activity: the runs of the organization in a window.
        planned: the state after the steps; by default it is simulated.
    """
    before = State.of(inventory)
    counts, roles = RunCounts(activity), run_roles(inventory)
    then = after(inventory, Plan(tuple(steps))) if planned is None else planned
    off = {step.party.id for step in steps if step.kind == "account" and step.does == "remove"}
    remaining = Allowing(effective_access(then), roles, without=off)
    now = Allowing(effective_access(inventory), roles)
    usages = {}
    for step in steps:
        if step.does == "remove" and step.kind != "invitation":
            usage = _usage(step, before, counts, now, remaining)
            if usage.users or usage.unknown:
                usages[step.number] = usage
    return usages


class Allowing:
    """The places where accounts have a path that allows starting runs.

    Args:
        paths: effective access.
        roles: which roles allow it; if this is unknown, only superusers and owners have such a path.
        without: accounts that the plan deactivates: they cannot use their paths.
    """

    def __init__(self, paths: pd.DataFrame, roles: RunRoles, without: Iterable[str] = ()) -> None:
        above = paths["via"].isin([VIA[BY_SUPERUSER], VIA[BY_OWNER]])
        starts = (paths["role_id"].isin(roles.starting or roles.everywhere) | above) & ~paths["user_id"].isin(
            list(without)
        )
        rows = paths.loc[starts & paths["user_id"].notna(), ["user_id", "scope", "workspace_id", "project_id"]]
        self._places: dict[str, set[Place]] = defaultdict(set)
        for user, scope, workspace, project in rows.astype(object).itertuples(index=False):
            if scope == SCOPES[WORKSPACE]:
                self._places[user].add((workspace, ""))
            elif scope == SCOPES[PROJECT]:
                self._places[user].add((workspace, project))

    def covers(self, user_id: str, place: Place) -> bool:
        """Return whether an account has a path to a project, or to the whole workspace."""
        places = self._places.get(user_id, set())
        return place in places or (place[0], "") in places

    def within(self, user_id: str, area: Place) -> set[Place]:
        """Return the parts of an area in which an account has a path."""
        places = self._places.get(user_id, set())
        inside = {place for place in places if _is_inside(place, area)}
        return inside | ({area} if area[1] and (area[0], "") in places else set())


def _is_inside(place: Place, area: Place) -> bool:
    return area == _EVERYWHERE or place == area or (not area[1] and place[0] == area[0])


def _usage(step: Step, before: State, counts: RunCounts, now: Allowing, remaining: Allowing) -> RemovalUsage:
    areas = list(_areas(step, before))
    users: dict[str, None] = {}
    unclear: dict[str, None] = {}
    total = counts.of("")
    unknown = ""
    for user in _accounts(step, before):
        losses = {
            place
            for place in counts.projects_of(user)
            if any(_is_inside(place, area) for area in areas) and not remaining.covers(user, place)
        }
        for place in sorted(losses):
            count = counts.of(user, *place)
            total = total.plus(count.runs, count.scheduled, count.last)
            users[user] = None
        for why in _gaps(user, areas, counts, now, remaining):
            unknown = unknown or why
            unclear[user] = None
    return RemovalUsage(tuple(users), total.runs, total.scheduled, total.last, unknown, tuple(unclear))


def _gaps(user: str, areas: Sequence[Place], counts: RunCounts, now: Allowing, remaining: Allowing) -> Iterator[str]:
    """Yield why some runs could not be counted, for the places where the account loses every path."""
    for area in areas:
        for place in sorted(now.within(user, area)):
            why = counts.gap(*place)
            if why and not remaining.covers(user, place):
                yield why


def _accounts(step: Step, before: State) -> list[str]:
    """Return the accounts that a removal concerns."""
    if step.kind == "account":
        return [step.party.id]
    return sorted({key for field, key in before.people_of(binding_of(step).holder) if field == "user_id"})


def _areas(step: Step, before: State) -> Iterator[Place]:
    """Yield the scopes of a removal: of its role, or of the roles of its team."""
    if step.kind == "account":
        yield _EVERYWHERE
        return
    row = binding_of(step)
    rows: Iterable[Binding] = (
        before.bindings_by_holder.get(("team_id", row.team), ()) if row.kind == "team-member" else (row,)
    )
    for binding in rows:
        yield (binding.workspace, binding.project)


def with_marks(plan: Plan, inventory: Inventory, activity: Activity) -> Plan:
    """Return the plan with its removals marked, and blocked if they affect too many accounts.

    Blocked and impossible steps are not marked: they remove nothing.

    Args:
        plan: the plan; its options can contain a limit.
        inventory: the current state; contains which roles allow `permissions.RUN_PERMISSIONS`.
        activity: the runs of the organization in a window.
    """
    usages = usage_of_removals(inventory, plan.changes, activity)
    state = State.of(inventory)
    plan = _mark(plan, usages, state)
    affected_runs = {number: usage.affected_runs for number, usage in usages.items()}
    situation = GuardInput((), state, inventory, GuardOptions.of_facts(plan.options), affected=affected_runs)
    return replace(plan, steps=tuple(apply_guards(plan.steps, situation, _GUARD)))


def _mark(plan: Plan, found: Mapping[int, RemovalUsage], state: State) -> Plan:
    steps = []
    for step in plan.steps:
        usage = found.get(step.number)
        if usage is not None:
            is_counted = usage.users != ()
            step = replace(
                step,
                runs=usage.runs if is_counted else None,
                scheduled_runs=usage.scheduled if is_counted else None,
                last_run=usage.last,
                usage=usage.text(state, step),
            )
        steps.append(step)
    return replace(plan, steps=tuple(steps))
