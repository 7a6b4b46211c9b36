"""The noun `reviews`: who looks through what everybody holds, decides row by row, and keeps the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import access, frames, inventory, query
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.checks.roles import READS_SECRETS
from zenpro_nb.access.reviews import audit_record as records
from zenpro_nb.access.reviews.columns import RECORD, REVIEW, REVIEWS, VERDICTS
from zenpro_nb.commands.reviews.common import (
    TABLE,
    NewReviewName,
    ReviewName,
    caller,
    facts_of,
    frame_of_rows,
    kept,
    moment,
    progress,
    texts_of,
)
from zenpro_nb.errors import ConfirmationError, FindingsError, ReviewError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists import at_capture, reading
from zenpro_nb.framework.lists.noun import command, noun
from zenpro_nb.framework.lists.options import ListOptions, options_from
from zenpro_nb.framework.parameters.access import With, Workspace
from zenpro_nb.framework.parameters.aliases import At, Org, Out
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.placeholders import BoundValue

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.inventory import KeptReview

Domains = Annotated[
    tuple[str, ...],
    Opt("--domain", "--domains", metavar="DOMAIN", help="A domain of your people's addresses; may be repeated."),
]
Save = Annotated[
    tuple[str, ...],
    Opt(
        type=click.Path(),
        metavar="FILE",
        help="Write it: .xlsx .csv .csv.gz .parquet .json by suffix. May be repeated.",
    ),
]
Yes = Annotated[bool, Opt("--yes", "-y", help="Do not ask.")]
Record = Annotated[BoundValue | str, Arg(TABLE, metavar="FILE|$frame")]
Noted = Annotated[str, Opt("--sha256", metavar="DIGEST", help="The digest that was noted when the record was written.")]


def _read(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return all reviews of this machine, of whichever organization, the newest first.

    Examples:
        reviews
        reviews --where organization=acme --columns name,made,rows,decided,applied
    """
    store = inventory.Reviews()
    damaged: list[ReviewError] = []
    found = store.every(damaged)
    for error in damaged:
        ctx.ui.warn(str(error))
    frame = frames.typed(REVIEWS.columns, [_line(review) for review in found[::-1]])
    return at_capture.computed_frame(REVIEWS, frame, options, route=str(store.root))


reviews = noun(REVIEWS, read=_read)


def _line(item: KeptReview) -> dict[str, Any]:
    review = item.review
    return {
        "name": review.name,
        "made": review.made,
        "organization": review.organization_name,
        "workspace": review.workspace or None,
        "rows": len(review.open),
        "decided": len(review.decided),
        "revoke": len(review.to_revoke) + len(review.revoked),
        "applied": len(review.revoked),
        "made_by": review.made_by or None,
        "server": review.server,
        "sandbox": review.sandbox,
        "file": str(item.path),
        "organization_id": review.organization_id,
    }


@reviews.verb
def create(
    ctx: CommandContext,
    name: NewReviewName,
    workspace: Workspace = None,
    with_: With = (),
    domains: Domains = (),
    at: At = None,
    org: Org = None,
    out: Out = None,
) -> pd.DataFrame:
    """Begin a review of the organization, or of one workspace: a row for each role given directly and each membership.

    Each row says what the audit recommends, and why. What comes by another way (superusers, owners; in the review of a
    workspace the organization's roles) is there for information, with the line that would take it. It is kept on this
    machine, without secrets; nothing is changed on the server.

    Examples:
        reviews create 2026-q4
        reviews create ml-prod-2026-q4 --workspace ml-prod
    """
    organization = query.organization(ctx.session, org)
    store = inventory.Reviews()
    store.require_new(name, ctx.session.settings.url, organization.id)
    known = at_capture.inventory_at(ctx, at, org, with_=with_, pairs=[READS_SECRETS])
    gaps = access.missing(known)
    for line in gaps:
        ctx.ui.warn_incomplete(line)
    made = access.new_review(
        name,
        known,
        moment(ctx),
        by=caller(ctx),
        capture=at or "",
        workspace_id=access.workspace_ids(known, workspace)[0] if workspace else "",
        checks=[check for check in CHECKS.values() if with_ or not check.with_workspaces],
        missing=gaps,
        domains=[part for domain in domains for part in domain.split(",") if part],
        command=ctx.ui.name,
        org=org,
    )
    review = store.create(made).review
    ctx.ui.say(f"made review {review.name} of {review.workspace or review.organization_name}: {progress(review)}")
    return _handed(ctx, frame_of_rows(review, review.rows), out)


