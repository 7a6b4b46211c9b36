"""`reviews apply`: revoke the rows that were decided to be revoked, as a plan, and record the outcome in the review."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from zenpro_nb import access, inventory, limits, query
from zenpro_nb.access.reviews import apply as review_plan
from zenpro_nb.access.reviews.model import Review
from zenpro_nb.commands.plans.plan_input import frame_of_steps
from zenpro_nb.commands.plans.writes_of_steps import writes_of
from zenpro_nb.commands.reviews.common import (
    ReviewName,
    caller,
    find_review,
    now,
    progress,
    update_review,
)
from zenpro_nb.commands.reviews.reviews import reviews
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import (
    AllowSelf,
    CommandContext,
    MinOrgAdmins,
    Org,
    Outcome,
    PlannedWrites,
    at_capture,
    describe,
)
from zenpro_nb.syntax.counts import counted, name_list

# Marks of a write: the numbers of the rows that it revokes, and the values that identify the review. The server may be
# unreachable when the outcome is recorded, so nothing can be looked up then.
_ROWS, _ORGANIZATION, _BY = "rows", "organization_id", "by"


def _record_outcomes(ctx: CommandContext, outcomes: Sequence[Outcome], arguments: Mapping[str, Any]) -> None:
    """Record the outcome of each row in the review; only warn if that fails, because the requests were sent."""
    try:
        after = (
            _with_outcomes(ctx, outcomes, arguments)
            if outcomes
            else find_review(ctx, arguments["name"], arguments["org"]).review
        )
        if after.to_revoke and all(outcome.good or outcome.state in ("blocked", "skipped") for outcome in outcomes):
            after = _with_absent(ctx, after, {row for outcome in outcomes for row in _rows_of(outcome)}, arguments)
        ctx.ui.say(f"review {after.name}: {progress(after)}")
    except ZenProError as error:
        ctx.ui.warn(f"the review {arguments['name']} does not contain all outcomes; `journal` does. {error}")


def _with_outcomes(ctx: CommandContext, outcomes: Sequence[Outcome], arguments: Mapping[str, Any]) -> Review:
    """Record the outcomes of the requests that were sent. Sends no request itself."""
    sent = {row: outcome for outcome in outcomes for row in _rows_of(outcome)}
    marks = outcomes[0].write.extra_columns
    time = now(ctx)

    def change(current_review: Review) -> Review:
        rows = [(row, sent[row.row]) for row in current_review.to_revoke if row.row in sent]
        return current_review.with_rows([
            replace(
                row, outcome=outcome.state,
                detail=outcome.detail, request_id=outcome.request_id or "", applied_by=marks[_BY],
                applied=time,
            )
            for row, outcome in rows
        ])  # fmt: skip

    store = inventory.Reviews()
    return store.update(arguments["name"], ctx.session.settings.url, marks[_ORGANIZATION], change).review


def _with_absent(ctx: CommandContext, review: Review, sent: Collection[int], arguments: Mapping[str, Any]) -> Review:
    """Record the rows whose role or membership no longer existed, checked against the current state."""
    if all(row.row in sent for row in review.to_revoke):
        return review
    current = at_capture.inventory_at(ctx, None, arguments["org"])
    missing = [] if review_plan.unseen(current) else review_plan.missing_rows(review, current)
    absent = {row.row for row in missing} - set(sent)
    outcome = {"outcome": "already", "detail": "no longer existed when the review was applied", "request_id": ""}
    by, time = caller(ctx).name, now(ctx)

    def change(current_review: Review) -> Review:
        rows = [row for row in current_review.to_revoke if row.row in absent]
        return current_review.with_rows([replace(row, **outcome, applied_by=by, applied=time) for row in rows])

    return update_review(review, change)


@reviews.write(
    asks=lambda write: write.confirmation.question, several=True, plan=True, past_tense="", record=_record_outcomes
)
def apply(
    ctx: CommandContext,
    name: ReviewName,
    min_org_admins: MinOrgAdmins = None,
    allow_self: AllowSelf = False,
    org: Org = None,
) -> PlannedWrites:
    """Revoke everything marked `revoke` in a review.

    Shows the plan, asks for confirmation, and carries it out step by step. Rows without a decision and rows marked
    `don't-know` are not changed. Roles and memberships that no longer exist are skipped, so the command is safe to run
    again. The review records the outcome and the request ID of each row.

    Examples:
        # Show what would be revoked
        reviews apply 2026-q3 --dry-run
    """
    review = find_review(ctx, name, org).review
    current = at_capture.inventory_at(ctx, None, org)
    minimum = limits.MIN_ORG_ADMINS if min_org_admins is None else min_org_admins
    planned = review_plan.plan_steps(
        review, current, query.now(ctx.session), min_org_admins=minimum, allow_self=allow_self
    )
    marks = {_ORGANIZATION: review.organization_id, _BY: caller(ctx).name} if planned.rows else {}
    writes = [
        replace(write, extra_columns={**marks, _ROWS: " ".join(map(str, planned.rows.get(write.position.step, ())))})
        for write in writes_of(ctx, planned.plan)
    ]
    to_send = [index for index, write in enumerate(writes) if not write.hold_text]
    hidden = review_plan.unseen(current) if review.to_revoke else ""
    if hidden and not to_send:
        # An unreadable list does not prove that a role is gone.
        raise ZenProError(
            f"Nothing was revoked: current roles and teams could not be read ({hidden})",
            hint="Run the command with an account that can read the roles and teams of the organization.",
        )
    if to_send:
        principals = name_list(list(dict.fromkeys(writes[index].name for index in to_send)), limits.FAILED_NAMED)
        question = f"Apply review {review.name} in this order: {counted(len(to_send), 'change')} for {principals}?"
        losses = access.losses(planned.plan.changes, access.State.of(current))
        writes[to_send[0]] = writes[to_send[0]].with_confirmation(question=question, losses=losses)
    frame = describe(ctx, frame_of_steps(planned.plan), current, {}, **access.plan_facts(planned.plan))
    nothing = "" if review.to_revoke else f"nothing to do: review {review.name} has no revocation to apply"
    return PlannedWrites(writes, frame, nothing)


def _rows_of(outcome: Outcome) -> list[int]:
    return [int(number) for number in outcome.write.extra_columns[_ROWS].split()]
