"""Derive the parameters of a command from the signature of its function.

Each command is one function. Each parameter is annotated with an alias for one of click's types, such as `Org` from
`parameters`, or with a `ParameterGroup`, which several commands share; any other annotation is refused when the module
is imported.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import click
from msgspec import Struct

from zenpro_nb.framework.cli.parsing import SameAsArgument
from zenpro_nb.syntax.conditions import Condition
from zenpro_nb.syntax.placeholders import BoundValue

_NUMBERS = (int, float)
_FILE_OPTIONS = ("--file", "--csv", "--from")  # hidden: a file is a value like any other

Result = TypeVar("Result")


class Arg:
    """A positional argument: metadata of an `Annotated` alias.

    Args:
        type: click's type; by default that of the annotation.
        metavar: the placeholder that the help shows.
        option: names of an option that sets the same values.
        help: the help of the option and of the form's field.
    """

    def __init__(
        self,
        type: Any = None,  # noqa: A002 - click's own name
        *,
        metavar: str | None = None,
        option: Sequence[str] = (),
        help: str = "",  # noqa: A002
    ) -> None:
        self.type = type
        self.metavar = metavar
        self.option = tuple(option)
        self.help = help

    def to_click(self, name: str, values: ValueKind, default: Any) -> click.Argument:
        """Return click's argument."""
        required = default is inspect.Parameter.empty
        more: dict[str, Any] = {"nargs": -1} if values.several else {}
        param = click.Argument([name], type=self.type or values.base, required=required, metavar=self.metavar, **more)
        if self.help:
            param.help = self.help  # for the field of a form
        return param

    def alias_options(self, name: str, *, several: bool) -> list[click.Option]:
        """Return the options that set the argument's values: the declared one, and a hidden one for a file."""
        options: list[click.Option] = []
        if self.option:
            names = [*self.option, f"{name}_option"]
            options.append(SameAsArgument(names, argument=name, type=self.type, help=self.help))
        file_column: str = getattr(self.type, "file_column", "")
        if several and file_column:
            options.append(SameAsArgument([*_FILE_OPTIONS, f"{name}_file"], argument=name, type=self.type, hidden=True))
        return options


class Opt:
    """An option of the line: metadata of an `Annotated` alias.

    Args:
        names: the options as typed; by default the name of the parameter. `--on/--off` gives a flag both words.
        help: a sentence for `--help`, the form and the reference.
        type: click's type; by default that of the annotation.
        metavar: the placeholder that the help shows for the value.
        option: the class of the option, for options that only some UIs offer.
        rows: the condition on the rows that the option adds, with `{}` for its value: `member_count>={}`. Such an
            option is not a parameter of the function, but one of the `row_options` of its list.
        synonyms: other names that a line can use. Help and completion omit them, and printed commands use `names`.
    """

    def __init__(
        self,
        *names: str,
        help: str,  # noqa: A002 - click's own name
        type: Any = None,  # noqa: A002
        metavar: str | None = None,
        option: type[click.Option] = click.Option,
        rows: str = "",
        synonyms: Sequence[str] = (),
    ) -> None:
        self.names = names
        self.help = help
        self.type = type
        self.metavar = metavar
        self.option = option
        self.rows = rows
        self.synonyms = tuple(synonyms)

    def to_click(self, name: str, values: ValueKind, default: Any) -> click.Option:
        """Return click's option."""
        words = self.names or (f"--{name.replace('_', '-')}",)
        more: dict[str, Any] = {"required": True} if default is inspect.Parameter.empty else {}
        if values.base is bool:
            more |= {"is_flag": True} if not any("/" in word for word in words) else {"default": default}
        else:
            more |= {"type": self.type or values.base, "multiple": values.several, "metavar": self.metavar}
            more |= {"default": default} if default not in (None, (), inspect.Parameter.empty) else {}
        option = self.option([*words, name], help=self.help, **more)
        if self.synonyms:
            option.synonyms = self.synonyms  # type: ignore[attr-defined]
        return option


class ParameterGroup(Struct, frozen=True):
    """Parameters that several commands share: the fields of a subclass, annotated like parameters of a function.

    >>> class Place(ParameterGroup, frozen=True):
    ...     city: Annotated[str | None, Opt(help="Set the city.")] = None
    >>> def ship(ctx, to: Place): return f"to {to.city}"
    >>> [param.name for param in parameters_of(ship)]
    ['city']
    >>> collect_options(ship)(None, city="Bern")
    'to Bern'
    """


