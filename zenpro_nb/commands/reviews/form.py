"""`form review`: a review by keyboard, one principal after another."""

from __future__ import annotations

from typing import Any

from zenpro_nb.commands.reviews.common import ReviewName
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.noun import command
from zenpro_nb.framework.parameters.aliases import Org

WORDS = ("review",)


@command()
def review(ctx: CommandContext, name: ReviewName, org: Org = None) -> Any:
    """Go through a review by keyboard: k keep, r revoke, d don't know, n or → next, p or ← back.

    Shows one principal after another, with what they hold, what is recommended and why. Each decision is kept as soon
    as it is made: a kernel that dies loses nothing, and the same line goes on where it was.

    Examples:
        form review 2026-q3
    """
    if ctx.forms is None:
        raise UsageError("Forms are not available here", hint="Open the form in a notebook or a terminal.")
    return ctx.forms(ctx, review, WORDS, {"name": name, "org": org})
