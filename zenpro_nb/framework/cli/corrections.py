"""Complete an error that suggests a word with the whole line: the typed one, with the suggestion in its place."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence

import click

from zenpro_nb.errors import (
    AmbiguousNameError,
    BlockedError,
    ConfirmationError,
    UnknownNameError,
    UsageError,
    ZenProError,
)
from zenpro_nb.framework.cli import option_hints
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.guesses import Synonyms
from zenpro_nb.limits import SUGGESTIONS
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.unparse import quoted

_QUESTION = re.compile(r"Did you mean '[^?]+'\?")
_QUOTED = re.compile(r"'([^']+)'")
_USER = re.compile(r"--users?")
_OPTION = re.compile(r"(?<!\S)--?[a-z][\w-]*")


def complete(error: ZenProError, arguments: Sequence[str], ctx: CommandContext) -> None:
    """Add the line with the options that the error names, and after `Did you mean …?` the corrected line.

    Args:
        arguments: the words of the line, with placeholders.
    """
    if isinstance(error, ConfirmationError) and error.adds:
        error.hint = f"To confirm, use `{_line(ctx, arguments, error.adds)}`."
    elif error.adds:
        error.hint += f" For example: `{_line(ctx, arguments, error.adds)}`."
    if isinstance(error, BlockedError) and error.repeats is not None:
        repeated = f"{error.REPEAT}: `{_line(ctx, arguments, error.repeats)}`."
        error.hint = re.sub(rf"{error.REPEAT}[^.]*\.", lambda _: repeated, error.hint)
    if isinstance(error, UnknownNameError) and error.invited and (words := _by_invitation(error.invited, arguments)):
        error.hint = f"Use `{' '.join([ctx.ui.name, *quoted_words(ctx.values, words)])}`."
    if isinstance(error, AmbiguousNameError) and len(error.ids) <= SUGGESTIONS:
        corrections = [_correct(ctx, arguments, error.name, key) for key in error.ids]
        if corrections and all(corrections):
            with_ids = [f"`{' '.join([ctx.ui.name, *words])}`" for words in corrections]
            error.hint = f"Pass the ID instead: {' or '.join(with_ids)}."
        return
    if error.replaced is not None:
        wrong_part, right = error.replaced
        texts = [ctx.values.as_typed(word) for word in arguments]
        if not any(re.search(rf"(?<!['\"]){re.escape(wrong_part)}", text) for text in texts):
            return  # it comes from a variable
        spellings = quoted_words(ctx.values, arguments)
        changed = [
            text.replace(wrong_part, right) if wrong_part in text else spelling
            for text, spelling in zip(texts, spellings, strict=True)
        ]
        error.hint = f"Use `{' '.join([ctx.ui.name, *changed])}`."
        return
    if isinstance(error, UnknownNameError) and len(error.parts) > 1:
        if all_corrected := _of_parts(error.parts, arguments, ctx):
            error.hint = f"{error.hint} Use {' or '.join(all_corrected)}."
        return
    question = _QUESTION.search(error.hint)
    if question is None:
        return
    suggested = _QUOTED.findall(question.group())
    rights = [name for name in suggested if _fits(name, arguments)] or suggested
    wrong_words = [*_QUOTED.findall(error.message), *_OPTION.findall(error.message)]
    for wrong in wrong_words:
        corrected = [_correct(ctx, arguments, wrong, right) for right in rights]
        if all(corrected):
            lines = " or ".join(f"`{' '.join([ctx.ui.name, *words])}`" for words in corrected)
            error.hint = f"{error.hint[: question.end()]} Use {lines}.{error.hint[question.end() :]}"
            return


def _of_parts(parts: Sequence[UnknownNameError], arguments: Sequence[str], ctx: CommandContext) -> list[str]:
    """Return the lines that correct all wrong names at the same time; none if one has no suggestion, or many have."""
    choices: list[list[tuple[str, str]]] = []
    for part in parts:
        question = _QUESTION.search(part.hint)
        wrong = next((text for text in _QUOTED.findall(part.message) if _replaced(arguments, text, text)), "")
        suggested = _QUOTED.findall(question.group()) if question else []
        rights = [name for name in suggested if _fits(name, arguments)] or suggested
        choices.append([(wrong, right) for right in rights if wrong])
    if math.prod(map(len, choices)) not in range(1, SUGGESTIONS + 1):
        return []
    lines = []
    for corrections in itertools.product(*choices):
        words = [*arguments]
        for wrong, right in corrections:
            words = _replaced(words, wrong, right)
        lines.append(f"`{' '.join([ctx.ui.name, *quoted_words(ctx.values, words)])}`")
    return lines


def _by_invitation(emails: Sequence[str], arguments: Sequence[str]) -> list[str]:
    """Return the words of the line with `--invitation` before these emails; empty if one has no option before it."""
    words = [*arguments]
    for email in emails:
        joined = [
            index for index, word in enumerate(words) if _USER.fullmatch(word.removesuffix(f"={email}")) and "=" in word
        ]
        apart = [index for index, word in enumerate(words) if word == email and _USER.fullmatch(words[index - 1])]
        if not joined and not apart:
            return []
        for index in joined:
            words[index] = f"--invitation={email}"
        for index in apart:
            words[index - 1] = "--invitation"
    return words


def _line(ctx: CommandContext, arguments: Sequence[str], options: str) -> str:
    return " ".join(filter(None, [ctx.ui.name, *quoted_words(ctx.values, arguments), options]))


def _fits(role: str, arguments: Sequence[str]) -> bool:
    """Return whether the line names a place of the level in the role's name: `--workspace` for `Workspace Viewer`."""
    level, _, rest = role.partition(" ")
    return bool(rest) and any(word.partition("=")[0] == f"--{level.lower()}" for word in arguments)


