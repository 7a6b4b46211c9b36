"""The values of a form: initial values, checks, conversion for the command, and the equivalent command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import click

from zenpro_nb.forms.fields import RESULT, Field, Raw, start_value
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.profiles import Settings
from zenpro_nb.syntax.sentences import capitalized
from zenpro_nb.syntax.unparse import spell


def at_start(fields: Sequence[Field], arguments: Mapping[str, Any], settings: Settings) -> dict[str, Raw]:
    """Return the values when the form opens: from the command that opened it, otherwise from the session.

    The target of a command is never guessed.
    """
    defaults = {"org": settings.organization, "workspace": settings.workspace, "out": RESULT}
    values = {field.name: start_value(field, arguments.get(field.name)) for field in fields}
    open_ones = [
        field for field in fields if not field.required and not field.several and not arguments.get(field.name)
    ]
    return values | {field.name: defaults[field.name] for field in open_ones if defaults.get(field.name)}


def argument_names(fields: Sequence[Field], arguments: Mapping[str, Any]) -> set[str]:
    """Return the fields with a value from the command that opened the form."""
    return {field.name for field in fields if start_value(field, arguments.get(field.name)) != start_value(field, None)}


def problem(field: Field, value: Raw, ctx: click.Context) -> str:
    """Return the problem with the value; empty if it is valid or missing."""
    if value == field.empty:
        return ""
    try:
        field.param.type_cast_value(ctx, value)
    except click.BadParameter as error:
        return capitalized(error.message.rstrip("."))
    return ""


def convert(
    command: WriteCommand, fields: Sequence[Field], values: Mapping[str, Raw], ctx: click.Context
) -> dict[str, Any]:
    """Return the parameters as click passes them to the command; `fields` are the ones to include."""
    parameters = {param.name or "": _default(param) for param in command.params if param.expose_value}
    for field in fields:
        value = values[field.name]
        if value != field.empty:
            parameters[field.name] = field.param.type_cast_value(ctx, value)
    return parameters


def line_of(
    command: WriteCommand,
    words: Sequence[str],
    fields: Sequence[Field],
    values: Mapping[str, Raw],
    more: Mapping[str, Raw],
) -> str:
    """Return the equivalent command without `%zenpro`."""
    changed_fields = [field for field in fields if values[field.name] not in (field.empty, start_value(field, None))]
    return spell(command, words, {**{field.name: values[field.name] for field in changed_fields}, **more})


def context(command: WriteCommand, words: Sequence[str], ctx: CommandContext) -> click.Context:
    """Return the context for click's conversion of the values."""
    return click.Context(command, info_name=" ".join([ctx.ui.name, *words]), obj=ctx)


def without(fields: Sequence[Field], names: Collection[str]) -> list[Field]:
    """Return the fields except those with these names."""
    return [field for field in fields if field.name not in names]


def _default(param: click.Parameter) -> Any:
    """Return the value of a parameter that was not given. Newer releases of click use a marker as the default."""
    several = param.nargs == -1 or (isinstance(param, click.Option) and param.multiple)
    if isinstance(param.default, str | int | float):
        return param.default
    if several:
        return ()
    return False if isinstance(param, click.Option) and param.is_flag and not param.secondary_opts else None
