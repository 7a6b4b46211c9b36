"""The noun `reviews`: review who has which role, decide row by row, and keep a record for auditors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import access, frames, inventory, query
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.checks.roles import READS_SECRETS
from zenpro_nb.access.audit.findings import unread_lists
from zenpro_nb.access.model.lists import LISTS
from zenpro_nb.access.reviews import audit_record as records
from zenpro_nb.access.reviews.columns import RECORD, REVIEW, REVIEWS, VERDICTS
from zenpro_nb.access.reviews.model import with_current_names
from zenpro_nb.commands.reviews.common import (
    NewReviewName,
    RecordType,
    ReviewName,
    caller,
    facts_of,
    find_review,
    frame_of_rows,
    next_command,
    next_of,
    progress,
    texts_of,
)
from zenpro_nb.errors import ConfirmationError, FindingsError, ReviewError, UsageError
from zenpro_nb.framework.declare import (
    Arg,
    At,
    CommandContext,
    Domains,
    ListOptions,
    Opt,
    Org,
    Out,
    Usage,
    With,
    Workspace,
    Yes,
    at_capture,
    command,
    noun,
    of_server,
    options_from,
    read_role_usage,
    reading,
    say_saved,
    warn_unread,
)
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.timespec import quarter_of
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.usage.permissions import USAGE_PAIRS

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.reviews.model import Review
    from zenpro_nb.inventory import StoredReview

Save = Annotated[
    tuple[str, ...],
    Opt(
        type=click.Path(),
        metavar="FILE",
        help="Save to a file: .xlsx .csv .csv.gz .parquet .json. Can be repeated.",
    ),
]
Record = Annotated[BoundValue | str, Arg(RecordType(), metavar="FILE|$frame")]
ExpectedDigest = Annotated[
    str, Opt("--sha256", metavar="DIGEST", help="Compare with this digest, which was shown when the record was saved.")
]


def _read(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return the reviews on this machine, of any organization, newest first.

    If you are signed in, the list has the reviews of the server in use.

    Examples:
        # List the reviews of the server in use
        reviews
        # Also list the reviews of other servers
        reviews --server all
        # Show the progress of the reviews of one organization
        reviews --where organization=acme --columns name,progress,next_command
    """
    store = inventory.Reviews()
    damaged: list[ReviewError] = []
    reviews_found = of_server(ctx, options, store.every(damaged), lambda stored: stored.review.server)
    for error in damaged:
        ctx.ui.warn(str(error))
    frame = frames.with_types(REVIEWS.columns, [_record_of(ctx, review) for review in reviews_found[::-1]])
    frame = reading.computed_frame(REVIEWS, frame, options, route=str(store.root))
    return frames.with_varied(frame, "server", 1)  # reviews of several servers can have the same name


reviews = noun(REVIEWS, read=_read)


def _record_of(ctx: CommandContext, stored_review: StoredReview) -> dict[str, Any]:
    review = stored_review.review
    return {
        "name": review.name,
        "progress": progress(review),
        "next_command": next_command(ctx, review) or None,
        "created": review.created,
        "organization": review.organization_name,
        "workspace": review.workspace or None,
        "rows": len(review.open),
        "decisions": len(review.decided_rows),
        "revocations": len(review.to_revoke) + len(review.revoked_rows),
        "revoked": len(review.revoked_rows),
        "created_by": review.created_by or None,
        "server": review.server,
        "sandbox": review.sandbox,
        "file": str(stored_review.path),
        "organization_id": review.organization_id,
    }


