"""Converting any JSON value to the type of a column, or to None."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import datetime

import msgspec

from zenpro_nb.resources.model import DataType

INT64 = range(-(2**63), 2**63)

_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


def encode(value: object) -> str:
    """Return the value as compact JSON text; other types are written as text."""
    try:
        return clean(msgspec.json.encode(value, enc_hook=str).decode())
    except UnicodeEncodeError:
        # A lone surrogate. JSON's escape for it could not be read back, so it is replaced as in a text.
        cleaned = json.loads(clean(json.dumps(value, ensure_ascii=False, default=str)))
        return msgspec.json.encode(cleaned).decode()


def clean(value: str) -> str:
    """Return the text without lone surrogates, which neither Arrow nor a file can store."""
    return value.encode("utf-8", "replace").decode("utf-8")


def text(value: object) -> str | None:
    """Return text as it is, and anything else as JSON text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool | dict | list | tuple):
        return encode(value)
    return str(value)


def time(value: object) -> str | None:
    """Return a time as text, None for anything else: a number could count seconds or milliseconds."""
    if isinstance(value, datetime):
        return value.isoformat()
    return clean(value) if isinstance(value, str) else None


def boolean(value: object) -> bool | None:
    """Return a bool, also for its usual other spellings; None for anything else.

    >>> boolean("yes"), boolean(0), boolean("perhaps")
    (True, False, None)
    """
    if isinstance(value, bool) or value is None:
        return value
    word = str(value).strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def count(value: object) -> int | None:
    """Return a 64-bit whole number, also for `2.0` or `"2"`; None for anything else.

    >>> count("2"), count(2.0), count(2.5), count(2**63)
    (2, 2, None, None)
    """
    number = _number(value)
    if number is None or number != number or number in (math.inf, -math.inf) or number != int(number):
        return None
    return int(number) if int(number) in INT64 else None


def real(value: object) -> float | None:
    """Return a number, also for its text form; None for anything else."""
    number = _number(value)
    try:
        return None if number is None else float(number)
    except OverflowError:
        return None


def _number(value: object) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str):
        return None
    for make in (int, float):
        try:
            return make(value)
        except ValueError:
            continue
    return None


def texts(value: object) -> list[str]:
    """Return a list of texts without nulls; empty for a missing value, and with one element for a single value.

    >>> texts(["a", None, 1]), texts("a"), texts(None)
    (['a', '1'], ['a'], [])
    """
    items = value if isinstance(value, list | tuple) else [value]
    return [item for item in map(text, items) if item is not None]


COERCE: dict[DataType, Callable[[object], object]] = {
    DataType.TEXT: text,
    DataType.ID: text,
    DataType.CATEGORY: text,
    DataType.TIME: time,
    DataType.BOOL: boolean,
    DataType.COUNT: count,
    DataType.FLOAT: real,
    DataType.LIST: texts,
    DataType.JSON: lambda value: value,
}
