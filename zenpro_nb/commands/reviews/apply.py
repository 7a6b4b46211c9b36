"""`reviews apply`: what was decided to be revoked is taken away, as a plan, and the review keeps what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from zenpro_nb import access, inventory, limits
from zenpro_nb.access.reviews import apply as review_plan
from zenpro_nb.access.reviews.model import Review
from zenpro_nb.commands.plans.writes_of_steps import writes_of
from zenpro_nb.commands.reviews.common import ReviewName, caller, changed, kept, now, progress
from zenpro_nb.commands.reviews.reviews import reviews
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import at_capture
from zenpro_nb.framework.lists.inventory import described
from zenpro_nb.framework.parameters.aliases import AllowSelf, MinOrgAdmins, Org
from zenpro_nb.framework.writes.write import Outcome, PlannedWrites
from zenpro_nb.syntax.counts import counted, named

# Marks of a write: the numbers of the rows that it takes away, and what leads to the review without asking a server,
# which may be out of reach when it is to be written down what became of it.
_ROWS, _ORGANIZATION, _BY = "rows", "organization_id", "by"


def _recorded(ctx: CommandContext, outcomes: Sequence[Outcome], given: Mapping[str, Any]) -> None:
    """Keep in the review what became of each row; where that cannot be, it is told: what is sent is sent."""
    try:
        after = _with_outcomes(ctx, outcomes, given) if outcomes else kept(ctx, given["name"], given["org"]).review
        if after.to_revoke and all(outcome.good or outcome.state in ("blocked", "skipped") for outcome in outcomes):
            after = _with_gone(ctx, after, {row for outcome in outcomes for row in _rows_of(outcome)}, given)
        ctx.ui.say(f"review {after.name}: {progress(after)}")
    except ZenProError as error:
        ctx.ui.warn(f"not all that became of it is in the review {given['name']}; the journal has it. {error}")


def _with_outcomes(ctx: CommandContext, outcomes: Sequence[Outcome], given: Mapping[str, Any]) -> Review:
    """Keep what became of what was sent. No server is asked."""
    sent = {row: outcome for outcome in outcomes for row in _rows_of(outcome)}
    marks = outcomes[0].write.marks
    at = now(ctx)

    def change(found: Review) -> Review:
        rows = [(row, sent[row.row]) for row in found.to_revoke if row.row in sent]
        return found.with_rows([
            replace(
                row, outcome=outcome.state,
                detail=outcome.detail, request_id=outcome.request_id or "", applied_by=marks[_BY],
                applied=at,
            )
            for row, outcome in rows
        ])  # fmt: skip

    store = inventory.Reviews()
    return store.update(given["name"], ctx.session.settings.url, marks[_ORGANIZATION], change).review


def _with_gone(ctx: CommandContext, review: Review, sent: Collection[int], given: Mapping[str, Any]) -> Review:
    """Keep of which rows there was nothing to take away any more; that is looked at once more."""
    if all(row.row in sent for row in review.to_revoke):
        return review
    known = at_capture.inventory_at(ctx, None, given["org"])
    absent = set() if review_plan.unseen(known) else {row.row for row in review_plan.gone(review, known)} - set(sent)
    said = {"outcome": "already", "detail": "was gone before it was applied", "request_id": ""}
    by, at = caller(ctx), now(ctx)

    def change(found: Review) -> Review:
        rows = [row for row in found.to_revoke if row.row in absent]
        return found.with_rows([replace(row, **said, applied_by=by, applied=at) for row in rows])

    return changed(ctx, review, change)


@reviews.write(asks=lambda write: write.question, several=True, plan=True, done="", record=_recorded)
def apply(
    ctx: CommandContext,
    name: ReviewName,
    min_org_admins: MinOrgAdmins = None,
    allow_self: AllowSelf = False,
    org: Org = None,
) -> PlannedWrites:
    """Take away what was decided to be revoked: shows the plan, asks, and does it step by step.

    Only rows whose decision is `revoke`: what is undecided, or was left open, stays. What is gone already is no step:
    run it again at any time. The review keeps what became of each row, and the request ids.

    Examples:
        reviews apply 2026-q3 --dry-run
    """
    review = kept(ctx, name, org).review
    known = at_capture.inventory_at(ctx, None, org)
    least = limits.MIN_ORG_ADMINS if min_org_admins is None else min_org_admins
    found = review_plan.planned(review, known, min_org_admins=least, allow_self=allow_self)
    marks = {_ORGANIZATION: review.organization_id, _BY: caller(ctx)} if found.rows else {}
    writes = [
        replace(write, marks={**marks, _ROWS: " ".join(map(str, found.rows.get(write.step, ())))})
        for write in writes_of(ctx, found.plan)
    ]
    sent = [at for at, write in enumerate(writes) if not write.held]
    hidden = review_plan.unseen(known) if review.to_revoke else ""
    if hidden and not sent:
        # What is not seen is not gone.
        raise ZenProError(
            f"Nothing was revoked, since it cannot be seen what is there ({hidden})",
            hint="Apply it as somebody who may read the roles and teams of the organization.",
        )
    if sent:
        who = named(list(dict.fromkeys(writes[at].name for at in sent)), limits.FAILED_NAMED)
        question = f"Apply the review {review.name}: {counted(len(sent), 'change')}, of {who}, in this order?"
        writes[sent[0]] = replace(writes[sent[0]], question=question)
    return PlannedWrites(
        writes, described(ctx, access.frame_of(found.plan), known, {}, **access.plan_facts(found.plan))
    )


def _rows_of(outcome: Outcome) -> list[int]:
    return [int(number) for number in outcome.write.marks[_ROWS].split()]
