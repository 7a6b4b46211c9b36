"""form: fill a command in instead of typing it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.command import Command, Group
from zenpro_nb.framework.cli.context import CommandContext, pass_ctx
from zenpro_nb.framework.cli.lazy import Factory, LazyCommands
from zenpro_nb.framework.writes import gate
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.resources import Column, DataType, Display, Paging, Resource

if TYPE_CHECKING:
    import pandas as pd

NAME = "form"
# A plan has no form of its own: what somebody wants who fills one in is to see it and to apply it.
_ALIASES = {"plan": "apply"}
# A form has its own preview, its own question and its own line about what was done; a secret that is revealed would be
# saved with the notebook.
LEFT_OUT = ("dry_run", "yes", "quiet", "reveal")

FORMS = Resource(
    noun="forms",
    path="",
    paging=Paging.NONE,
    help="The forms, one for each command that changes something.",
    columns=(
        Column("form", help="what stands behind `form`"),
        Column("what", help="what it does", display=Display.PROSE),
        Column("asks", DataType.BOOL, help="it destroys or disables something, and asks before it does"),
    ),
)


def write_commands(group: click.Group, words: Sequence[str] = ()) -> Iterator[tuple[tuple[str, ...], WriteCommand]]:
    """Yield every command of the tree that changes something, and the words that lead to it."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, WriteCommand):
            yield (*words, name), command
        elif isinstance(command, click.Group) and name != NAME:
            yield from write_commands(command, (*words, name))


def open_form(ctx: CommandContext, command: WriteCommand, words: Sequence[str], given: Mapping[str, Any]) -> Any:
    """Return the form of a command, in the manner of the face; parameters that are known are filled in.

    Raises:
        ReadOnlyError: the session is read-only; nothing was looked up. The form of a review sends nothing and opens.
        UsageError: this face has no forms.
    """
    if isinstance(command, WriteCommand):
        gate.require_unlocked(ctx)
    if ctx.forms is None:
        raise UsageError("There are no forms here", hint="They need a notebook or a terminal.")
    return ctx.forms(ctx, command, words, given)


def form_group(tree: click.Group, others: Mapping[str, Factory]) -> Group:
    """Return the command `form`, for all commands that a tree has.

    Args:
        others: commands that open a form which fills in no other command, by what makes each.
    """

    @click.pass_context
    @pass_ctx
    def call(runtime: CommandContext, ctx: click.Context) -> Any:
        return None if ctx.invoked_subcommand is not None else _list(tree, [make() for make in others.values()])

    return _group_of_forms(
        tree,
        (),
        others,
        name=NAME,
        invoke_without_command=True,
        callback=call,
        help="Fill a command in instead of typing it: `form workspaces create`. Alone: the list of the forms.",
        examples=(NAME, f"{NAME} workspaces create", f"{NAME} roles assign"),
    )


class _Forms(MutableMapping[str, click.Command]):
    """The forms of the commands of a group, each made when somebody wants it; what changes nothing has none.

    Args:
        source: the group.
        words: those that lead to it.
        others: forms of nothing in it.
    """

    def __init__(self, source: click.Group, words: tuple[str, ...], others: Mapping[str, Factory]) -> None:
        self._source, self._words = source, words
        self._others = LazyCommands()
        for name, make in others.items():
            self._others.register(name, make)
        self._made: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name in self._others:
            return self._others[name]
        if name in self._made:
            return self._made[name]
        form = None if name == NAME else _as_form(self._source.commands[name], (*self._words, name))
        if form is None:
            raise KeyError(name)
        return self._made.setdefault(name, form)

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
    """Return the command as one that opens its form; None where it changes nothing."""
    if isinstance(command, WriteCommand):
        return _form_command(command, words)
    if isinstance(command, click.Group) and any(write_commands(command)):
        return _group_of_forms(command, words, name=command.name, help=f"Forms of {' '.join(words)}.")
    return None


def _group_of_forms(
    source: click.Group, words: tuple[str, ...], others: Mapping[str, Factory] = MappingProxyType({}), **more: Any
) -> Group:
    forms = _Forms(source, words, others)
    aliases = {**getattr(source, "aliases", {}), **({} if words else _ALIASES)}
    if "examples" not in more:
        more["examples"] = (" ".join((NAME, *words, next(iter(forms)))),)
    return Group(commands=forms, aliases=aliases, **more)


def _form_command(command: WriteCommand, words: tuple[str, ...]) -> Command:
    """Return the command that opens the form: the same parameters, none of them needed."""

    @pass_ctx
    def call(ctx: CommandContext, **given: Any) -> Any:
        return open_form(ctx, command, words, given)

    return Command(
        name=command.name,
        callback=call,
        params=[_optional(param) for param in command.params if param.name not in LEFT_OUT],
        help=f"Fill in: {command.help}",
        examples=(f"{NAME} {' '.join(words)}",),
    )


def _optional(param: click.Parameter) -> click.Parameter:
    other = copy.copy(param)
    other.required = False
    return other


def _list(tree: click.Group, others: Sequence[click.Command]) -> pd.DataFrame:
    from zenpro_nb import frames

    found: list[tuple[str, click.Command, bool]] = [(str(peer.name), peer, False) for peer in others]
    found += [(" ".join(words), command, command.destructive) for words, command in write_commands(tree)]
    return frames.from_records(
        FORMS,
        [
            {"form": words, "what": " ".join((command.help or "").split()), "asks": asks}
            for words, command, asks in sorted(found, key=lambda pair: pair[0].split())
        ],
    )
