"""Apply the guards to writes that are not part of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import access, limits, query
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.guards.reads import GuardReads
from zenpro_nb.framework.writes.guards.remedies import ADMINS, more_admins
from zenpro_nb.framework.writes.write import JudgedWrites, Write
from zenpro_nb.resources.control_plane import ORGANIZATIONS

if TYPE_CHECKING:
    from zenpro_nb.access.plans.effects import Effect
    from zenpro_nb.access.plans.model import Step
    from zenpro_nb.access.plans.state import Account, State

SKIP_BLOCKED = "skip_blocked"


class Allowed(Struct, frozen=True):
    """The overrides of the guards in a line.

    Attributes:
        allow_self: the caller can lose their own admin access or account.
        min_org_admins: how many active people must remain Organization Admin; None: the guard's default.
        skip_blocked: the writes that no guard blocks are sent although others are blocked.
        organization: the organization that the command was given, by name or id; None: the one in use.
        successors: users who take over from those who lose something, by name.
    """

    allow_self: bool = False
    min_org_admins: int | None = None
    skip_blocked: bool = False
    organization: str | None = None
    successors: tuple[str, ...] = ()

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Allowed:
        """Return the overrides in the parameters of a command."""
        return cls(
            bool(arguments.get("allow_self")),
            arguments.get("min_org_admins"),
            bool(arguments.get(SKIP_BLOCKED)),
            arguments.get("org"),
        )


class PreparedWrites(list[Write]):
    """Writes with the data that was read for their guards while they were prepared.

    Args:
        reads: None if nothing was read early.
    """

    def __init__(self, writes: Iterable[Write], reads: GuardReads | None) -> None:
        super().__init__(writes)
        self.reads = reads


def early_reads(ctx: CommandContext, allowed: Allowed) -> GuardReads | None:
    """Return the store for the reads of the guards; None if the organization is not known yet."""
    if ctx.session.settings.plain:
        return None
    name = allowed.organization or ctx.session.settings.organization or ""
    organization = ctx.session.names.value("organization", name)
    return GuardReads(ctx.session, organization.id) if isinstance(organization, query.Found) else None


def guard_writes(ctx: CommandContext, writes: Sequence[Write], allowed: Allowed) -> list[Write]:
    """Return the writes as the guards `self` and `admins` judge them together.

    Writes that remove nothing are judged without a read. Writes inside workspaces cannot remove an organization's
    administrators.

    Raises:
        ZenProError: the administrators could not be read, and the overrides do not allow everything.
    """
    if ctx.session.settings.plain:
        return list(writes)
    effects = _effects(writes)
    writes_guarded = list(writes)
    if any(effect.does == "remove" for effect in effects):
        for organization, its_effects in _by_organization(ctx, effects, allowed):
            _judge(ctx, organization, its_effects, writes_guarded, allowed, writes)
    return writes_guarded


def _by_organization(
    ctx: CommandContext, effects: Sequence[Effect], allowed: Allowed
) -> list[tuple[query.Found, list[Effect]]]:
    """Return the effects grouped by their organization.

    An account belongs to every organization: if none is in use, all visible organizations are checked.
    """
    ids = {effect.organization_id for effect in effects if effect.organization_id}
    try:
        places = [query.organization(ctx.session, allowed.organization)]
    except UsageError:
        if all(effect.organization_id for effect in effects):
            places = []
        else:
            places = [_organization(record) for record in query.records(ctx.session, ORGANIZATIONS)]
    places_by_id = {place.id: place for place in places}
    organizations = {key: places_by_id.get(key) or query.Found(key, key, {}) for key in (*places_by_id, *ids)}
    pairs = [
        (
            place,
            [
                effect
                for effect in effects
                if effect.organization_id in ("", key) and (key in places_by_id or effect.organization_id)
            ],
        )
        for key, place in organizations.items()
    ]
    return [
        (place, its_effects) for place, its_effects in pairs if any(effect.does == "remove" for effect in its_effects)
    ]


def _organization(record: Mapping[str, Any]) -> query.Found:
    key = query.id_of(ORGANIZATIONS, record)
    return query.Found(key, str(record.get("name") or key), {})


def _judge(
    ctx: CommandContext,
    organization: query.Found,
    effects: Sequence[Effect],
    writes: list[Write],
    allowed: Allowed,
    prepared: Sequence[Write],
) -> None:
    """Read the administrators, and judge the writes by them.

    Args:
        prepared: the writes as they were prepared, possibly with the data that was read for them.

    Raises:
        ZenProError: they could not be read, and the overrides do not allow everything.
    """
    from zenpro_nb.framework.writes.guards.administrators import Standing

    reads = prepared.reads if isinstance(prepared, PreparedWrites) else None
    own_reads = reads if reads is not None and reads.organization_id == organization.id else None
    standing = Standing(ctx.session, organization, effects, own_reads)
    try:
        state = standing.state()
    except ZenProError as error:
        if allowed.allow_self and allowed.min_org_admins == 0:
            return
        error.hint = (
            f"The guards could not read the administrators of {organization.name}; nothing was sent. "
            "To send it without the guards, add --allow-self --min-org-admins 0."
        )
        raise
    _judge_by(state, (standing.me, state.accounts.get(standing.me)), effects, writes, allowed)


def judged_by(states: Mapping[str, State], me: str, writes: Sequence[Write], allowed: Allowed) -> JudgedWrites:
    """Return the writes as the guards judge them, by the states of some organizations that were read before.

    Args:
        states: the state of each organization that the writes concern, by its id.
        me: the id of the caller.
    """
    guarded_writes = JudgedWrites(writes)
    effects = _effects(guarded_writes)
    account = next((state.accounts[me] for state in states.values() if me in state.accounts), None)
    for key, state in states.items():
        here = [effect for effect in effects if effect.organization_id in ("", key)]
        _judge_by(state, (me, account), here, guarded_writes, allowed)
    return guarded_writes


def steps_of_writes(writes: Sequence[Write], state: State, me: str, organization_id: str) -> list[tuple[int, Step]]:
    """Return the plan steps that are equivalent to the writes to be sent, numbered, each with the index of its write.

    Args:
        writes: the writes.
        state: the state of an organization.
        me: the id of the caller.
        organization_id: the organization; writes that concern only another one are left out.
    """
    effects = [effect for effect in _effects(writes) if effect.organization_id in ("", organization_id)]
    pairs = [(effect.write, step) for effect in effects for step in access.steps_of(effect, state, me)]
    return [(at, replace(step, number=number)) for number, (at, step) in enumerate(pairs, 1)]


def with_gains(
    ctx: CommandContext,
    writes: Sequence[Write],
    organization: query.Found,
    *,
    state: State | None = None,
    roles: Sequence[query.Found] = (),
) -> list[Write]:
    """Return the writes; before they are sent, and in a dry run, the command shows who gains an admin role.

    Args:
        state: the current state of the organization. Without `state` and `roles`, the roles of the teams are read,
            unless nothing is printed; if they cannot be read, nothing is shown.
        roles: the roles of invitations, which need no other state.
    """
    read: list[State] = [] if state is None else [state]

    def sentence(sent: Sequence[Write]) -> str:
        from zenpro_nb.framework.writes.guards.administrators import Standing, roles_of_records

        effects = _effects(sent)
        if not effects:
            return ""
        if roles and not read:
            read.append(access.State(roles=roles_of_records(role.record for role in roles)))
        if not read:
            try:
                read.append(Standing(ctx.session, organization, effects).state_of_teams())
            except ZenProError:
                return ""
        steps = [step for _, step in steps_of_writes(sent, read[0], "", organization.id)]
        return access.gains(steps, read[0])

    return [write.with_confirmation(gains=sentence) if at == 0 else write for at, write in enumerate(writes)]


def _effects(writes: Sequence[Write]) -> list[Effect]:
    return [
        effect
        for at, write in enumerate(writes)
        if write.client is None and not write.hold_text and not write.noop
        for effect in access.effects_of(at, write.method, write.path, write.sent_params, write.body)
    ]


def _judge_by(
    state: State, me: tuple[str, Account | None], effects: Sequence[Effect], writes: list[Write], allowed: Allowed
) -> None:
    """Block the writes that a guard forbids, and add the cautions of overridden guards.

    Args:
        me: the id and the account of the caller.
    """
    pairs = [(effect, step) for effect in effects for step in access.steps_of(effect, state, me[0])]
    steps = [replace(step, number=number) for number, (_, step) in enumerate(pairs, 1)]
    minimum = limits.MIN_ORG_ADMINS if allowed.min_org_admins is None else allowed.min_org_admins
    strict = access.GuardOptions(me_id=me[0])
    options = replace(strict, allow_self=allowed.allow_self, min_org_admins=minimum)
    forbidden = access.apply_guards(steps, access.GuardInput((), state, None, options), access.OF_WRITES)
    # Each guard is applied separately: a write blocked by one guard hides the result of the others.
    strict_results = [
        access.apply_guards(steps, access.GuardInput((), state, None, strict), [guard]) for guard in access.OF_WRITES
    ]
    remaining_admins = len(
        state.after_step([step_result for step_result in forbidden if step_result.guard is None]).admins
    )
    remedy = None
    if any(step_result.guard == ADMINS for step_result in forbidden):
        remedy = more_admins(state, forbidden, minimum, allowed.successors, me)
    for (effect, _), judged_step, *strict_steps in zip(pairs, forbidden, *strict_results, strict=True):
        write = writes[effect.write]
        if judged_step.guard is not None:
            if not write.hold.blocked:
                write = blocked(write, judged_step.guard, judged_step.blocked_reason, judged_step.override)
                writes[effect.write] = write.with_hold(remedy=remedy if judged_step.guard == ADMINS else None)
            continue
        cautions = [
            _caution(str(step_result.guard), remaining_admins, state.organization)
            for step_result in strict_steps
            if step_result.guard is not None
        ]
        more = [caution for caution in cautions if caution not in write.hold.caution]
        writes[effect.write] = write.with_hold(caution=" ".join(filter(None, [write.hold.caution, *more])))


def _caution(guard: str, remaining_admins: int, organization: str) -> str:
    """Return the caution to show before confirming a write against a guard."""
    if guard == "self":
        return "Caution: this is you."
    if remaining_admins:
        who = "1 administrator" if remaining_admins == 1 else f"{remaining_admins:,} administrators"
        return f"Caution: only {who} would remain in {organization}."
    return f"Caution: this is the last administrator of {organization}."


def blocked(write: Write, guard: str, why: str, override: str) -> Write:
    """Return the write as one that a guard blocks."""
    return write.with_hold(blocked=blocked_words(guard, why, override), guard=guard, why=why, override=override)


def blocked_words(guard: str, why: str, override: str) -> str:
    """Return why a write is blocked, and how to allow it, in one line."""
    words = f"{guard}: {why}".rstrip(": .")
    return f"{words}; {override}" if override else words
