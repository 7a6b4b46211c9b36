"""`users offboard --check-usage`: show the runs of the people who leave, and limit how many people are affected."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb import access
from zenpro_nb.access.plans.guards import AFFECTED, affects_too_many
from zenpro_nb.commands.people.memberships import Place
from zenpro_nb.framework.declare import CommandContext, JudgedWrites, blocked, read_activity, steps_of_writes


def with_usage(
    ctx: CommandContext, writes: JudgedWrites, places: Sequence[Place], window: str, max_affected: int | None
) -> JudgedWrites:
    """Return the writes with the runs that they make impossible, blocked if they affect too many accounts."""
    from zenpro_nb.usage.removals import usage_of_removals  # numpy: nothing of it is needed for the help of a command

    texts: dict[int, tuple[int, str]] = {}
    affected: dict[int, set[str]] = {}
    for place in places:
        state = access.State.of(place.inventory)
        pairs = steps_of_writes(writes, state, place.me, place.organization.id)
        indexes = {step.number: at for at, step in pairs}
        activity = read_activity(ctx, place.inventory, window, "marks")
        usages = usage_of_removals(place.inventory, [step for _, step in pairs], activity)
        for step in (step for _, step in pairs if step.number in usages):
            usage, at = usages[step.number], indexes[step.number]
            # A write that revokes several roles shows the one with most runs.
            texts[at] = max(texts.get(at, (-1, "")), (usage.runs + usage.scheduled, usage.text(state, step)))
            affected.setdefault(at, set()).update(usage.affected)
    for at, (_, text) in texts.items():
        writes[at] = writes[at].with_position(usage=text)
    accounts = set().union(*affected.values())
    if max_affected is not None and len(accounts) > max_affected:
        why, override = affects_too_many(len(accounts), max_affected)
        for at in affected:
            writes[at] = blocked(writes[at], AFFECTED, why, override)
    return writes
