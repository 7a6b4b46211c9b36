"""Define the click classes of the command tree: they resolve placeholders and report mistakes in one clear line."""

from __future__ import annotations

import copy
import pathlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.framework import cli
from zenpro_nb.framework.cli import help_text
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.guesses import Synonyms
from zenpro_nb.framework.cli.parsing import RareOption, Syntax
from zenpro_nb.syntax.unparse import spell
from zenpro_nb.ui import console

if TYPE_CHECKING:
    from zenpro_nb.resources import Resource
    from zenpro_nb.ui.protocol import UI

# Returns the hint for a line of a command without an argument; "" if it has none.
MissingHint = Callable[[CommandContext, click.Context], str]

_WORDS = "zenpro_nb.words:"  # in the meta of a context, with the path of a group: the words after it
_SAVE = "save"
_NUMBER = re.compile(r"-\d+\w*")
_SETTINGS: dict[str, Any] = {"help_option_names": ["--help", "-h"], "max_content_width": limits.HELP_WIDTH}


class BaseCommand(click.Command):
    """Do what commands and groups have in common: resolve placeholders (see `syntax.placeholders`) and order the help.

    Args:
        shared: options that many commands have; the help shows them in a section of their own, after the command's own.
        examples: lines that run in the sandbox, see `examples`.
    """

    shared_title = "Options of every list"
    lists: Resource | None = None  # the list that it shows when called without a verb

    def __init__(
        self, *args: Any, shared: Sequence[click.Parameter] = (), examples: Sequence[str] = (), **kwargs: Any
    ) -> None:
        kwargs.setdefault("context_settings", _SETTINGS)
        kwargs["params"] = [*(kwargs.get("params") or ()), *shared]
        super().__init__(*args, **kwargs)
        self.shared = {param.name for param in shared}
        self.examples = tuple(examples)
        # The parameters offered to the last UI and the parser for them: a process usually has one UI.
        self._cached_params: tuple[object, list[click.Parameter]] | None = None
        self._syntax: Syntax | None = None

    @property
    def has_output_options(self) -> bool:
        """Return whether the command returns a result that a UI can print in several formats."""
        return True

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the command's own parameters, as the calling UI offers them, and those that the UI adds."""
        command_ctx = ctx.find_object(CommandContext)
        ui = None if command_ctx is None or not self.has_output_options else command_ctx.ui
        key = None if ui is None else (ui.has_variables, *ui.options)
        if self._cached_params is None or self._cached_params[0] != key:
            params = super().get_params(ctx)
            # A single assignment: another thread sees either the old or the new parameters.
            self._cached_params = key, params if ui is None else _params_for_ui(params, ui)
        return self._cached_params[1]

    def make_parser(self, ctx: click.Context) -> Any:
        """Return a parser that resolves placeholders to their values.

        Placeholders are needed only until the options are separated.
        """
        params = self.get_params(ctx)
        if self._syntax is None or self._syntax.params is not params:
            self._syntax = Syntax(super().make_parser(ctx), self.params, params)
        values = None if ctx.resilient_parsing else _values_of(ctx)
        return self._syntax.parser(
            ctx,
            values,
            lambda error, words: _unknown_option(error, words, ctx),
            lambda words, rest, options: cli.leftover.error_of(
                ctx, words, rest, options, _values_of(ctx), _synonyms_of(ctx)
            ),
        )

    def get_help(self, ctx: click.Context) -> str:
        """Return the help, as wide as the terminal; a notebook has none."""
        if not console.is_terminal():
            ctx.terminal_width = limits.HELP_WIDTH
        return super().get_help(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, the command's own options, its verbs, and the options that many commands have."""
        help_text.write_examples(ctx, formatter, self.examples_for(ctx))
        params = self.get_params(ctx)
        own = next((at for at, param in enumerate(params) if param.name in self.shared), len(params))
        help_text.write_options(ctx, formatter, params[:own])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        help_text.write_options(ctx, formatter, params[own:], self.shared_title)

    def examples_for(self, ctx: click.Context) -> Sequence[str]:
        """Return the examples for the UI of a call."""
        return self.examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the last paragraph and the documentation pages about the command."""
        super().format_epilog(ctx, formatter)
        _, *words = ctx.command_path.split()
        help_text.write_pages(formatter, words)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the verbs and options that begin with the typed text, each marked with its kind."""
        return mark(super().shell_complete(ctx, incomplete))


def mark(completions: Iterable[CompletionItem]) -> list[CompletionItem]:
    """Return the completions, each with its kind: a command or an option."""
    return [
        CompletionItem(
            completion.value,
            completion.type,
            completion.help,
            kind="option" if completion.value[:1] == "-" else "command",
        )
        for completion in completions
    ]


class Command(BaseCommand):
    """A command that is not a group."""

    writes = False  # whether it changes anything on a server
    takes_body = False  # whether `%%zenpro` passes it the cell text below its line, unchanged


class Group(BaseCommand, click.Group):
    """A noun: called alone it lists, and its verbs are its commands."""

    command_class = Command

    def __init__(self, *args: Any, aliases: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aliases = aliases or {}

    @property
    def has_output_options(self) -> bool:
        """Return whether the group itself returns a result."""
        return self.invoke_without_command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the verbs, with their summaries, and options that begin with the typed text."""
        completions = super().shell_complete(ctx, incomplete)
        for completion in completions:
            if completion.kind == "command":
                completion.help = help_text.summary(self.commands[completion.value])
        return completions

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command with this name or alias."""
        return super().get_command(ctx, self.aliases.get(cmd_name, cmd_name))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words, and remember them for the hint about a word that is not a command."""
        ctx.meta[f"{_WORDS}{ctx.command_path}"] = tuple(args)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names.

        Raises:
            UsageError: the group has no such command; the message suggests similar ones.
        """
        if ctx.resilient_parsing or self.get_command(ctx, args[0]) is not None:
            return super().resolve_command(ctx, args)
        words = [_values_of(ctx).as_typed(arg) for arg in args]
        arg_texts = cli.corrections.quoted_words(_values_of(ctx), args)
        all_words = ctx.meta.get(f"{_WORDS}{ctx.command_path}", args)
        before = cli.corrections.quoted_words(_values_of(ctx), all_words[: len(all_words) - len(args)])
        line_before = " ".join([ctx.command_path, *before])
        hint = cli.shell_syntax.hint(line_before, words, getattr(self, "lists", None)) or cli.hints.for_word(
            self, ctx, arg_texts, _synonyms_of(ctx), before
        )
        raise UsageError(f"There is no command {words[0]!r} in {ctx.command_path!r}", hint=hint)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its verbs with their summaries."""
        help_text.write_commands(formatter, "Commands", (self.commands[name] for name in self.list_commands(ctx)))


class VariableOption(RareOption):
    """An option that names a variable: offered only in UIs that have variables."""

    def handle_parse_result(self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]) -> Any:
        """Process the option as usual.

        Raises:
            UsageError: the value is a file, or the UI has no variables; the hint is the line that saves the result.
        """
        name, command_ctx = opts.get(self.name or ""), ctx.find_object(CommandContext)
        if isinstance(name, str) and command_ctx is not None and not ctx.resilient_parsing:
            file = pathlib.PurePath(name)
            if file.suffix or not command_ctx.ui.has_variables:
                raise _no_variable(ctx, command_ctx.ui, self, file, opts)
        return super().handle_parse_result(ctx, opts, args)


def _no_variable(
    ctx: click.Context, ui: UI, option: click.Parameter, file: pathlib.PurePath, opts: Mapping[str, Any]
) -> UsageError:
    """Return the error about a result that cannot be assigned to a variable, with a line that can be pasted."""
    problem = f"--out {file} is a file, not a variable" if file.suffix else "--out requires a notebook"
    given = {name: value for name, value in opts.items() if value is not None and name != option.name}
    words = [ui.name, *ctx.command_path.split()[1:]]
    if any(param.name == _SAVE for param in ctx.command.params):
        saved = str(file if file.suffix else file.with_suffix(".csv"))
        line = spell(ctx.command, words, {**given, _SAVE: [*(given.get(_SAVE) or ()), saved]})
        return UsageError(problem, hint=f"Use `{line}`.")
    if ui.has_variables:
        variable = file.name.partition(".")[0]
        line = spell(ctx.command, words, {**given, str(option.name): variable if variable.isidentifier() else "result"})
        return UsageError(problem, hint=f"Use `{line}`.")
    return UsageError(problem, hint=f"Use `{spell(ctx.command, words, given)}`, which prints the result.")


def _params_for_ui(params: list[click.Parameter], ui: UI) -> list[click.Parameter]:
    visible = params if ui.has_variables else [_hidden_copy(param) for param in params]
    return [*visible, *ui.options]


def _hidden_copy(param: click.Parameter) -> click.Parameter:
    """Hide an option that is useless here. Typing it still raises an error that gives the reason."""
    if not isinstance(param, VariableOption):
        return param
    hidden = copy.copy(param)
    hidden.hidden = True
    return hidden


def _synonyms_of(ctx: click.Context) -> Synonyms:
    root = ctx.find_root().command
    synonyms = getattr(root, "synonyms", None)
    return synonyms if isinstance(synonyms, Synonyms) else Synonyms()


def _values_of(ctx: click.Context) -> Any:
    return ctx.find_object(CommandContext).values  # type: ignore[union-attr]


def _unknown_option(error: click.NoSuchOption, args: Sequence[str], ctx: click.Context) -> UsageError:
    """Return the error for an unknown option; click's own suggestions would offer `--help` for `--emial`.

    Args:
        args: the words after the command, with placeholders.
    """
    values = _values_of(ctx)
    texts = [values.as_typed(arg) for arg in args]
    words = cli.corrections.quoted_words(values, args)
    whole = next((word for word in texts if word.startswith(error.option_name)), error.option_name)
    option, _, joined_value = whole.partition("=")
    following = texts[texts.index(option) + 1 :] if option in texts else []
    value = joined_value or next((word for word in following[:1] if not word.startswith("-")), "")
    # click splits `-30d` into letters.
    name = option if _NUMBER.fullmatch(option) else error.option_name
    hint = cli.option_hints.for_option(ctx, name, value, _synonyms_of(ctx), words)
    return UsageError(f"{ctx.command_path!r} has no option {name}", hint=hint)
