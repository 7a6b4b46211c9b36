"""The argument of `--where`: a column, an operator, and a value that can never turn into either of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.placeholders import DELIMITER

ORDER = ("<", ">", "<=", ">=")
OPERATORS = ("=", "!=", *ORDER, "~")

# A value's placeholder contains none of these characters, so the operator is always one that the user typed.
_SHAPE = re.compile(r"\s*(?P<column>[^=!<>~]+?)(?P<blank>\s*)(?P<operator>!=|<=|>=|=|<|>|~)(?P<value>.*)", re.DOTALL)
_DOUBTFUL = re.compile(r"(==|=~|=<|=>|~=|<>)")
_HINT = "Write --where COLUMN=VALUE. Operators: = != < > <= >= and ~ (contains)."
_EXACT = ("=", "!=")


class Condition(Struct, frozen=True):
    """One condition on a column.

    Attributes:
        column: the name of the column.
        operator: one of `OPERATORS`.
        value: the value to compare with; None if nothing was written: `NAME=` matches missing values, `NAME!=` existing
            ones.
        words: the single values, if several were typed with commas between them; otherwise empty.
    """

    column: str
    operator: str
    value: str | None
    words: tuple[str, ...] = ()

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Return every value that is equal to the typed one: also the whole text, which can contain commas itself."""
        return (*self.words, *(() if self.value is None else (self.value,)))

    def __str__(self) -> str:
        return f"{self.column}{self.operator}{'' if self.value is None else self.value or repr('')}"


def parse(text: str, resolve: Callable[[str], str | list[str]] = str) -> Condition:
    """Parse the text of a condition.

    Args:
        text: the typed text, possibly with placeholders for values.
        resolve: replaces the placeholders in a text with their values, after the operator is known.

    Raises:
        UsageError: the text is not a condition, or a value in it is a list of several values.

    Example:
        >>> parse("company!=Analytical Engines")
        Condition(column='company', operator='!=', value='Analytical Engines', words=())
        >>> parse("company=").value is None
        True
        >>> parse("severity=high, medium").words
        ('high', 'medium')
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        what = "A value alone" if DELIMITER in text else repr(text)
        raise UsageError(f"{what} is not a condition", hint=_HINT)
    if _DOUBTFUL.match(text, match.start("operator")):
        pair = text[match.start("operator") : match.start("operator") + 2]
        raise UsageError(
            f"{pair!r} is not an operator",
            hint=f"{_HINT} Pass a value that begins with an operator as a variable: {match['column']}=$name.",
        )
    column, operator, value = match["column"], match["operator"], match["value"]
    # `created > 7d`: the blanks belong to the operator. Blanks after an operator without any before it belong to the
    # value.
    value = value.lstrip() if match["blank"] else value
    if not value and operator not in _EXACT:
        raise UsageError(f"{column}{operator} is missing a value", hint=_HINT)
    return Condition(
        _single_value(resolve, column).strip(),
        operator,
        _single_value(resolve, value) if value else None,
        _words(resolve, value) if operator in _EXACT else (),
    )


def _words(resolve: Callable[[str], str | list[str]], text: str) -> tuple[str, ...]:
    """Return the values between typed commas. A comma inside the value of a variable is part of that value."""
    parts = [part.strip() for part in text.split(",")]
    return tuple(_single_value(resolve, part) for part in parts if part) if len(parts) > 1 else ()


def _single_value(resolve: Callable[[str], str | list[str]], text: str) -> str:
    resolved = resolve(text)
    if isinstance(resolved, list):
        raise UsageError(
            f"A condition compares with one value, but {len(resolved)} were given",
            hint="Filter the DataFrame: df[df.column.isin(values)].",
        )
    return resolved
