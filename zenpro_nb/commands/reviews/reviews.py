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
from zenpro_nb.framework.cli.context import Runtime
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists import at_capture, reading
from zenpro_nb.framework.lists.noun import command, noun
from zenpro_nb.framework.lists.options import Asked, asked_from
from zenpro_nb.framework.parameters.access import With, Workspace
from zenpro_nb.framework.parameters.aliases import At, Org, Out
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.placeholders import Given

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
Record = Annotated[Given | str, Arg(TABLE, metavar="FILE|$frame")]
Noted = Annotated[str, Opt("--sha256", metavar="DIGEST", help="The digest that was noted when the record was written.")]


def _read(run: Runtime, asked: Asked) -> pd.DataFrame:
    """Return all reviews of this machine, of whichever organization, the newest first.

    Examples:
        reviews
        reviews --where organization=acme --columns name,made,rows,decided,applied
    """
    store = inventory.Reviews()
    damaged: list[ReviewError] = []
    found = store.every(damaged)
    for error in damaged:
        run.face.warn(str(error))
    frame = frames.typed(REVIEWS.columns, [_line(one) for one in found[::-1]])
    return at_capture.put_together(REVIEWS, frame, asked, route=str(store.root))


reviews = noun(REVIEWS, read=_read)


def _line(one: KeptReview) -> dict[str, Any]:
    review = one.review
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
        "file": str(one.path),
        "organization_id": review.organization_id,
    }


@reviews.verb
def create(
    run: Runtime,
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
    organization = query.organization(run.session, org)
    store = inventory.Reviews()
    store.require_new(name, run.session.settings.url, organization.id)
    known = at_capture.inventory_at(run, at, org, with_=with_, pairs=[READS_SECRETS])
    gaps = access.missing(known)
    for line in gaps:
        run.face.warn_incomplete(line)
    made = access.new_review(
        name,
        known,
        moment(run),
        by=caller(run),
        capture=at or "",
        workspace_id=access.workspace_ids(known, workspace)[0] if workspace else "",
        checks=[one for one in CHECKS.values() if with_ or not one.with_workspaces],
        missing=gaps,
        domains=[part for one in domains for part in one.split(",") if part],
        command=run.face.name,
        org=org,
    )
    review = store.create(made).review
    run.face.say(f"made review {review.name} of {review.workspace or review.organization_name}: {progress(review)}")
    return _handed(run, frame_of_rows(review, review.rows), out)


@command(shape=REVIEW)
def get(run: Runtime, name: ReviewName, org: Org = None, **shape: Any) -> Any:
    """Show the rows of a review: what is recommended and why, what was decided, and what became of it.

    The frame can be edited and given back: fill in `decision` and `justification`, and `reviews decide NAME --from`.

    Examples:
        reviews get 2026-q3
        reviews get 2026-q3 --where recommendation=revoke --columns row,principal,what,because
    """
    review = kept(run, name, org).review
    asked = asked_from(dict(shape), REVIEW, run.session.clock.now())
    frame = at_capture.put_together(REVIEW, frame_of_rows(review, review.rows), asked, **facts_of(review))
    return reading.deliver(run, frame, asked)


reviews.add_command(get)


@reviews.verb
def evidence(run: Runtime, name: ReviewName, save: Save = (), org: Org = None, out: Out = None) -> pd.DataFrame:
    """Return the record for an auditor: who decided what, when and why, what was applied, and the request ids.

    Each row has a SHA-256 over its cells, and all have the one over all rows. Note that one elsewhere, in the ticket
    for instance: who changes a file on purpose can make its digests anew. `reviews verify` checks them.

    Examples:
        reviews evidence 2026-q3 --save review.xlsx
    """
    review = kept(run, name, org).review
    found = records.record_of(review)
    frame = frames.typed(RECORD.columns, found)
    frames.declare(frame, RECORD)
    whole = records.sha256_of(found)
    frames.describe(frame, **{**facts_of(review), "summary": f"SHA-256 {whole}"})
    for path in frames.save_all(frame, save):
        run.face.say(f"saved {counted(len(frame), 'row')} to {path}")
    run.face.say(f"SHA-256 over the rows: {whole}")
    undecided = len(review.open) - len(review.decided)
    if undecided or review.to_revoke:
        run.face.warn(f"the review is not finished: {progress(review)}")
    return _handed(run, frame, out)


def _judged(run: Runtime, frame: pd.DataFrame) -> None:
    """Fail where a record is not what was written.

    Raises:
        FindingsError: it is not.
    """
    wrong = frame[frame["verified"] == records.FAILED]
    if len(wrong):
        run.face.show(wrong)
        first = wrong.iloc[0]
        where = "the rows together" if wrong["row"].isna().iloc[0] else f"row {first['row']}"
        more = f", and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
        raise FindingsError(
            f"The record was changed: {where}{more}. {first['reason']}",
            hint="Take it anew from where it was written: `reviews evidence`.",
            findings=frame,
        )


@reviews.verb
def verify(run: Runtime, record: Record, sha256: Noted = "", out: Out = None) -> pd.DataFrame:
    """Check the record of a review: it fails, and the shell exits with 3, where a row is not what was written.

    Examples:
        reviews evidence 2026-q3 --save review.csv
        reviews verify review.csv
    """
    found = texts_of(record)
    by_number = {cells.get("row", ""): cells for cells in found}
    rows = []
    for one in records.verified(found, sha256):
        cells = by_number.get(str(one.row), {})
        told = {name: cells.get(name) or None for name in ("principal", "what", "decision")}
        rows.append({"row": one.row, "verified": one.state, "reason": one.reason or None, **told})
    frame = frames.typed(VERDICTS.columns, rows)
    frames.declare(frame, VERDICTS)
    frames.describe(frame, server="", route="", time=moment(run))
    result = _handed(run, frame, out)
    _judged(run, frame)
    run.face.say(f"ok: {counted(len(frame), 'row')}, SHA-256 {records.sha256_of(found)}")
    return result


@reviews.verb
def delete(run: Runtime, name: ReviewName, yes: Yes = False, org: Org = None) -> pd.DataFrame:
    """Delete a review from this machine, with all that was decided. Its records elsewhere stay.

    Examples:
        reviews delete 2026-q3 --yes
    """
    found = kept(run, name, org)
    said = f"Delete the review {found.review.name} ({progress(found.review)}) for good?"
    if not yes and run.face.ask(f"{said} Type {found.review.name} to confirm: ") != found.review.name:
        raise ConfirmationError(f"That is not {found.review.name}; nothing was deleted.")
    inventory.Reviews().delete(found)
    run.face.say(f"deleted review {found.review.name}")
    frame = frames.typed(REVIEWS.columns, [_line(found)])
    frames.declare(frame, REVIEWS)
    frames.describe(frame, **facts_of(found.review))
    return frame


def _handed(run: Runtime, frame: pd.DataFrame, out: str | None) -> pd.DataFrame:
    if out:
        run.face.assign(out, frame)
    return frame
