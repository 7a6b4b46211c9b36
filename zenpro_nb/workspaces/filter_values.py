"""Convert the value that a user types for a filter into the server's syntax (API facts 6.4).

A value can begin with an operator: `oneof:failed,stopped`, `gte:2026-01-01`. The server needs JSON in lists, and times
as `%Y-%m-%d %H:%M:%S` in UTC. For an unknown word it returns an empty page, so such words are refused here.
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


def as_sent(filter_: Filter, text: str, now: datetime) -> str:
    """Return the value in the form that is sent.

    Args:
        filter_: the filter.
        text: the typed value.
        now: the reference for times such as `-7d`.

    Raises:
        UsageError: the value is not valid for this filter.

    Example:
        >>> status = Filter("status", "", DataType.CATEGORY, ("failed", "stopped"))
        >>> as_sent(status, "oneof:failed,stopped", datetime.now())
        'oneof:["failed", "stopped"]'
    """
    operator, value = split(filter_, text)
    if operator in NULLS:
        return f"{operator}:"
    if operator == RANGE and filter_.kind is not DataType.TIME:
        raise UsageError(f"{filter_.name}: `in:` is only for times", hint="Write oneof:a,b for several values.")
    if operator in LISTS:
        words = [_convert(filter_, operator, word, now) for word in _words(value)]
        return f"{operator}:{json.dumps(words, ensure_ascii=False)}"
    if operator == RANGE:
        ends = _words(value)
        if len(ends) != 2:
            raise UsageError(f"{filter_.name}: a range needs two times", hint="Write in:2026-01-01,2026-02-01.")
        return f"{RANGE}:{','.join(_convert(filter_, operator, end, now) for end in ends)}"
    converted = _convert(filter_, operator, value, now)
    return f"{operator}:{converted}" if operator else converted


def split(filter_: Filter, text: str) -> tuple[str, str]:
    """Return the operator ("" for none) and the value after it.

    Values often contain a colon (`s3://bucket`, a time), so only known operators count as such; but a word that
    resembles one is probably a misspelled operator.
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
    """Return the items of a list, typed as JSON or separated by commas."""
    if value.startswith("["):
        try:
            items = json.loads(value)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list):
            return [str(item) for item in items]
    return [word.strip() for word in value.split(",") if word.strip()]


def _convert(filter_: Filter, operator: str, value: str, now: datetime) -> str:
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
    """Return a time in the server's format, from ISO 8601 (UTC if it has no zone), `today`, or `7d` ago.

    >>> time("created", "2026-01-31T12:00+02:00", datetime.now())
    '2026-01-31 10:00:00'
    """
    try:
        return as_written(parse_time(value, now).start)
    except ValueError:
        raise UsageError(f"{name}: {value!r} is not a time", hint=f"Write {FORMS}.") from None


def as_written(start: datetime) -> str:
    """Return a time in UTC in the server's format, which has no zone and a precision of one second."""
    return start.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
