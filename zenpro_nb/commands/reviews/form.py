"""`form review`: decide a review by keyboard, one principal after another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from zenpro_nb import inventory, query
from zenpro_nb.commands.reviews.common import ReviewType
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import Arg, CommandContext, Org, command
from zenpro_nb.syntax.timespec import quarter_of
from zenpro_nb.syntax.unparse import quoted

WORDS = ("review",)
OpenReview = Annotated[str | None, Arg(ReviewType(), metavar="[REVIEW]")]


@command()
def review(ctx: CommandContext, name: OpenReview = None, org: Org = None) -> Any:
    """Decide on the rows of a review by keyboard: k keep, r revoke, d don't know, n next, p back, w reason.

    Shows one principal after another, with their roles and memberships, the recommendation, and its reason. Each
    decision is saved immediately. Run the same command again to continue. Without a name, it opens the review that has
    rows to decide; if there are several, it asks which one.

    In a shell, press Enter after each key; q quits. In a notebook, click the form first, and press the keys without
    Enter; the arrow keys also move.

    Examples:
        # Review access with the keyboard
        form review 2026-q3
        # Continue the only review that is not decided
        form review
    """
    if ctx.forms is None:
        raise UsageError("Forms are not available here", hint="Open the form in a notebook or a terminal.")
    return ctx.forms(ctx, review, WORDS, {"name": name or _undecided_review(ctx, org), "org": org})


def _undecided_review(ctx: CommandContext, org: str | None) -> str:
    """Return the name of the review that has rows to decide; ask if there are several.

    Raises:
        UnknownNameError: there is none.
        UsageError: there are several, and nobody can answer the question.
    """
    organization = query.organization(ctx.session, org)
    stored = inventory.Reviews().of(ctx.session.settings.url, organization.id, [])
    reviews = [found.review for found in reversed(stored)]
    names = [found.name for found in reviews if not found.is_answered]
    if not names and reviews:
        raise UnknownNameError(
            f"All reviews of {organization.name} are complete",
            hint=f"To change decisions, open the newest: `form review {quoted(reviews[0].name)}`.",
        )
    if not names:
        line = f"reviews create {quarter_of(datetime.now(UTC))}"
        raise UnknownNameError(f"There is no review of {organization.name}", hint=f"Create one: `{line}`.")
    if len(names) == 1:
        return names[0]
    if not ctx.ui.is_interactive:
        raise UsageError(
            f"{len(names)} reviews of {organization.name} have rows to decide: {', '.join(names)}",
            hint=f"Name one: `form review {quoted(names[0])}`.",
        )
    return ctx.ui.ask(f"Review to decide ({', '.join(names)}) [{names[0]}]: ") or names[0]
