"""Shared parts of the review commands: finding a review, the account that decides, and its rows as a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import click
from click.shell_completion import CompletionItem
from msgspec.structs import asdict

from zenpro_nb import access, extras, frames, inventory, query
from zenpro_nb.access.reviews.columns import REVIEW
from zenpro_nb.access.reviews.model import DONT_KNOW, Review, ReviewRow
from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.declare import Arg, CommandContext, FrameType, NewNameType, TextType, completions, frame_of
from zenpro_nb.session.login import ME, name_of
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.inventory import StoredReview

_EXCEL, _PACKED = ".xlsx", ".csv.gz"


class ReviewType(TextType):
    """The name of a review."""

    name = "review"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names of the reviews on the server in use, newest first; send no request."""
        command_ctx = ctx.find_object(CommandContext)
        if command_ctx is None:
            return []
        server = command_ctx.session.settings.url
        names = [
            review_stored.review.name
            for review_stored in inventory.Reviews().every([])
            if review_stored.review.server == server
        ]
        return completions(dict.fromkeys(reversed(names)), incomplete)


ReviewName = Annotated[str, Arg(ReviewType(), metavar="REVIEW")]
NewReviewName = Annotated[str | None, Arg(NewNameType("reviews"), metavar="[REVIEW]")]


def find_review(ctx: CommandContext, name: str, org: str | None) -> StoredReview:
    """Return the review with this name, of an organization.

    Raises:
        UnknownNameError: no such review exists.
        ReviewError: the review cannot be read.
    """
    organization = query.organization(ctx.session, org)
    return inventory.Reviews().find(name, ctx.session.settings.url, organization.id)


def latest_review(ctx: CommandContext, org: str | None) -> str:
    """Return the name of the newest review of an organization; "" if there is none."""
    server, organization = ctx.session.settings.url, query.organization(ctx.session, org)
    found = [review_stored.review for review_stored in inventory.Reviews().every([])]
    names = [review.name for review in found if (review.server, review.organization_id) == (server, organization.id)]
    return names[-1] if names else ""


def update_review(review: Review, change: Callable[[Review], Review]) -> Review:
    """Change a review on disk and return the result; see `Reviews.update`."""
    return inventory.Reviews().update(review.name, review.server, review.organization_id, change).review


def in_a_file(ctx: CommandContext, name: str) -> str:
    """Return the lines that decide a review in a file."""
    ui, review, file = ctx.ui.name, quoted(name), quoted(f"{name}.csv")
    return (
        f"`{ui} reviews get {review} --save {file}`, fill in the column `decision`, then "
        f"`{ui} reviews decide {review} --from {file}`"
    )


class Caller(NamedTuple):
    """The account of the credential; `id` is empty if the server does not send it."""

    name: str
    id: str


def caller(ctx: CommandContext) -> Caller:
    """Return the account that decides: the account of the credential."""
    me = ctx.session.server.get(ME)
    record = me if isinstance(me, dict) else {}
    name = f"bot:{record.get('username')}" if record.get("is_service_account") else name_of(record)
    return Caller(name, str(record.get("id") or ""))


def now(ctx: CommandContext) -> str:
    """Return the current time in the format of a review."""
    return access.stamp(query.now(ctx.session))


def frame_of_rows(ctx: CommandContext, review: Review, rows: Sequence[ReviewRow]) -> pd.DataFrame:
    """Return rows of a review as a frame, with the facts about the data it is based on."""
    frame = frames.with_types(REVIEW.columns, [_cells(row) for row in rows])
    frames.declare(frame, REVIEW)
    is_part = len(rows) < len(review.rows)
    frames.describe(frame, **facts_of(ctx, review), complete=not is_part)
    if is_part:
        frame.attrs["zenpro"][frames.ALL_MATCHING] = True
    return frame


def facts_of(ctx: CommandContext, review: Review) -> dict[str, Any]:
    """Return the facts about the data that a review is based on, for `frames.describe`."""
    return {
        "server": review.server,
        "route": "",
        "time": datetime.fromisoformat(review.read or review.created),
        frames.SEEN: query.now(ctx.session).isoformat(),  # decisions are made after the data was read
        "sandbox": review.sandbox,
        "organization": review.organization_name,
        "summary": progress(review),
        **({frames.UNREAD: [line.partition(":")[0] for line in review.missing]} if review.missing else {}),
    }


def progress(review: Review) -> str:
    """Return the progress of a review as text.

    >>> progress(Review("q4"))
    '0 of 0 decided'
    """
    total, decided = len(review.open), len(review.decided_rows)
    is_complete = total > 0 and review.is_answered
    parts = [f"all {total:,} decided" if 0 < total == decided else f"{decided:,} of {total:,} decided"]
    if review.undecided_rows:
        parts.append(undecided(len(review.undecided_rows)))
    if review.to_revoke:
        revocations = counted(len(review.to_revoke), "revocation")
        undone = f" ({len(review.undone_rows):,} undone)" if review.undone_rows else ""
        words = f"{revocations} not applied yet" if is_complete else f"{len(review.to_revoke):,} to revoke"
        parts.append(f"{words}{undone}")
    if review.revoked_rows:
        parts.append(f"{len(review.revoked_rows):,} revoked")
    return " · ".join(parts)


