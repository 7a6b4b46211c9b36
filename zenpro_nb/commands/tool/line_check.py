"""Check that this version accepts a `%zenpro` command: parse it as usual, but run nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import ColumnsType, CommandContext, Root, WriteCommand, clean
from zenpro_nb.session.session import Session
from zenpro_nb.sharing.notebook_scan import LineCheck, LineProblem
from zenpro_nb.syntax import line as lines
from zenpro_nb.syntax.cell import commands_of
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.ui.protocol import TerminalUI
from zenpro_nb.ui.show_option import show_option

_VALUE = "zenpro-value-of-the-notebook"  # replaces `$name` and `{expr}`, whose values are unknown here
_HELP = ("--help", "-h")
_SIGNS_IN = "login"


class _UnattendedUI(TerminalUI):
    """The UI of a notebook in which no one answers prompts."""

    name = "%zenpro"
    has_variables = True
    options: Sequence[click.Parameter] = (show_option(lambda value: None),)


def checker(root: Root) -> LineCheck:
    """Return a function that yields the problems of a command line."""

    def check(line: str, body: str | None) -> Iterator[LineProblem]:
        if body is None or root.takes_body([token.text for token in lines.split(line, complete=False)]):
            yield from _problems(root, line, body)
        elif line.strip():
            yield LineProblem("command", f"%%zenpro {line.strip()}", "Put the commands below the magic, one per line.")
        else:
            for _, command in commands_of(body):
                yield from _problems(root, command, None)

    return check


def _problems(root: Root, line: str, body: str | None) -> Iterator[LineProblem]:
    runtime = CommandContext(Session(), _UnattendedUI(), Placeholders())
    runtime.body = body
    try:
        words = [_word(token, runtime.values) for token in lines.split(line)]
        if words[:1] == ["--version"] or any(word in _HELP for word in words):
            return
        ctx = _parse(root, words, runtime)
        _check_columns(ctx)
    except click.exceptions.Exit:
        return
    except click.UsageError as error:
        cleaned = clean(error, runtime)
        if _VALUE not in cleaned.message:
            yield _invalid(line, cleaned)
        return
    except UsageError as error:
        if _VALUE not in error.message:
            yield _invalid(line, error)
        return
    if _asks(ctx):
        yield LineProblem("interactive", f"%zenpro {line}", "Add --yes or --dry-run, so it can run unattended.")
    elif ctx.command_path.split()[1:2] == [_SIGNS_IN]:
        yield LineProblem("interactive", f"%zenpro {line}", "Remove it: `require` reports a missing login and its fix.")


def _word(token: lines.LineToken, values: Placeholders) -> str:
    pieces = (piece if isinstance(piece, str) else values.bind(_VALUE, piece.source) for piece in token.pieces)
    return "".join(pieces)


def _parse(root: Root, words: list[str], runtime: CommandContext) -> click.Context:
    """Return the context of the command that the words name.

    Raises:
        click.UsageError: the words do not fit the parameters of the command.
        UsageError: no command has this name.
    """
    ctx = root.make_context(runtime.ui.name, words, obj=runtime)
    while isinstance(ctx.command, click.Group):
        # The words after a group: click 8.1 has them under the second name, which later versions deprecate.
        protected = vars(ctx).get("_protected_args") or vars(ctx).get("protected_args") or []
        rest = [*protected, *ctx.args]
        if not rest:
            break
        name, command, rest = ctx.command.resolve_command(ctx, rest)
        if command is None:
            break
        ctx = command.make_context(name, rest, parent=ctx)
    return ctx


def _check_columns(ctx: click.Context) -> None:
    """Check that the list has the columns that the command names.

    Raises:
        UsageError: a column does not exist.
    """
    for param in ctx.command.params:
        value: Any = ctx.params.get(param.name or "")
        if not isinstance(param.type, ColumnsType) or not isinstance(value, str) or _VALUE in value:
            continue
        for name in value.split(","):
            plain = name.strip().removeprefix("-")
            if param.type.names and plain not in param.type.names:
                raise UsageError(f"There is no column {plain!r}", hint=did_you_mean(plain, param.type.names))


def _asks(ctx: click.Context) -> bool:
    """Return whether the command would ask for confirmation."""
    if ctx.params.get("yes") or ctx.params.get("dry_run"):
        return False
    if isinstance(ctx.command, WriteCommand):
        return ctx.command.destructive
    return any(param.name == "yes" for param in ctx.command.params)


def _invalid(line: str, error: UsageError) -> LineProblem:
    return LineProblem("command", f"%zenpro {line}: {error.message}", error.hint or "See `%zenpro --help`.")
