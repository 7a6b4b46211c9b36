"""The filters of lists and their operators, with the behavior of 0.98.0 (API facts 6.4, observed).

A filter is `VALUE`, which must be equal, or `OPERATOR:VALUE`. An item can have several values for a filtered field,
such as the name and the id of its pipeline. One match is enough, also for `notequals` (observed).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from zenpro_nb.sandbox.workspace_api.items.base import Item
from zenpro_nb.sandbox.workspace_api.problems import InvalidFilterError, InvalidRequestError

EQUALS, NOT_EQUALS, IS_NULL, IS_NOT_NULL = "equals", "notequals", "isnull", "isnotnull"
CONTAINS, NOT_CONTAINS, STARTS_WITH, ENDS_WITH = "contains", "notcontains", "startswith", "endswith"
ONE_OF, NOT_ONE_OF, RANGE = "oneof", "notoneof", "in"
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda found, value: bool(found > value),
    "gte": lambda found, value: bool(found >= value),
    "lt": lambda found, value: bool(found < value),
    "lte": lambda found, value: bool(found <= value),
}
_SAME = (EQUALS, NOT_EQUALS, IS_NULL, IS_NOT_NULL)
_WORDS = (CONTAINS, NOT_CONTAINS, STARTS_WITH, ENDS_WITH, ONE_OF, NOT_ONE_OF)
_OPERATORS = (*_SAME, *_WORDS, *ORDER, RANGE)
# The operators allowed for each type of value.
_ALLOWED = {
    "text": (*_SAME, *_WORDS, *ORDER),
    "key": (*_SAME, *_WORDS),
    "number": (*_SAME, *ORDER),
    "moment": (*_SAME, *ORDER, RANGE),
}
_TIME = "%Y-%m-%d %H:%M:%S"
_FLAGS = {"true": True, "1": True, "yes": True, "on": True, "t": True, "y": True,
          "false": False, "0": False, "no": False, "off": False, "f": False, "n": False}  # fmt: skip

Values = Iterable[object]
Getter = Callable[[Item, datetime], Values]
Predicate = Callable[[Item, datetime], bool]


class Field(Struct, frozen=True):
    """A filter of a list: the type of its values, and how to read them from an item."""

    value_type: str
    values: Getter

    def test(self, name: str, text: str) -> Predicate:
        """Return a predicate for items that match this value of the parameter.

        Raises:
            InvalidRequestError: the value does not have this type.
            InvalidFilterError: the type does not support this operator.
        """
        if self.value_type == "flag":
            flag = flag_value(name, text)
            return lambda item, now: flag in self.values(item, now)
        operator, value = _split(text)
        if self.value_type == "pair":
            return self._pair(text)
        if operator not in _ALLOWED[self.value_type]:
            raise InvalidFilterError(
                f"This datatype can not be filtered using this operation: '{operator}'. The allowed operations are: "
                f"{list(_ALLOWED[self.value_type])}"
            )
        check = _check(operator, _parse(self.value_type, operator, value))
        return lambda item, now: any(check(found) for found in self.values(item, now))

    def _pair(self, text: str) -> Predicate:
        """Return the predicate for `KEY:VALUE`, whose value can have its own operator."""
        key, colon, rest = text.partition(":")
        if not colon:
            raise InvalidFilterError("The metadata filter only works with values of the form 'key:value'.")
        operator, value = _split(rest)
        check = _check(operator, _parse("text", operator, value))
        return lambda item, now: any(check(found) for name, found in _pairs(self.values(item, now)) if name == key)


def at(path: str) -> Getter:
    """Return a getter for a field such as `body.status`. Items in the field are read as their names and ids."""
    section, *steps = path.split(".")

    def values(item: Item, now: datetime) -> Values:
        found: Any = getattr(item, section)(now)
        for step in steps:
            found = found.get(step) if isinstance(found, dict) else None
        return _plain(found)

    return values


def _plain(found: Any) -> Sequence[object]:
    if isinstance(found, Item):
        return (found.name, found.id)
    if isinstance(found, list):
        return [value for item in found for value in _plain(item)]
    return (found,)


def _pairs(values: Values) -> Iterable[tuple[str, object]]:
    for value in values:
        if isinstance(value, dict):
            yield from value.items()


def flag_value(name: str, text: str) -> bool:
    """Return the boolean value of a parameter, or raise the server's own error for other text."""
    value = _FLAGS.get(text.strip().lower())
    if value is None:
        message = "Input should be a valid boolean, unable to interpret input"
        raise InvalidRequestError("bool_parsing", ("query", name), message, text)
    return value


