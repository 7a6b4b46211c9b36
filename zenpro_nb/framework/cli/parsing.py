"""Turn the words of a line into a command's values. What depends only on the command and the UI is computed once."""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.side_by_side import columns_per_person, line_with, refuse_columns_side_by_side
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.placeholders import DELIMITER, BoundValue, Placeholders
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    # Generic only for the type checker: older releases of click do not support subscripting it.
    _AnyType = click.ParamType[Any]
else:
    _AnyType = click.ParamType

Parsed = tuple[dict[str, Any], list[str], list[click.Parameter]]  # what click's parser returns
Unknown = Callable[[click.NoSuchOption, list[str]], UsageError]  # returns the error for an option that does not exist
# Returns the error for values without an argument: called with the line, these values, and the parsed options.
Leftover = Callable[[Sequence[str], Sequence[str], dict[str, Any]], UsageError]
_DRY_RUN = "--dry-run"


class ObjectType(_AnyType):
    """A type whose value is the object that `$name` refers to (`BoundValue`), or a text."""

    completes_body = False  # whether it completes the cell text below the line, for commands that read it

    def read(self, values: Placeholders, text: str) -> str | BoundValue:
        """Return the value of a word of the line; placeholders are not resolved yet."""
        return values.bound_value(text)


class RareOption(click.Option):
    """A rarely used option: forms show it in a collapsed section."""


