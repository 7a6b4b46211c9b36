"""A clock that runs faster than real time, for a server together with its clients."""

from __future__ import annotations

import random
import threading
import time
from datetime import datetime, timedelta

from tests.support.sandbox import FakeClock


class FastClock(FakeClock):
    """The clock of a sandbox, which runs `times` as fast as real time."""

    def __init__(self, times: float) -> None:
        super().__init__()
        self.times = times
        self._began = time.monotonic()

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        """Return the seconds on this clock since its creation."""
        return (time.monotonic() - self._began) * self.times


class ClientOnFastClock:
    """The clock of a client whose server uses a `FastClock`."""

    def __init__(self, clock: FastClock) -> None:
        self._clock = clock
        self._dice = random.Random(7)

    def now(self) -> float:
        return self._clock.now().timestamp()

    def monotonic(self) -> float:
        return self._clock.elapsed()

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        (cancel or threading.Event()).wait(seconds / self._clock.times)

    def random(self) -> float:
        return self._dice.random()
