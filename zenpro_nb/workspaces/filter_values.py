"""What people type as a filter's value, as the server reads it (fact sheet, section 6).

A value may begin with an operator: `oneof:failed,stopped`, `gte:2026-01-01`. The server wants JSON in lists, and times
as `%Y-%m-%d %H:%M:%S` in UTC; it answers an empty page where a word is none of its own, so such words are refused here.
"""

from __future__ import annotations

import difflib
import json
import re
from datetime import UTC, datetime, timedelta

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import Filter, Kind

LISTS = ("oneof", "notoneof")
NULLS = ("isnull", "isnotnull")
ORDER = ("gt", "gte", "lt", "lte")
EQUAL = ("equals", "notequals")
TEXTS = ("contains", "notcontains", "startswith", "endswith")
RANGE = "in"

OPERATORS = (*EQUAL, *TEXTS, *LISTS, *NULLS, *ORDER, RANGE)

_AGO = re.compile(r"-(\d+)\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def sent(one: Filter, text: str, now: datetime) -> str:
    """Return the value as it is sent.

    Args:
        one: the filter.
        text: what was typed.
        now: what `-7d` is counted from.

    Raises:
        UsageError: the value cannot be one of this filter's.

    Example:
        >>> sent(Filter("status", "", Kind.CATEGORY, ("failed", "stopped")), "oneof:failed,stopped", datetime.now(UTC))
        'oneof:["failed", "stopped"]'
    """
    operator, value = split(one, text)
    if operator in NULLS:
        return f"{operator}:"
    if operator == RANGE and one.kind is not Kind.TIME:
        raise UsageError(f"{one.name}: `in:` is for times", hint="Write oneof:a,b for one of several.")
    if operator in LISTS:
        words = [_single(one, operator, word, now) for word in _words(value)]
        return f"{operator}:{json.dumps(words, ensure_ascii=False)}"
    if operator == RANGE:
        ends = _words(value)
        if len(ends) != 2:
            raise UsageError(f"{one.name}: a range has two ends", hint="Write in:2026-01-01,2026-02-01.")
        return f"{RANGE}:{','.join(_single(one, operator, end, now) for end in ends)}"
    single = _single(one, operator, value, now)
    return f"{operator}:{single}" if operator else single


def split(one: Filter, text: str) -> tuple[str, str]:
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
            f"{one.name}: {operator!r} is not an operator",
            hint=f"Did you mean {' or '.join(close)}? To search for the text itself, write equals:{text}.",
        )
    return "", text.strip()


def _words(value: str) -> list[str]:
    """Return the items of a list, typed as JSON or with commas between them."""
    if value.startswith("["):
        try:
            items = json.loads(value)
        except ValueError:
            items = None
        if isinstance(items, list):
            return [str(item) for item in items]
    return [word.strip() for word in value.split(",") if word.strip()]


def _single(one: Filter, operator: str, value: str, now: datetime) -> str:
    if one.kind is Kind.TIME:
        return time(one.name, value, now)
    if one.choices and operator not in TEXTS:
        return _choice(one, value)
    if one.kind is Kind.COUNT:
        return _number(one, value)
    return value


def _choice(one: Filter, value: str) -> str:
    if value in one.choices:
        return value
    close = difflib.get_close_matches(value, one.choices, n=limits.FILTER_SUGGESTIONS, cutoff=limits.CHOICE_LIKENESS)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"Known: {', '.join(one.choices)}."
    raise UsageError(f"{one.name}: {value!r} is not one of its values", hint=hint)


def _number(one: Filter, value: str) -> str:
    try:
        float(value)
    except ValueError:
        raise UsageError(f"{one.name}: {value!r} is not a number", hint="Write 3, or gte:3.") from None
    return value


def time(name: str, value: str, now: datetime) -> str:
    """Return a time in the server's notation, from ISO 8601 (UTC where it names no zone), `today`, or `-7d`.

    >>> time("created", "2026-01-31T12:00+02:00", datetime.now(UTC))
    '2026-01-31 10:00:00'
    """
    try:
        return _moment(value.strip(), now).isoformat(sep=" ", timespec="seconds")
    except (ValueError, OverflowError):
        raise UsageError(
            f"{name}: {value!r} is not a time", hint="Write 2026-01-31, 2026-01-31 12:00, today, or -7d (w d h m s)."
        ) from None


def _moment(word: str, now: datetime) -> datetime:
    """Return the time that is meant, in UTC and without a zone."""
    ago = _AGO.fullmatch(word.lower())
    if ago:
        moment = now - timedelta(**{_UNITS[ago.group(2)]: int(ago.group(1))})
    elif word.lower() == "today":
        moment = now.replace(hour=0, minute=0, second=0)
    else:
        moment = datetime.fromisoformat(word)
    return (moment.astimezone(UTC) if moment.tzinfo is not None else moment).replace(tzinfo=None)
