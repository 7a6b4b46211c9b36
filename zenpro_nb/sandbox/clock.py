"""The clock is a parameter, so tests can move time instead of sleeping."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A source of the current time."""

    def now(self) -> datetime:
        """Return the current time, always with the UTC zone."""


class SystemClock:
    """The system clock."""

    def now(self) -> datetime:
        """Return the current time."""
        return datetime.now(UTC)


STAMP_LENGTH = len("YYYY-MM-DDTHH:MM:SS.ffffff")


def stamp(moment: datetime) -> str:
    """Format a time in the control plane's notation (API facts 11.1): UTC, microseconds, no time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """Parse a time in this notation."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
