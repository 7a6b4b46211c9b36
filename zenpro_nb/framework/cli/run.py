"""Run one line of the command tree, and return click's errors as our own."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any

import click

from zenpro_nb import frames, limits, sharing
from zenpro_nb.client import notice_interrupts
from zenpro_nb.errors import (
    AuthenticationError,
    BlockedError,
    InterruptedReadError,
    UnknownNameError,
    UsageError,
    ZenProError,
)
from zenpro_nb.framework import cli
from zenpro_nb.framework.cli.command import MissingHint
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.root import Root
from zenpro_nb.profiles import replacement
from zenpro_nb.session.session import Session
from zenpro_nb.ui import console
from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.protocol import UI

_MADE_UP = (
    "This is a pseudonym. Only the notebook session or the shells that show it can tell who it is, while pseudonyms "
    "are on. To see real names there, run `pseudonyms off`."
)
_IN_FLIGHT = "was in flight"  # from the client, about a request that is not a read
_NOTHING_SENT = ("nothing was sent", "no change was sent")
_ORG_OPTION = "--org"
_KERNEL_MESSAGE = "Interrupted by user"  # from ipykernel if a question is interrupted; adds nothing for the user
_NO_NUMBER = re.compile(r"is not a valid integer( range)?")


def run(tree: click.Command, arguments: Sequence[str], ctx: CommandContext) -> Any:
    """Run one line, and return the result of its command; None after `--help`.

    Raises:
        UsageError: the line is wrong; nothing was sent.
        ZenProError: anything else went wrong.
    """
    ctx.line = arguments
    organization_name = ""
    if any(word.startswith(_ORG_OPTION) for word in arguments):
        organization_name = cli.organization.option_value(ctx, arguments)
        ctx.ui.completed = lambda text: cli.organization.complete(text, tree, organization_name)
    try:
        with notice_interrupts():
            return _complete(_run(tree, arguments, ctx), ctx.ui)
    except KeyboardInterrupt as interrupt:
        if _has_sent_nothing(tree, arguments, ctx) and _IN_FLIGHT not in str(interrupt):
            raise InterruptedReadError.before_sending() from None
        raise
    except ZenProError as error:
        if isinstance(error, InterruptedReadError) and _has_sent_nothing(tree, arguments, ctx):
            error.outcome = "not sent"
            text = f"{error.message} {error.hint}".casefold()
            if not any(words in text for words in _NOTHING_SENT):
                error.hint = f"No change was sent. {error.hint}".rstrip()
        if isinstance(error, AuthenticationError) and error.another in error.hint:
            error.hint = error.hint.replace(error.another, _replacement(ctx.session))
        placed = ""
        if isinstance(error, UnknownNameError) and error.strangers:
            placed = cli.placing.correction(ctx, tree, arguments, error.strangers)
            error.hint = placed or error.hint
        if isinstance(error, UnknownNameError) and any(map(sharing.is_pseudonym, arguments)):
            error.hint = _MADE_UP
        elif isinstance(error, UnknownNameError) and not placed:
            cli.invited.explain(error, ctx, arguments)
        if isinstance(error, UsageError) or error.replaced is not None or error.adds or _is_repeated(error):
            cli.corrections.complete(error, arguments, ctx)
        error.message = ctx.ui.command_names.message(error.message)
        error.hint = ctx.ui.command_names.text(error.hint)
        if isinstance(tree, click.Group) and cli.organization.has_command_without(error.hint, tree):
            option = organization_name or cli.organization.missing_option(ctx)
            error.hint = cli.organization.complete(error.hint, tree, option)
        raise
    finally:
        ctx.ui.completed, ctx.ui.is_quiet = str, False


def _replacement(session: Session) -> str:
    """Return how to replace the credential that the server has just rejected."""
    return replacement(session.settings.source, is_persistent=session.is_persistent, has_sandbox=session.has_sandbox)


def _is_repeated(error: ZenProError) -> bool:
    """Return whether the hint names a step after which the line is repeated."""
    return isinstance(error, BlockedError) and error.repeats is not None


def _has_sent_nothing(tree: click.Command, arguments: Sequence[str], ctx: CommandContext) -> bool:
    """Return whether the line would change something, and no write was sent: the user need not check the server."""
    return isinstance(tree, Root) and tree.changes_something(arguments) and not ctx.is_sending


def interruption(line: str, interrupt: KeyboardInterrupt, ui: UI) -> InterruptedReadError:
    """Return Ctrl-C as a one-line error, with the message of the interrupt: for example a write on its way."""
    message = ui.command_names.text(str(interrupt))
    summary = textwrap.shorten(line, limits.SUMMARY, placeholder=" …") or ui.name
    return InterruptedReadError(
        f"`{summary}` was stopped by Ctrl-C", hint="" if message == _KERNEL_MESSAGE else message
    )


def _complete(result: Any, ui: UI) -> Any:
    """Return the result of a command with complete commands in its card, or in the sentence that answers for it."""
    if isinstance(result, Card):
        return ui.command_names.card(result)
    if hasattr(result, "attrs") and "answer" in result.attrs.get("zenpro", ()):
        return frames.with_answer(result, ui.command_names.text(frames.answer_of(result)))
    return result


def _run(tree: click.Command, arguments: Sequence[str], ctx: CommandContext) -> Any:
    try:
        with tree.make_context(ctx.ui.name, list(arguments), obj=ctx) as context:
            return tree.invoke(context)
    except click.exceptions.Exit:
        return None
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.MissingParameter:
        raise
    except click.BadOptionUsage as error:
        raise cli.corrections.with_value(clean(error, ctx), error, arguments, ctx) from None
    except click.BadParameter as error:
        refused = clean(error, ctx)
        refused.replaced = cli.corrections.of_parameter(error)
        if error.param is not None and error.param.type.name == "email":  # a team or a role is in its place
            refused.hint = cli.placing.correction(ctx, tree, arguments, ()) or refused.hint
        raise refused from None
    except click.UsageError as error:
        # A group without a command: click raises its help as an error since 8.2.
        if type(error).__name__ == "NoArgsIsHelpError" and error.ctx is not None:
            console.show(error.ctx.get_help())
            return None
        raise clean(error, ctx) from None


def clean(error: click.UsageError, ctx: CommandContext, arguments: Sequence[str] = ()) -> UsageError:
    """Return click's error as our own: one line, with a pointer to the help.

    Args:
        arguments: the words of the line, with placeholders; with them, the error about a missing argument shows the
            line with a placeholder for it.
    """
    text = " ".join(error.format_message().split())
    message = _NO_NUMBER.sub("is not a whole number", ctx.values.as_typed(text).rstrip("."))
    if error.ctx is None:
        return UsageError(message)
    missing_hint: MissingHint | None = getattr(error.ctx.command, "missing_hint", None)
    if isinstance(error, click.MissingParameter) and missing_hint is not None:
        try:
            hint = missing_hint(ctx, error.ctx)
        except UsageError as problem:
            return problem  # a name in the line does not exist
        except ZenProError:
            hint = ""  # the missing argument is the mistake; without a server, only the help can be named
        if hint:
            return UsageError(message, hint=hint)
    example = cli.corrections.with_argument(error, arguments, ctx) if isinstance(error, click.MissingParameter) else ""
    root = error.ctx.find_root().command
    if cli.organization.has_command_without(example, root):
        example = cli.organization.complete(example, root, cli.organization.missing_option(ctx))
    return UsageError(message, hint=f"{example}See `{error.ctx.command_path} --help`.")
