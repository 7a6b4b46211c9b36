"""`reviews decide`: on a line, or from a frame or a file that somebody has filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import click

from zenpro_nb.access.reviews import decisions
from zenpro_nb.access.reviews.decisions import Decision
from zenpro_nb.access.reviews.model import DECISIONS, DONT_KNOW, KEEP, REVOKE, Review, ReviewRow
from zenpro_nb.commands.reviews.common import (
    TABLE,
    ReviewName,
    caller,
    changed,
    frame_of_rows,
    kept,
    now,
    progress,
    texts_of,
)
from zenpro_nb.commands.reviews.reviews import reviews
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.parameters.aliases import Org, Out
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.placeholders import BoundValue

if TYPE_CHECKING:
    import pandas as pd

Rows = Annotated[
    tuple[int, ...],
    Opt("--row", "--rows", type=click.IntRange(min=1), metavar="N", help="A row by its number; may be repeated."),
]
Principals = Annotated[
    tuple[str, ...], Opt("--principal", metavar="WHO", help="All rows of somebody; may be repeated.")
]
Keep = Annotated[bool, Opt(help="They may keep it.")]
Revoke = Annotated[bool, Opt(help="It is to be taken away, when the review is applied.")]
DontKnow = Annotated[bool, Opt("--dont-know", help="Somebody else has to say; it stays for now.")]
Because = Annotated[str | None, Opt("--because", metavar="TEXT", help="Why.")]
From = Annotated[
    BoundValue | str | None,
    Opt("--from", type=TABLE, help="Rows with `row`, `decision` and `justification`: a frame, or a file of one."),
]


@reviews.verb
def decide(
    ctx: CommandContext,
    name: ReviewName,
    row: Rows = (),
    principal: Principals = (),
    keep: Keep = False,
    revoke: Revoke = False,
    dont_know: DontKnow = False,
    because: Because = None,
    from_: From = None,
    org: Org = None,
    out: Out = None,
) -> pd.DataFrame:
    """Decide about rows of a review; each decision is kept with who made it, and when.

    Nothing is changed on the server: `reviews apply` does that.

    With --from, what `reviews get` gives is filled in and given back. Rows that are not there, and those without a
    decision, say nothing. `form review` goes through everybody by keyboard.

    Examples:
        reviews decide 2026-q3 --row 1 --keep --because "leads the team"
        reviews decide 2026-q3 --principal linus@example.com --dont-know
    """
    review = kept(ctx, name, org).review
    chosen = [word for word, given in zip(DECISIONS, (keep, revoke, dont_know), strict=True) if given]
    _refuse(chosen, bool(row or principal), because, from_)
    if from_ is not None:
        wanted = decisions.filled_in(review, texts_of(from_))
    else:
        numbers = dict.fromkeys([*row, *(decisions.rows_of(review, principal) if principal else ())])
        wanted = [Decision(number, chosen[0], because) for number in numbers]
    by, at = caller(ctx), now(ctx)

    def with_decisions(found: Review) -> Review:
        return decisions.decided(found, wanted, by, at)

    after = changed(ctx, review, with_decisions)
    numbers_decided = {decision.row for decision in wanted}
    rows = [row for row in after.rows if row.row in numbers_decided]
    ctx.ui.say(f"{_sum(rows)}; {progress(after)}")
    frame = frame_of_rows(after, rows)
    if out:
        ctx.ui.assign(out, frame)
    return frame


def _sum(rows: list[ReviewRow]) -> str:
    said = [
        f"{word} {counted(many, 'row')}"
        for word, many in ((word, sum(row.decision == word for row in rows)) for word in (KEEP, REVOKE, DONT_KNOW))
        if many
    ]
    return f"decided: {', '.join(said)}" if said else "nothing new was decided"


def _refuse(chosen: list[str], named: bool, because: str | None, from_: object) -> None:
    """Refuse a line that says too little, or two things.

    Raises:
        UsageError: it does.
    """
    if from_ is not None:
        if chosen or named or because is not None:
            raise UsageError("--from has rows, decisions and reasons of its own", hint="Leave the other options out.")
        return
    if len(chosen) != 1:
        raise UsageError(
            "There is no decision" if not chosen else "There is more than one decision",
            hint="Give one of --keep, --revoke, --dont-know; or --from with a frame.",
        )
    if not named:
        raise UsageError(
            "Nobody says about which rows", hint="Add --row N, or --principal WHO; `reviews get` has them."
        )
