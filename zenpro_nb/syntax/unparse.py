"""The reverse of `line`: from a command and its parameters to the line that a user would type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import click
from click.core import ParameterSource

_PLAIN = re.compile(r"[^\s'\"$#;{}][^\s'\"${}]*(?<!;)")


def spell(
    command: click.Command, words: Sequence[str], values: Mapping[str, Any], *, leave_out: Sequence[str] = ()
) -> str:
    """Return the line, without the magic's own name, that calls `command` with these parameters.

    Args:
        words: the words of the command: `["roles", "assign"]`.
        values: its parameters by name; None, empty, and default values are left out.
        leave_out: parameters to hide.

    Example:
        >>> get = click.Command("get", params=[click.Argument(["name"]), click.Option(["--columns"])])
        >>> spell(get, ["roles", "get"], {"name": "Workspace Developer", "columns": "name"})
        "roles get 'Workspace Developer' --columns name"
    """
    arguments: list[str] = []
    options: list[str] = []
    for param in command.params:
        value = values.get(param.name or "")
        if param.name in leave_out or value is None or value == () or value == [] or value == param.default:
            continue
        if isinstance(param, click.Argument):
            arguments += _words(value)
        else:
            options += _option(param, value)
    # After `--` nothing is an option, whatever it begins with.
    if any(argument.startswith("-") for argument in arguments):
        return " ".join([*words, *options, "--", *arguments])
    return " ".join([*words, *arguments, *options])


def spell_context(context: click.Context, *, leave_out: Sequence[str] = ()) -> str:
    """Return the line of the current call, with only the parameters that were typed."""
    arguments = {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    return spell(context.command, context.command_path.split()[1:], arguments, leave_out=leave_out)


def spell_options(values: Mapping[str, object]) -> str:
    """Return options with these values as a part of a line; None leaves an option out, and "" is for a flag.

    >>> spell_options({"--successor": "ada@example.com", "--allow-self": "", "--max-affected": None})
    '--successor ada@example.com --allow-self'
    """
    given = {name: str(value) for name, value in values.items() if value is not None}
    return " ".join(f"{name} {quoted(value)}" if value else name for name, value in given.items())


def quoted(text: str) -> str:
    r"""Return the text as one word of a line, quoted only if necessary; nothing in it is expanded.

    >>> quoted("ada@example.com"), quoted("Workspace Developer"), quoted("it's {x}")
    ('ada@example.com', "'Workspace Developer'", '"it\'s {{x}}"')
    """
    if _PLAIN.fullmatch(text):
        return text
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{_escape_braces(text)}"'
    # Neither kind of quote can contain all of it, so pieces in both kinds are joined.
    pieces = re.split(r"('+)", text)
    return "".join(f'"{piece}"' if piece.startswith("'") else f"'{piece}'" for piece in pieces if piece)


def _words(value: Any) -> list[str]:
    """Return the values of an argument as words; the people of one table are the name of that table."""
    words: list[str] = []
    for item in _several(value):
        word = _word(item)
        if word not in words or not _source(item):
            words.append(word)
    return words


def _word(item: Any) -> str:
    """Return a value as one word; an object appears as the line named it, so the same line passes it again."""
    return _source(item) or quoted(str(item))


def _source(item: Any) -> str:
    """Return the word of the line that a value comes from, for an object or a person in a table; else ""."""
    return str(getattr(item, "source", ""))


def _escape_braces(text: str) -> str:
    return re.sub(r"[${}]", lambda match: match.group() * 2, text)


def _option(param: click.Parameter, value: Any) -> list[str]:
    name = max(param.opts, key=len) if not param.opts[0].startswith("--") else param.opts[0]
    if isinstance(param, click.Option) and param.is_flag:
        return [name] if value else [*param.secondary_opts[:1]]
    spelled = getattr(param.type, "spelled", None)  # of types whose value differs from its text
    if spelled is not None:
        value = [spelled(item) for item in _several(value)]
    return [
        f"{name}={_word(item)}" if str(item).startswith("-") else f"{name} {_word(item)}" for item in _several(value)
    ]


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [value]
