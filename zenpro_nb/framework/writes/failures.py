"""Report writes that did not reach their intended state: as an error, or as a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zenpro_nb import frames, limits
from zenpro_nb.errors import InterruptedReadError, OutcomeUnknownError, PartlyDoneError, ZenProError
from zenpro_nb.framework.writes.write import CTRL_C, STOPPED, Outcome, Write
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.ui.cells import shorten

_ROUTE = re.compile(r" \([A-Z]+ /\S*, HTTP \d+\)$")  # the end of a refusal's message; the table has these columns


def error_of(outcome: Outcome, line: str = "") -> ZenProError:
    """Return the error that reports a single failed write.

    Args:
        line: as for `partly_done`.
    """
    if outcome.state in ("unknown", "not done"):
        hint = f"Run {_again(line)} again." if outcome.state == "not done" else "See it in `journal`."
        error = OutcomeUnknownError(
            f"{outcome.write.target}: {outcome.detail}",
            hint=hint,
            method=outcome.write.method,
            path=outcome.write.path,
        )
        error.is_interrupted = CTRL_C in outcome.detail
        return error
    return outcome.error if isinstance(outcome.error, ZenProError) else ZenProError(outcome.detail)


def partly_done(results: Sequence[Outcome], frame: frames.Table, line: str = "") -> PartlyDoneError:
    """Return the error for several writes, some of which did not reach their intended state.

    Args:
        line: the command that continues; empty if it is unknown.
    """
    failed = [result for result in results if result.failed]
    interrupted = is_interrupted(failed)
    # After Ctrl-C, the counts name the writes with an unknown outcome.
    named = [outcome for outcome in failed if outcome.detail != STOPPED and not (interrupted and _is_unknown(outcome))]
    words, in_full = reasons(named)
    if interrupted:
        states = {outcome.state for outcome in named}
        label = states.pop() if len(states) == 1 else "failed"
        words = f"{STOPPED[0].upper()}{STOPPED[1:]}: {_counts(results)}{f'; {label}: {words}' if words else ''}"
    else:
        sent = [result for result in results if _counts_as_sent(result)]
        unchanged = sum(result.good and not _counts_as_sent(result) for result in results)
        also = f", {unchanged:,} {'was' if unchanged == 1 else 'were'} unchanged" if unchanged else ""
        words = f"{len(sent) - len(failed)} of {len(sent)} are done{also}; not done: {words}"
    rest = "" if in_full else "The column `detail` contains all reasons in full. "
    error = PartlyDoneError(words, hint=f"{rest}{_next_step(failed, _again(line), interrupted)}", outcomes=frame)
    error.is_interrupted = interrupted
    return error


def reasons(failed: Sequence[Outcome]) -> tuple[str, bool]:
    """Return the first reasons of failures, each after its targets, and whether these are all of them, in full.

    A write that was not sent because of another failure comes after that failure.

    >>> from zenpro_nb.framework.writes.write import Write
    >>> unsent = [Outcome(Write("POST", "/", name), "not sent", "team a failed") for name in ("user b", "user c")]
    >>> reasons([*unsent, Outcome(Write("PATCH", "/", "team a"), "refused", "team a: the name is taken")])
    ('team a (the name is taken); user b, user c (team a failed)', True)
    """
    targets: dict[str, list[str]] = {}
    for outcome in sorted(failed, key=lambda outcome: outcome.state == "not sent"):
        error, target = outcome.error, outcome.write.target
        text = error.message if isinstance(error, ZenProError) and outcome.state != "unknown" else outcome.detail
        reason = _ROUTE.sub("", " ".join(text.split()).removeprefix(f"{target}: "))
        targets.setdefault(reason, []).append(target)
    shown = {reason: shorten(reason, limits.REASON_WIDTH) for reason in list(targets)[: limits.REASONS_SHOWN]}
    texts = [
        name_list(targets[reason], limits.FAILED_NAMED) + (f" ({short})" if short else "")
        for reason, short in shown.items()
    ]
    more = len(targets) - len(shown)
    return "; ".join([*texts, *([f"{counted(more, 'more reason')}"] if more else [])]), not more and all(
        reason == short for reason, short in shown.items()
    )


def is_interrupted(outcomes: Sequence[Outcome]) -> bool:
    """Return whether Ctrl-C stopped any of these writes."""
    return any(outcome.detail == STOPPED or CTRL_C in outcome.detail for outcome in outcomes if outcome.failed)


def ending(outcomes: Sequence[Outcome]) -> str:
    """Return how the writes ended, for the line below their table.

    >>> from zenpro_nb.framework.writes.write import Write
    >>> done, refused = Outcome(Write("POST", "/", "a"), "done"), Outcome(Write("POST", "/", "b"), "refused")
    >>> unsent = Outcome(Write("POST", "/", "c"), "not sent", STOPPED)
    >>> same = Outcome(Write("POST", "/", "d"), "already")
    >>> [ending(outcomes) for outcomes in ([done, same], [done, refused], [refused], [done, unsent], [same])]
    ['done', 'partly done', 'not done', 'interrupted', 'unchanged']
    """
    if is_interrupted(outcomes):
        return "interrupted"
    if outcomes and all(outcome.state == "already" for outcome in outcomes):
        return "unchanged"
    if not any(outcome.failed for outcome in outcomes):
        return "done"
    return "partly done" if any(outcome.good for outcome in outcomes) else "not done"


def interruption(outcomes: Sequence[Outcome], sentence: str) -> InterruptedReadError:
    """Return the error for a Ctrl-C that came after everything had been sent.

    Args:
        sentence: the result message if all writes reached their intended state.

    >>> from zenpro_nb.framework.writes.write import Write
    >>> done, refused = Outcome(Write("POST", "/", "a"), "done"), Outcome(Write("POST", "/", "b"), "refused")
    >>> interruption([done, refused], "").message
    '1 done, 1 refused. Ctrl-C came after that, and stopped only the output'
    """
    if any(outcome.failed for outcome in outcomes):
        sentence = _counts(outcomes)
    return InterruptedReadError(
        f"{sentence}. Ctrl-C came after that, and stopped only the output", hint="`journal` lists what was sent."
    )


def _counts(outcomes: Sequence[Outcome]) -> str:
    """Return the number of writes per outcome, with the names of those with an unknown outcome.

    >>> from zenpro_nb.framework.writes.write import Write
    >>> done, lost = Outcome(Write("POST", "/", "a"), "done"), Outcome(Write("POST", "/", "b"), "unknown")
    >>> _counts([done, done, lost, Outcome(Write("POST", "/", "c"), "not sent")])
    '2 done, 1 unknown even after a check (b), 1 not sent'
    """
    counts = {"done": sum(outcome.good and _counts_as_sent(outcome) for outcome in outcomes)}
    counts["unchanged"] = sum(outcome.good for outcome in outcomes) - counts["done"]
    for state in ("unknown", "not done", "refused", "not kept", "blocked", "not sent"):
        counts[state] = sum(outcome.state == state for outcome in outcomes)
    unknown = [outcome.write.target for outcome in outcomes if _is_unknown(outcome)]
    checked = f" even after a check ({name_list(unknown, limits.FAILED_NAMED)})" if unknown else ""
    words = [f"{count:,} {state}{checked if state == 'unknown' else ''}" for state, count in counts.items()]
    return ", ".join(text for text, count in zip(words, counts.values(), strict=True) if count)


def left_out(outcomes: Sequence[Outcome]) -> list[str]:
    """Return one line for each reason why writes were never sent, with their targets."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        if outcome.state in ("blocked", "skipped") and not outcome.write.hold.remains:
            reasons.setdefault((outcome.state, outcome.detail), []).append(outcome.write.target)
    return [f"{name_list(targets, limits.FAILED_NAMED)}: {state}: {why}" for (state, why), targets in reasons.items()]


