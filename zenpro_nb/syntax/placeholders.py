"""Values that travel beside the line, each behind a mark that can be neither an option nor a command."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from zenpro_nb.errors import UsageError

# No line can hold this character: Python refuses source code with a null byte.
MARK = "\0"
_MARK = re.compile(f"{MARK}(\\d+){MARK}")


class BoundValue(Struct, frozen=True, eq=False):  # objects such as frames answer a comparison with more than yes or no
    """An object that stands on a line, for the parameters that take it as it is.

    Attributes:
        value: the object itself.
        source: how the line names it: `$frame`.

    Example:
        >>> str(BoundValue([1, 2], "$numbers"))
        '$numbers'
    """

    value: object
    source: str

    def __str__(self) -> str:
        return self.source


class Placeholders:
    """The values of one line.

    Example:
        >>> values = Placeholders()
        >>> values.resolve("--" + values.bind("yes", "$x"))
        '--yes'
    """

    def __init__(self) -> None:
        self._values: list[tuple[object, str]] = []

    def bind(self, value: object, source: str) -> str:
        """Keep `value`, and give the mark that stands for it. `source` is how the user wrote it."""
        self._values.append((value, source))
        return f"{MARK}{len(self._values) - 1}{MARK}"

    def resolve(self, text: str) -> str | list[str]:
        """Return the text with its marks exchanged for their values; a list where all of it is one list-like value.

        Raises:
            UsageError: the value is None, or a list stands inside a longer text.
        """
        whole = _MARK.fullmatch(text)
        if whole:
            value, source = self._values[int(whole.group(1))]
            items = _items(value)
            return _text(value, source) if items is None else [_text(item, source) for item in items]
        return _MARK.sub(self._text_of, text)

    def bound_value(self, text: str) -> str | BoundValue:
        """Return the object that all of the text stands for; the text where it stands for none, or for a text."""
        whole = _MARK.fullmatch(text)
        if not whole:
            return _MARK.sub(self._text_of, text)
        value, source = self._values[int(whole.group(1))]
        return os.fspath(value) if isinstance(value, str | os.PathLike) else BoundValue(value, source)

    def as_parameters(self, text: str, name: str) -> tuple[str, dict[str, object]]:
        """Return the text with a name in the place of each mark, and the values by these names, without their signs.

        Args:
            name: how a name is written, with `{}` for its number: `$value_{}`.

        Example:
            >>> values = Placeholders()
            >>> values.as_parameters(f"id = {values.bind(7, '$x')}", "$value_{}")
            ('id = $value_0', {'value_0': 7})
        """
        found: dict[str, object] = {}

        def named(match: re.Match[str]) -> str:
            number = int(match.group(1))
            own = name.format(number)
            found[own.lstrip("$")] = self._values[number][0]
            return own

        return _MARK.sub(named, text), found

    def as_typed(self, text: str) -> str:
        """Return the text with each mark exchanged for how the user wrote it; for messages."""
        return _MARK.sub(lambda match: self._values[int(match.group(1))][1], text)

    def _text_of(self, match: re.Match[str]) -> str:
        value, source = self._values[int(match.group(1))]
        if _items(value) is not None:
            raise UsageError(
                f"{source} holds several values, and stands inside a longer word",
                hint="Give it as a word of its own, to an option that may be repeated.",
            )
        return _text(value, source)


def _items(value: object) -> list[Any] | None:
    """Return the members of a list-like value (list, tuple, set, Series, Index, array), None for a single one."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        return None
    try:
        members = iter(value)
    except TypeError:  # an array without dimensions has the method, and no members
        return None
    return list(members)


def _text(value: object, source: str) -> str:
    if callable(value):
        raise UsageError(f"{source} is a function", hint="Give the variable another name, or call it.")
    # A missing value of pandas is the only one that differs from itself (NaN, NaT), or refuses to say (NA).
    try:
        missing = value is None or bool(value != value)
    except (TypeError, ValueError):
        missing = True
    if missing:
        raise UsageError(f"{source} holds a missing value ({value})", hint="Drop missing values first.")
    return value if isinstance(value, str) else str(value)
