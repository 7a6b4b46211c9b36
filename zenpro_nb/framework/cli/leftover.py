"""Report a value that the command has no argument for: the error names the option that the value belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli import hints, placing, shell_syntax
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.guesses import Synonyms
from zenpro_nb.framework.cli.parsing import RareOption
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.unparse import quoted

_PEOPLE = ("users", "invitations")


def error_of(
    ctx: click.Context,
    line: Sequence[str],
    rest: Sequence[str],
    options: Mapping[str, Any],
    values: Placeholders,
    synonyms: Synonyms,
) -> UsageError:
    """Return the error for a line with values that fit no argument of its command.

    Args:
        line: the words of the line after the command's own.
        rest: the values without an argument.
        options: the values that the line already sets, by parameter.
        values: resolves the placeholders in the words.
        synonyms: advice on whole lines.
    """
    words = [_word(values, word) for word in rest]
    before = " ".join([ctx.command_path, *(_word(values, word) for word in line[: len(line) - len(rest)])])
    typed_words = [values.as_typed(word) for word in rest]
    if shell := shell_syntax.hint(before, typed_words, getattr(ctx.command, "lists", None)):
        return UsageError(f"Got unexpected extra argument {words[0]}", hint=shell)
    problem = f"`{ctx.command_path}` has no place for {' '.join(words)}"
    if in_place := _in_place(ctx, line, values):
        return UsageError(problem, hint=in_place)
    if whole_line := hints.for_leftover(ctx, [_word(values, word) for word in line], words[0], synonyms):
        return UsageError(problem, hint=whole_line)
    candidates = _fitting(ctx, _text(values, rest[0]), options)
    if len(candidates) == 1:
        return UsageError(problem, hint=f"Use `{_with_option(ctx, line, rest, candidates[0], values)}`.")
    advice = [f"Put its option before it: {', '.join(candidates[:-1])} or {candidates[-1]}."] if candidates else []
    if not any("@" in word for word in words):
        advice.append("Put quotes around a value that contains spaces.")
    return UsageError(problem, hint=" ".join(advice) or f"See `{ctx.command_path} --help`.")


def _in_place(ctx: click.Context, line: Sequence[str], values: Placeholders) -> str:
    """Return the hint with each value in its place; "" if a value names nothing known, or is a variable."""
    command_ctx = ctx.find_object(CommandContext)
    if command_ctx is None or any(values.as_typed(word) != word for word in line):
        return ""
    _, *path = ctx.command_path.split()
    words = [quoted(word) for word in line]
    return placing.as_code(command_ctx, placing.place_words(command_ctx, ctx.command, path, words))


def _fitting(ctx: click.Context, text: str, arguments: Mapping[str, Any]) -> list[str]:
    """Return the options that the value could belong to: those with the strongest evidence."""
    if not getattr(ctx.command, "writes", False):
        return []  # the options of a list are filters, and most values would fit each of them
    options = (param for param in ctx.command.params if isinstance(param, click.Option))
    value_options = [param for param in options if _takes_a_value(ctx.command, param)]
    free = [param for param in value_options if param.multiple or arguments.get(param.name or "") is None]
    with_known_name = [param for param in free if _is_known(ctx, param, text)]
    people = [param for param in free if "@" in text and _is_of_people(param)]
    required = [param for param in free if param.required]
    several = [param for param in free if param.multiple]
    best = next((params for params in (with_known_name, people, required, several, free) if params), [])
    common = [param for param in best if not isinstance(param, RareOption)] or best
    return [_option(param) for param in common] if len(common) <= limits.SUGGESTIONS + 1 else []


def _takes_a_value(command: click.Command, option: click.Option) -> bool:
    shared: set[str | None] = getattr(command, "shared", set())
    return not option.is_flag and not option.hidden and option.name not in shared


def _is_known(ctx: click.Context, param: click.Parameter, text: str) -> bool:
    """Return whether the value is a name that was fetched before; no request is sent."""
    command_ctx, noun = ctx.find_object(CommandContext), _noun(param)
    if command_ctx is None or not noun:
        return False
    return text.casefold() in (name.casefold() for name in command_ctx.session.names.of(noun))


def _is_of_people(param: click.Parameter) -> bool:
    return param.type.name == "email" or _noun(param) in _PEOPLE


def _noun(param: click.Parameter) -> str:
    """Return the noun of the existing objects that the parameter names; empty if it names none."""
    is_new = param.type.name == "name"
    return "" if is_new else str(getattr(param.type, "noun", ""))


def _option(param: click.Parameter) -> str:
    return next((name for name in param.opts if name.startswith("--")), param.opts[0])


def _text(values: Placeholders, word: str) -> str:
    """Return the value, or the first one if a placeholder refers to several."""
    value = values.resolve(word)
    return value if isinstance(value, str) else next(iter(value), "")


def _word(values: Placeholders, word: str) -> str:
    """Return a word of the line in the form that the user typed."""
    text = values.as_typed(word)
    return text if text != word else quoted(word)


def _with_option(
    ctx: click.Context, line: Sequence[str], rest: Sequence[str], option: str, values: Placeholders
) -> str:
    """Return the line in which the option precedes each of the values without a place."""
    output: list[str] = []
    remaining = list(rest)
    for word in line:
        if remaining and word == remaining[0]:
            remaining.pop(0)
            output.append(option)
        output.append(_word(values, word))
    return " ".join([ctx.command_path, *output])
