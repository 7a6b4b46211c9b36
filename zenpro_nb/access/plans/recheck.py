"""Check a plan against the current state: steps that are done, changed by others, or still open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access.model.columns import TEAM_MARK
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.bindings import Binding, binding_of
from zenpro_nb.access.plans.collector import pause
from zenpro_nb.access.plans.guard_input import GuardInput
from zenpro_nb.access.plans.guards import apply_guards
from zenpro_nb.access.plans.model import ADMINS, Plan, PrincipalRef, Step
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.plans.order import takes_admin
from zenpro_nb.access.plans.state import NOWHERE, State
from zenpro_nb.access.plans.steps import of_others
from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.counts import counted, name_list


@pause()
def recheck(
    plan: Plan,
    inventory: Inventory,
    options: GuardOptions | None = None,
    elsewhere: Mapping[str, Sequence[str]] = NOWHERE,
) -> Plan:
    """Return the plan updated to the current state, to apply a plan that was created or saved earlier.

    Steps that have been done, by this plan or by others, become `noop`. A step is blocked as stale if others changed
    the rows that it touches or counts. All guards run again.

    Args:
        plan: the original plan.
        inventory: the current state.
        options: the options of the guards; by default those of the plan.
        elsewhere: as for `make_plan`.

    Raises:
        UsageError: the plan is for another organization.
    """
    if plan.organization_id != inventory.organization_id:
        raise UsageError(
            f"This plan is for the organization {plan.organization_name or plan.organization_id}, "
            f"not for {inventory.organization_name or inventory.organization_id}",
            hint="Pass the organization of the plan with --org.",
        )
    options = options or GuardOptions.of_facts(plan.options)
    now = State.of(inventory)
    steps = [_with_current_ids(step, now) for step in plan.steps]
    own = {(row.scope, row.key) for step in steps for row in _rows(step, now)}
    changed = dict(_changed_scopes(plan, now, own))
    fresh, stale, not_exact = [], {}, set()
    for step in steps:
        state, why = _step_state(step, now, changed)
        if state == "stale":
            stale[step.number] = why
        if step.guard == "exact":
            not_exact.add(step.number)
        does = "noop" if state == "done" else step.does
        skipped = step.skipped_reason
        if step.kind == "account":
            skipped = of_others(elsewhere.get(step.party.id, ()), step.party.name) if step.does == "remove" else ""
        fresh.append(replace(step, does=does, guard=None, blocked_reason="", override="", skipped_reason=skipped))
    rechecked = block_stranded(replace(plan, steps=tuple(fresh)))
    missing = {step.number: step.blocked_reason for step in rechecked.steps if step.guard is not None}
    situation = GuardInput((), now, inventory, options, frozenset(not_exact), {**stale, **missing})
    return replace(plan, steps=tuple(apply_guards(fresh, situation)), options=options.as_facts())


def block_stranded(plan: Plan) -> Plan:
    """Return the plan with each step blocked that needs a step that is no longer in the plan."""
    there = {step.number for step in plan.steps}
    new_steps = []
    for step in plan.steps:
        missing_steps = [need for need in step.needs if need not in there]
        if missing_steps and step.does != "noop" and step.guard is None:
            what, verb = ("step", "is") if len(missing_steps) == 1 else ("steps", "are")
            which = name_list([str(need) for need in missing_steps], limits.NAMES_IN_REASON)
            step = replace(
                step,
                guard="stale",
                blocked_reason=f"It needs {what} {which}, which {verb} not in this plan.",
                override=f"keep {what} {which} in the plan: steps that are already done are skipped",
            )
        new_steps.append(step)
    return replace(plan, steps=tuple(new_steps))


def _with_current_ids(step: Step, now: State) -> Step:
    """Return the step with the ids of objects that have been created since."""
    party, team_id = step.party, step.team_id
    if party.name and not party.id and party.field == "team_id":
        name = party.name.removeprefix(TEAM_MARK)
        party = replace(party, id=_only(now.teams_named.get(name, ())))
    if party.name and not party.id and party.field == "invitation_id":
        party = _invited_principal(party, now)
    if step.team and not team_id:
        team_id = _only(now.teams_named.get(step.team, ()))
    return replace(step, party=party, team_id=team_id)


def _only(keys: Collection[str]) -> str:
    return next(iter(keys)) if len(keys) == 1 else ""


def _invited_principal(party: PrincipalRef, now: State) -> PrincipalRef:
    """Return the invited principal: the account, if single sign-on has created one, else the invitation."""
    email = party.name.casefold()
    account = _only(now.accounts_named.get(email, ()))
    if account and now.is_member(("user_id", account)):
        return PrincipalRef(party.name, "user_id", account)
    return replace(party, id=now.invitation_to.get(email, ""))


def _rows(step: Step, now: State) -> Iterator[Binding]:
    """Yield the bindings that a step adds or removes."""
    if step.kind == "invitation" and step.does == "remove":
        yield from now.of_holder.get(("invitation_id", step.party.id), ())
    elif step.kind not in ("team", "account"):
        yield binding_of(step)


def _changed_scopes(plan: Plan, now: State, own: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the scopes whose counted rows others have changed, each with a sentence about it."""
    for rest in plan.rests_on:
        if rest.what == ADMINS:
            keys = frozenset(f"user_id:{key}" for key in now.admins)
        else:
            keys = frozenset(binding.key for binding in now.at.get(rest.what, ()))
        others = [key for key in (keys ^ rest.keys) - rest.own if (rest.what, key) not in own]
        if others:
            yield rest.what, f"Others have changed {counted(len(others), 'row')} there since the plan was created."


