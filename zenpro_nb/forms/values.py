"""What is filled in: checked field by field, converted for the command, spelled as a line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import click

from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.forms.fields import Field, Raw, start_value
from zenpro_nb.syntax.unparse import spell


def problem(field: Field, value: Raw, ctx: click.Context) -> str:
    """What is wrong with the value, in words; empty where nothing is, or where nothing was filled in."""
    if value == field.empty:
        return ""
    try:
        field.param.type_cast_value(ctx, value)
    except click.BadParameter as error:
        text = error.message.rstrip(".")
        return text[:1].upper() + text[1:]
    return ""


def missing(fields: Sequence[Field], values: Mapping[str, Raw]) -> list[Field]:
    """The required fields that are still empty."""
    return [field for field in fields if field.required and values[field.name] == field.empty]


def converted(
    command: WriteCommand, fields: Sequence[Field], values: Mapping[str, Raw], ctx: click.Context
) -> dict[str, Any]:
    """The parameters as click would give them to the command; `fields` are those that take part."""
    given = {param.name or "": _default(param) for param in command.params if param.expose_value}
    for field in fields:
        value = values[field.name]
        if value != field.empty:
            given[field.name] = field.param.type_cast_value(ctx, value)
    return given


def spelled(
    command: WriteCommand,
    words: Sequence[str],
    fields: Sequence[Field],
    values: Mapping[str, Raw],
    more: Mapping[str, Raw],
) -> str:
    """The line that does the same, without the magic's own name."""
    given: dict[str, Raw] = {}
    for field in fields:
        value = values[field.name]
        if value not in (field.empty, start_value(field, None)):
            given[field.name] = value
    return spell(command, words, {**given, **more})


def context(command: WriteCommand, words: Sequence[str], runtime: Runtime) -> click.Context:
    """The context in which click converts the values."""
    return click.Context(command, info_name=" ".join([runtime.face.name, *words]), obj=runtime)


def without(fields: Sequence[Field], names: Collection[str]) -> list[Field]:
    """The fields but those of these names."""
    return [field for field in fields if field.name not in names]


def _default(param: click.Parameter) -> Any:
    """The parameter's value where nobody gave one. Newer releases of click mark a missing default by an object."""
    several = param.nargs == -1 or (isinstance(param, click.Option) and param.multiple)
    if isinstance(param.default, str | int | float):
        return param.default
    if several:
        return ()
    return False if isinstance(param, click.Option) and param.is_flag and not param.secondary_opts else None
