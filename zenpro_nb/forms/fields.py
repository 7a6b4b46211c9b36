"""From the parameters of a command to the fields of its form."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.commands.tool.form import LEFT_OUT
from zenpro_nb.framework.cli.parsing import RareOption
from zenpro_nb.framework.parameters.types import NameType, NewNameType, VariableType
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.resources.nouns import singular
from zenpro_nb.syntax.placeholders import BoundValue

# What somebody has filled in, before click converts it; an object was named by the line that opened the form.
Raw = str | list[str] | bool | BoundValue | None

RESULT = "result"  # the variable offered for --out


class FieldKind(Enum):
    """How a field is filled in."""

    NAME = "one name, chosen from what the server has"
    NAMES = "several of them"
    TEXT = "a line of text, a number, a duration …"
    TEXTS = "several lines of text"
    CHOICE = "one of a few words"
    FLAG = "yes or no"
    TRISTATE = "yes, no, or left as it is"
    DATE = "a day"


class Field(Struct, frozen=True):
    """One parameter of a command, as a person fills it in."""

    param: click.Parameter
    name: str
    label: str
    help: str
    kind: FieldKind
    required: bool
    rare: bool = False  # few need it, so that it is folded away
    noun: str = ""  # what is chosen: "users"
    must_exist: bool = False  # what is chosen must be there; else it is offered, and something else may be typed
    choices: tuple[str, ...] = ()
    new_noun: str = ""  # the noun of the name that is given here for the first time

    @property
    def several(self) -> bool:
        """Tell whether it holds a list."""
        return self.kind in (FieldKind.NAMES, FieldKind.TEXTS)

    @property
    def empty(self) -> Raw:
        """Return what it holds while nothing is filled in."""
        if self.several:
            return []
        return {FieldKind.FLAG: False, FieldKind.TRISTATE: None}.get(self.kind, "")

    def offering(self, noun: str) -> Field:
        """Return the same field, which offers what the server has."""
        return replace(self, kind=FieldKind.NAME, noun=noun)


def fields_of(command: WriteCommand, *, has_variables: bool = True) -> list[Field]:
    """Return the fields in the order in which they are filled in.

    The organization narrows the others, so it comes first. Without variables none is asked for, for the result.
    """
    params = [param for param in command.params if param.name not in LEFT_OUT and not _hidden(param)]
    asked = [param for param in params if has_variables or not isinstance(param.type, VariableType)]
    return sorted((_field(param) for param in asked), key=_rank)


def start_value(field: Field, given: Any) -> Raw:
    """Return what a field holds when the form opens: what was given on the line, else the command's own default."""
    if isinstance(given, BoundValue):
        return given
    value = given if given not in (None, ()) else field.param.default
    if field.kind in (FieldKind.FLAG, FieldKind.TRISTATE):
        return value if isinstance(value, bool) else field.empty
    if field.several:
        return [str(item) for item in value] if isinstance(value, list | tuple) else []
    if isinstance(value, list | tuple):
        value = next(iter(value), None)
    return str(value) if isinstance(value, str | int | float) else field.empty


def about(command: WriteCommand) -> tuple[str, str]:
    """Return what the command does, and what else its help says."""
    first, _, more = " ".join((command.help or "").split()).partition(". ")
    return first.rstrip("."), more


def plain_help(text: str) -> str:
    """Return the help of a parameter without what is about typing it on a line."""
    return ". ".join(part for part in text.split(". ") if "may be repeated" not in part.lower()).replace("`", "")


def _field(param: click.Parameter) -> Field:
    noun = param.type.noun if isinstance(param.type, NameType) else ""
    choices = tuple(str(choice) for choice in param.type.choices) if isinstance(param.type, click.Choice) else ()
    kind = _kind(param, noun, choices)
    return Field(
        param=param,
        name=param.name or "",
        label=_label(param, noun),
        help=_help(param, noun, kind),
        kind=kind,
        required=param.required,
        rare=isinstance(param, RareOption) and not param.required,
        noun=noun,
        must_exist=bool(noun),
        choices=choices,
        new_noun=param.type.noun if isinstance(param.type, NewNameType) else "",
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


_LABELS = {"org": "Organization", "out": "Result goes to", "to": "Secret goes to"}


def _label(param: click.Parameter, noun: str) -> str:
    name = param.name or ""
    if name in _LABELS:
        return _LABELS[name]
    if isinstance(param, click.Argument) and noun:
        name = noun if param.nargs == -1 else singular(noun)
    elif isinstance(param, click.Option) and param.opts:
        # The option as it is typed says more than the variable that holds it (`--trusted-domain`, trusted_domains).
        name = max(param.opts, key=len).lstrip("-")
    words = name.replace("_", " ").replace("-", " ")
    return (words[:1].upper() + words[1:]).replace("Api ", "API ").replace(" url", " address")


def _help(param: click.Parameter, noun: str, kind: FieldKind) -> str:
    if isinstance(param.type, VariableType):
        return "The variable that will hold the resulting frame."
    text = getattr(param, "help", None)
    if text:
        return " ".join(str(text).split())
    if noun:
        return f"The {singular(noun)}, by name or id." if kind is FieldKind.NAME else f"The {noun}, by name or id."
    return ""


def _hidden(param: click.Parameter) -> bool:
    return bool(getattr(param, "hidden", False)) or not param.expose_value


def _rank(field: Field) -> int:
    if field.name == "org":
        return 0
    if isinstance(field.param, click.Argument):
        return 1
    if isinstance(field.param.type, VariableType):
        return 3
    return 2
