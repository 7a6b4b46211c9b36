"""From the parameters of a command to the fields of its form."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from enum import Enum
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.commands.tool.form import LEFT_OUT
from zenpro_nb.forms import labels
from zenpro_nb.framework.cli.parsing import RareOption
from zenpro_nb.framework.parameters.types import NameType, NewNameType, VariableType
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.syntax.placeholders import BoundValue

# A value before click converts it; an object comes from the command that opened the form.
Raw = str | list[str] | bool | BoundValue | None

RESULT = "result"  # the default variable for --out


class FieldKind(Enum):
    """The kinds of input."""

    NAME = "one name, chosen from a list of the server"
    NAMES = "several names"
    TEXT = "a line of text, a number, or a duration"
    TEXTS = "several lines of text"
    CHOICE = "one of a few choices"
    FLAG = "yes or no"
    TRISTATE = "yes, no, or unchanged"
    DATE = "a date"


_SEVERAL = (FieldKind.NAMES, FieldKind.TEXTS)
_CONTAINERS = ("workspace", "project", "service_account")  # they contain what the fields after them name
_ASKS = re.compile(r"Asks (?:first|for confirmation)\b")


class Field(Struct, frozen=True):
    """One parameter of a command as a form shows it."""

    param: click.Parameter
    name: str
    label: str
    help: str
    kind: FieldKind
    required: bool
    rare: bool = False  # rarely needed, so it is folded away
    noun: str = ""  # of the names to choose from: "users"
    must_exist: bool = False  # the name must be in the list; otherwise the list only suggests names
    emails: bool = False  # an email address need not be in the list
    choices: tuple[str, ...] = ()
    new_noun: str = ""  # the noun of a name that is entered here for the first time
    example: str = ""  # an example of the text to type

    @property
    def several(self) -> bool:
        """Return whether the value is a list."""
        return self.kind in _SEVERAL

    @property
    def names_something(self) -> bool:
        """Return whether the value is the name of an object, existing or new."""
        return bool(labels.noun_of(self.param))

    @property
    def empty(self) -> Raw:
        """Return the value of the empty field."""
        if self.several:
            return []
        return {FieldKind.FLAG: False, FieldKind.TRISTATE: None}.get(self.kind, "")

    def offering(self, noun: str) -> Field:
        """Return the same field with suggestions from a list of the server."""
        return replace(self, kind=FieldKind.NAME, noun=noun)


def fields_of(command: WriteCommand, *, has_variables: bool = True) -> list[Field]:
    """Return the fields in the order in which they are filled in.

    What narrows the choices of other fields comes first: the organization, then for example the service account of a
    key. The field for the result is left out in a UI without variables.
    """
    params = [param for param in command.params if param.name not in LEFT_OUT and not _is_hidden(param)]
    visible = [param for param in params if has_variables or not isinstance(param.type, VariableType)]
    existing = {
        labels.noun_of(param)
        for param in visible
        if isinstance(param, click.Argument) and not isinstance(param.type, NewNameType)
    }
    fields = [_field(param, existing) for param in visible]
    by_option = {option: field.label for field in fields for option in field.param.opts}
    fields = [
        replace(field, help=labels.explanation(field.param, several=field.several, labels=by_option))
        for field in fields
    ]
    names_something = any(isinstance(field.param, click.Argument) and field.names_something for field in fields)
    return sorted(fields, key=lambda field: _rank(field, containers_first=names_something))


def start_value(field: Field, typed_value: Any) -> Raw:
    """Return the value when the form opens: from the command that opened it, otherwise the parameter's default."""
    if isinstance(typed_value, BoundValue):
        return typed_value
    value = typed_value if typed_value not in (None, ()) else field.param.default
    if field.kind in (FieldKind.FLAG, FieldKind.TRISTATE):
        return value if isinstance(value, bool) else field.empty
    if field.several:
        return [str(item) for item in value] if isinstance(value, list | tuple) else []
    if isinstance(value, list | tuple):
        value = next(iter(value), None)
    return str(value) if isinstance(value, str | int | float) else field.empty


def about(command: WriteCommand) -> tuple[str, str]:
    """Return what the command does, and the rest of its help except that it asks: a form has its own question."""
    first, _, more = " ".join((command.help or "").split()).partition(". ")
    sentences = [sentence for sentence in re.split(r"(?<=[.!?]) ", more) if not _ASKS.match(sentence)]
    return first.rstrip("."), " ".join(sentences)


def _field(param: click.Parameter, existing: Collection[str]) -> Field:
    noun = param.type.noun if isinstance(param.type, NameType) else ""
    new_noun = param.type.noun if isinstance(param.type, NewNameType) else ""
    choices = tuple(str(choice) for choice in param.type.choices) if isinstance(param.type, click.Choice) else ()
    kind = _kind(param, noun, choices)
    return Field(
        param=param,
        name=param.name or "",
        label=labels.label(param, several=kind in _SEVERAL, renames=bool(new_noun) and new_noun in existing),
        help="",
        kind=kind,
        required=param.required,
        rare=isinstance(param, RareOption) and not param.required,
        noun=noun,
        must_exist=bool(noun),
        emails=isinstance(param.type, NameType) and param.type.emails,
        choices=choices,
        new_noun=new_noun,
        example=labels.example(param),
    )


def _kind(param: click.Parameter, noun: str, choices: Sequence[str]) -> FieldKind:
    several = param.nargs == -1 or (isinstance(param, click.Option) and param.multiple)
    if isinstance(param, click.Option) and param.is_flag:
        return FieldKind.TRISTATE if param.secondary_opts and not isinstance(param.default, bool) else FieldKind.FLAG
    if noun:
        return FieldKind.NAMES if several else FieldKind.NAME
    if several:
        return FieldKind.TEXTS
    if choices:
        return FieldKind.CHOICE
    return FieldKind.DATE if isinstance(param.type, click.DateTime) else FieldKind.TEXT


def _is_hidden(param: click.Parameter) -> bool:
    return bool(getattr(param, "hidden", False)) or not param.expose_value


def _rank(field: Field, *, containers_first: bool) -> int:
    if field.name == "org":
        return 0
    if containers_first and field.name in _CONTAINERS:
        return 1 + _CONTAINERS.index(field.name)
    if isinstance(field.param, click.Argument):
        return 1 + len(_CONTAINERS)
    return 3 + len(_CONTAINERS) if isinstance(field.param.type, VariableType) else 2 + len(_CONTAINERS)