def _step_state(step: Step, now: State, changed: Mapping[str, str]) -> tuple[str, str]:
    """Return whether a step is `done`, is `stale` and why, or is still `open`."""
    if step.does == "noop":
        return "done", ""
    if step.kind == "team":
        return _team_state(step, now)
    if step.kind == "account":
        account = now.accounts.get(step.party.id)
        if account is None:
            return "stale", f"{step.party.name} no longer exists."
        if account.active is (step.does == "add"):
            return "done", ""
        return _count_words(step, "", now, changed)
    if step.kind == "invitation":
        return _invitation_state(step, now)
    missing = _missing_object(step, now)
    row = binding_of(step)
    if (row in now.bindings) is (step.does == "add"):
        accepted = step.does == "remove" and _is_accepted(row, step, now)
        return ("stale", f"{step.party.name} has since accepted the invitation.") if accepted else ("done", "")
    if missing:
        return ("done", "") if step.does == "remove" else ("stale", missing)
    if step.does == "remove":
        return _count_words(step, row.scope, now, changed)
    return "open", ""


def _count_words(step: Step, scope: str, now: State, changed: Mapping[str, str]) -> tuple[str, str]:
    """Return whether the rows counted for a removal are unchanged."""
    counted_scopes = [scope, *([ADMINS] if takes_admin(step, now, now.admins) else [])]
    for counted_scope in counted_scopes:
        if step.does == "remove" and counted_scope in changed:
            return "stale", changed[counted_scope]
    return "open", ""


def _team_state(step: Step, now: State) -> tuple[str, str]:
    if step.does == "add":
        return ("done", "") if step.team_id in now.teams else ("open", "")
    there = now.teams.get(step.team_id)
    if there is None:
        return "stale", f"The team {step.team} no longer exists."
    after, before = step.after or {}, step.before or {}
    if all((there.get(name) or None) == (value or None) for name, value in after.items()):
        return "done", ""
    others = [
        name
        for name in after
        if (there.get(name) or None) not in ((before.get(name) or None), (after.get(name) or None))
    ]
    if others:
        return "stale", f"Others have changed {' and '.join(others)} of the team {step.team}."
    return "open", ""


def _invitation_state(step: Step, now: State) -> tuple[str, str]:
    if step.does == "add":
        return ("done", "") if step.party.id else ("open", "")
    if step.party.id in now.invitations:
        return "open", ""
    has_account = step.party.name.casefold() in now.accounts_named
    return ("stale", f"{step.party.name} has since accepted the invitation.") if has_account else ("done", "")


def _missing_object(step: Step, now: State) -> str:
    """Return in a sentence which object of a step no longer exists; empty if all exist."""
    ids_by_kind: Mapping[str, Collection[str]] = {
        "user_id": now.accounts,
        "team_id": now.teams,
        "invitation_id": now.invitations,
    }
    # An account without a role is in no list of the organization, but can be assigned a role.
    must_exist = step.party.field != "user_id" or step.does == "remove"
    if step.party.id and must_exist and step.party.id not in ids_by_kind[step.party.field]:
        return f"{step.party.name} no longer exists."
    if step.team_id and step.team_id not in now.teams:
        return f"The team {step.team} no longer exists."
    if step.role_id and step.role_id not in now.roles:
        return f"The role {step.role} no longer exists."
    if step.workspace_id and step.workspace_id not in now.workspaces:
        return f"The workspace {step.workspace} no longer exists."
    return ""


def _is_accepted(row: Binding, step: Step, now: State) -> bool:
    """Return whether the access of an invitation now belongs to an account."""
    if row.field != "invitation_id" or row.id in now.invitations:
        return False
    email = step.party.name.casefold()
    return any(row._replace(field="user_id", id=key) in now.bindings for key in now.accounts_named.get(email, ()))
