"""A refused line, and what is known about such lines: the terms of other tools, and advice on whole lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import click
from msgspec import Struct, field

from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.resources import Resource

FORM = "form"  # the group whose commands open the forms of other commands


def search_condition(resource: Resource, text: str) -> str:
    """Return the condition that finds the rows of a list about a text, quoted for a line.

    >>> from zenpro_nb.resources import RESOURCES
    >>> [search_condition(RESOURCES["users"], text) for text in ("ada@example.com", "ada", "name=ada")]
    ['email=ada@example.com', 'name~ada', 'name=ada']
    """
    if any(sign in text for sign in "=~<>"):
        return quoted(text)
    names = {column.name for column in resource.columns}
    if "@" in text and "email" in names:
        return quoted(f"email={text}")
    return quoted(f"{'name' if 'name' in names else resource.label}~{text}")


class Guess(Struct, frozen=True):
    """A refused line, for advice that repeats its values.

    Attributes:
        ui: the word before a command: `%zenpro` or `zenpro`.
        path: the words of the command.
        words: the words after it, in the spelling of a line.
        word: the option that the command does not have, or the word that is not a command.
        value: the word after it.
        resource: the list that the command shows; None if it shows none.
        options: the options that the command has.
        ctx: the context of the line, to complete it with what is in use or exists on the server.
        verbs: the verbs of the noun, each with its options; empty for a line without a noun.
        flags: the options of the command that take no value.
        file_column: the column that the command reads from a file of people; empty if it reads none.
        file_option: the option before such a file; empty if the file is an argument.
    """

    ui: str
    path: tuple[str, ...]
    words: tuple[str, ...]
    word: str
    value: str
    resource: Resource | None = None
    options: tuple[str, ...] = ()
    ctx: CommandContext | None = None
    verbs: Mapping[str, Sequence[str]] = {}
    flags: tuple[str, ...] = ()
    file_column: str = ""
    file_option: str = ""

    @property
    def other_words(self) -> list[str]:
        """Return the words after the command without the refused one and its value."""
        return self._with([], has_value=bool(self.value))

    @property
    def words_without_option(self) -> list[str]:
        """Return the words after the command without the refused one; the word after it stays."""
        return self._with([], has_value=False)

    def with_replacement(self, text: str, *, with_value: bool = False) -> str:
        """Return the line, as code, with this text in place of the refused word, and of its value if requested."""
        return self.line(*self.path, *self._with([text], has_value=with_value and bool(self.value)))

    def _with(self, texts: list[str], *, has_value: bool) -> list[str]:
        others = list(self.words)
        at = next((index for index, word in enumerate(others) if word.partition("=")[0] == self.word), None)
        if at is None:
            return [*others, *texts]
        is_joined = "=" in others[at]
        return others[:at] + texts + others[at + (1 if is_joined or not has_value else 2) :]

    def line(self, *words: str) -> str:
        """Return a line of this UI, as code."""
        return f"`{' '.join([self.ui, *words])}`"


Advice = Callable[[Guess], str]  # returns the hint; "" if it knows nothing about the line


class Synonyms(Struct, frozen=True):
    """The terms of other tools, and their equivalents here.

    Attributes:
        listing: words for listing, which a noun alone does here.
        verbs: by verb, the words that other tools use for it.
        nouns: by foreign word, the noun.
        pairs: by verb, the commands that connect two objects, for `users add ada@example.com Platform`.
        lines: by typed text, the commands that do it, or a sentence if none does. The first match counts.
        options: by typed option, the options that do it, or a sentence. Only options that the command has are shown.
            A text with a value can contain `{noun}`: `--save {noun}.csv`.
        needless: by typed option, a sentence that begins with `Omit it`, for commands that have nothing like it.
        advice: functions that return the hint for a whole line; the first one that returns any counts.
    """

    listing: Collection[str] = ()
    verbs: Mapping[str, Collection[str]] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)
    pairs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lines: Mapping[str, Sequence[str] | str] = field(default_factory=dict)
    options: Mapping[str, Sequence[str] | str] = field(default_factory=dict)
    needless: Mapping[str, str] = field(default_factory=dict)
    advice: Sequence[Advice] = ()

    def advice_on(self, guess: Guess) -> str:
        """Return the hint for a whole line; "" if no advice is about it."""
        return next(filter(None, (advise(guess) for advise in self.advice)), "")


def guess_of(ctx: click.Context, words: Sequence[str], word: str, value: str) -> Guess:
    """Return the refused line of a command."""
    name = ctx.command_path.split()[0]
    resource = getattr(ctx.command, "lists", None)
    command_ctx = ctx.find_object(CommandContext)
    path = tuple(path_of(ctx))
    verbs = _verbs_of(ctx) if path and path != (FORM,) else {}
    params = ctx.command.get_params(ctx)
    flags = [name for param in params if isinstance(param, click.Option) and param.is_flag for name in param.opts]
    file_column, file_option = _file_place(ctx.command)
    return Guess(
        name,
        path,
        tuple(words),
        word,
        value,
        resource,
        options=tuple(options_of(ctx)),
        ctx=command_ctx,
        verbs=verbs,
        flags=tuple(flags),
        file_column=file_column,
        file_option=file_option,
    )


def _file_place(command: click.Command) -> tuple[str, str]:
    """Return the column that a command reads from a file of people, and the option before the file."""
    several = [param for param in command.params if param.nargs == -1 or getattr(param, "multiple", False)]
    places = [(column, param) for param in several if (column := getattr(param.type, "file_column", ""))]
    places.sort(key=lambda place: isinstance(place[1], click.Option))
    return next(((column, _option(param)) for column, param in places), ("", ""))


def _option(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else ""


def _verbs_of(ctx: click.Context) -> dict[str, Sequence[str]]:
    commands = ctx.command.commands if isinstance(ctx.command, click.Group) else {}
    return {name: options_of(click.Context(command, ctx, name)) for name, command in commands.items()}


def options_of(ctx: click.Context) -> list[str]:
    """Return the names of the options that the command has here."""
    params = [param for param in ctx.command.get_params(ctx) if isinstance(param, click.Option) and not param.hidden]
    return [name for param in params for name in (*param.opts, *param.secondary_opts)]


def path_of(ctx: click.Context) -> list[str]:
    """Return the words that lead to the command, without the name of the magic and without `form`."""
    path = ctx.command_path.split()[1:]
    return path[1:] if path[:1] == [FORM] and len(path) > 1 else path
