"""The click classes of the tree: values come back from behind their marks, mistakes become one clear line."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import documentation, limits
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli import help_text, hints, leftover
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.hints import Synonyms
from zenpro_nb.framework.cli.lazy import Factory, LazyCommands
from zenpro_nb.framework.cli.parsing import ObjectType, RareOption, Syntax
from zenpro_nb.ui import console

if TYPE_CHECKING:
    from zenpro_nb.resources import Resource
    from zenpro_nb.ui.protocol import UI

ALL = "all_"  # the option of the tree's help
_NO_NUMBER = re.compile(r"is not a valid integer( range)?")
_SETTINGS: dict[str, Any] = {"help_option_names": ["--help", "-h"], "max_content_width": limits.HELP_WIDTH}


class BaseCommand(click.Command):
    """What commands and groups have in common: marks of values become the values (see `values`), and the help's order.

    Args:
        shared: options that many commands have; they stand behind its own, in the help in a section of their own.
        examples: lines that run in the sandbox, see `examples`.
    """

    shared_title = "Options of every list"
    lists: Resource | None = None  # what it lists when it is called without a verb

    def __init__(
        self, *args: Any, shared: Sequence[click.Parameter] = (), examples: Sequence[str] = (), **kwargs: Any
    ) -> None:
        kwargs.setdefault("context_settings", _SETTINGS)
        kwargs["params"] = [*(kwargs.get("params") or ()), *shared]
        super().__init__(*args, **kwargs)
        self.shared = {param.name for param in shared}
        self.examples = tuple(examples)
        # What the face offered last, and how its words are parsed: a process has one face, mostly.
        self._offered: tuple[object, list[click.Parameter]] | None = None
        self._syntax: Syntax | None = None

    @property
    def has_output_options(self) -> bool:
        """Return whether it returns something that a face may print in several ways."""
        return True

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return its own parameters, as the face from which it is called offers them, and those that the face adds."""
        runtime = ctx.find_object(CommandContext)
        ui = None if runtime is None or not self.has_output_options else runtime.ui
        key = None if ui is None else (ui.has_variables, *ui.options)
        if self._offered is None or self._offered[0] != key:
            params = super().get_params(ctx)
            # One step of the interpreter: another thread sees the former or the new ones.
            self._offered = key, params if ui is None else _for_face(params, ui)
        return self._offered[1]

    def make_parser(self, ctx: click.Context) -> Any:
        """Return a parser that gives the values themselves.

        The marks have done their work once the options are told apart.
        """
        params = self.get_params(ctx)
        if self._syntax is None or self._syntax.offered is not params:
            self._syntax = Syntax(super().make_parser(ctx), self.params, params)
        values = None if ctx.resilient_parsing else _values_of(ctx)
        return self._syntax.parser(
            ctx,
            values,
            lambda error, words: _unknown_option(error, words, ctx),
            lambda words, rest, options: leftover.error_of(ctx, words, rest, options, _values_of(ctx)),
        )

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, its own options, its verbs, and the options that many commands have."""
        help_text.write_examples(ctx, formatter, self.examples)
        params = self.get_params(ctx)
        own = next((at for at, param in enumerate(params) if param.name in self.shared), len(params))
        help_text.write_options(ctx, formatter, params[:own])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        help_text.write_options(ctx, formatter, params[own:], self.shared_title)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the last paragraph, and which pages of the documentation are about the command."""
        super().format_epilog(ctx, formatter)
        _, *words = ctx.command_path.split()
        help_text.write_pages(formatter, words)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return its verbs and options that begin with what was typed, marked as what they are."""
        return [
            CompletionItem(item.value, item.type, item.help, kind="option" if item.value[:1] == "-" else "command")
            for item in super().shell_complete(ctx, incomplete)
        ]


class Command(BaseCommand):
    """A command that is no group."""

    changes = False  # whether it changes something
    takes_body = False  # whether `%%zenpro` hands it the cell below its line, as it stands


class Group(BaseCommand, click.Group):
    """A noun: calling it alone lists, and its verbs are its commands."""

    command_class = Command

    def __init__(self, *args: Any, aliases: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aliases = aliases or {}

    @property
    def has_output_options(self) -> bool:
        """Return whether the group itself returns something."""
        return self.invoke_without_command

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name or alias."""
        return super().get_command(ctx, self.aliases.get(cmd_name, cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names.

        Raises:
            UsageError: there is none; the message suggests similar ones.
        """
        if ctx.resilient_parsing or self.get_command(ctx, args[0]) is not None:
            return super().resolve_command(ctx, args)
        words = [_values_of(ctx).as_typed(arg) for arg in args]
        hint = hints.for_word(self, ctx, words, _synonyms_of(ctx))
        raise UsageError(f"There is no command {words[0]!r} in {ctx.command_path!r}", hint=hint)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its verbs, each with the first sentence of its help."""
        help_text.write_commands(formatter, "Commands", (self.commands[name] for name in self.list_commands(ctx)))


class Root(Group):
    """The tree itself: its commands stand in sections, in the order in which they were entered.

    Its help is one screen; `--all` makes it the whole tree.

    Args:
        synonyms: what other tools call what is here, for hints.
    """

    def __init__(self, *args: Any, synonyms: Synonyms | None = None, **kwargs: Any) -> None:
        self._late = LazyCommands()
        super().__init__(*args, commands=self._late, **kwargs)
        self.synonyms = synonyms or Synonyms()
        self.sections: dict[str, help_text.Section] = {}

    def add_section(
        self,
        title: str,
        commands: Mapping[str, Factory],
        *,
        featured: Sequence[str],
        hint: str = "",
        writes_title: str = "",
    ) -> None:
        """Enter commands under a heading of the help, by what makes each; the others are arguments of `Section`."""
        for name, make in commands.items():
            self._late.register(name, make)
        self.sections[title] = help_text.Section(self.commands, tuple(commands), featured, hint, writes_title)

    def takes_body(self, words: Sequence[str]) -> bool:
        """Return whether a line that begins so leads to a command that takes the cell below it."""
        found = self._led_to(words)
        return isinstance(found, Command) and found.takes_body

    def completes_body(self, words: Sequence[str]) -> bool:
        """Return whether Tab in the cell below such a line is answered by the type of the command's argument."""
        found = self._led_to(words)
        types = [param.type for param in found.params if isinstance(param, click.Argument)] if found else []
        return any(isinstance(kind, ObjectType) and kind.completes_body for kind in types)

    def _led_to(self, words: Sequence[str]) -> click.Command | None:
        found: click.Command | None = self
        for word in words:
            if not isinstance(found, Group):
                break
            found = found.commands.get(word)
        return found

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return `--help`, which comes after `--all` wherever that stands."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.is_eager = False
        return option

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what to type next, and where to begin to read, in a line: the screen is full."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(f"{self.epilog} {documentation.told(documentation.pages_of(()))}")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one screen about what there is; with `--all` every option, and every command with its verbs."""
        if not ctx.params.get(ALL):
            help_text.write_first_screen(formatter, self.sections)
            return
        help_text.write_options(ctx, formatter, self.get_params(ctx))
        help_text.write_tree(formatter, self.sections)


class VariableOption(RareOption):
    """An option that names a variable: offered only where there are variables."""


def run(tree: click.Command, arguments: Sequence[str], ctx: CommandContext) -> Any:
    """Carry out one line, and give what its command returns; None after `--help`.

    Raises:
        UsageError: the line is wrong; nothing was sent.
        ZenProError: whatever else went wrong.
    """
    try:
        # A notebook has no terminal whose width could be asked.
        width = None if console.is_terminal() else limits.HELP_WIDTH
        with tree.make_context(ctx.ui.name, list(arguments), obj=ctx, terminal_width=width) as context:
            return tree.invoke(context)
    except click.exceptions.Exit:
        return None
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.MissingParameter:
        raise
    except click.UsageError as error:
        raise clean(error, ctx) from None


def clean(error: click.UsageError, ctx: CommandContext) -> UsageError:
    """Return the error of click as one of ours: one line, and the help to look at."""
    text = " ".join(error.format_message().split())
    message = _NO_NUMBER.sub("is not a whole number", ctx.values.as_typed(text).rstrip("."))
    if error.ctx is None:
        return UsageError(message)
    return UsageError(message, hint=f"See `{error.ctx.command_path} --help`.")


def _for_face(params: list[click.Parameter], ui: UI) -> list[click.Parameter]:
    offered = params if ui.has_variables else [_unoffered(param) for param in params]
    return [*offered, *ui.options]


def _unoffered(param: click.Parameter) -> click.Parameter:
    """Hide an option without sense here; it is still understood, so that whoever types it is told why."""
    if not isinstance(param, VariableOption):
        return param
    hidden = copy.copy(param)
    hidden.hidden = True
    return hidden


def _synonyms_of(ctx: click.Context) -> Synonyms:
    root = ctx.find_root().command
    return root.synonyms if isinstance(root, Root) else Synonyms()


def _values_of(ctx: click.Context) -> Any:
    return ctx.find_object(CommandContext).values  # type: ignore[union-attr]


def _unknown_option(error: click.NoSuchOption, args: Sequence[str], ctx: click.Context) -> UsageError:
    """Return the error for an option that is not there; click's own suggestions take `--help` for `--emial`."""
    option, _, joined = next((arg for arg in args if arg.startswith(error.option_name)), error.option_name).partition(
        "="
    )
    behind = args[args.index(option) + 1 :] if option in args else []
    value = joined or next((word for word in behind[:1] if not word.startswith("-")), "")
    hint = hints.for_option(ctx, error.option_name, value, _synonyms_of(ctx))
    return UsageError(f"{ctx.command_path!r} has no option {error.option_name}", hint=hint)
