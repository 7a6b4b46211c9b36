"""Times as people write them: a date, a date and time, `today`, or `7d` for seven days ago."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from zenpro_nb.errors import UsageError

DEADLINES = "2026-12-08 (through that day, UTC), 2026-12-08T12:00Z, or 7d for seven days from now (units: w d h m s)"
FORMS = "2026-01-31, 2026-01-31 12:00 (UTC), today, or 7d for seven days ago (units: w d h m s)"

_FROM_NOW = re.compile(r"(\d+)\s*([smhdw])")
_AGO = re.compile(r"-?(\d+)\s*([smhdw])(?:\s+ago)?")
_MONTHS_OR_MINUTES = re.compile(r"-?(\d+)\s*m(?:\s+ago)?", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9]\d{0,3}")
_PERIOD = re.compile(
    r"(?:(?:last|previous|past|a|one|(\d+))[-_ ]?)?(day|week|month|mon|mo|quarter|year|yr|y)s?(?:[-_ ]ago)?",
    re.IGNORECASE,
)
_LENGTHS = {"day": 1, "week": 7, "quarter": 90, **dict.fromkeys(("month", "mon", "mo"), 30)}
_LENGTHS |= dict.fromkeys(("year", "yr", "y"), 365)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS = {"today": 0, "yesterday": 1}
_CLOCK = re.compile(r"[T ](?P<clock>[\d:.,]+)")
_SECOND = timedelta(seconds=1)
# The length of the period, by the digits of its time of day: 12, 12:00, 12:00:30, 12:00:30.5.
_LASTS = {2: timedelta(hours=1), 4: timedelta(minutes=1), 6: _SECOND}


class TimeSpan(Struct, frozen=True):
    """A time with the precision in which it was written: a date is its whole day, `12:00` its whole minute.

    Attributes:
        start: its beginning, in UTC.
        end: the first instant after it, in UTC.
    """

    start: datetime
    end: datetime


def parse_time(text: str, now: datetime) -> TimeSpan:
    """Parse a time; without a time zone it is in UTC.

    Args:
        text: the time as typed.
        now: the time that `7d` and `today` are relative to.

    Raises:
        ValueError: the text is not a time, or is a date that does not exist.

    Example:
        >>> noon = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
        >>> parse_time("7d", noon).start.isoformat()
        '2026-11-17T12:30:00+00:00'
        >>> parse_time("2026-01-31", noon).end.isoformat()
        '2026-02-01T00:00:00+00:00'
    """
    word = text.strip()
    try:
        start, lasts = _ago(word.lower(), now) or _spell(word)
        start = _in_utc(start)
        return TimeSpan(start, start + lasts)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None


def require_days(text: str) -> None:
    """Refuse `1m` where periods are days or longer: it could be months or minutes.

    Raises:
        UsageError: it is such a period; the message suggests both.
    """
    if found := _MONTHS_OR_MINUTES.fullmatch(text.strip()):
        number = int(found[1])
        raise UsageError(
            f"{text!r} could be months or minutes", hint=f"Did you mean '{number * 30}d' or '{number * 60}s'?"
        )


def in_days(text: str) -> str:
    """Return a period in words, or a number without a unit, as a number of days; empty if it is neither.

    >>> in_days("last month"), in_days("3 months"), in_days("1y"), in_days("90"), in_days("before")
    ('30d', '90d', '365d', '90d', '')
    """
    if _NUMBER.fullmatch(text.strip()):
        return f"{int(text)}d"
    found = _PERIOD.fullmatch(text.strip())
    return f"{int(found[1] or 1) * _LENGTHS[found[2].lower()]}d" if found else ""


def parse_deadline(text: str, now: datetime | None = None) -> datetime:
    """Return the instant, in UTC, at which something ends: for a date, the end of that day.

    Args:
        text: the deadline as typed; without a time zone it is in UTC.
        now: the time that `7d` is relative to; None: only dates and times are allowed.

    Raises:
        ValueError: the text is not a date or a time, or is one that does not exist.

    Example:
        >>> noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
        >>> [parse_deadline(text, noon).isoformat() for text in ("7d", "2026-12-08", "2026-12-08T09:00+02:00")]
        ['2026-12-08T12:00:00+00:00', '2026-12-09T00:00:00+00:00', '2026-12-08T07:00:00+00:00']
    """
    word = text.strip()
    ahead = _FROM_NOW.fullmatch(word.lower()) if now is not None else None
    try:
        if now is not None and ahead is not None:
            return now.replace(microsecond=0) + timedelta(**{_UNITS[ahead.group(2)]: int(ahead.group(1))})
        start, lasts = _spell(word)
        start = _in_utc(start)
        return start + lasts if lasts == timedelta(days=1) else start
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None


def quarter_of(moment: datetime) -> str:
    """Return the quarter of a time, as the name of what happens once in it.

    >>> quarter_of(datetime(2026, 12, 1, tzinfo=UTC))
    '2026-q4'
    """
    return f"{moment.year}-q{(moment.month + 2) // 3}"


def written_instant(moment: datetime) -> str:
    """Return an instant as files contain it, in UTC and without fractions of a second.

    >>> written_instant(datetime(2026, 12, 8, 12, tzinfo=UTC))
    '2026-12-08T12:00:00Z'
    """
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _ago(word: str, now: datetime) -> tuple[datetime, timedelta] | None:
    """Return a time relative to now, or None if the word is not one."""
    if word in _DAYS:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=_DAYS[word]), timedelta(days=1)
    ago = _AGO.fullmatch(word)
    if ago is None:
        return None
    return now.replace(microsecond=0) - timedelta(**{_UNITS[ago.group(2)]: int(ago.group(1))}), _SECOND


def _spell(word: str) -> tuple[datetime, timedelta]:
    """Return a time in ISO 8601 format, and the length of its period."""
    try:
        day = date.fromisoformat(word)
    except ValueError:
        start = datetime.fromisoformat(word)
    else:
        return datetime.combine(day, time(), UTC), timedelta(days=1)
    clock = _CLOCK.search(word)
    digits = sum(char.isdigit() for char in clock["clock"]) if clock else 0
    return start, _LASTS.get(digits, timedelta(microseconds=1))
