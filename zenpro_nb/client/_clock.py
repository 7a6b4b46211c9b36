"""Time, sleep and chance, in one place so that tests can replace them."""

from __future__ import annotations

import random
import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What the client asks of the world besides the server."""

    def now(self) -> float:
        """Return the seconds since 1970, UTC; jumps when the machine's clock is set."""
        ...

    def monotonic(self) -> float:
        """Return the seconds since some moment.

        They never jump back, and may stand still while the machine is suspended.
        """
        ...

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        """Come back after `seconds`, or as soon as `cancel` is set."""
        ...

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        ...


class SystemClock:
    """The machine's own clock."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    random = staticmethod(random.random)  # spreads retries, guards nothing

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        # An event of one's own, because Event.wait is interrupted by Ctrl-C and ended by `cancel`; time.sleep is not.
        (cancel or threading.Event()).wait(seconds)


SYSTEM = SystemClock()
