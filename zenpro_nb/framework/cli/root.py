"""The root of the command tree. Each run needs one command, so a command is built and imported on its first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from functools import cached_property
from typing import Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import documentation
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli import help_text
from zenpro_nb.framework.cli.command import Command, Group, mark
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.guesses import Synonyms
from zenpro_nb.framework.cli.parsing import ObjectType

ALL = "all_"  # the option of the tree's help

Factory = Callable[[], click.Command]


class LazyCommands(MutableMapping[str, click.Command]):
    """The commands of a group by name, in the order in which they were registered.

    Iterating over the names builds no command.

    Example:
        >>> commands = LazyCommands()
        >>> commands.register("users", lambda: click.Command("users", help="List users."))
        >>> list(commands), "users" in commands, "teams" in commands
        (['users'], True, False)
        >>> commands["users"].help
        'List users.'
    """

    def __init__(self) -> None:
        self._factories: dict[str, Factory] = {}
        self._commands: dict[str, click.Command] = {}

    def register(self, name: str, factory: Factory) -> None:
        """Register the factory that builds a command on its first use."""
        self._factories[name] = factory

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._commands:
            # If two threads build the same command, both get the first one.
            self._commands.setdefault(name, self._factories[name]())
        return self._commands[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._factories[name] = lambda: command
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._factories[name]
        self._commands.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._factories

    def __iter__(self) -> Iterator[str]:
        return iter(self._factories)

    def __len__(self) -> int:
        return len(self._factories)


class Root(Group):
    """The command tree; its commands are grouped into sections, in the order of registration.

    Its help fits on one screen; `--all` shows the whole tree.

    Args:
        alone: the function of a call without a command; it gets the context of the call.
        synonyms: returns other tools' terms for commands and options here, for hints.
        first_screen: what the first screen of the help shows of the commands.
    """

    def __init__(
        self,
        *args: Any,
        alone: Callable[[CommandContext], Any],
        synonyms: Callable[[], Synonyms] = Synonyms,
        first_screen: help_text.FirstScreen | None = None,
        **kwargs: Any,
    ) -> None:
        self._lazy = LazyCommands()
        super().__init__(
            *args, commands=self._lazy, invoke_without_command=True, callback=_without_command(alone), **kwargs
        )
        self._load_synonyms = synonyms
        self.first_screen = first_screen
        self.sections: dict[str, help_text.Section] = {}

    @cached_property
    def synonyms(self) -> Synonyms:
        """Return other tools' terms for commands and options here; loaded for the first refused line."""
        return self._load_synonyms()

    def add_section(
        self,
        title: str,
        commands: Mapping[str, Factory],
        *,
        featured: Sequence[str],
        hint: str = "",
        writes_title: str = "",
    ) -> None:
        """Register commands under a heading of the help, by their factories; for the other arguments see `Section`."""
        for name, make in commands.items():
            self._lazy.register(name, make)
        self.sections[title] = help_text.Section(self.commands, tuple(commands), featured, hint, writes_title)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin with the typed text; no command is imported."""
        if self.first_screen is None:
            return super().shell_complete(ctx, incomplete)
        summaries = self.first_screen.summaries
        commands = [
            CompletionItem(name, help=summaries[name]) for name in sorted(summaries) if name.startswith(incomplete)
        ]
        return mark([*commands, *click.Command.shell_complete(self, ctx, incomplete)])

    def takes_body(self, words: Sequence[str]) -> bool:
        """Return whether a line that begins with these words leads to a command that reads the cell below it."""
        target = self._resolve(words)
        return isinstance(target, Command) and target.takes_body

    def changes_something(self, words: Sequence[str]) -> bool:
        """Return whether a line that begins with these words leads to a command that writes."""
        target = self._resolve([word for word in words if not word.startswith("-")])
        return isinstance(target, Command) and target.writes

    def completes_body(self, words: Sequence[str]) -> bool:
        """Return whether the type of the command's argument completes the cell below a line with these words."""
        target = self._resolve(words)
        types = [param.type for param in target.params if isinstance(param, click.Argument)] if target else []
        return any(isinstance(kind, ObjectType) and kind.completes_body for kind in types)

    def _resolve(self, words: Sequence[str]) -> click.Command | None:
        target: click.Command | None = self
        for word in words:
            if not isinstance(target, Group):
                break
            target = target.commands.get(word)
        return target

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return `--help`, to be processed after `--all`, whichever comes first in the line."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.is_eager = False
        return option

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write in one line what to type next and where to start reading: the screen is full."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(f"{self.epilog} {documentation.reference_to(documentation.pages_of(()))}")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a one-screen overview; with `--all`, every option, and every command with its verbs."""
        if not ctx.params.get(ALL):
            help_text.write_first_screen(formatter, self.sections, self.first_screen)
            return
        help_text.write_options(ctx, formatter, self.get_params(ctx))
        help_text.write_tree(formatter, self.sections)


def _without_command(alone: Callable[[CommandContext], Any]) -> Callable[..., Any]:
    """Return the function of the tree, which click calls before each of its commands too."""

    @click.pass_context
    def call(ctx: click.Context, /, **values: Any) -> Any:
        command_ctx = ctx.ensure_object(CommandContext)
        if values.get(ALL):
            raise UsageError("--all requires --help", hint=f"`{command_ctx.ui.name} --help --all`.")
        return alone(command_ctx) if ctx.invoked_subcommand is None else None

    return call
