"""Show what is about to be sent, and ask before it destroys something or changes much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb import frames, limits, query
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes import failures, results
from zenpro_nb.framework.writes.dialog import ask, effects_on_admins, question, question_about_many, to_send
from zenpro_nb.framework.writes.write import PlannedWrites, Write
from zenpro_nb.syntax.unparse import spell_context

if TYPE_CHECKING:
    import pandas as pd


def confirm(
    ctx: CommandContext, context: click.Context, writes: Sequence[Write], arguments: Mapping[str, Any], *, plan: bool
) -> None:
    """Ask, if there is a question, below a table of the steps of a plan or the targets of several writes.

    A question begins with who loses and who gains severe access; without one, these sentences are printed alone.

    Args:
        context: the context of the line.
        arguments: its parameters; with `yes`, there is no question.

    Raises:
        ConfirmationError: the answer was no, or the session is not interactive.
    """
    destroying = question(writes)
    text = destroying or question_about_many(writes, _organization(ctx, arguments))
    if arguments["yes"] or not text:
        for sentence in () if arguments["quiet"] else effects_on_admins(writes):
            ctx.ui.say(sentence)
        return
    if plan or len(to_send(writes)) > 1:
        table = _steps(ctx, writes, undoing=bool(destroying)) if plan else _targets(ctx, writes)
        if not destroying:
            ctx.ui.abridge("; `--dry-run --format table` prints all")
        ctx.ui.show(table)
        if len(table) > limits.CONFIRMED_ROWS and ctx.ui.has_variables:
            line = f"{ctx.ui.name} {spell_context(context)} --dry-run --out rows"
            ctx.ui.say(f"to see all {len(table):,} changes: `{line}`")
    line = failures.continuation(str(context.command.name), writes, spell_context(context))
    ask(ctx, writes, text, later=f"Run `{line}` to do it later." if len(line) <= limits.HELP_WIDTH else "")


def _organization(ctx: CommandContext, arguments: Mapping[str, Any]) -> str:
    """Return the name of the organization that a command changes; empty if it concerns none."""
    if "org" not in arguments or ctx.session.settings.plain:
        return ""
    return query.organization(ctx.session, arguments["org"]).name


def _steps(ctx: CommandContext, writes: Sequence[Write], *, undoing: bool) -> frames.Table:
    """Return the steps of a plan, without the columns that are empty in all rows.

    Args:
        undoing: print remarks about undoing them; the question does not contain these.
    """
    if isinstance(writes, PlannedWrites):
        table: pd.DataFrame = writes.table.copy(deep=False)
        return frames.for_confirmation(table)
    filled = {
        "usage": any(write.position.usage for write in writes),
        "blocked_reason": any(write.hold.blocked for write in writes),
        "skipped_reason": any(write.hold.skipped for write in writes),
    }
    columns = ["step", "action", "target", *(name for name, is_filled in filled.items() if is_filled)]
    return frames.for_confirmation(results.dry_run_frame(ctx, writes, plan=True, undoing=undoing)[columns])


def _targets(ctx: CommandContext, writes: Sequence[Write]) -> frames.Table:
    """Return the targets of the writes that would be sent."""
    return frames.for_confirmation(results.targets_frame(ctx, to_send(writes)))
