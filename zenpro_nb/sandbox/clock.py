"""Time, as something that is handed in: a test moves it, nobody sleeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> datetime:
        """Return the present moment, always with the UTC zone."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)


STAMP_LENGTH = len("YYYY-MM-DDTHH:MM:SS.ffffff")


def stamp(moment: datetime) -> str:
    """Return a moment in the control plane's notation (API facts 11.1): UTC, microseconds, no time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """Return the moment that a text in this notation names."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