@reviews.verb
def create(
    ctx: CommandContext,
    name: NewReviewName = None,
    workspace: Workspace = None,
    with_: With = (),
    usage: Usage = None,
    domains: Domains = (),
    at: At = None,
    org: Org = None,
    out: Out = None,
) -> pd.DataFrame:
    """Create a review of the organization or of one workspace.

    The review has one row per directly assigned role and per team membership. Each row shows the recommendation of the
    audit and its reason. For information, the review also includes access through other paths (superusers, owners and,
    in the review of a workspace, organization roles), with the command that revokes it. The review is stored on this
    machine, without secrets. Makes no changes on the server.

    Without a name, the review has the name of the current quarter, such as 2026-q4. With --usage, the reasons also show
    whether a role was used to start runs. People who only read do not start any.

    Examples:
        # Review the whole organization
        reviews create 2026-q4
        # Review one workspace
        reviews create ml-prod-2026-q4 --workspace ml-prod
    """
    organization = query.organization(ctx.session, org)
    store = inventory.Reviews()
    name = name or quarter_of(query.now(ctx.session))
    store.require_new(name, ctx.session.settings.url, organization.id)
    if usage is not None and at is not None:
        raise UsageError(
            "--usage cannot be combined with --at", hint="A capture contains no runs. Omit --usage or --at."
        )
    pairs = [READS_SECRETS, *(USAGE_PAIRS if usage is not None else ())]
    inventory_ = at_capture.inventory_at(ctx, at, org, with_=with_, pairs=pairs)
    gaps = access.missing(inventory_)
    for gap in gaps:
        ctx.ui.warn_incomplete(gap)
    checks = [
        check
        for check in CHECKS.values()
        if (with_ or not check.with_workspaces) and (usage is not None or not check.with_usage)
    ]
    for list_name, gap in unread_lists(checks, inventory_).items():
        if LISTS[list_name].part == "workspace_id":
            warn_unread(ctx, inventory_[list_name], inventory_.workspaces, f"some checks have no result: {gap}")
    new = access.new_review(
        name,
        inventory_,
        query.now(ctx.session),
        by=caller(ctx).name,
        capture=at or "",
        workspace_id=access.workspace_ids(inventory_, workspace)[0] if workspace else "",
        checks=checks,
        missing=gaps,
        domains=[part for domain in domains for part in domain.split(",") if part],
        command=ctx.ui.name,
        org=org,
        usage=None if usage is None else read_role_usage(ctx, inventory_, usage),
    )
    return _announce(ctx, store.create(new).review, out)


def _announce(ctx: CommandContext, review: Review, out: str | None) -> pd.DataFrame:
    """Show what a new review contains, and return its rows."""
    place, for_information = review.workspace or review.organization_name, len(review.rows) - len(review.open)
    more = f"; {counted(for_information, 'more row')} for information" if for_information else ""
    ctx.ui.say(f"created review {review.name} of {place}: {progress(review)}{more}")
    name = f"{ctx.ui.name} {{}} {quoted(review.name)}"
    ctx.ui.say(
        f"Decide row by row with `{name.format('form review')}`, or all rows as recommended with "
        f"`{name.format('reviews decide')} --recommended`."
    )
    ctx.ui.abridge(f": `{ctx.ui.name} reviews get {quoted(review.name)}`")
    return _deliver(ctx, frame_of_rows(ctx, review, review.rows), out)


@command(shape=REVIEW)
def get(ctx: CommandContext, name: ReviewName, org: Org = None, **shape: Any) -> Any:
    """Show the rows of a review: recommendation, reason, decision, and outcome.

    You can edit the result: fill in `decision` and `justification`, and pass it to `reviews decide NAME --from`.

    Examples:
        # Show all rows
        reviews get 2026-q3
        # Show what should be revoked
        reviews get 2026-q3 --where recommendation=revoke --columns row,principal,assignment,reason
    """
    review = find_review(ctx, name, org).review
    options = options_from(dict(shape), REVIEW, ctx.session.clock.now())
    frame = reading.computed_frame(REVIEW, frame_of_rows(ctx, review, review.rows), options, **facts_of(ctx, review))
    return reading.deliver(ctx, frame, options)


reviews.add_command(get)


