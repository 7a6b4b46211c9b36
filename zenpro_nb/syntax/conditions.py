"""What stands behind `--where`: a column, an operator, and a value that can never become either of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.placeholders import MARK

ORDER = ("<", ">", "<=", ">=")
OPERATORS = ("=", "!=", *ORDER, "~")

# A value's mark holds none of these characters, so that the operator is always one that was typed.
_SHAPE = re.compile(r"\s*(?P<column>[^=!<>~]+?)(?P<blank>\s*)(?P<operator>!=|<=|>=|=|<|>|~)(?P<value>.*)", re.DOTALL)
_DOUBTFUL = re.compile(r"(==|=~|=<|=>|~=|<>)")
_HINT = "Write --where COLUMN=VALUE; the operators are = != < > <= >= and ~ for text that contains it."


class Condition(Struct, frozen=True):
    """One condition on a column.

    Attributes:
        column: the name of the column.
        operator: one of `OPERATORS`.
        value: what is compared with; None where nothing was written: `NAME=` is missing, `NAME!=` is there.
    """

    column: str
    operator: str
    value: str | None

    def __str__(self) -> str:
        return f"{self.column}{self.operator}{'' if self.value is None else self.value or repr('')}"


def parse(text: str, resolve: Callable[[str], str | list[str]] = str) -> Condition:
    """Return the condition that a text says.

    Args:
        text: what was typed, perhaps with marks in the places of values.
        resolve: exchanges the marks of a text for their values, after the operator is known.

    Raises:
        UsageError: it is no condition, or a value of it is several values.

    Example:
        >>> parse("company!=Analytical Engines")
        Condition(column='company', operator='!=', value='Analytical Engines')
        >>> parse("company=").value is None
        True
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        what = "A value alone" if MARK in text else repr(text)
        raise UsageError(f"{what} is not a condition", hint=_HINT)
    if _DOUBTFUL.match(text, match.start("operator")):
        pair = text[match.start("operator") : match.start("operator") + 2]
        raise UsageError(
            f"{pair!r} is not an operator",
            hint=f"{_HINT} A value that begins with one comes from a variable: {match['column']}=$name.",
        )
    column, operator, value = match["column"], match["operator"], match["value"]
    # `created > 7d`: the blanks belong to the operator. Behind one without blanks they are the value's own.
    value = value.lstrip() if match["blank"] else value
    if not value and operator not in ("=", "!="):
        raise UsageError(f"Nothing stands behind {column}{operator}", hint=_HINT)
    return Condition(_one(resolve, column).strip(), operator, _one(resolve, value) if value else None)


def _one(resolve: Callable[[str], str | list[str]], text: str) -> str:
    found = resolve(text)
    if isinstance(found, list):
        raise UsageError(
            f"A condition compares with one value, and there are {len(found)}",
            hint="Filter the frame: df[df.column.isin(values)].",
        )
    return found
