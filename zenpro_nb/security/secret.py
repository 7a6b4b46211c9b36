"""Secrets that do not show, and texts that hold none.

A `Secret` never tells its value to `repr`, `str`, `format` or `pickle`. `scrub` blots out of a text everything that
looks like a ZenML credential and every value that a living `Secret` holds.
"""

from __future__ import annotations

import hmac
import re
import weakref
from collections.abc import Iterator
from typing import NoReturn, TypeVar, cast
from urllib.parse import quote, quote_plus

from zenpro_nb import limits
from zenpro_nb.security.masking import MASK

T = TypeVar("T")

# Prefixes: fact sheet section 2.1. A JWT is three base64url parts, the first of which begins a JSON object ("eyJ").
_SHAPES = {
    "key": r"\b(?:ZENPROKEY|ZENKEY|KITKEY)_[\w\-+/=.]+",
    "token": r"\beyJ[\w\-]{5,8192}\.[\w\-]+(?:\.[\w\-]*)?",
    "bearer credential": r"(?<=[Bb]earer )[\w\-+/=.~]{8,}",
    "user and password in an address": r"(?<=://)[^\s/@'\"]{1,8192}(?=@)",
}
_LOOKS = re.compile("|".join(_SHAPES.values()))
_BY_SHAPE = {name: re.compile(shape) for name, shape in _SHAPES.items()}


class Secret:
    """A value that only `reveal` tells.

    Example:
        >>> Secret("ZENPROKEY_abc")
        Secret(***)
    """

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        _living[id(self)] = self

    def reveal(self) -> str:
        """Return the value itself; ask for it where it is sent, and do not keep it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        ours, theirs = (item._value.encode("utf-8", "surrogatepass") for item in (self, other))
        return hmac.compare_digest(ours, theirs)

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled: it would be written in clear")


# By identity: a set would keep one of two equal secrets, and forget the value when that one dies. There is no lock,
# which a forked child could find taken for ever: to store one, and to copy all, is one step of the interpreter each.
_living: weakref.WeakValueDictionary[int, Secret] = weakref.WeakValueDictionary()


def secret(value: str | Secret) -> Secret:
    """Return `value` as a Secret, without the blanks and line ends that copying leaves around it."""
    return value if isinstance(value, Secret) else Secret(value.strip())


def scrub(text: str) -> str:
    """Return the text with every credential in it replaced by a mask."""
    return _LOOKS.sub(MASK, without_living(text))


def without_living(text: str) -> str:
    """Return the text with the value of every living `Secret` replaced by a mask."""
    for value in _living_values():
        text = text.replace(value, MASK)
    return text


def looking_like_secrets(text: str) -> Iterator[tuple[str, str]]:
    """Yield everything in a text that looks like a ZenML credential: its kind, and itself. It is not to be shown.

    >>> list(looking_like_secrets("key ZENKEY_abc"))
    [('key', 'ZENKEY_abc')]
    """
    for kind, shape in _BY_SHAPE.items():
        for match in shape.finditer(text):
            yield kind, match.group()


def holds_living(text: str) -> bool:
    """Return whether the value of a living `Secret` stands in a text, whatever that looks like."""
    return any(value in text for value in _living_values())


def _living_values() -> list[str]:
    """Return the values of living secrets in all spellings, the longest first: none survives as the rest of another."""
    values = {
        spelled
        for place in _living.valuerefs()
        if (living := place()) is not None
        for spelled in _spellings(living.reveal())
    }
    return sorted((value for value in values if len(value) >= limits.SECRET_LENGTH), key=len, reverse=True)


def _spellings(value: str) -> tuple[str, ...]:
    """Return the value as it is, and as servers and proxies spell it when they repeat an address."""
    if value.isalnum():
        return (value,)
    quoted = quote(value, errors="replace")
    return value, quoted, quoted.replace("/", "%2F"), quote_plus(value, errors="replace")


def scrubbed(data: T) -> T:
    """Return a copy of JSON-like data whose texts, names of fields among them, hold no credential.

    >>> scrubbed({"name": "ZENPROKEY_abc", "size": 3})
    {'name': '***', 'size': 3}
    """
    if isinstance(data, str):
        return cast(T, scrub(data))
    if isinstance(data, dict):
        return cast(T, {scrubbed(name): scrubbed(value) for name, value in data.items()})
    if isinstance(data, list | tuple):
        return cast(T, [scrubbed(item) for item in data])
    return data
