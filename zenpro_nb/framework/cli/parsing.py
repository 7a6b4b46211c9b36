"""How a line's words become a command's values: worked out once for a command and a face, used for every line."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.placeholders import BoundValue, Placeholders

if TYPE_CHECKING:
    # Generic for the type checker only: older releases of click know no brackets.
    _AnyType = click.ParamType[Any]
else:
    _AnyType = click.ParamType

Parsed = tuple[dict[str, Any], list[str], list[click.Parameter]]  # what a parser of click gives
Unknown = Callable[[click.NoSuchOption, list[str]], UsageError]  # the error for an option that is not there
# The error for values without a place: of the line, those values, and what its options give.
Leftover = Callable[[Sequence[str], Sequence[str], dict[str, Any]], UsageError]


class ObjectType(_AnyType):
    """A type whose value is the object behind `$name` itself (`BoundValue`), or a text."""

    completes_body = False  # whether it completes the cell below the line, where its command takes one

    def read(self, values: Placeholders, text: str) -> str | BoundValue:
        """Return what a word of the line stands for, while values are still behind their marks."""
        return values.bound_value(text)


class RareOption(click.Option):
    """An option that few need: a form folds it away."""


class SameAsArgument(click.Option):
    """An option whose values are added to those of an argument, for lines that name the option: `--email ADDRESS`.

    Args:
        argument: the parameter that gets the values.
    """

    def __init__(self, names: Sequence[str], *, argument: str, **more: Any) -> None:
        super().__init__(names, multiple=True, expose_value=False, **more)
        self.argument = argument

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Add the values to the argument, which click processes later."""
        given, words = opts.get(self.name or ""), opts.get(self.argument)
        if isinstance(given, list | tuple) and isinstance(opts, MutableMapping):
            opts[self.argument] = (*(words if isinstance(words, list | tuple) else ()), *given)
        return None, args


class MarkedOption(click.Option):
    """An option that takes apart what was typed while values are still behind their marks."""

    def read(self, values: Any, given: Sequence[str]) -> list[Any]:
        """Return what the texts say; `values.resolve` exchanges the marks in one for their values."""
        raise NotImplementedError


class Syntax:
    """What is known of a command's parameters before any line is typed.

    Args:
        parser: click's own parser for them; it is copied for each line, whose context it holds.
        own: the command's parameters.
        offered: those, and what click and the face add.
    """

    def __init__(self, parser: Any, own: Sequence[click.Parameter], offered: Sequence[click.Parameter]) -> None:
        self.offered = offered
        self._parser = parser
        self._valued = frozenset(name for param in offered if _takes_value(param) for name in param.opts)
        self._several = frozenset(param.name for param in own if _takes_several(param))
        self._marked = {param.name: param.read for param in own if isinstance(param, MarkedOption)}
        self._objects = {param.name: param.type.read for param in own if isinstance(param.type, ObjectType)}

    def parser(self, ctx: click.Context, values: Placeholders | None, unknown: Unknown, leftover: Leftover) -> Any:
        """Return a parser for one line.

        Args:
            values: what the marks in the line stand for; None gives click's own parser, which leaves them.
            unknown: makes the error for an option that is not there, of it and of all words.
            leftover: makes the error for values that no parameter takes.
        """
        parser = copy.copy(self._parser)
        parser.ctx = ctx
        if values is not None:
            inner = parser.parse_args
            takes_rest = isinstance(ctx.command, click.Group)

            def parse(args: list[str]) -> Parsed:
                options, rest, order = self._parse(args, inner, values, unknown)
                # Before a missing argument is reported, which may open a form: that form would lack these values.
                if rest and not takes_rest and not options.get("help"):
                    raise leftover(args, rest, options)
                return options, rest, order

            parser.parse_args = parse
        return parser

    def _parse(
        self, args: list[str], inner: Callable[[list[str]], Parsed], values: Placeholders, unknown: Unknown
    ) -> Parsed:
        _refuse_swallowed(args, self._valued)
        try:
            options, rest, order = inner(list(args))
        except click.NoSuchOption as error:
            raise unknown(error, [values.as_typed(arg) for arg in args]) from None
        return {name: self._meant(values, name, value) for name, value in options.items()}, rest, order

    def _meant(self, values: Placeholders, name: str, value: Any) -> Any:
        if name in self._marked:
            return self._marked[name](values, value)
        if name in self._objects and isinstance(value, str):
            return self._objects[name](values, value)
        return _unmark(values, name, value, name in self._several)


def _takes_value(param: click.Parameter) -> bool:
    return isinstance(param, click.Option) and not param.is_flag and not param.count


def _refuse_swallowed(args: Sequence[str], valued: Collection[str]) -> None:
    """Refuse an option's value that is spelled as an option: `--description --dry-run` would swallow the dry run.

    Raises:
        UsageError: there is one. A value that is meant so is joined by `=`.
    """
    for name, value in itertools.pairwise(args):
        if name == "--":
            return
        if name in valued and value.startswith("--"):
            raise UsageError(
                f"{name} needs a value, and {value} is an option",
                hint=f"If {value} is meant as the value, join it: {name}={value}",
            )


def _takes_several(param: click.Parameter) -> bool:
    return param.nargs == -1 or (isinstance(param, click.Option) and param.multiple)


def _unmark(values: Any, name: str, value: Any, several: bool) -> Any:
    if isinstance(value, str):
        given = values.resolve(value)
        if isinstance(given, list) and len(given) == 1:
            return given[0]  # the column of a frame with one row
        if isinstance(given, list):
            raise UsageError(
                f"{values.as_typed(value)} contains {counted(len(given), 'value')}, "
                f"but {name.replace('_', '-')!r} takes one"
            )
        return given
    if several and isinstance(value, (list, tuple)):
        flat: list[str] = []
        for item in value:
            given = values.resolve(item) if isinstance(item, str) else item
            if given == []:
                # As if it had not been given at all, a filter would let everything through.
                raise UsageError(f"{values.as_typed(item)} holds no values", hint="Leave the option out, or fill it.")
            flat.extend(given if isinstance(given, list) else [given])
        return type(value)(flat)
    return value