def still_open(writes: Sequence[Write]) -> list[str]:
    """Return what skipped writes leave open, each with the command for it."""
    remains = [write.hold.remains for write in writes if write.hold.skipped]
    texts = [f"still open: {text}" for text in dict.fromkeys(remains) if text]
    more = len(texts) - limits.NAMES_IN_MESSAGE
    rest = [f"still open: {more:,} more, in the skipped rows"] if more > 0 else []
    return [*texts[: limits.NAMES_IN_MESSAGE], *rest]


def _counts_as_sent(outcome: Outcome) -> bool:
    """Return whether a write counts among those to be sent: not if it was skipped, or known to change nothing."""
    return outcome.state != "skipped" and not (outcome.good and bool(outcome.write.noop))


def _is_unknown(outcome: Outcome) -> bool:
    return outcome.state == "unknown"


def continuation(name: str, writes: Sequence[Write], line: str) -> str:
    """Return the command that continues an unfinished one: the same line, unless a write names another.

    Args:
        name: the name of the command, with which its line begins.
    """
    other = next((write.confirmation.continuation for write in writes if write.confirmation.continuation), "")
    return f"{other}{line.removeprefix(name)}" if other else line


def _again(line: str) -> str:
    """Return a command in a sentence; a very long one is not repeated."""
    return f"`{line}`" if 0 < len(line) <= limits.HELP_WIDTH else "the command"


def _next_step(failed: Sequence[Outcome], again: str, interrupted: bool) -> str:
    if any(map(_is_unknown, failed)):
        check = (
            "Changes with an unknown outcome may still be in progress: check them with "
            f"`journal --where outcome=unknown`, then run {again} again."
        )
        return f"{check} Completed changes are kept."
    if not interrupted and any(outcome.state in ("refused", "blocked") for outcome in failed):
        return f"Fix the cause, and run {again} again: completed changes are kept."
    return f"Run {again} again: completed changes are kept."