class ActingFlag(click.Option):
    """A flag that calls its callback if it is given. Its value is not passed to the command."""

    def __init__(self, names: Sequence[str], **more: Any) -> None:
        super().__init__(names, is_flag=True, expose_value=False, **more)

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Process the flag only if it is in the line that is run."""
        is_given = opts.get(self.name or "") is True and not ctx.resilient_parsing
        return super().handle_parse_result(ctx, opts, args) if is_given else (None, args)


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
        option_value, words = opts.get(self.name or ""), opts.get(self.argument)
        if isinstance(option_value, list | tuple) and isinstance(opts, MutableMapping):
            opts[self.argument] = (*(words if isinstance(words, list | tuple) else ()), *option_value)
        return None, args


class MarkedOption(click.Option):
    """An option that parses the typed text itself, before placeholders are resolved."""

    def read(self, values: Any, texts: Sequence[str]) -> list[Any]:
        """Return the parsed values; `values.resolve` replaces the placeholders in a text."""
        raise NotImplementedError


class Syntax:
    """Facts about a command's parameters that are known before a line is typed.

    Args:
        parser: click's parser for them. It is copied for each line, because it contains the line's context.
        own: the command's parameters.
        offered: the same with the parameters that click and the UI add.
    """

    def __init__(self, parser: Any, own: Sequence[click.Parameter], params: Sequence[click.Parameter]) -> None:
        self.params = params
        self._parser = parser
        self._options_with_value = frozenset(name for param in params if _takes_value(param) for name in param.opts)
        self._primary = {word: param.opts[0] for param in params for word in getattr(param, "synonyms", ())}
        self._has_dry_run = any(_DRY_RUN in param.opts for param in params)
        self._multiple = frozenset(param.name for param in own if _takes_several(param))
        self._files = {
            param.name: param.type.values_in
            for param in own
            if _takes_several(param) and hasattr(param.type, "values_in")
        }
        # What the command reads from the row of each person in a file, and the options that set it for everyone.
        self._people, self._for_everyone = columns_per_person(own)
        self._readers = {param.name: param.read for param in own if isinstance(param, MarkedOption)}
        self._objects = {param.name: param.type.read for param in own if isinstance(param.type, ObjectType)}

    def parser(self, ctx: click.Context, values: Placeholders | None, unknown: Unknown, leftover: Leftover) -> Any:
        """Return a parser for one line.

        Args:
            values: resolves the placeholders in the line; None returns click's own parser, which does not resolve them.
            unknown: returns the error for an option that does not exist, from click's error and all words, with
                placeholders.
            leftover: returns the error for values that no parameter takes.
        """
        parser = copy.copy(self._parser)
        parser.ctx = ctx
        if values is not None:
            inner = parser.parse_args
            takes_rest = isinstance(ctx.command, click.Group)

            def parse(args: list[str]) -> Parsed:
                try:
                    options, rest, order = self._parse(args, inner, values, unknown, ctx.command_path)
                except click.BadOptionUsage as error:
                    error.ctx = ctx
                    raise
                # Before a missing argument is reported, because that may open a form, and that form would not have
                # these values.
                if rest and not takes_rest and not options.get("help"):
                    raise leftover(args, rest, options)
                return options, rest, order

            parser.parse_args = parse
        return parser

    def _parse(
        self, args: list[str], inner: Callable[[list[str]], Parsed], values: Placeholders, unknown: Unknown, path: str
    ) -> Parsed:
        args = self._with_primary_names(args)
        _refuse_swallowed(args, self._options_with_value)
        if self._has_dry_run:
            _refuse_quoted(args)
        try:
            options, rest, order = inner(list(args))
        except click.NoSuchOption as error:
            raise unknown(error, args) from None
        _refuse_repeated(args, order, values, path)

        if self._people:

            def complete(of_people: str, source: str, table: str) -> str:
                return " ".join([path, *line_with(args, values, of_people, source, table)])

            refuse_columns_side_by_side(values, options, self._people, self._for_everyone, complete)
        for_everyone = [kind for name, kind in self._for_everyone.items() if options.get(name)]
        return {name: self._resolve(values, name, value, for_everyone) for name, value in options.items()}, rest, order

    def _with_primary_names(self, args: Sequence[str]) -> list[str]:
        """Return the words with the declared name of each option in place of a synonym."""
        end = args.index("--") if "--" in args else len(args)
        parts = [word.partition("=") for word in args[:end]]
        return [*(f"{self._primary.get(name, name)}{sign}{value}" for name, sign, value in parts), *args[end:]]

    def _resolve(self, values: Placeholders, name: str, value: Any, for_everyone: Sequence[str]) -> Any:
        if name in self._readers:
            return self._readers[name](values, value)
        if name in self._objects and isinstance(value, str):
            return self._objects[name](values, value)
        if name in self._files and isinstance(value, list | tuple):
            words = [self._from_table(values, name, word, for_everyone) for word in value]
            return type(value)(itertools.chain.from_iterable(words))
        return _unmark(values, name, value, name in self._multiple)

    def _from_table(self, values: Placeholders, name: str, word: Any, for_everyone: Sequence[str]) -> Sequence[Any]:
        """Return the content of the file or DataFrame that a word names; of any other word, its values."""
        read, whole = self._files[name], values.whole(word) if isinstance(word, str) else None
        inside: list[str] | None = None if whole is None else read(whole, for_everyone)
        if inside is not None:
            return inside
        resolved: Sequence[Any] = _unmark(values, name, (word,), several=True)
        return [text for word in resolved for text in (_from_file(read, word, for_everyone) or [word])]


def _from_file(
    read: Callable[[str | BoundValue, Sequence[str]], list[str] | None], word: Any, for_everyone: Sequence[str]
) -> list[str] | None:
    return read(word, for_everyone) if isinstance(word, str) else None


def _takes_value(param: click.Parameter) -> bool:
    return isinstance(param, click.Option) and not param.is_flag and not param.count


def _refuse_swallowed(args: Sequence[str], valued: Collection[str]) -> None:
    """Refuse an option's value that looks like an option: `--description --dry-run` would swallow the dry run.

    Raises:
        UsageError: there is such a value. To pass it deliberately, join it with `=`.
    """
    for name, value in itertools.pairwise(args):
        if name == "--":
            return
        if name in valued and value.startswith("--"):
            raise UsageError(
                f"{name} needs a value, but {value} is an option",
                hint=f"If {value} is the value of {name}, write {name}={value}",
            )


def _refuse_quoted(args: Sequence[str]) -> None:
    """Refuse a value that contains ` --dry-run`: a stray quote would hide the option, and the change would be sent.

    Raises:
        UsageError: there is such a value. To pass it deliberately, join it with `=`.
    """
    for value in args:
        if not value.startswith("--") and _DRY_RUN in value.split() and value != _DRY_RUN:
            raise UsageError(
                f"{_DRY_RUN} is inside the quotes of the value {value!r}",
                hint="Close the quotes before it. If it is part of the value, write --OPTION='…'.",
            )


def _takes_several(param: click.Parameter) -> bool:
    return param.nargs == -1 or (isinstance(param, click.Option) and param.multiple)


def _unmark(values: Any, name: str, value: Any, several: bool) -> Any:
    if isinstance(value, str):
        if DELIMITER not in value:
            return value
        resolved_value = values.resolve(value)
        if isinstance(resolved_value, list) and len(resolved_value) == 1:
            return resolved_value[0]  # a column of a one-row DataFrame
        if isinstance(resolved_value, list):
            raise UsageError(
                f"{values.as_typed(value)} contains {counted(len(resolved_value), 'value')}, "
                f"but {name.replace('_', '-')!r} takes only one"
            )
        return resolved_value
    if several and isinstance(value, (list, tuple)):
        resolved: list[str] = []
        for word in value:
            resolved_value = values.resolve(word) if isinstance(word, str) else word
            if resolved_value == []:
                # Treated as if it were not given, an empty filter would match everything.
                raise UsageError(f"{values.as_typed(word)} contains no values", hint="Omit the option, or pass values.")
            resolved.extend(resolved_value if isinstance(resolved_value, list) else [resolved_value])
        return type(value)(resolved)
    return value


def _refuse_repeated(args: Sequence[str], order: Sequence[click.Parameter], values: Placeholders, path: str) -> None:
    """Refuse a repeated option with a single value.

    Args:
        args: the words after the command.
        order: the parameters in the line, one item per occurrence.
        path: the words of the command, with the name of the tool.

    Raises:
        UsageError: an option is repeated; the hint contains one line per value.
    """
    for param, times in Counter(order).items():
        if times > 1 and isinstance(param, click.Option) and not (param.multiple or param.is_flag or param.count):
            places = _places(args, param)
            words = [quoted(word) if (typed := values.as_typed(word)) == word else typed for word in args]
            lines = [_line(path, words, [other for other in places if other is not place]) for place in places]
            name = param.opts[0]
            raise UsageError(
                f"{name} takes one value, but was given {'twice' if times == 2 else f'{times} times'}",
                hint=f"Keep one: {' or '.join(f'`{line}`' for line in lines)}." if len(lines) == times else "Keep one.",
            )


def _places(args: Sequence[str], param: click.Option) -> list[range]:
    """Return the positions of the words of each occurrence: the option and its value, or both in one word."""
    places: list[range] = []
    for at, word in enumerate(args):
        if word == "--":
            break
        if word in param.opts:
            places.append(range(at, at + 2))
        elif word.partition("=")[0] in param.opts and "=" in word:
            places.append(range(at, at + 1))
    return places


def _line(path: str, words: Sequence[str], left_out: Sequence[range]) -> str:
    return " ".join([path, *(word for at, word in enumerate(words) if not any(at in place for place in left_out))])