def _correct(ctx: CommandContext, arguments: Sequence[str], wrong: str, right: str) -> list[str]:
    """Return the words of the line with the right word, as they are typed; empty if the wrong one is not in it once."""
    return quoted_words(ctx.values, _replaced(arguments, wrong, right))


def _replaced(arguments: Sequence[str], wrong: str, right: str) -> list[str]:
    """Return the words of the line with the right word; empty if the wrong one is not in it once."""
    # The word can be a part of another: a condition, a list of columns, or a role and a workspace joined by `@`.
    inside = re.compile(rf"(?<![\w.-]){re.escape(wrong)}(?![\w.-])")
    at = [index for index, word in enumerate(arguments) if word == wrong]
    at = at or [index for index, word in enumerate(arguments) if inside.search(word)]
    if len(at) != 1:
        return []
    words = [*arguments]
    words[at[0]] = inside.sub(lambda _: right, words[at[0]])
    return words


def of_parameter(error: click.BadParameter) -> tuple[str, str] | None:
    """Return a wrong value and what belongs in its place: `1 --row 5` for `1,5`, and `GET /users` for `/users`."""
    param, value = error.param, next(iter(_QUOTED.findall(error.message)), "")
    if isinstance(param, click.Option) and param.multiple and "," in value:
        return value, f" {param.opts[0]} ".join(part.strip() for part in value.split(","))
    if isinstance(param, click.Argument) and isinstance(param.type, click.Choice) and len(param.type.choices) == 1:
        return (value, f"{param.type.choices[0]} {value}") if value.startswith("/") else None
    return None


def with_value(
    error: UsageError, missing: click.BadOptionUsage, arguments: Sequence[str], ctx: CommandContext
) -> UsageError:
    """Return the error for an option without its value, or for a flag with one, with the whole line in the hint."""
    if missing.ctx is None:
        return error
    path = missing.ctx.command_path.split()[1:]
    texts = [ctx.values.as_typed(word) for word in arguments]
    joined_text = next((text for text in texts if text.startswith(f"{missing.option_name}=")), "")
    if joined_text and texts[: len(path)] == path:
        words = quoted_words(ctx.values, arguments)[len(path) :]
        words[texts.index(joined_text) - len(path)] = missing.option_name
        synonyms = getattr(missing.ctx.find_root().command, "synonyms", None) or Synonyms()
        error.hint = option_hints.needless_value(missing.ctx, joined_text, words, synonyms)
    elif list(arguments[-1:]) == [missing.option_name]:
        line = quoted_words(ctx.values, arguments)
        error.hint = option_hints.missing_value(missing.ctx, missing.option_name, line) or error.hint
    return error


def with_argument(missing: click.MissingParameter, arguments: Sequence[str], ctx: CommandContext) -> str:
    """Return the sentence with the line that has a placeholder for the missing argument; "" if it is an option's."""
    if missing.ctx is None or not isinstance(missing.param, click.Argument):
        return ""
    path, line = missing.ctx.command_path.split(), quoted_words(ctx.values, arguments)
    if line[: len(path) - 1] != path[1:]:
        return ""
    name = (missing.param.metavar or str(missing.param.name)).upper()
    return f"Add it: `{' '.join([*path, name, *line[len(path) - 1 :]])}`. "


def with_values(ctx: CommandContext, option: str, values: Iterable[str]) -> str:
    """Return the line of the command with these values of an option instead of its own.

    >>> from types import SimpleNamespace
    >>> ctx = CommandContext(None, SimpleNamespace(name="zenpro"), line=["runs", "--workspace", "all", "--limit", "3"])
    >>> with_values(ctx, "--workspace", ["edge"])
    'zenpro runs --limit 3 --workspace edge'
    """
    words = [*ctx.line]
    while option in words:
        del words[words.index(option) : words.index(option) + 2]
    kept = quoted_words(ctx.values, [word for word in words if not word.startswith(f"{option}=")])
    return " ".join([ctx.ui.name, *kept, *(f"{option} {quoted(value)}" for value in values)])


def quoted_words(values: Placeholders, words: Sequence[str]) -> list[str]:
    """Return words in the spelling of a line: with quotes where necessary, and variables as they were typed."""
    return [quoted(word) if (text := values.as_typed(word)) == word else text for word in words]
