"""Consequences of the removals in a plan: the remaining roles, lost admin roles, and who leaves the organization."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access import effective
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, WORKSPACE_ADMIN
from zenpro_nb.access.plans.bindings import Binding, Holder, binding_of
from zenpro_nb.access.plans.model import Step
from zenpro_nb.access.plans.state import State
from zenpro_nb.access.plans.steps import role_and_place, role_name
from zenpro_nb.syntax.counts import counted, enumerated, name_list

# The texts of actions in sums.
SUMS = {"add": "to add", "remove": "to remove", "update": "to change", "blocked": "blocked", "skipped": "skipped",
        "noop": "unchanged"}  # fmt: skip


_SEPARATOR = " · "
_BOT = "service account"
_LEAVING = ("leaves the organization", "leave the organization")


def with_consequences(steps: Sequence[Step], before: State) -> list[Step]:
    """Return the steps; removals show the roles that remain by other paths, and who leaves the organization.

    Args:
        steps: all steps of the plan, numbered.
        before: the current state.
    """
    after = before.after_step(steps)
    leaving = _leaving(steps, before, after)
    new_steps = []
    for step in steps:
        if step.does == "remove" and step.kind not in ("account", "invitation"):
            reasons = [step.reason, *leaving.get(step.number, ())]
            reason = _SEPARATOR.join(part for part in reasons if part)
            step = replace(step, remaining_roles=_remaining_roles(step, before, after), reason=reason)
        new_steps.append(step)
    return new_steps


def without_consequences(steps: Iterable[Step]) -> list[Step]:
    """Return the steps without the additions of `with_consequences`; the rest of their reasons stays.

    >>> step = Step(1, "remove", "organization-role", reason="access.yaml, line 3 · leaves the organization · keeps x")
    >>> without_consequences([step])[0].reason
    'access.yaml, line 3'
    """
    new_steps = []
    for step in steps:
        parts = step.reason.split(_SEPARATOR)
        own = [part for part in parts if not part.endswith(_LEAVING) and not part.startswith("keeps ")]
        new_steps.append(replace(step, remaining_roles="", reason=_SEPARATOR.join(own)))
    return new_steps


def _remaining_roles(step: Step, before: State, after: State) -> str:
    row = binding_of(step)
    if row.field == "team_id":
        return ""
    lost_rows = [row]
    if row.kind == "team-member":
        team_roles = before.bindings_by_holder.get(("team_id", row.team), ())
        lost_rows = sorted(team_roles, key=lambda binding: (binding.scope, role_name(binding.role, before)))
    ways = [(binding, way) for binding in lost_rows if (way := _remaining_path(binding, row.holder, after))]
    if row.kind != "team-member":
        return f"still has it through {ways[0][1]}" if ways else ""
    paths = [f"{role_and_place(binding, before)} through {way}" for binding, way in ways]
    return f"still has {name_list(paths, limits.NAMES_IN_REASON)}" if paths else ""


def _remaining_path(loss: Binding, holder: Holder, after: State) -> str:
    """Return how a principal keeps a role at a scope: the same role through a team, or a stronger role."""
    same, stronger = [], []
    for binding, team in after.roles_of(holder):
        name = f"team {after.teams[team]['name']}" if team else ""
        if binding.role == loss.role and binding.scope == loss.scope:
            same.append(name or f"{role_name(binding.role, after)} of their own")
        elif _covers(binding, loss, after):
            role = role_name(binding.role, after)
            stronger.append(f"{role} through {name}" if name else role)
    return next(iter(sorted(same)), "") or next(iter(sorted(stronger)), "")


def _covers(binding: Binding, loss: Binding, state: State) -> bool:
    strong, weak = state.roles.get(binding.role), state.roles.get(loss.role)
    if strong is None or weak is None or not strong.predefined or strong.name not in effective.IMPLIES:
        return False
    if binding.kind != "organization-role" and (
        binding.workspace != loss.workspace or binding.project not in ("", loss.project)
    ):
        return False
    names = effective.IMPLIES[strong.name]
    if names is not None:
        return weak.predefined and weak.name in names
    return not (weak.predefined and weak.name in (strong.name, effective.NOT_IMPLIED.get(strong.name)))


def _leaving(steps: Sequence[Step], before: State, after: State) -> Mapping[int, list[str]]:
    """Return for the last step that ends a membership who leaves and which access they keep."""
    last: dict[Holder, int] = {}
    for step in steps:
        if step.does == "remove" and step.kind in ("organization-role", "team-member"):
            row = binding_of(step)
            for person in before.people_of(row.holder):
                if _takes_membership(row, person, before) and not after.is_member(person):
                    last[person] = step.number
    reasons: dict[int, list[str]] = {}
    numbered = {step.number: step for step in steps}
    by_step: dict[int, list[Holder]] = {}
    for person, number in last.items():
        by_step.setdefault(number, []).append(person)
    for number, people in by_step.items():
        if len(people) == 1 and binding_of(numbered[number]).holder == people[0]:
            reasons[number] = ["leaves the organization", *_keeps(people[0], after)]
        else:
            names = name_list(sorted(after.name_of(person) for person in people), limits.NAMES_IN_REASON)
            verb = "leaves" if len(people) == 1 else "leave"
            reasons[number] = [f"{names} {verb} the organization"]
    return reasons


def _takes_membership(row: Binding, person: Holder, before: State) -> bool:
    if row.kind == "organization-role":
        return True
    roles = before.bindings_by_holder.get(("team_id", row.team), ())
    return person == row.holder and any(role.kind == "organization-role" for role in roles)


def _keeps(person: Holder, after: State) -> Iterator[str]:
    if remaining := _remaining(person, after):
        yield f"keeps {name_list(remaining, limits.NAMES_IN_REASON)}"


def _remaining(person: Holder, after: State) -> list[str]:
    """Return the roles and teams of a principal in words."""
    own = sorted(role_and_place(binding, after) for binding in after.bindings_by_holder.get(person, ()))
    return [*own, *sorted(f"team {after.teams[team]['name']}" for team in after.teams_of.get(person, ()))]


def losses(steps: Iterable[Step], before: State, organization: str = "the organization") -> str:
    """Return how many accounts lose Organization Admin, and how many leave, in a sentence; "" if there are none.

    An account that keeps the role through a team or another assignment does not lose it. Accounts that leave but keep
    roles or teams are named.

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
    parts = []
    if former:
        lose = "loses" if len(former) == 1 else "lose"
        parts.append(f"{counted_holders(former, before)} {lose} {ORGANIZATION_ADMIN}")
    if leaving:
        leave = "leaves" if len(leaving) == 1 else "leave"
        parts.append(f"{counted_holders(leaving, before)} {leave} {organization}{_but_keeping(leaving, after)}")
    sentence = "; ".join(parts)
    return f"{sentence}." if sentence else ""


