"""Values that travel beside the line, each represented by a placeholder that cannot be an option or a command."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from zenpro_nb.errors import UsageError

# No line can contain this character: Python refuses source code with a null byte.
DELIMITER = "\0"
_PART = re.compile(r"(?:\.[A-Za-z_]\w*|\[[^\[\]]*\])+")  # what Python reads as a part of the value before it
_SCALARS = (str, bytes, int, float, os.PathLike)  # values after which a dot or a bracket belongs to the text
_PLACEHOLDER = re.compile(f"{DELIMITER}(\\d+){DELIMITER}")


class BoundValue(Struct, frozen=True, eq=False):  # objects such as DataFrames do not compare to a single yes or no
    """An object given on a line, for parameters that take the object itself.

    Attributes:
        value: the object itself.
        source: how the line refers to it: `$frame`.

    Example:
        >>> str(BoundValue([1, 2], "$numbers"))
        '$numbers'
    """

    value: object
    source: str

    def __str__(self) -> str:
        return self.source


class Placeholders(Struct, eq=False):
    """The values of one line.

    Example:
        >>> values = Placeholders()
        >>> values.resolve("--" + values.bind("yes", "$x"))
        '--yes'
    """

    _values: list[tuple[object, str]] = field(default_factory=list)

    def bind(self, value: object, source: str) -> str:
        """Store `value`, and return its placeholder. `source` is the text that the user wrote."""
        self._values.append((value, source))
        return f"{DELIMITER}{len(self._values) - 1}{DELIMITER}"

    def resolve(self, text: str) -> str | list[str]:
        """Return the text with its placeholders replaced by their values.

        If the whole text is one list-like value, the result is a list.
        Raises:
            UsageError: the value is None, or a list appears inside a longer text.
        """
        whole = _PLACEHOLDER.fullmatch(text)
        if whole:
            value, source = self._values[int(whole.group(1))]
            if part := _address_in(value):
                raise self._to_braces(f"{source} is a whole record, not one value", source, source, part)
            items = _items(value)
            return _text(value, source) if items is None else [_text(item, source) for item in items]
        return _PLACEHOLDER.sub(self._text_of, text)

    def bound_value(self, text: str) -> str | BoundValue:
        """Return the object that the whole text represents, or a string if it represents none."""
        whole = _PLACEHOLDER.fullmatch(text)
        if not whole:
            return _PLACEHOLDER.sub(self._text_of, text)
        value, source = self._values[int(whole.group(1))]
        return os.fspath(value) if isinstance(value, str | os.PathLike) else BoundValue(value, source)

    def whole(self, text: str) -> str | BoundValue | None:
        """Return the object that the whole text represents, or a text without placeholders; None for a mixture."""
        if DELIMITER not in text:
            return text
        return self.bound_value(text) if _PLACEHOLDER.fullmatch(text) else None

    def items_of(self, text: str) -> list[Any] | None:
        """Return the members of the list-like value that the whole text represents; None if it represents none."""
        bound = self.whole(text)
        return _items(bound.value) if isinstance(bound, BoundValue) and not _address_in(bound.value) else None

    def as_parameters(self, text: str, name: str) -> tuple[str, dict[str, object]]:
        """Return the text with a name for each placeholder, and the values by these names, without their sigils.

        Args:
            name: the format of a name, with `{}` for its number: `$value_{}`.

        Example:
            >>> values = Placeholders()
            >>> values.as_parameters(f"id = {values.bind(7, '$x')}", "$value_{}")
            ('id = $value_0', {'value_0': 7})
        """
        by_name: dict[str, object] = {}

        def parameter(match: re.Match[str]) -> str:
            number = int(match.group(1))
            own = name.format(number)
            by_name[own.lstrip("$")] = self._values[number][0]
            return own

        return _PLACEHOLDER.sub(parameter, text), by_name

    def as_typed(self, text: str) -> str:
        """Return the text with each placeholder replaced by what the user wrote; for messages."""
        return _PLACEHOLDER.sub(lambda match: self._values[int(match.group(1))][1], text)

    def _to_braces(self, problem: str, text: str, source: str, part: str) -> UsageError:
        """Return the error for a part of a variable that was typed without braces, with the spelling in braces."""
        right = f"{{{source.lstrip('$').strip('{}')}{part}}}"
        error = UsageError(problem, hint=f"Use {right}.")
        error.replaced = (text, right)
        return error

    def _text_of(self, match: re.Match[str]) -> str:
        value, source = self._values[int(match.group(1))]
        part = _PART.match(match.string, match.end())
        if part is not None and source.startswith("$") and not isinstance(value, _SCALARS):
            text = f"{source}{part.group()}"
            raise self._to_braces(f"{text} needs braces: $ reads a name only", text, source, part.group())
        if _items(value) is not None:
            raise UsageError(
                f"{source} contains several values, and cannot be part of a longer word",
                hint="Pass it as its own word, to an option that can be repeated.",
            )
        return _text(value, source)


def _address_in(value: object) -> str:
    """Return how Python reads the email of a record: a mapping, a row or table of pandas, or an object; else ""."""
    if isinstance(value, Mapping):
        return '["email"]' if "email" in value else ""
    if isinstance(value, (*_SCALARS, list, set, frozenset)) or callable(value):
        return ""
    names = getattr(value, "columns", None)
    names = getattr(value, "index", None) if names is None and hasattr(value, "iloc") else names
    if names is not None and not callable(names):
        return ".email" if "email" in list(names) else ""
    return ".email" if isinstance(getattr(value, "email", None), str) else ""


def _items(value: object) -> list[Any] | None:
    """Return the members of a list-like value (list, tuple, set, Series, Index, array), or None for a single value."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        return None
    try:
        members = iter(value)
    except TypeError:  # an array without dimensions has the method, but no members
        return None
    return list(members)


def _text(value: object, source: str) -> str:
    if callable(value):
        raise UsageError(f"{source} is a function", hint="Give the variable another name, or call it.")
    # A missing pandas value is the only kind that differs from itself (NaN, NaT), or gives no answer (NA).
    try:
        missing = value is None or bool(value != value)
    except (TypeError, ValueError):
        missing = True
    if missing:
        raise UsageError(f"{source} contains a missing value ({value})", hint="Drop missing values first.")
    return value if isinstance(value, str) else str(value)
