"""Report writes that a guard blocks: what blocks them, and then the ways out, the best one first."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb import limits
from zenpro_nb.errors import BlockedError
from zenpro_nb.framework.writes.guards.apply import blocked_words
from zenpro_nb.framework.writes.write import Hold, Remedy, Write
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.sentences import capitalized

SKIP_BLOCKED = "--skip-blocked"


def error_of(writes: Sequence[Write], table: object, *, plan: bool) -> BlockedError:
    """Return the error about a command of which at least one write is blocked.

    Args:
        writes: all writes of the command.
        table: the blocked writes as a table.
        plan: they are the steps of a plan, of which the others can be sent without the blocked ones.
    """
    blocked = [write for write in writes if write.hold.blocked]
    remedies = _remedies(blocked)
    rest = sum(not write.hold_text and not write.noop for write in writes) if plan else 0
    repeats = " ".join(dict.fromkeys(remedy.option for remedy in remedies if remedy.option)) if remedies else None
    error = BlockedError(
        _message(blocked, len(writes), plan=plan), hint=_hint(blocked, remedies, rest), rows=table, repeats=repeats
    )
    if rest and not remedies:
        error.adds = SKIP_BLOCKED
    return error


def advice(writes: Sequence[Write]) -> str:
    """Return what to do first about writes that a guard blocks; "" if the guards can only be overridden."""
    return " ".join(remedy.first for remedy in _remedies([write for write in writes if write.hold.blocked]))


def _remedies(blocked: Sequence[Write]) -> list[Remedy]:
    return list(dict.fromkeys(write.hold.remedy for write in blocked if write.hold.remedy is not None))


def _message(blocked: Sequence[Write], total: int, *, plan: bool) -> str:
    hold = blocked[0].hold
    # The option that allows it comes in the hint.
    why = blocked_words(hold.guard, hold.why, "") if hold.why else hold.blocked
    first = f"{blocked[0].target}: {why}"
    if total == 1:
        return f"Blocked; nothing was sent: {first}"
    what = counted(total, "row") if plan else counted(total, "change")
    return f"Nothing was sent: {len(blocked):,} of {what} {'is' if len(blocked) == 1 else 'are'} blocked: {first}"


def _hint(blocked: Sequence[Write], remedies: Sequence[Remedy], rest: int) -> str:
    """Return the next steps.

    Args:
        rest: how many writes would be sent without the blocked ones.
    """
    steps = [remedy.first for remedy in remedies]
    if remedies:
        options = " ".join(dict.fromkeys(remedy.option for remedy in remedies if remedy.option))
        steps.append(f"{BlockedError.REPEAT}{f' with {options}' if options else ''}.")
    others = [write.hold for write in blocked if write.hold.remedy is None and write.hold.override]
    steps += _of_overrides(others)
    if rest:
        steps.append(f"To apply only the other {counted(rest, 'row') if rest > 1 else 'row'}, add {SKIP_BLOCKED}.")
    # The way around the guard comes last, with its consequence.
    overrides = {
        (hold.remedy.override, hold.override): None for write in blocked if (hold := write.hold).remedy is not None
    }
    steps += [f"{words}, add {option}." for words, option in overrides]
    return " ".join(steps)


def _of_overrides(holds: Sequence[Hold]) -> list[str]:
    """Return the sentences about options that allow blocked writes, and about other steps."""
    overrides = list(dict.fromkeys(hold.override for hold in holds))
    options = [text for text in overrides if text.startswith("-")]
    sentences = [f"To allow it, add {name_list(options, limits.NAMES_IN_REASON)}."] if options else []
    others = [text for text in overrides if not text.startswith("-")][: limits.NAMES_IN_REASON]
    return [*sentences, *(f"{capitalized(text)}." for text in others)]