def undecided(count: int) -> str:
    """Return the number of rows that someone looked at and could not decide."""
    return f"{count:,} undecided ({DONT_KNOW})"


def next_of(ui: str, review: Review) -> str:
    """Return the state of a review as a sentence with the next command; "" if it is finished.

    Args:
        ui: the word before a command: `%zenpro` or `zenpro`.
    """
    total, decided = len(review.open), len(review.decided_rows)
    name = quoted(review.name)
    parts = []
    if not review.is_answered:
        parts.append(f"go through the others: `{ui} form review {name}`")
    elif review.to_revoke:
        revocations = counted(len(review.to_revoke), "revocation")
        parts.append(f"{revocations} not applied yet: `{ui} reviews apply {name}`")
    if review.is_answered and review.undecided_rows:
        parts.append(f"{undecided(len(review.undecided_rows))}: `{ui} {_undecided_line(review)}`")
    progress = f"all {total:,} decided" if decided == total else f"{decided:,} of {counted(total, 'row')} decided"
    return "; ".join([progress, *parts]) if parts else ""


def _undecided_line(review: Review) -> str:
    """Return the command that lists the undecided rows."""
    return f"reviews get {quoted(review.name)} --where {quoted(f'decision={DONT_KNOW}')}"


def next_command(ctx: CommandContext, review: Review) -> str:
    """Return the command that continues a review; "" if its server is not the one in use."""
    settings, name = ctx.session.settings, quoted(review.name)
    if review.server != settings.url:
        return ""
    if not review.is_answered:
        line = f"form review {name}"
    elif review.to_revoke:
        line = f"reviews apply {name}"
    elif review.undecided_rows:
        line = _undecided_line(review)
    else:
        line = f"reviews evidence {name} --save {quoted(f'{review.name}.csv')}"
    is_in_use = settings.organization in (review.organization_name, review.organization_id)
    return f"{ctx.ui.name} {line}{'' if is_in_use else f' --org {quoted(review.organization_name)}'}"


def _cells(row: ReviewRow) -> dict[str, Any]:
    return {name: None if value == "" else value for name, value in asdict(row).items()}


def texts_of(values: str | BoundValue) -> list[dict[str, str]]:
    """Return the rows of a frame or a file as texts; missing values are empty.

    Raises:
        UsageError: the file does not exist or does not contain a table.
    """
    is_review_file = not isinstance(values, BoundValue) and values.lower().endswith((_EXCEL, _PACKED))
    frame = _from_file(str(values)) if is_review_file else frame_of(values)
    texts = frame.astype(object).where(frame.notna(), "").map(_text)
    return [{str(name): cell for name, cell in row.items()} for row in texts.to_dict("records")]


def _text(value: Any) -> str:
    # Spreadsheets store the whole number 3 as 3.0.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _from_file(name: str) -> pd.DataFrame:
    """Return a table in a format that only reviews read: an Excel file, or a compressed CSV file."""
    import pandas as pd

    path = expand_home(name, UsageError)
    if not path.is_file():
        raise UsageError(f"There is no file {name!r}", hint="Check the name and the current folder.")
    is_packed = path.name.lower().endswith(_PACKED)
    if not is_packed:
        extras.load("excel", "An Excel file")
    try:
        if is_packed:
            return pd.read_csv(path, dtype=str, keep_default_na=False)
        return pd.read_excel(path, dtype=str, keep_default_na=False, na_filter=False, engine="openpyxl")
    except Exception as error:  # openpyxl, zipfile and the XML parser raise different errors
        raise UsageError(
            f"{name!r} does not contain a table: {str(error).partition(chr(10))[0]}",
            hint="Save it again with `reviews get REVIEW --save review.xlsx`.",
        ) from None


TABLE = FrameType("FILE|$frame", also=(_EXCEL, _PACKED))


class RecordType(FrameType):
    """The record of a review, as a table or a file; not the name of the review."""

    def __init__(self) -> None:
        super().__init__(TABLE.name, also=(_EXCEL, _PACKED))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | BoundValue:
        """Return the table or the name of the file.

        Raises:
            UsageError: the text is the name of a review.
        """
        text = "" if isinstance(value, BoundValue) else str(value)
        if text and not PurePath(text).suffix and not any(sign in text for sign in "/\\"):
            file = quoted(f"{text}.csv")
            raise UsageError(
                f"{text!r} is not a record file",
                hint=f"Save the record with `reviews evidence {quoted(text)} --save {file}`, then run `reviews verify "
                f"{file}`.",
            )
        return super().convert(value, param, ctx)
