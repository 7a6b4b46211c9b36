"""The guards of a plan: each looks for one kind of harm and blocks the steps that would cause it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access.model.columns import BOT_MARK, ORGANIZATION_ADMIN, WORKSPACE_ADMIN
from zenpro_nb.access.plans.bindings import Binding, Holder, binding_of
from zenpro_nb.access.plans.guard_input import Guard, GuardInput, Objection
from zenpro_nb.access.plans.lookup import Lookup
from zenpro_nb.access.plans.model import GuardName, Step
from zenpro_nb.access.plans.order import takes_admin
from zenpro_nb.access.plans.state import State
from zenpro_nb.access.plans.uncompared import incomplete_lists
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.resources.nouns import words
from zenpro_nb.syntax.counts import counted, name_list

AFFECTED: GuardName = "affected"


def _incomplete(now: GuardInput) -> Iterator[Objection]:
    lacking = incomplete_lists(now.inventory)
    if not lacking:
        return
    first = next(iter(lacking.values()))
    gap = first.gap if first is not None else None
    names = ", ".join(words(name) for name in lacking)
    why = f"Some lists are incomplete ({names}): {gap.message if gap else 'they were not read to the end.'}"
    for removal in now.removals:
        yield Objection(removal.number, why, "fix the incomplete read, then run `plan` again")


def _exact(now: GuardInput) -> Iterator[Objection]:
    for removal in now.removals:
        if removal.number in now.not_exact:
            what = "teams" if removal.kind == "team-member" else f"{removal.kind.replace('-', '_')}s"
            yield Objection(
                removal.number,
                f"The removal from {removal.scope} is not allowed, because the file does not declare it exact.",
                f"add `manage: {{{what}: exact}}` to the file",
            )


def _stale(now: GuardInput) -> Iterator[Objection]:
    for step in now.steps:
        if step.number in now.stale:
            yield Objection(step.number, now.stale[step.number], "run `plan` again")


def _allow(now: GuardInput) -> Iterator[Objection]:
    for step in now.steps:
        if step.does != "add" or step.kind not in ("team-member", "organization-role", "workspace-role"):
            continue
        row = binding_of(step)
        roles = (
            [row] if row.kind != "team-member" else list(now.after.bindings_by_holder.get(("team_id", row.team), ()))
        )
        powerful = [
            binding for binding in roles if now.after.is_role(binding.role, ORGANIZATION_ADMIN, WORKSPACE_ADMIN)
        ]
        bots = [key for kind, key in now.after.people_of(row.holder) if kind == "user_id" and _is_bot(key, now)]
        for key in sorted(bots):
            if powerful and not _is_allowed(key, now):
                name = now.after.name_of(("user_id", key))
                role = now.after.roles[powerful[0].role].name
                yield Objection(step.number, f"{name} is a service account and would become {role}.", f"--allow {name}")
                break


def _is_bot(key: str, now: GuardInput) -> bool:
    return key in now.after.accounts and now.after.accounts[key].bot


def _is_allowed(key: str, now: GuardInput) -> bool:
    name = now.after.accounts[key].name.casefold()
    allowed = {name.casefold() for name in now.options.allow}
    return bool({key.casefold(), name, name.removeprefix(BOT_MARK), f"id:{key.casefold()}"} & allowed)


def _self(now: GuardInput) -> Iterator[Objection]:
    if now.options.allow_self:
        return
    protected = {("user_id", key): "is protected" for key in _protected_users(now)}
    for removal in now.removals:
        why = protected.get((removal.party.field, removal.party.id))
        if why:
            yield Objection(removal.number, f"{removal.party.name} {why}.", "--allow-self")
    me = ("user_id", now.me)
    account = now.before.accounts.get(now.me)
    if account is None:
        return
    lost_scopes = (
        set() if account.superuser else _administered_scopes(me, now.before) - _administered_scopes(me, now.after)
    )
    leaves = now.before.is_member(me) and not now.after.is_member(me)
    for removal in now.removals:
        row = binding_of(removal)
        if removal.kind == "account":
            if removal.party.id == now.me:
                what = "be a superuser" if "is_superuser" in (removal.after or {}) else "be able to sign in"
                yield Objection(removal.number, f"You would no longer {what}.", "--allow-self")
        elif removal.kind != "invitation" and me in now.before.people_of(row.holder):
            revocations = _rows_of(row, now.before)
            places = lost_scopes & {place for binding in revocations for place in _administers(binding, now.before)}
            if places:
                where = name_list(sorted(places), limits.NAMES_IN_REASON)
                yield Objection(removal.number, f"You would no longer administer {where}.", "--allow-self")
            elif leaves and any(binding.kind == "organization-role" for binding in revocations):
                yield Objection(removal.number, "You would leave the organization.", "--allow-self")


def _protected_users(now: GuardInput) -> Iterator[str]:
    inventory = now.inventory if now.options.protect_users else None
    lookup = Lookup(inventory, now.before) if inventory is not None else None
    for name in now.options.protect_users:
        try:
            kind, key = lookup.principal(name) if lookup else ("", "")
        except UnknownNameError:
            continue  # an unknown principal has no access to protect
        if kind == "user_id":
            yield key


def _rows_of(row: Binding, state: State) -> Iterable[Binding]:
    """Return the roles that a binding grants: for a team membership, the roles of the team."""
    return state.bindings_by_holder.get(("team_id", row.team), ()) if row.kind == "team-member" else (row,)


def _administers(row: Binding, state: State) -> Iterator[str]:
    """Yield the object that a role administers: the organization or a workspace."""
    if row.kind == "organization-role" and state.is_role(row.role, ORGANIZATION_ADMIN):
        yield state.organization
    if row.kind == "workspace-role" and state.is_role(row.role, WORKSPACE_ADMIN):
        yield state.workspaces.get(row.workspace, row.workspace)


def _administered_scopes(who: Holder, state: State) -> set[str]:
    scopes = {place for role, _ in state.roles_of(who) for place in _administers(role, state)}
    # Organization Admin administers all workspaces of the organization.
    return scopes | set(state.workspaces.values()) if state.organization in scopes else scopes


def _removals(now: GuardInput) -> Iterator[Objection]:
    if now.options.named_on_a_line:
        return
    removals: dict[str, list[Step]] = defaultdict(list)
    for removal in now.removals:
        for scope in _scopes(removal, now.before):
            removals[scope].append(removal)
    sizes = {
        scope: len(now.before.at.get(scope, ())) if scope != _PEOPLE else _active(now.before) for scope in removals
    }
    # If a step removes rows from several scopes, the scope with the largest share is reported.
    for scope in sorted(removals, key=lambda text: (-len(removals[text]) / max(1, sizes[text]), text)):
        steps, there = removals[scope], sizes[scope]
        most = now.options.removable(there)
        if len(steps) > most:
            rows = f"{len(steps):,} of {counted(there, 'row')}"
            what = f"{rows} in {_place(scope, steps[0], now.before)} would be removed"
            override = f"--max-removals {now.options.limit_for(len(steps), there)}"
            for step in steps:
                yield Objection(step.number, f"{what}; the limit is {most:,}.", override)


_PEOPLE = "accounts"


def _scopes(step: Step, state: State) -> set[str]:
    """Return the scopes from which a step removes rows."""
    if step.kind == "account":
        return {_PEOPLE}
    if step.kind == "invitation":
        return {binding.scope for binding in state.of_holder.get(("invitation_id", step.party.id), ())}
    return {binding_of(step).scope}


def _active(state: State) -> int:
    return sum(account.active is not False and not account.bot for account in state.accounts.values())


def _place(scope: str, step: Step, state: State) -> str:
    if scope == _PEOPLE:
        return "the accounts that can sign in"
    if step.kind != "invitation":
        return step.scope
    kind, _, key = scope.partition(":")
    if kind == "team":
        return f"team {state.teams[key]['name']}"
    return state.organization if kind == "organization" else state.workspaces.get(key, scope)


def _admins(now: GuardInput) -> Iterator[Objection]:
    there, stay = now.before.admins, now.after.admins
    least = min(now.options.min_org_admins, len(there))
    if len(stay) >= least:
        return
    role = f"{ORGANIZATION_ADMIN} of {now.before.organization}" if now.before.organization else ORGANIZATION_ADMIN
    why = f"{len(stay):,} of {counted(len(there), 'active user')} would remain {role}, but at least {least:,} must."
    lost_admins = there - stay
    for removal in now.removals:
        if takes_admin(removal, now.before, lost_admins):
            yield Objection(removal.number, why, f"--min-org-admins {len(stay)}")


def _affected_accounts(now: GuardInput) -> Iterator[Objection]:
    most = now.options.max_affected
    accounts = {key for removal in now.removals for key in now.affected.get(removal.number, ())}
    if most is None or len(accounts) <= most:
        return
    why, override = affects_too_many(len(accounts), most)
    for removal in now.removals:
        if now.affected.get(removal.number):
            yield Objection(removal.number, why, override)


def affects_too_many(accounts: int, most: int) -> tuple[str, str]:
    """Return why removals that affect this many accounts are blocked, and the option that allows them.

    >>> affects_too_many(2, 1)
    ('2 accounts would lose access that they used, or may have used, for runs; the limit is 1.', '--max-affected 2')
    """
    phrase = "would lose access that they used, or may have used, for runs"
    return f"{counted(accounts, 'account')} {phrase}; the limit is {most:,}.", f"--max-affected {accounts}"


GUARDS = (
    Guard("incomplete", "Removals require completely read lists.", "", _incomplete),
    Guard("exact", "Removals require a scope that is declared exact.", "", _exact),
    Guard("stale", "Rows that others changed since the plan was created are left alone.", "", _stale),
    Guard("allow", "A service account becomes an admin only if it is named.", "--allow", _allow),
    Guard(
        "self",
        "You cannot remove your own admin access or any access of protected users.",
        "--allow-self",
        _self,
    ),
    Guard(
        "removals",
        "A plan removes only a limited share of a team, or of the roles at one scope.",
        "--max-removals",
        _removals,
    ),
    Guard(
        AFFECTED,
        "With --max-affected, removals can affect only a limited number of accounts that used their access for runs.",
        "--max-affected",
        _affected_accounts,
    ),
    Guard("admins", "A minimum number of active users remain admins of the organization.", "--min-org-admins", _admins),
)


# The guards of all writes, not only of plans.
OF_WRITES = tuple(guard for guard in GUARDS if guard.name in ("self", "admins"))


def apply_guards(steps: Sequence[Step], situation: GuardInput, guards: Sequence[Guard] = GUARDS) -> list[Step]:
    """Return the steps, blocked if a guard objects to them or to a step that they need.

    Each guard checks the steps that pass the others, until none objects.

    Args:
        steps: all steps of the plan, unblocked.
        situation: the input of the guards; its steps are ignored.
        guards: the guards to apply.
    """
    by_number = {step.number: step for step in steps}
    blocked = True
    while blocked:
        blocked = False
        for guard in guards:
            passing = [step for step in by_number.values() if step.action in ("add", "remove", "update")]
            for finding in guard.find(replace(situation, steps=passing)):
                if by_number[finding.number].guard is None:
                    blocked = True
                    by_number[finding.number] = replace(
                        by_number[finding.number],
                        guard=guard.name,
                        blocked_reason=finding.why,
                        override=finding.override,
                    )
            _spread(by_number)
    return list(by_number.values())


def _spread(found: dict[int, Step]) -> None:
    """Block the steps that need a blocked step, and skip the steps that need a skipped step."""
    for number, step in sorted(found.items()):
        if step.action not in ("add", "remove", "update"):
            continue
        vain = next((need for need in step.needs if need in found and found[need].action == "skipped"), None)
        if vain is not None:
            found[number] = replace(step, skipped_reason=f"it needs step {vain}, which is skipped")
            continue
        stuck = next((found[need] for need in step.needs if need in found and found[need].guard is not None), None)
        if stuck is not None:
            why = f"It needs step {stuck.number}, which is blocked: {stuck.blocked_reason}"
            found[number] = replace(step, guard=stuck.guard, blocked_reason=why, override=stuck.override)
