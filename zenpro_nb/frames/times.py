"""Time strings to UTC microseconds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa

from zenpro_nb.frames.pool import POOL

UTC_MICROS = pa.timestamp("us", tz="UTC")
NAIVE_MICROS = pa.timestamp("us")

_ZONE = re.compile(r"(?:[zZ]|[+-]\d\d(?::?\d\d)?)$")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def looks_like_time(text: str) -> bool:
    """Return whether the text is a full ISO 8601 time, not merely a date or a number."""
    return _ISO.match(text) is not None and instant(text) is not None


def parse(values: Sequence[str | None]) -> tuple[pa.Array, bool]:
    """Return the times as `timestamp[us, UTC]`, and whether all could be read; the others are null.

    Naive times are UTC: the workspace API sends them without a time zone, and examples of the control plane have `Z`
    (API facts 11.1 and 9.5).
    """
    strings = pa.array(values, pa.string(), memory_pool=POOL)
    first = next((value for value in values if value is not None), "")
    # Arrow casts a whole array or nothing, and must know in advance whether there are time zones.
    zoned = len(first) > len("2026-01-01") and _ZONE.search(first) is not None
    for kind in (UTC_MICROS, NAIVE_MICROS) if zoned else (NAIVE_MICROS, UTC_MICROS):
        try:
            read = strings.cast(kind, memory_pool=POOL)
            return read if kind is UTC_MICROS else read.cast(UTC_MICROS, memory_pool=POOL), True
        except pa.ArrowInvalid:
            continue
    moments = [None if value is None else instant(value) for value in values]
    complete = all(value is None or moment is not None for value, moment in zip(values, moments, strict=True))
    return pa.array(moments, UTC_MICROS, memory_pool=POOL), complete


def instant(text: str) -> datetime | None:
    """Return a time string as a time in UTC; None if it is not one."""
    # Not pd.to_datetime: before pandas 3 it counts in nanoseconds, and so cannot represent years after 2262.
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
