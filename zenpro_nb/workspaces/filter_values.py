"""What people type as a filter's value, as the server reads it (API facts 6.4).

A value may begin with an operator: `oneof:failed,stopped`, `gte:2026-01-01`. The server wants JSON in lists, and times
as `%Y-%m-%d %H:%M:%S` in UTC; it answers an empty page where a word is none of its own, so such words are refused here.
"""

from __future__ import annotations

import difflib
import json
from datetime import datetime

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import DataType, Filter
from zenpro_nb.syntax.timespec import FORMS, parse_time

LISTS = ("oneof", "notoneof")
NULLS = ("isnull", "isnotnull")
ORDER = ("gt", "gte", "lt", "lte")
EQUAL = ("equals", "notequals")
TEXTS = ("contains", "notcontains", "startswith", "endswith")
RANGE = "in"

OPERATORS = (*EQUAL, *TEXTS, *LISTS, *NULLS, *ORDER, RANGE)


def sent(filter_: Filter, text: str, now: datetime) -> str:
    """Return the value as it is sent.

    Args:
        one: the filter.
        text: what was typed.
        now: what `-7d` is counted from.

    Raises:
        UsageError: the value cannot be one of this filter's.

    Example:
        >>> sent(Filter("status", "", DataType.CATEGORY, ("failed", "stopped")), "oneof:failed,stopped", datetime.now())
        'oneof:["failed", "stopped"]'
    """
    operator, value = split(filter_, text)
    if operator in NULLS:
        return f"{operator}:"
    if operator == RANGE and filter_.kind is not DataType.TIME:
        raise UsageError(f"{filter_.name}: `in:` is for times", hint="Write oneof:a,b for one of several.")
    if operator in LISTS:
        words = [_single(filter_, operator, word, now) for word in _words(value)]
        return f"{operator}:{json.dumps(words, ensure_ascii=False)}"
    if operator == RANGE:
        ends = _words(value)
        if len(ends) != 2:
            raise UsageError(f"{filter_.name}: a range has two ends", hint="Write in:2026-01-01,2026-02-01.")
        return f"{RANGE}:{','.join(_single(filter_, operator, end, now) for end in ends)}"
    single = _single(filter_, operator, value, now)
    return f"{operator}:{single}" if operator else single


def split(filter_: Filter, text: str) -> tuple[str, str]:
    """Return the operator, "" for none, and the value behind it.

    A colon is common in values too (`s3://bucket`, a time), so only the known operators count as such; but a word that
    almost is one was probably meant to be.
    """
    operator, colon, value = text.partition(":")
    if (colon and operator in OPERATORS) or text in NULLS:
        return operator, value.strip()
    close = (
        difflib.get_close_matches(operator, OPERATORS, n=limits.FILTER_SUGGESTIONS, cutoff=limits.OPERATOR_LIKENESS)
        if colon
        else []
    )
    if close:
        raise UsageError(
            f"{filter_.name}: {operator!r} is not an operator",
            hint=f"Did you mean {' or '.join(close)}? To search for the text itself, write equals:{text}.",
        )
    return "", text.strip()


def _words(value: str) -> list[str]:
    """Return the items of a list, typed as JSON or with commas between them."""
    if value.startswith("["):
        try:
            items = json.loads(value)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list):
            return [str(item) for item in items]
    return [word.strip() for word in value.split(",") if word.strip()]


def _single(filter_: Filter, operator: str, value: str, now: datetime) -> str:
    if filter_.kind is DataType.TIME:
        return time(filter_.name, value, now)
    if filter_.choices and operator not in TEXTS:
        return _choice(filter_, value)
    if filter_.kind is DataType.COUNT:
        return _number(filter_, value)
    return value


def _choice(filter_: Filter, value: str) -> str:
    if value in filter_.choices:
        return value
    close = difflib.get_close_matches(
        value, filter_.choices, n=limits.FILTER_SUGGESTIONS, cutoff=limits.CHOICE_LIKENESS
    )
    hint = f"Did you mean {' or '.join(close)}?" if close else f"Known: {', '.join(filter_.choices)}."
    raise UsageError(f"{filter_.name}: {value!r} is not one of its values", hint=hint)


def _number(filter_: Filter, value: str) -> str:
    try:
        float(value)
    except ValueError:
        raise UsageError(f"{filter_.name}: {value!r} is not a number", hint="Write 3, or gte:3.") from None
    return value


def time(name: str, value: str, now: datetime) -> str:
    """Return a time in the server's notation, from ISO 8601 (UTC where it names no zone), `today`, or `7d` ago.

    >>> time("created", "2026-01-31T12:00+02:00", datetime.now())
    '2026-01-31 10:00:00'
    """
    try:
        return written(parse_time(value, now).start)
    except ValueError:
        raise UsageError(f"{name}: {value!r} is not a time", hint=f"Write {FORMS}.") from None


def written(start: datetime) -> str:
    """Return a time in UTC in the server's notation, which knows no zone and nothing finer than a second."""
    return start.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
