"""Options that select rows by a column: each declares its condition, and its list needs no code for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, get_args

import click
from msgspec import Struct

from zenpro_nb.framework.cli.signature import parameter
from zenpro_nb.resources import Resource
from zenpro_nb.syntax.conditions import Condition, parse

VALUE = "{}"  # the place of the option's value in its condition


class RowOptions(Struct, frozen=True, dict=True):
    """The options of one list that select rows.

    Attributes:
        resource: the list.
        aliases: the option of each parameter: an `Annotated` alias whose `Opt` has `rows`.
    """

    resource: Resource
    aliases: Mapping[str, Any]

    @cached_property
    def params(self) -> list[click.Parameter]:
        """Return click's parameters.

        Raises:
            TypeError: an option has no condition, or one on a column that the list does not have.
        """
        for name, template in self._templates.items():
            if template.column not in {column.name for column in self.resource.columns}:
                raise TypeError(f"option {name!r}: `{self.resource.noun}` has no column {template.column!r}")
        return [parameter(name, alias) for name, alias in self.aliases.items()]

    def split(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[Condition]]]:
        """Return the other values that click parsed, and the conditions by the option as typed."""
        others = {name: value for name, value in values.items() if name not in self.aliases}
        added: dict[str, list[Condition]] = {}
        for param in self.params:
            name = param.name or ""
            value = values.get(name)
            if value in (None, ()) or (value is False and not param.secondary_opts):
                continue
            typed = param.secondary_opts[0] if value is False else param.opts[0]
            added[typed] = list(_conditions(self._templates[name], value))
        return others, added

    @cached_property
    def _templates(self) -> dict[str, Condition]:
        templates = {}
        for name, alias in self.aliases.items():
            text = get_args(alias)[1].rows
            if not text:
                raise TypeError(f"option {name!r}: its `Opt` has no `rows`, the condition that it adds")
            templates[name] = parse(text)
        return templates


def _conditions(template: Condition, value: Any) -> Iterator[Condition]:
    """Yield the condition with the value of the option; several values are alternatives."""
    if template.value is None or VALUE not in template.value:
        yield template
        return
    texts = tuple(
        template.value.replace(VALUE, _text(part)) for part in (value if isinstance(value, tuple) else (value,))
    )
    yield Condition(template.column, template.operator, ",".join(texts), texts if len(texts) > 1 else ())


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
