"""`reviews decide`: record decisions from the command line, or from a filled-in frame or file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from zenpro_nb import frames, limits, query
from zenpro_nb.access.reviews import decisions
from zenpro_nb.access.reviews.columns import REVIEW
from zenpro_nb.access.reviews.decisions import Decision
from zenpro_nb.access.reviews.foresight import Foresight
from zenpro_nb.access.reviews.model import ACCEPTED, DECISIONS, DONT_KNOW, KEEP, REVOKE, Review
from zenpro_nb.commands.reviews.common import (
    ReviewName,
    caller,
    find_review,
    frame_of_rows,
    in_a_file,
    latest_review,
    next_of,
    now,
    progress,
    texts_of,
    undecided,
    update_review,
)
from zenpro_nb.commands.reviews.decision_options import (
    Because,
    DontKnow,
    From,
    Keep,
    Principals,
    Recommended,
    Revoke,
    Rows,
    Where,
    Yes,
)
from zenpro_nb.commands.reviews.reviews import reviews
from zenpro_nb.errors import ConfirmationError, UnknownNameError, UsageError
from zenpro_nb.framework.declare import CommandContext, Org, Out, predicate_of
from zenpro_nb.security import printable
from zenpro_nb.syntax.conditions import Condition
from zenpro_nb.syntax.counts import counted, enumerated
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

_SHOWN_FIRST = (REVOKE, DONT_KNOW, KEEP)  # the rows that change something, then those that are still open
_WORDS = {REVOKE: "to revoke", KEEP: "to keep"}
_NO_DECISIONS = "no new decisions"


@reviews.verb
def decide(
    ctx: CommandContext,
    name: ReviewName,
    row: Rows = (),
    principal: Principals = (),
    where: Where = (),
    keep: Keep = False,
    revoke: Revoke = False,
    dont_know: DontKnow = False,
    recommended: Recommended = False,
    because: Because = None,
    from_: From = None,
    yes: Yes = False,
    org: Org = None,
    out: Out = None,
) -> pd.DataFrame:
    """Record decisions on rows of a review, with your account and the time.

    Makes no changes on the server: `reviews apply` does that. To use --from, fill in the result of `reviews get`.
    Missing rows and rows without a decision are ignored. To go through all rows with the keyboard, use `form review`.

    Examples:
        # Keep one role, with a reason
        reviews decide 2026-q3 --row 1 --keep --because "leads the team"
        # Leave all rows of a person undecided
        reviews decide 2026-q3 --principal linus@example.com --dont-know
        # Keep all rows that are still undecided
        reviews decide 2026-q3 --where "decision=don't-know" --keep
        # Accept the recommendations for all rows that have no decision yet
        reviews decide 2026-q3 --recommended --yes
    """
    decision_options = [word for word, is_set in zip(DECISIONS, (keep, revoke, dont_know), strict=True) if is_set]
    review = _review(ctx, name, org, decision_options)
    _refuse(ctx, review, decision_options, bool(row or principal or where), because, from_, is_recommended=recommended)
    numbers = dict.fromkeys([*row, *(decisions.rows_of(review, principal) if principal else ())])
    if where:
        numbers = _matching(ctx, review, numbers, where)
    unseen = ""
    if from_ is not None:
        decided = decisions.decisions_in(review, texts_of(from_))
    elif recommended:
        decided = _as_recommended(review, numbers, because)
        unseen = "" if row else _unseen(ctx, review, decided)
    else:
        decided = [Decision(number, decision_options[0], because) for number in numbers]
    by, time = caller(ctx), now(ctx)

    def with_decisions(current_review: Review) -> Review:
        return decisions.with_decisions(current_review, decided, by.name, time)

    for warning in Foresight(review, by.id).warnings(with_decisions(review), [decision.row for decision in decided]):
        ctx.ui.warn(warning)
    if recommended:
        _confirm(ctx, review, decided, unseen, yes=yes)
    after = update_review(review, with_decisions)
    numbers_decided = {decision.row for decision in decided}
    rows = sorted(
        (row for row in after.rows if row.row in numbers_decided), key=lambda row: _SHOWN_FIRST.index(row.decision)
    )
    summary = _summary("decided {}", [row.decision for row in rows]) if rows else _NO_DECISIONS
    state = next_of(ctx.ui.name, after) if after.is_answered else ""
    has_all = numbers_decided >= {row.row for row in after.open if row.decision}  # then both would have the same counts
    ctx.ui.say(state if state and has_all else f"{summary}; {state or progress(after)}")
    if yes and unseen:
        ctx.ui.say(unseen)
    ctx.ui.abridge(f": `{ctx.ui.name} reviews get {quoted(after.name)}`")
    frame = frame_of_rows(ctx, after, rows)
    if all(row.recommendation == row.decision for row in rows):
        frames.with_folded(frame, ["recommendation"])  # the decision is the same
    if out:
        ctx.ui.assign(out, frame)
    return frame


def _review(ctx: CommandContext, name: str, org: str | None, decisions: list[str]) -> Review:
    """Return the review with this name.

    Raises:
        UnknownNameError: no such review exists. For a number, as in `--revoke 3`, the message names the line for a row.
    """
    try:
        return find_review(ctx, name, org).review
    except UnknownNameError as error:
        newest = latest_review(ctx, org) if name.isdigit() else ""
        if newest:
            line = f"{ctx.ui.name} reviews decide {quoted(newest)} --row {name} --{(decisions or [KEEP])[0]}"
            error.hint = f"To decide row {name} of a review: `{line}`."
        raise


def _matching(
    ctx: CommandContext, review: Review, numbers: Collection[int], where: Sequence[Condition]
) -> dict[int, None]:
    """Return the numbers of the open rows that meet the conditions: among these, or among all.

    Raises:
        UsageError: there are none.
    """
    rows = [row for row in review.open if not row.is_settled and (not numbers or row.row in numbers)]
    predicate = predicate_of(REVIEW, where, None, None, query.now(ctx.session))
    matching = predicate.rows(frame_of_rows(ctx, review, rows))["row"]
    if matching.empty:
        conditions = [str(condition) for condition in where]
        options = " ".join(f"--where {quoted(text)}" for text in conditions)
        raise UsageError(
            f"No open row of review {review.name} matches {' and '.join(conditions)}; nothing was decided",
            hint=f"To see the rows with any state, use `{ctx.ui.name} reviews get {quoted(review.name)} {options}`.",
        )
    return dict.fromkeys(int(number) for number in matching)


def _as_recommended(review: Review, numbers: Collection[int], because: str | None) -> list[Decision]:
    """Return the recommendations as decisions: for these rows, or for all; only for rows without a decision."""
    rows = [row for row in review.open if not row.decision and row.recommendation in DECISIONS]
    return [
        Decision(row.row, row.recommendation, because or ACCEPTED) for row in rows if not numbers or row.row in numbers
    ]


def _unseen(ctx: CommandContext, review: Review, decided: Sequence[Decision]) -> str:
    """Return how many roles are kept because of a recommendation alone, and the command that lists them."""
    kept = sum(decision.decision == KEEP for decision in decided)
    if not kept:
        return ""
    line = f"{ctx.ui.name} reviews get {quoted(review.name)} --where decision={KEEP}"
    return (
        f"{counted(kept, 'row')} {'is' if kept == 1 else 'are'} kept without having been looked at; `{line}` lists "
        f"{'it' if kept == 1 else 'them'}"
    )


def _confirm(ctx: CommandContext, review: Review, decided: Sequence[Decision], unseen: str, *, yes: bool) -> None:
    """Ask before many rows are decided at once.

    Args:
        unseen: what to say about the rows that are kept.

    Raises:
        ConfirmationError: the answer was no, or the session is not interactive.
    """
    if yes or not decided:
        return
    _preview(ctx, review, [decision.row for decision in decided if decision.decision == REVOKE])
    words = [decision.decision for decision in decided]
    question = f"{_summary(f'Decide {{}} of review {review.name} as recommended', words)}?"
    if unseen:
        question = f"{question} {unseen.partition(';')[0]}."
    question += f" Nothing is revoked before `{ctx.ui.name} reviews apply {quoted(review.name)}`."
    if not ctx.ui.confirm(question):
        raise ConfirmationError("Nothing was decided.")


def _preview(ctx: CommandContext, review: Review, numbers: Collection[int]) -> None:
    """Show the first rows that will be revoked, and the command that lists all of them."""
    rows = [row for row in review.rows if row.row in numbers]
    if rows:
        ctx.ui.say(f"{counted(len(rows), 'row')} to revoke:")
    for row in rows[: limits.REVOCATIONS_NAMED]:
        ctx.ui.say(printable.line(f"  {row.principal}: {row.assignment}"))
    if len(rows) > limits.REVOCATIONS_NAMED:
        line = f"{ctx.ui.name} reviews get {quoted(review.name)} --where recommendation={REVOKE}"
        ctx.ui.say(f"  and {len(rows) - limits.REVOCATIONS_NAMED:,} more: `{line}` lists all, with the reasons")


def _summary(verb: str, words: Sequence[str]) -> str:
    """Return the numbers of decisions, and of rows that stay undecided.

    Args:
        verb: with `{}` for the number of decided rows.

    >>> _summary("decided {}", ["keep", "revoke", "keep", "don't-know"]), _summary("decided {}", ["don't-know"])
    ("decided 3 rows: 1 to revoke and 2 to keep; 1 undecided (don't-know)", "decided 0 rows; 1 undecided (don't-know)")
    """
    counts = Counter(words)
    parts = [f"{counts[word]:,} {text}" for word, text in _WORDS.items() if counts[word]]
    decided = counted(sum(counts[word] for word in _WORDS), "row")
    decisions = verb.format(decided) + (f": {enumerated(parts, len(parts))}" if parts else "")
    return f"{decisions}; {undecided(counts[DONT_KNOW])}" if counts[DONT_KNOW] else decisions


def _refuse(
    ctx: CommandContext,
    review: Review,
    decisions: list[str],
    has_rows: bool,
    because: str | None,
    from_: object,
    *,
    is_recommended: bool,
) -> None:
    """Refuse options that are incomplete or contradictory.

    Raises:
        UsageError: rows or the decision are missing, or there are two decisions.
    """
    if from_ is not None:
        if decisions or has_rows or because is not None or is_recommended:
            raise UsageError(
                "--from cannot be combined with options for rows, decisions, or reasons",
                hint="The DataFrame or file contains them. Omit the other options.",
            )
        return
    if len(decisions) > 1:
        raise UsageError(
            f"--{decisions[0]} cannot be combined with --{decisions[1]}",
            hint="Use one of --keep, --revoke, or --dont-know.",
        )
    if decisions and is_recommended:
        raise UsageError(f"`--{decisions[0]}` cannot be combined with `--recommended`.", hint="Omit one of them.")
    if is_recommended or (decisions and has_rows):
        return
    problem = "No rows selected" if decisions else "A decision is required: --keep, --revoke, or --dont-know"
    raise UsageError(problem, hint=_how_to_decide(ctx, review, decisions))


def _how_to_decide(ctx: CommandContext, review: Review, decisions: list[str]) -> str:
    """Return the ways to decide, each as a line that can be pasted."""
    ui, name = ctx.ui.name, quoted(review.name)
    decided = {row.row for row in review.decided_rows}
    first = next((row.row for row in review.open if row.row not in decided), 1)
    return (
        f"Decide a row with `{ui} reviews decide {name} --row {first} --{(decisions or [KEEP])[0]}`, all rows by "
        f"keyboard with `{ui} form review {name}`, all as recommended with "
        f"`{ui} reviews decide {name} --recommended`, or in a file: {in_a_file(ctx, review.name)}."
    )
