"""Draft steps from desired rows; rows that already match have no step, or a `noop` step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access.plans.bindings import Binding, Holder, is_new, new_invitation
from zenpro_nb.access.plans.model import DesiredRow, PrincipalRef, Step
from zenpro_nb.access.plans.resolve import ResolvedState
from zenpro_nb.access.plans.state import State
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.ids import is_id, short_id
from zenpro_nb.syntax.unparse import quoted


def draft_steps(
    desired: ResolvedState, state: State, elsewhere: Mapping[str, Sequence[str]], *, all_: bool
) -> Iterator[Step]:
    """Yield the steps without numbers.

    Args:
        desired: the desired state.
        state: the current state.
        elsewhere: the other organizations of accounts, by account id.
        all_: include `noop` steps.
    """
    steps = (*_teams(desired, state), *_invitations(desired, state), *_accounts(desired, state, elsewhere))
    yield from (step for step in steps if all_ or step.does != "noop")
    yield from _rows(desired, state, all_=all_)


def _rows(desired: ResolvedState, state: State, *, all_: bool) -> Iterator[Step]:
    planned = _with_plan(desired, state)
    withdrawn = dict(_withdrawals(desired, state))
    implied = {
        Binding("organization-role", "invitation_id", new_invitation(email), role=role)
        for email, (_, role) in desired.invitations.items()
    }
    for binding, row in desired.bindings.items():
        is_done = (binding in state.bindings) is row.present
        if (all_ or not is_done) and binding not in (implied if row.present else withdrawn):
            step = binding_in(binding, planned, "noop" if is_done else "add" if row.present else "remove", _reason(row))
            yield step if row.present or desired.covers(binding) else replace(step, skipped_reason=row.skip)
    for extra, scope in desired.surplus.items():
        if extra not in withdrawn:
            yield binding_in(extra, planned, "remove", _beyond(scope.source))
    for key, why in dict.fromkeys((binding.id, why) for binding, why in withdrawn.items()):
        yield withdrawal(key, state, why)


def _with_plan(desired: ResolvedState, state: State) -> State:
    """Return the current state with the names of planned objects."""
    teams = {
        key: {**state.teams.get(key, {"name": row.team}), **{name: value for name, value in fields.items() if value}}
        for key, (row, fields) in desired.teams.items()
    }
    invitations = {new_invitation(email): row.principal for email, (row, _) in desired.invitations.items()}
    return replace(state, teams={**state.teams, **teams}, invitations={**invitations, **state.invitations})


def _teams(desired: ResolvedState, state: State) -> Iterator[Step]:
    for key, (row, fields) in desired.teams.items():
        name = str(fields.get("name") or state.teams.get(key, {}).get("name") or row.team)
        common: dict[str, Any] = {"kind": "team", "team": name, "scope": f"team {name}", "reason": _reason(row)}
        if key not in state.teams:
            yield Step(0, "add", **common, after={field: value for field, value in fields.items() if value is not None})
            continue
        now = state.teams[key]
        changed = {name: value for name, value in fields.items() if (now.get(name) or None) != (value or None)}
        yield Step(
            0,
            "update" if changed else "noop",
            **common,
            team_id=key,
            before={name: now.get(name) for name in (changed or fields)},
            after=changed or fields,
        )


def _invitations(desired: ResolvedState, state: State) -> Iterator[Step]:
    invitations_by_email = {email.casefold(): key for key, email in state.invitations.items()}
    there = {account.name.casefold(): key for key, account in state.accounts.items()}
    for email, (row, role) in desired.invitations.items():
        party = PrincipalRef(row.principal, "invitation_id", invitations_by_email.get(email, ""))
        if email in there:
            if state.is_member(("user_id", there[email])):
                party = PrincipalRef(row.principal, "user_id", there[email])
            else:
                party = PrincipalRef(row.principal, "invitation_id")
        is_done = party.field == "user_id" or email in invitations_by_email
        name = state.roles[role].name
        yield Step(
            0,
            "noop" if is_done else "add",
            "invitation",
            party,
            role=name,
            role_id=role,
            scope=state.organization,
            after={"role": name},
            reason=_reason(row),
            reversible="partly",
            email_to="" if is_done else row.principal,
        )


def of_others(names: Sequence[str], account: str, options: str = "") -> str:
    """Return why an account is not deactivated that belongs to other organizations too; empty where it does not.

    Args:
        names: the other organizations.
        account: the email or name of the account.
        options: options for the command that offboards it everywhere.

    >>> of_others(["acme-labs"], "ada@example.com")
    'the account is also a member of acme-labs; `users offboard ada@example.com --all-orgs` covers every organization'
    """
    where = name_list(names, limits.NAMES_IN_MESSAGE)
    line = " ".join(filter(None, ["users offboard", quoted(account), "--all-orgs", options]))
    return f"the account is also a member of {where}; `{line}` covers every organization" if names else ""


def _accounts(desired: ResolvedState, state: State, elsewhere: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    for key, row in desired.accounts.items():
        active = state.accounts[key].active
        is_done = active is row.present
        yield Step(
            0,
            "noop" if is_done else "add" if row.present else "remove",
            "account",
            PrincipalRef(state.accounts[key].name, "user_id", key),
            scope=state.organization,
            before={"is_active": active},
            after={"is_active": row.present},
            reason=_reason(row),
            skipped_reason="" if row.present else of_others(elsewhere.get(key, ()), state.accounts[key].name),
        )


def _withdrawals(desired: ResolvedState, state: State) -> Iterator[tuple[Binding, str]]:
    """Yield what goes with an invitation that is withdrawn, and why it is.

    An invitation without an organization role is useless: it is revoked with its last role, unless a row keeps it.
    """
    going: dict[str, str] = {key: _reason(row) for key, row in desired.withdrawn.items()}
    lost_bindings: dict[str, list[Binding]] = {}
    asked_away = (binding for binding, row in desired.bindings.items() if not row.present)
    # What rests on a scope being exact, and is blocked without, takes no invitation along.
    free = (binding for binding in asked_away if not desired.bindings[binding].needs_exact or desired.covers(binding))
    for extra in (*desired.surplus, *free):
        if extra.kind == "organization-role" and extra.field == "invitation_id" and extra in state.bindings:
            lost_bindings.setdefault(extra.id, []).append(extra)
    desired_ids = {
        binding.id for binding, row in desired.bindings.items() if row.present and binding.field == "invitation_id"
    }
    for key, rows in lost_bindings.items():
        bindings = {
            binding
            for binding in state.bindings_by_holder[("invitation_id", key)]
            if binding.kind == "organization-role"
        }
        if key not in desired_ids and key not in going and bindings <= set(rows):
            first = rows[0]
            scope = desired.surplus.get(first)
            going[key] = _beyond(scope.source) if scope is not None else _reason(desired.bindings[first])
    for key, why in going.items():
        yield Binding("invitation", "invitation_id", key), why
        holder = ("invitation_id", key)
        for binding in state.bindings_by_holder.get(holder, ()):
            yield binding, why
        for team in state.teams_of.get(holder, ()):
            yield Binding("team-member", *holder, team=team), why


def withdrawal(key: str, state: State, why: str) -> Step:
    """Return the step that withdraws an open invitation, with all that goes with it."""
    holder = ("invitation_id", key)
    roles = sorted(state.bindings_by_holder.get(holder, ()), key=lambda binding: (binding.scope, binding.role))
    first = next((role for role in roles if role.kind == "organization-role"), None)
    before: dict[str, Any] = {"email": state.invitations[key], "roles": [role_and_place(role, state) for role in roles]}
    if teams := sorted(str(state.teams[team]["name"]) for team in state.teams_of.get(holder, ())):
        before["teams"] = teams
    return Step(
        0,
        "remove",
        "invitation",
        PrincipalRef(state.invitations[key], "invitation_id", key),
        role=state.roles[first.role].name if first else "",
        role_id=first.role if first else "",
        scope=state.organization,
        before=before,
        reason=why,
        reversible="partly",
    )


def binding_in(binding: Binding, state: State, does: Any, reason: str) -> Step:
    """Return the step that adds or removes a row; every name in it is that of the id, or the id where none is known."""
    there = {"member": True} if binding.kind == "team-member" else {"role": role_name(binding.role, state)}
    return Step(
        0,
        does,
        binding.kind,
        principal_of(binding.holder, state),
        role="" if binding.kind == "team-member" else role_name(binding.role, state),
        role_id=binding.role,
        team=str(state.teams[binding.team]["name"]) if binding.team in state.teams else binding.team,
        team_id="" if is_new(binding.team) else binding.team,
        workspace=state.workspaces.get(binding.workspace, binding.workspace),
        workspace_id=binding.workspace,
        project_id=binding.project,
        scope=place(binding, state),
        before=there if does == "remove" else None,
        after=there if does == "add" else None,
        reason=reason,
    )


def principal_of(holder: Holder, state: State) -> PrincipalRef:
    """Return a holder as a step names it: without an id where an earlier step makes it."""
    kind, key = holder
    return PrincipalRef(state.name_of(holder), kind, "" if is_new(key) else key)


def place(binding: Binding, state: State) -> str:
    """Return where a row holds, as people say it."""
    if binding.kind == "team-member":
        return f"team {state.teams[binding.team]['name'] if binding.team in state.teams else binding.team}"
    workspace = state.workspaces.get(binding.workspace, binding.workspace)
    if binding.project:
        project = short_id(binding.project) if is_id(binding.project) else binding.project
        return f"project {project} of {workspace}"
    return workspace or state.organization


def role_name(role_id: str, state: State) -> str:
    """Return the name of a role; its id where none is known."""
    return state.roles[role_id].name if role_id in state.roles else role_id


def role_and_place(binding: Binding, state: State) -> str:
    """Return a role and where it is held: "Workspace Developer in ml-prod"."""
    return f"{role_name(binding.role, state)} in {place(binding, state)}"


def _reason(row: DesiredRow) -> str:
    return " · ".join(part for part in (row.why, row.source) if part)


def _beyond(source: str) -> str:
    return f"not in {source}" if source else "not in the desired state"
