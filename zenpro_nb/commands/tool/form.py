"""form: fill in a command instead of typing it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb import frames
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    Command,
    CommandContext,
    Factory,
    Group,
    LazyCommands,
    WriteCommand,
    gate,
    pass_ctx,
)
from zenpro_nb.resources import Column, DataType, Display, Table

if TYPE_CHECKING:
    import pandas as pd

NAME = "form"
# The form of a plan is that of `apply`: people who fill it in want to see the plan and apply it.
_ALIASES = {"plan": "apply"}
# A form has its own preview, confirmation and result message. A revealed secret would be saved with the notebook.
LEFT_OUT = ("dry_run", "yes", "quiet", "reveal")

FORMS = Table(
    noun="forms",
    help="List the forms: one per command that makes a change.",
    columns=(
        Column("task", DataType.CATEGORY, help="what people use it for"),
        Column("form", help="argument of `form`"),
        Column("summary", help="summary of the command", display=Display.PROSE),
        Column("confirms", DataType.BOOL, help="whether it deletes or disables something and asks for confirmation"),
    ),
)


def write_commands(group: click.Group, words: Sequence[str] = ()) -> Iterator[tuple[tuple[str, ...], WriteCommand]]:
    """Yield every command of the tree that makes a change, with the words that name it."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, WriteCommand):
            yield (*words, name), command
        elif isinstance(command, click.Group) and name != NAME:
            yield from write_commands(command, (*words, name))


def open_form(ctx: CommandContext, command: WriteCommand, words: Sequence[str], arguments: Mapping[str, Any]) -> Any:
    """Return the form of a command for the current UI, with the given parameters filled in.

    Raises:
        ReadOnlyError: the session is read-only; no request was sent. The form of a review sends nothing, so it opens.
        UsageError: this UI has no forms.
    """
    if isinstance(command, WriteCommand):
        gate.require_unlocked(ctx)
    if ctx.forms is None:
        raise UsageError("Forms are not available here", hint="Open the form in a notebook or a terminal.")
    return ctx.forms(ctx, command, words, arguments)


def form_group(tree: click.Group, others: Mapping[str, Factory]) -> Group:
    """Return the command `form` for all commands of a tree.

    Args:
        others: factories of commands that open a form of their own, by name.
    """

    @click.pass_context
    @pass_ctx
    def call(ctx: CommandContext, click_ctx: click.Context) -> Any:
        if click_ctx.invoked_subcommand is not None:
            return None
        return _list(ctx, tree, [make() for make in others.values()])

    return _group_of_forms(
        tree,
        (),
        others,
        name=NAME,
        invoke_without_command=True,
        callback=call,
        help="Fill in a command instead of typing it: `form workspaces create`.\n\nWithout a command, lists all forms.",
        examples=(
            "# Show all forms",
            NAME,
            "# Create a workspace",
            f"{NAME} workspaces create",
            "# Assign a role",
            f"{NAME} roles assign",
        ),
    )


class _Forms(MutableMapping[str, click.Command]):
    """The forms of the commands in a group, each created on first use. Commands that only read have no form.

    Args:
        source: the group.
        words: the words that name the group.
        others: factories of forms that belong to no command of the group.
    """

    def __init__(self, source: click.Group, words: tuple[str, ...], others: Mapping[str, Factory]) -> None:
        self._source, self._words = source, words
        self._others = LazyCommands()
        for name, make in others.items():
            self._others.register(name, make)
        self._commands: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name in self._others:
            return self._others[name]
        if name in self._commands:
            return self._commands[name]
        form = None if name == NAME else _as_form(self._source.commands[name], (*self._words, name))
        if form is None:
            raise KeyError(name)
        return self._commands.setdefault(name, form)

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._others[name] = command

    def __delitem__(self, name: str) -> None:
        del self._others[name]

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self._source.commands if name not in self._others and name in self)
        yield from self._others

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _as_form(command: click.Command, words: tuple[str, ...]) -> click.Command | None:
    """Return the command that opens the form of a command; None if the command only reads."""
    if isinstance(command, WriteCommand):
        return _form_command(command, words)
    if isinstance(command, click.Group) and any(write_commands(command)):
        return _group_of_forms(
            command, words, name=command.name, help=f"Open a form for a command of `{' '.join(words)}`."
        )
    return None


def _group_of_forms(
    source: click.Group, words: tuple[str, ...], others: Mapping[str, Factory] = MappingProxyType({}), **more: Any
) -> Group:
    forms = _Forms(source, words, others)
    aliases = {**getattr(source, "aliases", {}), **({} if words else _ALIASES)}
    if "examples" not in more:
        first = " ".join((*words, next(iter(forms))))
        more["examples"] = (f"# Open the form of `{first}`", f"{NAME} {first}")
    return Group(commands=forms, aliases=aliases, **more)


def _form_command(command: WriteCommand, words: tuple[str, ...]) -> Command:
    """Return the command that opens the form, with the same parameters, all optional."""

    @pass_ctx
    def call(ctx: CommandContext, **arguments: Any) -> Any:
        return open_form(ctx, command, words, arguments)

    return Command(
        name=command.name,
        callback=call,
        params=[_optional(param) for param in command.params if param.name not in LEFT_OUT],
        help=f"Open the form of `{' '.join(words)}`.\n\n{command.help}",
        examples=("# Open the form", f"{NAME} {' '.join(words)}"),
    )


def _optional(param: click.Parameter) -> click.Parameter:
    optional = copy.copy(param)
    optional.required = False
    return optional


def _list(ctx: CommandContext, tree: click.Group, others: Sequence[click.Command]) -> pd.DataFrame:
    from zenpro_nb.commands.tool.form_tasks import VIEW, position, task_of  # registers the view

    forms: list[tuple[str, click.Command, bool]] = [(str(other.name), other, False) for other in others]
    forms += [(" ".join(words), command, command.destructive) for words, command in write_commands(tree)]
    frame = frames.from_records(
        FORMS,
        [
            {
                "task": task_of(words),
                "form": words,
                "summary": " ".join((command.help or "").split()),
                "confirms": asks,
            }
            for words, command, asks in sorted(forms, key=lambda form: position(form[0]))
        ],
    )
    frame.attrs["zenpro"] |= {"view": VIEW, "ui": ctx.ui.name}
    return frame
