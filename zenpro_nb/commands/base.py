"""The click classes of the tree: values come back from behind their marks, mistakes become one clear line."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from zenpro_nb import limits
from zenpro_nb.commands.runtime import Runtime
from zenpro_nb.errors import UsageError

_SETTINGS = {"help_option_names": ["--help", "-h"], "max_content_width": limits.HELP_WIDTH}


class Command(click.Command):
    """A command whose arguments may be marks of values (see `values`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", _SETTINGS)
        super().__init__(*args, **kwargs)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own parameters, and those that the face adds."""
        return _with_face_options(super().get_params(ctx), ctx)

    def make_parser(self, ctx: click.Context) -> Any:
        """A parser that gives the values themselves: the marks have done their work once the options are told apart."""
        return _unmarking(super().make_parser(ctx), self, ctx)


class Group(click.Group):
    """A noun: calling it alone lists, and its verbs are its commands."""

    command_class = Command

    def __init__(self, *args: Any, aliases: dict[str, str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", _SETTINGS)
        super().__init__(*args, **kwargs)
        self.aliases = aliases or {}

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """As `Command.get_params`, where the group itself returns something."""
        params = super().get_params(ctx)
        return _with_face_options(params, ctx) if self.invoke_without_command else params

    def make_parser(self, ctx: click.Context) -> Any:
        """As `Command.make_parser`."""
        return _unmarking(super().make_parser(ctx), self, ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name or alias."""
        return super().get_command(ctx, self.aliases.get(cmd_name, cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names.

        Raises:
            UsageError: there is none; the message suggests similar ones.
        """
        if ctx.resilient_parsing or self.get_command(ctx, args[0]) is not None:
            return super().resolve_command(ctx, args)
        word = _values_of(ctx).reveal(args[0])
        known = [*self.commands, *self.aliases]
        close = difflib.get_close_matches(word, known, n=2, cutoff=0.6)
        hint = f"Did you mean {' or '.join(repr(name) for name in close)}?" if close else f"Known: {', '.join(known)}."
        raise UsageError(f"There is no command {word!r} in {ctx.command_path!r}", hint=hint)


def run(tree: click.Command, arguments: Sequence[str], runtime: Runtime) -> Any:
    """Carry out one line, and give what its command returns; None after `--help`.

    Raises:
        UsageError: the line is wrong; nothing was sent.
        ZenProError: whatever else went wrong.
    """
    try:
        # A notebook has no terminal whose width could be asked.
        width = None if sys.stdout.isatty() else limits.HELP_WIDTH
        with tree.make_context(runtime.face.name, list(arguments), obj=runtime, terminal_width=width) as context:
            return tree.invoke(context)
    except click.exceptions.Exit:
        return None
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.MissingParameter:
        raise
    except click.UsageError as error:
        raise clean(error, runtime) from None


def clean(error: click.UsageError, runtime: Runtime) -> UsageError:
    """The error of click as one of ours: one line, and the help to look at."""
    message = runtime.values.reveal(" ".join(error.format_message().split())).rstrip(".")
    hint = ""
    # click has already written its own suggestion into the message of a misspelt option.
    if error.ctx is not None and "Did you mean" not in message:
        hint = f"See `{error.ctx.command_path} --help`."
    return UsageError(message, hint=hint)


def _with_face_options(params: list[click.Parameter], ctx: click.Context) -> list[click.Parameter]:
    runtime = ctx.find_object(Runtime)
    return params if runtime is None else [*params, *runtime.face.options]


def _values_of(ctx: click.Context) -> Any:
    return ctx.find_object(Runtime).values  # type: ignore[union-attr]


def _unmarking(parser: Any, command: click.Command, ctx: click.Context) -> Any:
    if ctx.resilient_parsing:
        return parser
    inner: Callable[..., Any] = parser.parse_args
    several = {param.name for param in command.params if _takes_several(param)}

    def parse_args(args: list[str]) -> tuple[dict[str, Any], list[str], list[click.Parameter]]:
        options, rest, order = inner(args)
        values = _values_of(ctx)
        return {name: _unmark(values, name, value, name in several) for name, value in options.items()}, rest, order

    parser.parse_args = parse_args
    return parser


def _takes_several(param: click.Parameter) -> bool:
    return param.nargs == -1 or (isinstance(param, click.Option) and param.multiple)


def _unmark(values: Any, name: str, value: Any, several: bool) -> Any:
    if isinstance(value, str):
        given = values.resolve(value)
        if isinstance(given, list):
            raise UsageError(
                f"{values.reveal(value)} holds {len(given)} values, and {name.replace('_', '-')!r} takes one"
            )
        return given
    if several and isinstance(value, (list, tuple)):
        flat: list[str] = []
        for item in value:
            given = values.resolve(item) if isinstance(item, str) else item
            flat.extend(given if isinstance(given, list) else [given])
        return type(value)(flat)
    return value
