"""What the commands of reviews share: which one is meant, who decides, and its rows as a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import click
from click.shell_completion import CompletionItem
from msgspec.structs import asdict

from zenpro_nb import access, extras, frames, inventory, query
from zenpro_nb.access.reviews.columns import REVIEW
from zenpro_nb.access.reviews.model import Review, ReviewRow
from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expanded
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg
from zenpro_nb.framework.lists.frame_parameter import FrameType, frame_of
from zenpro_nb.framework.parameters.types import NewNameType, TextType, offered
from zenpro_nb.session.login import ME, name_of
from zenpro_nb.syntax.placeholders import BoundValue

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.inventory import KeptReview

_EXCEL, _PACKED = ".xlsx", ".csv.gz"


class ReviewType(TextType):
    """A review by its name."""

    name = "review"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names of the reviews of the server in use, the newest first; send no request."""
        run = ctx.find_object(CommandContext)
        if run is None:
            return []
        server = run.session.settings.url
        found = [review.review.name for review in inventory.Reviews().every([]) if review.review.server == server]
        return offered(dict.fromkeys(reversed(found)), incomplete)


ReviewName = Annotated[str, Arg(ReviewType(), metavar="REVIEW")]
NewReviewName = Annotated[str, Arg(NewNameType("reviews"), metavar="REVIEW")]


def kept(ctx: CommandContext, name: str, org: str | None) -> KeptReview:
    """Return the review of this name of an organization.

    Raises:
        UnknownNameError: there is none.
        ReviewError: it cannot be read.
    """
    organization = query.organization(ctx.session, org)
    return inventory.Reviews().find(name, ctx.session.settings.url, organization.id)


def changed(ctx: CommandContext, review: Review, change: Callable[[Review], Review]) -> Review:
    """Change a review on disk, and return it as it is then; see `Reviews.update`."""
    return inventory.Reviews().update(review.name, review.server, review.organization_id, change).review


def caller(ctx: CommandContext) -> str:
    """Return who decides: the account of the credential, as the server calls it."""
    me = ctx.session.server.get(ME)
    record = me if isinstance(me, dict) else {}
    return f"bot:{record.get('username')}" if record.get("is_service_account") else name_of(record)


def now(ctx: CommandContext) -> str:
    """Return the present moment as it stands in a review."""
    return access.stamp(moment(ctx))


def moment(ctx: CommandContext) -> datetime:
    """Return the present moment."""
    return datetime.fromtimestamp(ctx.session.clock.now(), UTC)


def frame_of_rows(review: Review, rows: Sequence[ReviewRow]) -> pd.DataFrame:
    """Return rows of a review as a frame, with the facts of its reading."""
    frame = frames.typed(REVIEW.columns, [_cells(row) for row in rows])
    frames.declare(frame, REVIEW)
    frames.describe(frame, **facts_of(review), complete=len(rows) == len(review.rows) and not review.missing)
    return frame


def facts_of(review: Review) -> dict[str, Any]:
    """Return what a frame of a review says about its reading, for `frames.describe`."""
    return {
        "server": review.server,
        "route": "",
        "time": datetime.fromisoformat(review.read or review.made),
        "sandbox": review.sandbox,
        "organization": review.organization_name,
        "summary": progress(review),
    }


def progress(review: Review) -> str:
    """Return how far a review has come.

    >>> progress(Review("q4"))
    '0 of 0 decided'
    """
    said = [f"{len(review.decided):,} of {len(review.open):,} decided"]
    if review.to_revoke:
        said.append(f"{len(review.to_revoke):,} to revoke")
    if review.revoked:
        said.append(f"{len(review.revoked):,} revoked")
    return " · ".join(said)


def _cells(row: ReviewRow) -> dict[str, Any]:
    return {name: None if value == "" else value for name, value in asdict(row).items()}


def texts_of(given: str | BoundValue) -> list[dict[str, str]]:
    """Return the rows of a frame or of a file as texts; what is missing is empty.

    Raises:
        UsageError: there is no such file, or it holds no table.
    """
    is_own = not isinstance(given, BoundValue) and given.lower().endswith((_EXCEL, _PACKED))
    frame = _from_file(str(given)) if is_own else frame_of(given)
    texts = frame.astype(object).where(frame.notna(), "").map(_text)
    return [{str(name): cell for name, cell in row.items()} for row in texts.to_dict("records")]


def _text(value: Any) -> str:
    # A whole number that a spreadsheet has as 3.0 is a 3.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _from_file(name: str) -> pd.DataFrame:
    """Return a table that other commands do not read: an Excel file, or a CSV file that is packed."""
    import pandas as pd

    path = expanded(name, UsageError)
    if not path.is_file():
        raise UsageError(f"There is no file {name!r}", hint="Look at the name, and where you are.")
    is_packed = path.name.lower().endswith(_PACKED)
    if not is_packed:
        extras.load("excel", "An Excel file")
    try:
        if is_packed:
            return pd.read_csv(path, dtype=str, keep_default_na=False)
        return pd.read_excel(path, dtype=str, keep_default_na=False, na_filter=False, engine="openpyxl")
    except Exception as error:  # openpyxl, zipfile and the XML parser each have errors of their own
        raise UsageError(f"{name!r} holds no table: {str(error).partition(chr(10))[0]}") from None


TABLE = FrameType("FILE|$frame", also=(_EXCEL, _PACKED))
