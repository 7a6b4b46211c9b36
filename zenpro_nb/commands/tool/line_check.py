"""Whether a line of `%zenpro` is one that this version takes: it is parsed as it would be, and nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.command import Root, clean
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.options import ColumnsType
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.session.session import Session
from zenpro_nb.sharing.checks import LineCheck, LineProblem
from zenpro_nb.syntax import line as lines
from zenpro_nb.syntax.cell import commands_of
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.ui.protocol import TerminalUI

_VALUE = "zenpro-value-of-the-notebook"  # stands for `$name` and `{expr}`, whose values nobody knows here
_HELP = ("--help", "-h")
_SIGNS_IN = "login"


class _Unseen(TerminalUI):
    """The face of a notebook in which nobody says anything."""

    name = "%zenpro"
    has_variables = True


def checker(root: Root) -> LineCheck:
    """Return what says what is wrong with a line of the tree."""

    def check(line: str, body: str | None) -> Iterator[LineProblem]:
        if body is None or root.takes_body([token.text for token in lines.split(line, complete=False)]):
            yield from _problems(root, line, body)
        elif line.strip():
            yield LineProblem("line", f"%%zenpro {line.strip()}", "Put the commands below the magic, one a line.")
        else:
            for _, command in commands_of(body):
                yield from _problems(root, command, None)

    return check


def _problems(root: Root, line: str, body: str | None) -> Iterator[LineProblem]:
    runtime = CommandContext(Session(), _Unseen(), Placeholders())
    runtime.body = body
    try:
        words = [_word(token, runtime.values) for token in lines.split(line)]
        if words[:1] == ["--version"] or any(word in _HELP for word in words):
            return
        ctx = _parsed(root, words, runtime)
        _check_columns(ctx)
    except click.exceptions.Exit:
        return
    except click.UsageError as error:
        told = clean(error, runtime)
        if _VALUE not in told.message:
            yield _wrong(line, told)
        return
    except UsageError as error:
        if _VALUE not in error.message:
            yield _wrong(line, error)
        return
    if _asks(ctx):
        yield LineProblem("asks", f"%zenpro {line}", "Add --yes, or --dry-run, so that it runs where nobody sits.")
    elif ctx.command_path.split()[1:2] == [_SIGNS_IN]:
        yield LineProblem("asks", f"%zenpro {line}", "Leave it out: `require` says who has to sign in, and how.")


def _word(token: lines.LineToken, values: Placeholders) -> str:
    pieces = (piece if isinstance(piece, str) else values.bind(_VALUE, piece.source) for piece in token.pieces)
    return "".join(pieces)


def _parsed(root: Root, words: list[str], runtime: CommandContext) -> click.Context:
    """Return the context of the command that the words lead to.

    Raises:
        click.UsageError: they do not fit its parameters.
        UsageError: they lead to none.
    """
    ctx = root.make_context(runtime.ui.name, words, obj=runtime)
    while isinstance(ctx.command, click.Group):
        # The words behind a group: click 8.1 has them under the second name, which later ones warn about.
        kept = vars(ctx).get("_protected_args") or vars(ctx).get("protected_args") or []
        rest = [*kept, *ctx.args]
        if not rest:
            break
        name, command, rest = ctx.command.resolve_command(ctx, rest)
        if command is None:
            break
        ctx = command.make_context(name, rest, parent=ctx)
    return ctx


def _check_columns(ctx: click.Context) -> None:
    """Refuse columns that the list does not have.

    Raises:
        UsageError: there is one.
    """
    for param in ctx.command.params:
        given: Any = ctx.params.get(param.name or "")
        if not isinstance(param.type, ColumnsType) or not isinstance(given, str) or _VALUE in given:
            continue
        for name in given.split(","):
            plain = name.strip().removeprefix("-")
            if param.type.names and plain not in param.type.names:
                raise UsageError(f"There is no column {plain!r}", hint=did_you_mean(plain, param.type.names))


def _asks(ctx: click.Context) -> bool:
    """Return whether the command would ask somebody."""
    if ctx.params.get("yes") or ctx.params.get("dry_run"):
        return False
    if isinstance(ctx.command, WriteCommand):
        return ctx.command.destructive
    return any(param.name == "yes" for param in ctx.command.params)


def _wrong(line: str, error: UsageError) -> LineProblem:
    return LineProblem("line", f"%zenpro {line}: {error.message}", error.hint or "See `%zenpro --help`.")
