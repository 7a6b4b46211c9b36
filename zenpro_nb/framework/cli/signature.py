"""From the signature of a function to the parameters of its command.

A command is one function. Each of its parameters is annotated with an alias over click's types, such as `Org`, which
stands in `parameters`; whatever cannot be understood is refused when the module is imported.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

import click

from zenpro_nb.framework.cli.parsing import SameAsArgument
from zenpro_nb.syntax.placeholders import BoundValue

_NUMBERS = (int, float)


class Arg:
    """A word of the line: metadata of an `Annotated` alias.

    Args:
        type: click's type; that of the annotation when left out.
        metavar: how the help spells it.
        option: names of an option that gives the same values.
        help: the option's help, which is the help of the form's field too.
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

    def made(self, name: str, values: ValueKind, default: Any) -> click.Argument:
        """Return click's argument."""
        required = default is inspect.Parameter.empty
        more: dict[str, Any] = {"nargs": -1} if values.several else {}
        made = click.Argument([name], type=self.type or values.base, required=required, metavar=self.metavar, **more)
        if self.help:
            made.help = self.help  # for the field of a form
        return made

    def also(self, name: str) -> list[click.Option]:
        """Return the option that gives the argument's values, if there is one."""
        if not self.option:
            return []
        names = [*self.option, f"{name}_option"]
        return [SameAsArgument(names, argument=name, type=self.type, help=self.help)]


class Opt:
    """An option of the line: metadata of an `Annotated` alias.

    Args:
        names: as they are typed; the parameter's own name when left out. `--on/--off` for both words of a flag.
        help: a sentence for `--help`, the form and the reference.
        type: click's type; that of the annotation when left out.
        metavar: how the help spells the value.
        option: the class that is made; another one where the option is special to some faces.
    """

    def __init__(
        self,
        *names: str,
        help: str,  # noqa: A002 - click's own name
        type: Any = None,  # noqa: A002
        metavar: str | None = None,
        option: type[click.Option] = click.Option,
    ) -> None:
        self.names = names
        self.help = help
        self.type = type
        self.metavar = metavar
        self.option = option

    def made(self, name: str, values: ValueKind, default: Any) -> click.Option:
        """Return click's option."""
        words = self.names or (f"--{name.replace('_', '-')}",)
        more: dict[str, Any] = {"required": True} if default is inspect.Parameter.empty else {}
        if values.base is bool:
            more |= {"is_flag": True} if not any("/" in word for word in words) else {"default": default}
        else:
            more |= {"type": self.type or values.base, "multiple": values.several, "metavar": self.metavar}
            more |= {"default": default} if default not in (None, (), inspect.Parameter.empty) else {}
        return self.option([*words, name], help=self.help, **more)


class ValueKind:
    """What an annotation says about the values: their type, and whether there are several of them."""

    def __init__(self, annotation: Any) -> None:
        members = [member for member in _members(annotation) if member is not types.NoneType]
        self.optional = len(members) < len(_members(annotation))
        if BoundValue in members:  # the object, or the name of a file that holds it
            members = [BoundValue]
        self.several = len(members) == 1 and get_origin(members[0]) is tuple
        self.base = get_args(members[0])[0] if self.several else members[0]
        if len(members) != 1 or self.base not in (str, bool, BoundValue, *_NUMBERS):
            raise TypeError(f"no parameter of a command can be annotated with {annotation}")


def parameter(name: str, alias: Any, default: Any = None) -> click.Parameter:
    """Return click's parameter of an alias by itself."""
    base, spec = get_args(alias)
    made: click.Parameter = spec.made(name, ValueKind(base), default)
    return made


def parameters_of(function: Callable[..., Any], skip: Collection[str] = ()) -> list[click.Parameter]:
    """Return click's parameters for those of the function, the first one, which is the runtime, left out.

    Args:
        skip: further names that are no parameters of the line.

    Raises:
        TypeError: one is not annotated with an alias over click's types, or its default does not fit the annotation.
    """
    found = list(inspect.signature(function).parameters.values())[1:]
    wanted = [item for item in found if item.name not in skip and item.kind is not item.VAR_KEYWORD]
    return [made for item in wanted for made in _made(function, item)]


def _made(function: Callable[..., Any], item: inspect.Parameter) -> list[click.Parameter]:
    where = f"{function.__module__}.{function.__name__}, parameter {item.name}"
    annotation = item.annotation
    if isinstance(annotation, str):
        annotation = eval(annotation, function.__globals__)  # noqa: S307 - our own source, as typing does it
    base, *specs = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    spec = specs[0] if len(specs) == 1 and isinstance(specs[0], Arg | Opt) else None
    if spec is None:
        raise TypeError(f"{where}: annotate it with one of the aliases of framework/parameters/aliases.py")
    try:
        values = ValueKind(base)
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from None
    if not _fits(values, item.default):
        raise TypeError(f"{where}: the default {item.default!r} does not fit {base}")
    also = spec.also(item.name) if isinstance(spec, Arg) else []
    return [spec.made(item.name, values, item.default), *also]


def _fits(values: ValueKind, default: Any) -> bool:
    """Return whether a default means what click makes of a parameter that is not given."""
    if default is inspect.Parameter.empty:
        return values.base is not bool
    if values.several:
        return bool(default == ())
    if default is None:
        return values.optional
    return isinstance(default, values.base) or (values.base is float and isinstance(default, int))


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
