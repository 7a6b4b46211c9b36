"""Who gains Organization Admin or Workspace Admin with additions, directly or through a team, in a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, WORKSPACE_ADMIN
from zenpro_nb.access.plans.bindings import Binding, Holder, binding_of
from zenpro_nb.access.plans.consequences import counted_holders
from zenpro_nb.access.plans.model import Step
from zenpro_nb.access.plans.state import State
from zenpro_nb.access.plans.steps import role_name
from zenpro_nb.syntax.counts import enumerated


class _Gain(NamedTuple):
    """An admin role that some accounts or invitations gain in the same places, from the same teams."""

    role: str
    workspaces: frozenset[str]
    teams: frozenset[str]  # empty if it is assigned directly


def gains(steps: Iterable[Step], before: State, *, name: str = "") -> str:
    """Return who gains an admin role, as `audit` judges roles, in a sentence; "" if no one does.

    A principal that already has the role there, or is Organization Admin, gains nothing.

    Args:
        steps: the additions that are sent, roles and team memberships.
        before: the current state, with the roles of the teams concerned.
        name: the name of the only principal that gains roles.
    """
    added = {binding_of(step) for step in steps if step.does == "add" and step.kind not in ("team", "account")}
    after = replace(before, bindings=before.bindings | added)
    holders: dict[_Gain, list[Holder]] = defaultdict(list)
    for holder in {binding.holder for binding in added if binding.field != "team_id"}:
        for gain in _gains_of(holder, before, after):
            holders[gain].append(holder)
    by_number = sorted(holders.items(), key=lambda item: (-len(item[1]), _words(item[0], after)))
    parts = [
        f"{name or counted_holders(people, before)} {'gets' if len(people) == 1 else 'get'} {_words(gain, after)}"
        for gain, people in by_number
    ]
    if len(parts) > limits.NAMES_IN_REASON:
        rest = {holder for _, people in by_number[limits.NAMES_IN_REASON :] for holder in people}
        get = "gets" if len(rest) == 1 else "get"
        parts = [
            *parts[: limits.NAMES_IN_REASON],
            f"{name or counted_holders(rest, before)} {get} an admin role elsewhere",
        ]
    return f"{'; '.join(parts)}." if parts else ""


def _gains_of(holder: Holder, before: State, after: State) -> Iterator[_Gain]:
    old, new = _admin_roles(holder, before), _admin_roles(holder, after)
    if any(before.is_role(role, ORGANIZATION_ADMIN) for role, _ in old):
        return
    # Organization Admin covers every role in a workspace.
    highest = {place for place in new if after.is_role(place[0], ORGANIZATION_ADMIN)}
    places: dict[tuple[str, frozenset[str]], set[str]] = defaultdict(set)
    for (role, workspace), teams in new.items():
        if (role, workspace) in (highest or set(new) - set(old)):
            places[role, frozenset() if "" in teams else frozenset(teams)].add(workspace)
    for (role, through), workspaces in places.items():
        yield _Gain(role, frozenset(workspaces), through)


def _admin_roles(holder: Holder, state: State) -> Mapping[tuple[str, str], set[str]]:
    """Return the admin roles of a principal, each with its workspace and with its teams; "" for a direct assignment."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for binding, team in state.roles_of(holder):
        if _is_admin(binding, state):
            found[binding.role, binding.workspace].add(team)
    return found


def _is_admin(binding: Binding, state: State) -> bool:
    return state.is_role(binding.role, ORGANIZATION_ADMIN, WORKSPACE_ADMIN)


def _words(gain: _Gain, state: State) -> str:
    names = sorted(state.workspaces.get(key, key) for key in gain.workspaces if key)
    where = f" in {enumerated(names, limits.NAMES_IN_REASON)}" if names else ""
    teams = sorted(str(state.teams[key]["name"]) if key in state.teams else key for key in gain.teams)
    through = f" (through team{'' if len(teams) == 1 else 's'} {enumerated(teams, limits.NAMES_IN_REASON)})"
    return f"{role_name(gain.role, state)}{where}{through if teams else ''}"
