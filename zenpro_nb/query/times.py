"""Times in records: the current time, a field as a time, and whether an invitation is pending now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from zenpro_nb.frames.times import instant
from zenpro_nb.session.session import Session


def now(session: Session) -> datetime:
    """Return the current time in UTC, by the session's clock, which tests can set."""
    return datetime.fromtimestamp(session.clock.now(), UTC)


def time_in(record: Mapping[str, Any], field: str) -> datetime | None:
    """Return the time in a field of a record; None if it is missing or not a time.

    In records of the API, times are texts in UTC without a time zone (API facts 11.1). Rows of a DataFrame have times.

    >>> time_in({"created": "2026-11-26T09:00:00.000001"}, "created")
    datetime.datetime(2026, 11, 26, 9, 0, 0, 1, tzinfo=datetime.timezone.utc)
    >>> [time_in(record, "created") for record in ({}, {"created": None}, {"created": "soon"})]
    [None, None, None]
    """
    value = record.get(field)
    if isinstance(value, datetime):
        return value if value == value else None  # pandas' missing time is not equal to itself
    return instant(value) if isinstance(value, str) else None


def is_pending(session: Session, invitation: Mapping[str, Any]) -> bool:
    """Return whether an invitation is neither accepted nor expired; without a time of expiry, it does not expire."""
    expires = time_in(invitation, "expires")
    return not invitation.get("accepted") and (expires is None or expires > now(session))