def lost_workspace_admins(steps: Iterable[Step], before: State) -> str:
    """Return how many Workspace Admins each workspace loses, in a sentence; "" if none does.

    Args:
        steps: the steps that are sent.
        before: the whole state of the organization.
    """
    sent = list(steps)
    removals = [step for step in sent if step.does == "remove" and step.kind in ("workspace-role", "team-member")]
    touched = {holder for step in removals for holder in before.people_of(binding_of(step).holder)}
    after = before.after_step(sent)
    lost = Counter(
        before.workspaces.get(key, key)
        for holder in touched
        for key in _administered(holder, before) - _administered(holder, after)
    )
    parts = [f"{name} loses {counted(lost[name], WORKSPACE_ADMIN)}" for name in sorted(lost)]
    return f"{enumerated(parts, limits.NAMES_IN_REASON)}." if parts else ""


def _administered(holder: Holder, state: State) -> set[str]:
    """Return the workspaces of which a principal is Workspace Admin."""
    return {role.workspace for role, _ in state.roles_of(holder) if state.is_role(role.role, WORKSPACE_ADMIN)}


def _but_keeping(leaving: Sequence[Holder], after: State) -> str:
    """Return what accounts keep that leave the organization, as the end of a sentence; "" if they keep nothing."""
    kept = {holder: texts for holder in leaving if (texts := _remaining(holder, after))}
    if not kept:
        return ""
    if len(leaving) == 1:
        words = f"keeps {name_list(next(iter(kept.values())), limits.NAMES_IN_REASON)}"
    else:
        names = sorted(after.name_of(holder) for holder in kept)
        words = f"{name_list(names, limits.NAMES_IN_REASON)} {'keeps' if len(kept) == 1 else 'keep'} roles or teams"
    are_users = not any(after.accounts[key].bot for _, key in kept if key in after.accounts)
    return f", but {words}{' (`users offboard` revokes everything)' if are_users else ''}"


def _is_admin(holder: Holder, state: State) -> bool:
    return any(
        role.kind == "organization-role" and state.is_role(role.role, ORGANIZATION_ADMIN)
        for role, _ in state.roles_of(holder)
    )


def counted_holders(holders: Iterable[Holder], state: State) -> str:
    """Return how many people and service accounts these are; invitations count as people."""
    bots = [bool((account := state.accounts.get(key)) and account.bot) for _, key in holders]
    people = bots.count(False)
    words = [f"{people:,} {'person' if people == 1 else 'people'}"] if people else []
    return " and ".join([*words, counted(sum(bots), _BOT)] if any(bots) else words)


def summary(steps: Sequence[Step]) -> str:
    """Return the sums of a plan in one line.

    >>> summary([Step(1, "add", "team"), Step(2, "noop", "team")])
    '1 to add · 1 unchanged'
    """
    return " · ".join(sums(step.action for step in steps))


def sums(actions: Iterable[str]) -> list[str]:
    """Return the number of steps per action.

    >>> sums(["add", "blocked", "add"]), sums([])
    (['2 to add', '1 blocked'], ['nothing to do'])
    """
    counts = Counter(actions)
    return [f"{counts[name]:,} {words}" for name, words in SUMS.items() if counts[name]] or ["nothing to do"]
