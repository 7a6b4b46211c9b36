"""Verify a plan from a file against the inventory: displayed names must match the ids.

Requests use the ids of a step, but people read its names. Anyone who edits a saved plan can change one without the
other and recompute the digest. So every displayed name is looked up by id in the inventory, a difference is refused,
and everything else that is displayed is computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from zenpro_nb.access.model.columns import SCOPES, TEAM_MARK
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.bindings import ROLE_KINDS, binding_of, new_invitation, new_team, principal_key
from zenpro_nb.access.plans.consequences import with_consequences, without_consequences
from zenpro_nb.access.plans.model import Plan, Step
from zenpro_nb.access.plans.state import Account, State
from zenpro_nb.access.plans.steps import binding_in, withdrawal
from zenpro_nb.errors import UsageError

_AGAIN = "The plan was edited, or an object was renamed since. Run `plan` again."
_LEVELS = dict(zip(ROLE_KINDS, SCOPES, strict=True))
_OF_TEAMS = {"name", "description"}


def ground(
    plan: Plan, inventory: Inventory, accounts: Mapping[str, str] | None = None, name: str = "this plan"
) -> Plan:
    """Return the plan with all displayed values taken from the inventory, by the ids that are sent.

    Names of objects that no longer exist are replaced by their ids: nothing is sent for these steps.

    Args:
        plan: the plan in a file.
        inventory: the current state.
        accounts: names of other accounts by id: accounts without a role are in no list of the organization.
        name: the name of the plan, for messages.

    Raises:
        UsageError: a displayed name does not match the id, a step is inconsistent, or an option of the guards is
            unknown.
    """
    if plan.organization_name != inventory.organization_name:
        raise _mismatch(name, "The organization", plan.organization_name, inventory.organization_name)
    now = State.of(inventory)
    others = {key: Account(text) for key, text in (accounts or {}).items() if key not in now.accounts}
    now = replace(now, accounts={**others, **now.accounts})
    then = _planned_ids(plan, now)
    # A team that the plan renames has two valid names until that step is done.
    former = replace(then, teams={**then.teams, **now.teams})
    steps = []
    for step in plan.steps:
        try:
            steps.append(_ground(step, now, then, former))
        except _MismatchError as error:
            raise _mismatch(name, f"Step {step.number}: {error.what}", error.found, error.real) from None
    return replace(plan, steps=tuple(with_consequences(without_consequences(steps), now)))


class _MismatchError(Exception):
    """A displayed value of a step does not match its ids."""

    def __init__(self, what: str, found: object, real: object) -> None:
        super().__init__(what)
        self.what, self.found, self.real = what, found, real


def _mismatch(name: str, what: str, found: object, real: object) -> UsageError:
    return UsageError(f"{name} does not do what its steps show. {what} is {real!r}, not {found!r}", hint=_AGAIN)


def _planned_ids(plan: Plan, now: State) -> State:
    """Return the current state with the names of objects that the plan creates and renames."""
    teams, invitations = dict(now.teams), dict(now.invitations)
    for step in plan.steps:
        if step.team and not step.team_id:
            teams.setdefault(new_team(step.team), {"name": step.team})
        if step.kind == "team" and step.team_id in now.teams and (title := (step.after or {}).get("name")):
            teams[step.team_id] = {**now.teams[step.team_id], "name": title}
        if step.party.name and not step.party.id:
            if step.party.field == "team_id":
                title = step.party.name.removeprefix(TEAM_MARK)
                teams.setdefault(new_team(title), {"name": title})
            else:
                invitations.setdefault(new_invitation(step.party.name), step.party.name)
    return replace(now, teams=teams, invitations=invitations)


def _ground(step: Step, now: State, then: State, former: State) -> Step:
    if step.kind == "team":
        return _team(step, now)
    if step.kind == "account":
        return _account(step, now)
    if step.kind == "invitation":
        return _invitation(step, now)
    real = binding_in(binding_of(step), then, step.does, step.reason)
    level = then.roles[step.role_id].level if step.role_id in then.roles else ""
    if step.kind in _LEVELS and level not in ("", _LEVELS[step.kind]):
        raise _MismatchError(f"the level of the role {then.roles[step.role_id].name}", _LEVELS[step.kind], level)
    names_by_id = {
        "principal": _is_known(step, then),
        "role": step.kind not in _LEVELS or step.role_id in then.roles,
        "team": not real.team or not step.team_id or step.team_id in then.teams,
        "workspace": not step.workspace_id or step.workspace_id in then.workspaces,
    }
    right, earlier = _names(real), _names(binding_in(binding_of(step), former, step.does, ""))
    for what, found in _names(step).items():
        if names_by_id.get(what, all(names_by_id.values())) and found not in (right[what], earlier[what]):
            raise _MismatchError(what, found, right[what])
    return replace(real, number=step.number, needs=step.needs, **_guard_results(step))


def _names(step: Step) -> dict[str, Any]:
    """Return the displayed values of a step about a membership or a role."""
    return {
        "principal": step.party.name, "role": step.role, "team": step.team, "workspace": step.workspace,
        "scope": step.scope, "before": step.before or None, "after": step.after or None,
    }  # fmt: skip


def _guard_results(step: Step) -> dict[str, Any]:
    """Return the results of the guards, which run again before anything is sent."""
    return {name: getattr(step, name) for name in ("guard", "blocked_reason", "override", "skipped_reason")}


def _is_known(step: Step, state: State) -> bool:
    key = principal_key(step.party)
    records: Mapping[str, Mapping[str, Any]] = {
        "user_id": state.accounts, "team_id": state.teams, "invitation_id": state.invitations,
    }  # fmt: skip
    return key in records[step.party.field]


def _team(step: Step, now: State) -> Step:
    after, before = dict(step.after or {}), dict(step.before or {})
    if not set(after) <= _OF_TEAMS or not all(value is None or isinstance(value, str) for value in after.values()):
        raise _MismatchError("the changed fields of the team", sorted(after), sorted(_OF_TEAMS))
    if set(before) - set(after):
        raise _MismatchError("the earlier fields of the team", sorted(before), sorted(after))
    title = step.team
    if step.does == "add":
        if after.get("name", title) != title:
            raise _MismatchError("the name of the new team", title, after["name"])
    elif step.team_id in now.teams:
        title = str(after.get("name") or now.teams[step.team_id]["name"])
        # After the rename, only the plan contains the former name.
        if step.team not in (title, now.teams[step.team_id]["name"]):
            raise _MismatchError("the team", step.team, title)
    else:
        title = step.team_id
    return Step(
        step.number, step.does, "team", team=title, team_id=step.team_id, scope=f"team {title}", before=step.before,
        after=step.after, reason=step.reason, needs=step.needs, **_guard_results(step),
    )  # fmt: skip


def _account(step: Step, now: State) -> Step:
    account = now.accounts.get(step.party.id)
    active = {"is_active": step.does == "add"}
    if step.does != "noop" and step.after != active:
        raise _MismatchError("the change of the account", step.after, active)
    if account is not None and account.name != step.party.name:
        raise _MismatchError("the account", step.party.name, account.name)
    return Step(
        step.number, step.does, "account", replace(step.party, name=account.name if account else step.party.id),
        scope=now.organization, before={"is_active": account.active if account else None}, after=step.after,
        reason=step.reason, needs=step.needs, **_guard_results(step),
    )  # fmt: skip


def _invitation(step: Step, now: State) -> Step:
    email = step.party.name
    if step.party.field == "user_id":
        real = now.accounts[step.party.id].name if step.party.id in now.accounts else email
    else:
        real = now.invitations.get(step.party.id, email if not step.party.id else step.party.id)
    there = step.party.id in (*now.accounts, *now.invitations) if step.party.id else True
    if there and real.casefold() != email.casefold():
        raise _MismatchError("the email", email, real)
    if step.does == "remove":
        if step.party.id not in now.invitations:
            return replace(step, party=replace(step.party, name=real), role="", before=None, reversible="partly")
        if step.role_id in now.roles and step.role != now.roles[step.role_id].name:
            raise _MismatchError("the role of the invitation", step.role, now.roles[step.role_id].name)
        substitute = withdrawal(step.party.id, now, step.reason)
        return replace(substitute, number=step.number, needs=step.needs, **_guard_results(step))
    role = now.roles.get(step.role_id)
    if role is None or role.name != step.role or role.level not in ("", SCOPES[0]):
        raise _MismatchError("the role", step.role, role.name if role else step.role_id)
    return Step(
        step.number, step.does, "invitation", step.party, role=role.name, role_id=step.role_id, scope=now.organization,
        after={"role": role.name}, reason=step.reason, needs=step.needs, reversible="partly",
        email_to="" if step.does == "noop" else email, **_guard_results(step),
    )  # fmt: skip


def strangers(plan: Plan, inventory: Inventory) -> Iterator[str]:
    """Yield the ids of accounts that gain access by a plan and are in no list of the organization."""
    accounts = State.of(inventory).accounts
    parties = (step.party for step in plan.steps if step.does == "add" and step.party.field == "user_id")
    yield from dict.fromkeys(party.id for party in parties if party.id and party.id not in accounts)
