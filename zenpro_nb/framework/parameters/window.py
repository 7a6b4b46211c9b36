"""A window of time until now, in which runs are counted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import query
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.parameters.types import TextType, completions
from zenpro_nb.syntax.timespec import FORMS, in_days, parse_time, require_days


class WindowType(TextType):
    """The beginning of a window until now: a number of days such as `90d`, or a date."""

    name = "window"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it as typed; fail if it is not a time in the past."""
        command_ctx = ctx.find_object(CommandContext) if ctx is not None else None
        now = datetime.now(UTC) if command_ctx is None else query.now(command_ctx.session)
        text = str(value).strip()
        require_days(text)
        try:
            since = parse_time(text, now).start
        except ValueError:
            if days := in_days(text):
                raise UsageError(f"{text!r} is not a time window", hint=f"Did you mean {days!r}?") from None
            self.fail(f"{text!r} is not a time window: write {FORMS}", param, ctx)
        if since >= now.replace(microsecond=0):
            self.fail(f"{text!r} is not in the past: write 90d for the last ninety days", param, ctx)
        return text

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return usual windows."""
        return completions(["30d", "90d", "180d"], incomplete, kind="value")


def start_of(ctx: CommandContext, window: str) -> datetime:
    """Return the beginning of a window."""
    return parse_time(window, query.now(ctx.session)).start


Usage = Annotated[
    str | None,
    Opt(
        type=WindowType(),
        metavar="WINDOW",
        help="Also check whether roles were used to start runs in this window, such as 90d.",
    ),
]
CheckUsage = Annotated[
    str | None,
    Opt(
        "--check-usage",
        type=WindowType(),
        metavar="WINDOW",
        help="Mark removals of access that was used to start runs in this window, such as 90d, if no remaining role "
        "allows starting them.",
    ),
]
MaxAffected = Annotated[
    int | None,
    Opt(
        "--max-affected",
        type=click.IntRange(min=0),
        metavar="N",
        help="With --check-usage: block these removals if they affect more than N people and service accounts.",
    ),
]


def require_window(check_usage: str | None, max_affected: int | None) -> None:
    """Refuse a limit on the people who are affected if no runs are counted.

    Raises:
        UsageError: the window is missing.
    """
    if max_affected is not None and check_usage is None:
        raise UsageError(
            "--check-usage is required: --max-affected counts accounts that started runs in a window",
            hint="Add --check-usage 90d.",
        )
