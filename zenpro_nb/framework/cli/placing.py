"""Correct a line whose values are in the wrong places: look up what each value names, and put it where it belongs.

`teams add ada@example.com Platform` becomes `teams add Platform --user ada@example.com`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import click

from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.parsing import RareOption
from zenpro_nb.framework.cli.values import ORG, PERSON, Line, ParamSlot, kinds_of, nouns_of, plain
from zenpro_nb.limits import PLACINGS, SUGGESTIONS
from zenpro_nb.resources.nouns import option_word
from zenpro_nb.syntax.unparse import quoted


def place_words(
    ctx: CommandContext, command: click.Command, path: Sequence[str], words: Sequence[str], *, every: bool = False
) -> list[str]:
    """Return the lines, without the name of the tool, in which each value is in its place; empty if one has none.

    Objects are looked up on the server, so only for a line that has been refused. More than one line means that names
    are ambiguous.

    Args:
        path: the words of the command.
        words: those after it, in the spelling of a line.
        every: the values of options can also be in the wrong place, not only those without an option.
    """
    return _complete(_placings(ctx, command, path, words, every=every))


def _complete(lines: Mapping[str, int]) -> list[str]:
    """Return the lines in which the fewest arguments are missing."""
    least = min(lines.values(), default=0)
    return [text for text, missing in lines.items() if missing == least][:SUGGESTIONS]


def _placings(
    ctx: CommandContext, command: click.Command, path: Sequence[str], words: Sequence[str], *, every: bool = False
) -> dict[str, int]:
    """Return the lines of `place_words`, each with the number of its missing arguments."""
    if isinstance(command, click.Group):
        return {}
    slots = [ParamSlot(param, nouns) for param in command.params if (nouns := nouns_of(param))]
    line = _split(ctx, command, words, slots if every else ())
    if not line.values or not slots or line.is_foreign:
        return {}
    kinds = kinds_of(ctx, line, slots)
    if not all(kinds):
        return {}
    choices = [[(slot, noun) for noun in kind for slot in _preferred_slots(slots, noun)] for kind in kinds]
    lines: dict[str, int] = {}
    for placing in itertools.islice(itertools.product(*choices), PLACINGS):
        slots_filled = [slot for slot, _ in placing]
        if any(slot.has_one and slots_filled.count(slot) > 1 for slot in slots_filled):
            continue
        names = [
            quoted(slot.nouns[noun] + plain(kind[noun])) if slot.nouns[noun] else kind[noun]
            for kind, (slot, noun) in zip(kinds, placing, strict=True)
        ]
        text, missing = _line_of(command, path, list(zip(slots_filled, names, strict=True)), line.others)
        lines[text] = missing
    return lines


def as_code(ctx: CommandContext, lines: Sequence[str]) -> str:
    """Return the hint with these lines; "" without any."""
    return f"Use {' or '.join(f'`{ctx.ui.name} {line}`' for line in lines)}." if lines else ""


def correction(ctx: CommandContext, tree: click.Command, arguments: Sequence[str], strangers: Sequence[str]) -> str:
    """Return the hint for a line with a name that does not exist, if it names an object of another kind; else "".

    Args:
        tree: all commands.
        arguments: the words of the line, with placeholders.
        strangers: the names that do not exist. Addresses where people belong name nothing else.
    """
    command, path = target(tree, arguments)
    if command is None or any(ctx.values.as_typed(word) != word for word in arguments):
        return ""
    slots = [ParamSlot(param, nouns) for param in command.params if (nouns := nouns_of(param)) and "users" in nouns]
    if (
        strangers
        and all(map(PERSON.fullmatch, strangers))
        and {*strangers} <= {*_values_of(ctx, command, arguments, slots)}
    ):
        return ""
    words = [quoted(word) for word in arguments[len(path) :]]
    lines = place_words(ctx, command, path, words, every=True)
    return as_code(ctx, [line for line in lines if line != " ".join([*path, *words])])


def of_other_commands(ctx: CommandContext, tree: click.Command, commands: Sequence[str], words: Sequence[str]) -> str:
    """Return the hint with the lines of these commands in which two or more values find their place; "" without any.

    Args:
        words: the words after the refused command, in the spelling of a line.
    """
    lines: dict[str, int] = {}
    for text in commands:
        command, path = target(tree, text.split())
        if command is not None and len(_split(ctx, command, words, ()).values) > 1:
            lines |= _placings(ctx, command, path, words)
    return as_code(ctx, _complete(lines))


def target(tree: click.Command, words: Sequence[str]) -> tuple[click.Command | None, list[str]]:
    """Return the command that a line leads to, and its words; None if it leads to a group."""
    command, path = tree, list[str]()
    for word in words:
        if not isinstance(command, click.Group) or word not in command.commands:
            break
        command = command.commands[word]
        path.append(word)
    return (None if isinstance(command, click.Group) else command), path


def _values_of(
    ctx: CommandContext, command: click.Command, words: Sequence[str], slots: Sequence[ParamSlot]
) -> list[str]:
    """Return the values of these parameters in a line; those without an option if one of them is an argument."""
    bare = _split(ctx, command, words, ()).values
    values = _split(ctx, command, words, slots).values
    return values if any(not slot.option for slot in slots) else [value for value in values if value not in bare]


def _split(ctx: CommandContext, command: click.Command, words: Sequence[str], slots: Sequence[ParamSlot]) -> Line:
    """Separate the values from the options; the values of these slots are values to place as well."""
    options = {
        name: param
        for param in (*command.params, *ctx.ui.options)
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }
    placeable = {id(slot.param) for slot in slots}
    line = Line()
    rest = iter(words)
    for word in rest:
        name, equals, has_equals = word.partition("=")
        if word == "--":
            line.values.extend(rest)
        elif not word.startswith("-"):
            line.values.append(word)
        else:
            param = options.get(name)
            line.is_foreign = line.is_foreign or param is None
            takes_value = param is not None and not param.is_flag and not param.count
            value = has_equals if equals else next(rest, "") if takes_value else ""
            if name == ORG:
                line.org = plain(value)
            if param is not None and id(param) in placeable and value:
                line.values.append(value)
            else:
                line.others.extend([word] if equals or not value else [word, value])
    return line


def _preferred_slots(slots: Sequence[ParamSlot], noun: str) -> list[ParamSlot]:
    """Return the slots for a noun: the argument and the option called like it, or else the common options."""
    same = [slot for slot in slots if noun in slot.nouns]
    matching = [slot for slot in same if not slot.option or slot.option == f"--{option_word(noun)}"]
    return matching or [slot for slot in same if not isinstance(slot.param, RareOption)] or same


def _line_of(
    command: click.Command, path: Sequence[str], placing: Sequence[tuple[ParamSlot, str]], others: Sequence[str]
) -> tuple[str, int]:
    """Return the line, and the number of its required arguments that have no value."""
    arguments: list[str] = []
    missing = 0
    for param in command.params:
        if not isinstance(param, click.Argument):
            continue
        values_of_param = [name for slot, name in placing if slot.param is param]
        if not values_of_param and param.required:
            missing += 1
            values_of_param = [(param.metavar or str(param.name)).upper()]
        arguments += values_of_param
    options = [word for slot, name in placing if slot.option for word in (slot.option, name)]
    return " ".join([*path, *arguments, *options, *others]), missing
