"""The guards of writes that are no plan of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.guard_reads import GuardReads
from zenpro_nb.framework.writes.write import JudgedWrites, Write
from zenpro_nb.resources.control_plane import ORGANIZATIONS

if TYPE_CHECKING:
    from zenpro_nb.access.plans.effects import Effect
    from zenpro_nb.access.plans.state import State

SKIP_BLOCKED = "skip_blocked"


class Allowed(Struct, frozen=True):
    """What the line allows: the overrides of the guards.

    Attributes:
        allow_self: the caller may lose their own administration or account.
        min_org_admins: how many active people must remain Organization Admin; None: as many as the guard says.
        skip_blocked: the writes that no guard blocks are sent although others are blocked.
        organization: the organization that the command was given, by name or id; None: the one in use.
    """

    allow_self: bool = False
    min_org_admins: int | None = None
    skip_blocked: bool = False
    organization: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Allowed:
        """Return what the parameters of a command allow."""
        return cls(
            bool(given.get("allow_self")),
            given.get("min_org_admins"),
            bool(given.get(SKIP_BLOCKED)),
            given.get("org"),
        )


class PreparedWrites(list[Write]):
    """Writes with what was read for their guards while they were prepared.

    Args:
        reads: None where nothing was read early.
    """

    def __init__(self, writes: Iterable[Write], reads: GuardReads | None) -> None:
        super().__init__(writes)
        self.reads = reads


def early_reads(ctx: CommandContext, allowed: Allowed) -> GuardReads | None:
    """Return where the reads of the guards are kept; None if the organization is not known yet."""
    if ctx.session.settings.plain:
        return None
    name = allowed.organization or ctx.session.settings.organization or ""
    kept = ctx.session.names.kept("organization", name)
    return GuardReads(ctx.session, kept.id) if isinstance(kept, query.Found) else None


def guarded(ctx: CommandContext, writes: Sequence[Write], allowed: Allowed) -> list[Write]:
    """Return the writes as the guards `self` and `admins` judge them together.

    What takes nothing away is judged without a read. Writes inside workspaces have no administrators of an
    organization to lose.

    Raises:
        ZenProError: who administers could not be read, and the overrides do not allow everything.
    """
    if ctx.session.settings.plain:
        return list(writes)
    effects = _effects(writes)
    found = list(writes)
    if any(effect.does == "remove" for effect in effects):
        for organization, mine in _by_organization(ctx, effects, allowed):
            _judge(ctx, organization, mine, found, allowed, writes)
    return found


def _by_organization(
    ctx: CommandContext, effects: Sequence[Effect], allowed: Allowed
) -> list[tuple[query.Found, list[Effect]]]:
    """Return the effects by the organization that they are about.

    An account belongs to every organization: where none is in use, all that are visible are looked at.
    """
    named = {effect.organization_id for effect in effects if effect.organization_id}
    try:
        places = [query.organization(ctx.session, allowed.organization)]
    except UsageError:
        if all(effect.organization_id for effect in effects):
            places = []
        else:
            places = [_organization(record) for record in query.records(ctx.session, ORGANIZATIONS)]
    known = {place.id: place for place in places}
    every = {key: known.get(key) or query.Found(key, key, {}) for key in (*known, *named)}
    found = [
        (
            place,
            [
                effect
                for effect in effects
                if effect.organization_id in ("", key) and (key in known or effect.organization_id)
            ],
        )
        for key, place in every.items()
    ]
    return [(place, mine) for place, mine in found if any(effect.does == "remove" for effect in mine)]


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
    """Read who administers, and judge the writes by it.

    Args:
        prepared: the writes as they were prepared, which may bring what was read for them.

    Raises:
        ZenProError: that could not be read, and the overrides do not allow everything.
    """
    from zenpro_nb.framework.writes.administrators import Standing

    reads = prepared.reads if isinstance(prepared, PreparedWrites) else None
    mine = reads if reads is not None and reads.organization_id == organization.id else None
    standing = Standing(ctx.session, organization, effects, mine)
    try:
        state = standing.state()
    except ZenProError as error:
        if allowed.allow_self and allowed.min_org_admins == 0:
            return
        error.hint = (
            f"The guards could not read who administers {organization.name}, so nothing was sent. "
            "Add --allow-self --min-org-admins 0 to send it without them."
        )
        raise
    _judge_by(state, standing.me, effects, writes, allowed)


def judged_by(states: Sequence[State], me: str, writes: Sequence[Write], allowed: Allowed) -> JudgedWrites:
    """Return the writes as the guards judge them by what was read of some organizations before.

    Args:
        states: of each organization that the writes are about.
        me: the id of the caller.
    """
    found = JudgedWrites(writes)
    effects = _effects(found)
    for state in states:
        _judge_by(state, me, effects, found, allowed)
    return found


def _effects(writes: Sequence[Write]) -> list[Effect]:
    from zenpro_nb.access.plans.effects import effects_of

    return [
        effect
        for at, write in enumerate(writes)
        if write.client is None and not write.held and not write.noop
        for effect in effects_of(at, write.method, write.path, write.sent_params, write.body)
    ]


def _judge_by(state: State, me: str, effects: Sequence[Effect], writes: list[Write], allowed: Allowed) -> None:
    """Block those of the writes that a guard forbids, or give them the caution of the guard that was overridden."""
    from zenpro_nb.access.plans.effects import steps_of
    from zenpro_nb.access.plans.guard_input import GuardInput
    from zenpro_nb.access.plans.guards import OF_WRITES, apply_guards
    from zenpro_nb.access.plans.options import GuardOptions

    pairs = [(effect, step) for effect in effects for step in steps_of(effect, state, me)]
    steps = [replace(step, number=number) for number, (_, step) in enumerate(pairs, 1)]
    least = limits.MIN_ORG_ADMINS if allowed.min_org_admins is None else allowed.min_org_admins
    strict = GuardOptions(me_id=me)
    told = replace(strict, allow_self=allowed.allow_self, min_org_admins=least)
    forbidden = apply_guards(steps, GuardInput((), state, None, told), OF_WRITES)
    # Each guard by itself: one that has blocked a write says nothing about what the others think of it.
    wary = [apply_guards(steps, GuardInput((), state, None, strict), [guard]) for guard in OF_WRITES]
    remain = len(state.applied([item for item in forbidden if item.guard is None]).admins)
    for (effect, _), now, *usual in zip(pairs, forbidden, *wary, strict=True):
        write = writes[effect.write]
        if now.guard is not None:
            if not write.blocked:
                writes[effect.write] = blocked(write, now.guard, now.blocked_reason, now.override)
            continue
        cautions = [_caution(str(item.guard), remain, state.organization) for item in usual if item.guard is not None]
        more = [caution for caution in cautions if caution not in write.caution]
        writes[effect.write] = replace(write, caution=" ".join(filter(None, [write.caution, *more])))


def _caution(guard: str, remain: int, organization: str) -> str:
    """Return what somebody should read before they confirm a write although a guard is against it."""
    if guard == "self":
        return "Caution: this is you."
    if remain:
        who = "1 administrator" if remain == 1 else f"{remain:,} administrators"
        return f"Caution: {organization} keeps only {who}."
    return f"Caution: this is the last administrator of {organization}."


def blocked(write: Write, guard: str, why: str, override: str) -> Write:
    """Return the write as one that a guard blocks."""
    return replace(write, blocked=blocked_words(guard, why, override), guard=guard, why=why, override=override)


def blocked_words(guard: str, why: str, override: str) -> str:
    """Return why a write is blocked, and what lets it pass, in one line."""
    words = f"{guard}: {why}".rstrip(": .")
    return f"{words}; {override}" if override else words