class ValueKind:
    """What an annotation says about the values: their type, and whether there are several."""

    def __init__(self, annotation: Any) -> None:
        members = [member for member in _members(annotation) if member is not types.NoneType]
        self.optional = len(members) < len(_members(annotation))
        if BoundValue in members:  # the object, or the name of a file that contains it
            members = [BoundValue]
        self.several = len(members) == 1 and get_origin(members[0]) is tuple
        self.base = get_args(members[0])[0] if self.several else members[0]
        if len(members) != 1 or self.base not in (str, bool, BoundValue, Condition, *_NUMBERS):
            raise TypeError(f"no parameter of a command can be annotated with {annotation}")


def parameter(name: str, alias: Any, default: Any = None) -> click.Parameter:
    """Return click's parameter for a single alias."""
    base, spec = get_args(alias)
    param: click.Parameter = spec.to_click(name, ValueKind(base), default)
    return param


def parameters_of(function: Callable[..., Any], skip: Collection[str] = ()) -> list[click.Parameter]:
    """Return click's parameters for those of the function, except the first one, which is the context.

    Args:
        skip: further names that are not parameters of the line.

    Raises:
        TypeError: a parameter is not annotated with an alias for one of click's types, or its default does not fit.
    """
    signature_params = list(inspect.signature(function).parameters.values())[1:]
    accepted = [
        parameter
        for parameter in signature_params
        if parameter.name not in skip and parameter.kind is not parameter.VAR_KEYWORD
    ]
    return [param for parameter in accepted for param in _params_of(function, parameter)]


def collect_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return the function as click calls it: each parameter group is made from the values of its fields."""
    parameters = inspect.signature(function).parameters.values()
    groups = {param.name: group for param in parameters if (group := _group_of(_annotation(function, param)))}
    if not groups:
        return function

    @functools.wraps(function)
    def call(*args: Any, **arguments: Any) -> Result:
        for name, group in groups.items():
            arguments[name] = group(
                **{field: arguments.pop(field) for field in group.__struct_fields__ if field in arguments}
            )
        return function(*args, **arguments)

    return call


def _group_of(annotation: Any) -> type[ParameterGroup] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, ParameterGroup) else None


def _annotation(function: Callable[..., Any], parameter: inspect.Parameter) -> Any:
    if not isinstance(parameter.annotation, str):
        return parameter.annotation
    try:
        # Our own source, evaluated as typing does it.
        return eval(parameter.annotation, inspect.unwrap(function).__globals__)  # noqa: S307
    except NameError:  # imported for the type checker alone, like that of the context
        return None


def _params_of(function: Callable[..., Any], parameter: inspect.Parameter) -> list[click.Parameter]:
    where = f"{function.__module__}.{function.__name__}, parameter {parameter.name}"
    annotation = _annotation(function, parameter)
    if group := _group_of(annotation):
        fields = inspect.signature(group).parameters.values()
        types_of = get_type_hints(group, include_extras=True)
        return [
            param
            for field in fields
            for param in _params_of(function, field.replace(annotation=types_of[field.name], kind=field.KEYWORD_ONLY))
        ]
    base, *specs = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    spec = specs[0] if len(specs) == 1 and isinstance(specs[0], Arg | Opt) else None
    if spec is None:
        raise TypeError(f"{where}: annotate it with one of the aliases of framework/parameters/aliases.py")
    try:
        values = ValueKind(base)
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from None
    if not _fits(values, parameter.default):
        raise TypeError(f"{where}: the default {parameter.default!r} does not fit {base}")
    alias_options = spec.alias_options(parameter.name, several=values.several) if isinstance(spec, Arg) else []
    return [spec.to_click(parameter.name, values, parameter.default), *alias_options]


def _fits(values: ValueKind, default: Any) -> bool:
    """Return whether a default equals what click passes for a parameter that is not given."""
    if default is inspect.Parameter.empty:
        return values.base is not bool
    if values.several:
        return bool(default == ())
    if default is None:
        return values.optional
    return isinstance(default, values.base) or (values.base is float and isinstance(default, int))


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
