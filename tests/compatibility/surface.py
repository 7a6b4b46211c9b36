"""Describe the commands as plain data: each command with its arguments and options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

# An argument or option in one word, such as "flag", "value", "values" or "a|b"; a required one ends in "!".
Parameters = dict[str, str]


def commands_of(group: click.Group, path: str = "") -> dict[str, dict[str, Parameters]]:
    """Return the arguments and options of each command below a group, by the words of the command."""
    found = {path or "zenpro": _parameters_of(group)}
    for word, command in [*group.commands.items(), *_aliases(group)]:
        here = f"{path} {word}".strip()
        if isinstance(command, click.Group):
            found |= commands_of(command, here)
        else:
            found[here] = _parameters_of(command)
    return found


def _aliases(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    for alias, word in getattr(group, "aliases", {}).items():
        yield alias, group.commands[word]


def _parameters_of(command: click.Command) -> dict[str, Parameters]:
    arguments: Parameters = {}
    options: Parameters = {}
    # An argument that an option can replace is not required.
    argument_names = {getattr(param, "argument", None) for param in command.params}
    for param in command.params:
        if isinstance(param, click.Option):
            options |= {name: _kind(param) for name in (*param.opts, *param.secondary_opts)}
        else:
            kind = _kind(param)
            arguments[param.name or ""] = kind.rstrip("!") if param.name in argument_names else kind
    return {"arguments": arguments, "options": options}


def _kind(param: click.Parameter) -> str:
    choices: Any = getattr(param.type, "choices", None)
    several = param.nargs == -1 or getattr(param, "multiple", False)
    if getattr(param, "is_flag", False):
        kind = "flag"
    elif choices:
        kind = "|".join(choices)
    else:
        kind = "values" if several else "value"
    return kind + ("!" if param.required else "")
