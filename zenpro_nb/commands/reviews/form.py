"""`form review`: decide a review by keyboard, one principal after another."""

from __future__ import annotations

from typing import Any

from zenpro_nb.commands.reviews.common import ReviewName
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import CommandContext, Org, command

WORDS = ("review",)


@command()
def review(ctx: CommandContext, name: ReviewName, org: Org = None) -> Any:
    """Decide on the rows of a review by keyboard: k keep, r revoke, d don't know, n next, p back, w reason.

    Shows one principal after another, with their roles and memberships, the recommendation, and its reason. Each
    decision is saved immediately. Run the same command again to continue.

    In a shell, press Enter after each key; q quits. In a notebook, click the form first, and press the keys without
    Enter; the arrow keys also move.

    Examples:
        # Review access with the keyboard
        form review 2026-q3
    """
    if ctx.forms is None:
        raise UsageError("Forms are not available here", hint="Open the form in a notebook or a terminal.")
    return ctx.forms(ctx, review, WORDS, {"name": name, "org": org})