@reviews.verb
def evidence(ctx: CommandContext, name: ReviewName, save: Save = (), org: Org = None, out: Out = None) -> pd.DataFrame:
    """Export the record of a review for an auditor.

    The record shows each decision with its account, time, and reason, the changes that were applied, and the request
    IDs. Each row has a SHA-256 digest of its cells and the digest of all rows. Store the latter elsewhere, for
    example in a ticket: anyone who edits the file can also recompute its digests. `reviews verify` checks them.

    Examples:
        # Save the record as an Excel file
        reviews evidence 2026-q3 --save review.xlsx
    """
    review = find_review(ctx, name, org).review
    rows = records.record_of(review)
    frame = frames.with_types(RECORD.columns, rows)
    frames.declare(frame, RECORD)
    digest = records.sha256_of(rows)
    frames.describe(frame, **{**facts_of(ctx, review), "summary": f"SHA-256 {digest}"})
    for path in frames.save_all(frame, save):
        say_saved(ctx, counted(len(frame), "row"), path, frame)
        ctx.ui.abridge(f" in {path}")
    ctx.ui.say(f"SHA-256 of all rows: {digest}")
    if next_step := next_of(ctx.ui.name, review):
        ctx.ui.say(next_step)
    return _deliver(ctx, frame, out)


def _fail_if_changed(ctx: CommandContext, frame: pd.DataFrame) -> None:
    """Fail if a record differs from its digests.

    Raises:
        FindingsError: the record differs.
    """
    failed = frame[frame["status"] == records.FAILED]
    if len(failed):
        ctx.ui.show(failed)
        first = failed.iloc[0]
        place = "the digest of all rows" if failed["row"].isna().iloc[0] else f"row {first['row']}"
        more = f", and {len(failed) - 1:,} more" if len(failed) > 1 else ""
        raise FindingsError(
            f"The record was changed: {place}{more}. {first['reason']}",
            hint="Export it again where the review is stored: `reviews evidence REVIEW --save FILE`.",
            findings=frame,
        )


@reviews.verb
def verify(ctx: CommandContext, record: Record, sha256: ExpectedDigest = "", out: Out = None) -> pd.DataFrame:
    """Verify that the record of a review is unchanged.

    The command fails if a row does not match its digest; a shell command then exits with 3.

    Examples:
        # Save the record as CSV
        reviews evidence 2026-q3 --save review.csv
        # Check that nobody has changed it
        reviews verify review.csv
    """
    recorded = [with_current_names(cells) for cells in texts_of(record)]
    by_number = {cells.get("row", ""): cells for cells in recorded}
    rows = []
    for verdict in records.verify_record(recorded, sha256):
        cells = by_number.get(str(verdict.row), {})
        context = {name: cells.get(name) or None for name in ("principal", "assignment", "decision")}
        rows.append({"row": verdict.row, "status": verdict.state, "reason": verdict.reason or None, **context})
    frame = frames.with_types(VERDICTS.columns, rows)
    frames.declare(frame, VERDICTS)
    frames.describe(frame, server="", route="", time=query.now(ctx.session))
    result = _deliver(ctx, frame, out)
    _fail_if_changed(ctx, frame)
    ctx.ui.say(f"ok: {counted(len(frame), 'row')}, SHA-256 {records.sha256_of(recorded)}")
    return result


@reviews.verb
def delete(ctx: CommandContext, name: ReviewName, yes: Yes = False, org: Org = None) -> pd.DataFrame:
    """Delete a review from this machine, with its decisions. Exported records are kept.

    Examples:
        # Delete one review without confirmation
        reviews delete 2026-q3 --yes
    """
    stored_review = find_review(ctx, name, org)
    question = f"Permanently delete review {stored_review.review.name} ({progress(stored_review.review)})?"
    if not yes and ctx.ui.ask(f"{question} Type {stored_review.review.name} to confirm: ") != stored_review.review.name:
        raise ConfirmationError("The name you typed does not match; nothing was deleted.")
    inventory.Reviews().delete(stored_review)
    ctx.ui.say(f"deleted review {stored_review.review.name}")
    frame = frames.with_types(REVIEWS.columns, [_record_of(ctx, stored_review)])
    frames.declare(frame, REVIEWS)
    frames.describe(frame, **facts_of(ctx, stored_review.review))
    return frame


def _deliver(ctx: CommandContext, frame: pd.DataFrame, out: str | None) -> pd.DataFrame:
    """Return the frame, and assign it to the variable that `--out` names."""
    if out:
        ctx.ui.assign(out, frame)
    return frame
