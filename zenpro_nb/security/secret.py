"""Secrets that never show their value, and texts without secrets.

A `Secret` never shows its value in `repr`, `str`, `format` or `pickle`. `scrub` masks everything in a text that looks
like a ZenML credential, and every value of an existing `Secret`.
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

# Prefixes: API facts 2.1. A JWT is three base64url parts, the first of which begins a JSON object ("eyJ").
_SHAPES = {
    "key": r"\b(?:ZENPROKEY|ZENKEY|KITKEY)_[\w\-+/=.]+",
    "token": r"\beyJ[\w\-]{5,8192}\.[\w\-]+(?:\.[\w\-]*)?",
    "bearer credential": r"(?<=[Bb]earer )[\w\-+/=.~]{8,}",
    "user and password in an address": r"(?<=://)[^\s/@'\"]{1,8192}(?=@)",
}
_LOOKS = re.compile("|".join(_SHAPES.values()))
_BY_SHAPE = {name: re.compile(shape) for name, shape in _SHAPES.items()}


class Secret:
    """A value that only `reveal` returns.

    Example:
        >>> Secret("ZENPROKEY_abc")
        Secret(***)
    """

    __slots__ = ("__weakref__", "_spellings", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        self._spellings: tuple[str, ...] | None = None
        _living[id(self)] = self

    def reveal(self) -> str:
        """Return the value itself; call it where the value is sent, and do not keep the result."""
        return self._value

    def spellings(self) -> tuple[str, ...]:
        """Return the value and its spellings in addresses. Every text is searched for them, so they are kept."""
        if self._spellings is None:
            self._spellings = _spellings(self._value)
        return self._spellings

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
        raise TypeError("a Secret cannot be pickled: it would be written in clear text")


# By identity: a set would keep only one of two equal secrets, and forget the value when that one dies. There is no
# lock, because a forked child could find it locked forever; storing one secret and copying all of them are atomic
# operations of the interpreter.
_living: weakref.WeakValueDictionary[int, Secret] = weakref.WeakValueDictionary()


def secret(value: str | Secret) -> Secret:
    """Return `value` as a Secret, without leading and trailing whitespace from copying."""
    return value if isinstance(value, Secret) else Secret(value.strip())


def scrub(text: str) -> str:
    """Return the text with every credential in it replaced by a mask."""
    looks = [match.span() for match in _LOOKS.finditer(text)]
    spans = _known_spans(text)
    masked = _mask(text, [*looks, *spans])
    # A known secret can hide a shape, such as a user name followed by a password with a slash.
    return _LOOKS.sub(MASK, masked) if spans else masked


def mask_known_secrets(text: str) -> str:
    """Return the text with the value of every existing `Secret` replaced by a mask."""
    return _mask(text, _known_spans(text))


def _known_spans(text: str) -> list[tuple[int, int]]:
    """Return where the values of existing secrets begin and end."""
    spans = []
    for value in _living_values():
        begin = text.find(value)
        while begin >= 0:
            end = begin + len(value)
            spans.append((begin, end))
            begin = text.find(value, end)
    return spans


def _mask(text: str, spans: list[tuple[int, int]]) -> str:
    """Replace each span with a mask. Overlapping spans get one mask, because a secret can be part of another."""
    parts, position = [], 0
    for begin, end in sorted(spans):
        if begin >= position:
            parts += [text[position:begin], MASK]
        position = max(position, end)
    return "".join([*parts, text[position:]])


def find_credentials(text: str) -> Iterator[tuple[str, str]]:
    """Yield everything in a text that looks like a ZenML credential: its kind and its value, which must not be shown.

    >>> list(find_credentials("key ZENKEY_abc"))
    [('key', 'ZENKEY_abc')]
    """
    for kind, shape in _BY_SHAPE.items():
        for match in shape.finditer(text):
            yield kind, match.group()


def contains_known_secret(text: str) -> bool:
    """Return whether a text contains the value of an existing `Secret`, whatever the value looks like."""
    return any(value in text for value in _living_values())


def _living_values() -> set[str]:
    """Return all spellings of existing secrets that are long enough to be masked."""
    encodings = (
        value for place in _living.valuerefs() if (living := place()) is not None for value in living.spellings()
    )
    return {value for value in encodings if len(value) >= limits.SECRET_LENGTH}


def _spellings(value: str) -> tuple[str, ...]:
    """Return the value itself, and its spellings in addresses that servers and proxies repeat."""
    if value.isalnum():
        return (value,)
    quoted = quote(value, errors="replace")
    return value, quoted, quoted.replace("/", "%2F"), quote_plus(value, errors="replace")


def scrub_data(data: T) -> T:
    """Return JSON-like data with the credentials masked in all its texts, including field names.

    >>> scrub_data({"name": "ZENPROKEY_abc", "size": 3})
    {'name': '***', 'size': 3}
    """
    # No credential continues in the next text, so one search is enough for data without any.
    whole = "\n".join(_texts(data))
    return data if scrub(whole) == whole else cast(T, _scrub(data))


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from _texts(name)
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _texts(item)


def _scrub(data: object) -> object:
    if isinstance(data, str):
        return scrub(data)
    if isinstance(data, dict):
        return {_scrub(name): _scrub(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_scrub(item) for item in data]
    return data