def _split(text: str) -> tuple[str, str]:
    operator, colon, value = text.partition(":")
    if not colon or operator not in _OPERATORS:
        return EQUALS, text
    if operator in (IS_NULL, IS_NOT_NULL) and value:
        raise InvalidFilterError(
            "When using 'isnull:'/'isnotnull:', use the explicit 'operator:' form without a value (e.g. 'isnull:')."
        )
    return operator, value


def _parse(value_type: str, operator: str, value: str) -> Any:
    """Convert the value after an operator to the type of the comparison."""
    if operator in (IS_NULL, IS_NOT_NULL):
        return None
    if operator in (ONE_OF, NOT_ONE_OF):
        return {_key(value) if value_type == "key" else str(value) for value in _list(value)}
    if operator == RANGE:
        ends = value.split(",")
        if len(ends) != 2:
            raise InvalidFilterError("Two comma separated datetime values are required for the `in` operator.")
        return tuple(_moment(end) for end in ends)
    if value_type == "moment":
        return _moment(value)
    if value_type == "number" or operator in ORDER:
        return _number(value)
    return _key(value) if value_type == "key" else value


def _list(value: str) -> list[object]:
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise InvalidFilterError(
            "When you are using the 'oneof:'/'notoneof:' filtering make sure that the provided value is a json "
            "formatted list."
        )
    return found


def _moment(value: str) -> datetime:
    with suppress(ValueError):
        return datetime.strptime(value, _TIME)  # noqa: DTZ007 - times have no zone here (API facts 9.3)
    try:
        # A value without an operator can have any ISO 8601 notation (0.98.0).
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        message = f"The datetime filter only works with values in the following format: {_TIME}"
        raise InvalidFilterError(message) from None


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InvalidFilterError(f"The value '{value}' must be numeric.") from None


def _key(value: object) -> str:
    """Return an id in its canonical form. Other text is returned unchanged and matches no id."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        return str(value)


def _check(operator: str, value: Any) -> Callable[[object], bool]:
    """Return the comparison. As in SQL, null is neither equal nor unequal to anything, and `LIKE` ignores case."""
    if operator == IS_NULL:
        return lambda found: found is None
    if operator == IS_NOT_NULL:
        return lambda found: found is not None
    if operator in ORDER:
        compare = ORDER[operator]
        return lambda found: (number := _comparable(found, value)) is not None and compare(number, value)
    if operator == RANGE:
        first, last = value
        return lambda found: isinstance(found, datetime) and first <= found <= last
    if operator in (ONE_OF, NOT_ONE_OF):
        return lambda found: found is not None and (str(found) in value) == (operator == ONE_OF)
    if operator in (EQUALS, NOT_EQUALS):
        return lambda found: found is not None and (_same(found, value)) == (operator == EQUALS)
    word = str(value).lower()
    likes: dict[str, Callable[[str], bool]] = {
        CONTAINS: lambda text: word in text,
        NOT_CONTAINS: lambda text: word not in text,
        STARTS_WITH: lambda text: text.startswith(word),
        ENDS_WITH: lambda text: text.endswith(word),
    }
    like = likes[operator]
    return lambda found: found is not None and like(str(found).lower())


def _same(found: object, value: object) -> bool:
    return found == value if isinstance(value, datetime | float) else str(found) == value


def _comparable(found: object, value: object) -> Any:
    """Return the found value in a type that can be ordered with the other value, or None."""
    if isinstance(value, datetime):
        return found if isinstance(found, datetime) else None
    try:
        return float(str(found))
    except ValueError:
        return None