@command(shape=REVIEW)
def get(ctx: CommandContext, name: ReviewName, org: Org = None, **shape: Any) -> Any:
    """Show the rows of a review: what is recommended and why, what was decided, and what became of it.

    The frame can be edited and given back: fill in `decision` and `justification`, and `reviews decide NAME --from`.

    Examples:
        reviews get 2026-q3
        reviews get 2026-q3 --where recommendation=revoke --columns row,principal,what,because
    """
    review = kept(ctx, name, org).review
    asked = options_from(dict(shape), REVIEW, ctx.session.clock.now())
    frame = at_capture.computed_frame(REVIEW, frame_of_rows(review, review.rows), asked, **facts_of(review))
    return reading.deliver(ctx, frame, asked)


reviews.add_command(get)


@reviews.verb
def evidence(ctx: CommandContext, name: ReviewName, save: Save = (), org: Org = None, out: Out = None) -> pd.DataFrame:
    """Return the record for an auditor: who decided what, when and why, what was applied, and the request ids.

    Each row has a SHA-256 over its cells, and all have the one over all rows. Note that one elsewhere, in the ticket
    for instance: who changes a file on purpose can make its digests anew. `reviews verify` checks them.

    Examples:
        reviews evidence 2026-q3 --save review.xlsx
    """
    review = kept(ctx, name, org).review
    found = records.record_of(review)
    frame = frames.typed(RECORD.columns, found)
    frames.declare(frame, RECORD)
    whole = records.sha256_of(found)
    frames.describe(frame, **{**facts_of(review), "summary": f"SHA-256 {whole}"})
    for path in frames.save_all(frame, save):
        ctx.ui.say(f"saved {counted(len(frame), 'row')} to {path}")
    ctx.ui.say(f"SHA-256 over the rows: {whole}")
    undecided = len(review.open) - len(review.decided)
    if undecided or review.to_revoke:
        ctx.ui.warn(f"the review is not finished: {progress(review)}")
    return _handed(ctx, frame, out)


def _judged(ctx: CommandContext, frame: pd.DataFrame) -> None:
    """Fail where a record is not what was written.

    Raises:
        FindingsError: it is not.
    """
    wrong = frame[frame["verified"] == records.FAILED]
    if len(wrong):
        ctx.ui.show(wrong)
        first = wrong.iloc[0]
        where = "the rows together" if wrong["row"].isna().iloc[0] else f"row {first['row']}"
        more = f", and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
        raise FindingsError(
            f"The record was changed: {where}{more}. {first['reason']}",
            hint="Take it anew from where it was written: `reviews evidence`.",
            findings=frame,
        )


@reviews.verb
def verify(ctx: CommandContext, record: Record, sha256: Noted = "", out: Out = None) -> pd.DataFrame:
    """Check the record of a review: it fails, and the shell exits with 3, where a row is not what was written.

    Examples:
        reviews evidence 2026-q3 --save review.csv
        reviews verify review.csv
    """
    found = texts_of(record)
    by_number = {cells.get("row", ""): cells for cells in found}
    rows = []
    for verdict in records.verified(found, sha256):
        cells = by_number.get(str(verdict.row), {})
        told = {name: cells.get(name) or None for name in ("principal", "what", "decision")}
        rows.append({"row": verdict.row, "verified": verdict.state, "reason": verdict.reason or None, **told})
    frame = frames.typed(VERDICTS.columns, rows)
    frames.declare(frame, VERDICTS)
    frames.describe(frame, server="", route="", time=moment(ctx))
    result = _handed(ctx, frame, out)
    _judged(ctx, frame)
    ctx.ui.say(f"ok: {counted(len(frame), 'row')}, SHA-256 {records.sha256_of(found)}")
    return result


@reviews.verb
def delete(ctx: CommandContext, name: ReviewName, yes: Yes = False, org: Org = None) -> pd.DataFrame:
    """Delete a review from this machine, with all that was decided. Its records elsewhere stay.

    Examples:
        reviews delete 2026-q3 --yes
    """
    found = kept(ctx, name, org)
    said = f"Delete the review {found.review.name} ({progress(found.review)}) for good?"
    if not yes and ctx.ui.ask(f"{said} Type {found.review.name} to confirm: ") != found.review.name:
        raise ConfirmationError(f"That is not {found.review.name}; nothing was deleted.")
    inventory.Reviews().delete(found)
    ctx.ui.say(f"deleted review {found.review.name}")
    frame = frames.typed(REVIEWS.columns, [_line(found)])
    frames.declare(frame, REVIEWS)
    frames.describe(frame, **facts_of(found.review))
    return frame


def _handed(ctx: CommandContext, frame: pd.DataFrame, out: str | None) -> pd.DataFrame:
    if out:
        ctx.ui.assign(out, frame)
    return frame
