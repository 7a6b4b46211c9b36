"""Add `--org` to the commands in hints and messages that would otherwise use another organization, or none."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import click

from zenpro_nb import query
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.syntax.unparse import quoted

_OPTION = "--org"
_NEEDLESS = ("--all-orgs", "--help")  # a command with one of them names no organization
_COMMAND = re.compile(r"`(%?zenpro) ([^`]+)`")


def option_value(ctx: CommandContext, arguments: Sequence[str]) -> str:
    """Return the option for the organization that a line names, as typed; "" if it is the one in use, or none is named.

    Args:
        arguments: the words of the line, with placeholders.
    """
    values = [second for first, second in itertools.pairwise(arguments) if first == _OPTION]
    values += [word.partition("=")[2] for word in arguments if word.startswith(f"{_OPTION}=")]
    if not values or ctx.values.as_typed(values[0]) == ctx.session.settings.organization:
        return ""
    word = ctx.values.as_typed(values[0])
    return f"{_OPTION} {quoted(word) if word == values[0] else word}"


def missing_option(ctx: CommandContext) -> str:
    """Return the option for the first visible organization if none is in use and several are visible; else ""."""
    settings = ctx.session.settings
    if settings.organization or settings.plain or settings.credential is None:
        return ""
    try:
        query.organization(ctx.session)
    except UsageError as error:
        return error.adds
    except ZenProError:
        return ""  # without a server, the organizations are unknown
    return ""


def has_command_without(text: str, tree: click.Command) -> bool:
    """Return whether a text contains a command that could name an organization, and does not."""
    return any(_lacks(match[2], tree) for match in _COMMAND.finditer(text))


def complete(text: str, tree: click.Command, option: str) -> str:
    """Return the text with this option after each command that can name an organization, and does not."""
    return _COMMAND.sub(
        lambda match: f"`{match[1]} {match[2]} {option}`" if option and _lacks(match[2], tree) else match[0], text
    )


def _lacks(line: str, tree: click.Command) -> bool:
    words = line.split()
    if words[:1] == ["use"] or any(word.partition("=")[0] in (_OPTION, *_NEEDLESS) for word in words):
        return False
    command = tree
    for word in words:
        if not isinstance(command, click.Group) or word not in command.commands:
            break
        command = command.commands[word]
    return any(param.name == "org" for param in command.params)
