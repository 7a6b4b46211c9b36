"""When runs begin: by the clock, or when people feel like it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from zenpro_nb.sandbox import limits

ALL_WEEK = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
DAY = timedelta(days=1)


class Rhythm(Struct, frozen=True):
    """How often something begins.

    Args:
        cron: as a schedule has it; "" for what people start.
        hours: of the day, in UTC.
        a_day: how many people start on a day, on average.
    """

    cron: str = ""
    hours: tuple[int, ...] = ()
    minute: int = 0
    weekdays: frozenset[int] = ALL_WEEK
    a_day: float = 0.0

    def starts(self, day: datetime, random: Random) -> Iterator[datetime]:
        """Yield every beginning from the midnight of a day on, without end."""
        while True:
            if day.weekday() in self.weekdays:
                yield from self._of_day(day, random)
            day += DAY

    def _of_day(self, day: datetime, random: Random) -> list[datetime]:
        if self.cron:
            # A scheduler needs some seconds to get a run going.
            return [
                self._at(day, hour) + timedelta(seconds=random.uniform(*limits.SCHEDULER_DELAY)) for hour in self.hours
            ]
        first, last = limits.OFFICE_HOURS
        tries = int(self.a_day * 2)
        # Each try happens or not, so that there are busy days and quiet ones.
        times = [random.uniform(first, last) for _ in range(tries) if random.random() < self.a_day / tries]
        return sorted(day + timedelta(hours=time) for time in times)

    def following(self, now: datetime) -> datetime:
        """Return the next time at which the clock starts something."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        times = [self._at(midnight + DAY * days, hour) for days in (0, 1) for hour in self.hours]
        return min(time for time in times if time > now)

    def _at(self, day: datetime, hour: int) -> datetime:
        return day + timedelta(hours=hour, minutes=self.minute)


EVERY_SIX_HOURS = Rhythm("15 */6 * * *", (0, 6, 12, 18), 15)
NIGHTLY = Rhythm("0 2 * * *", (2,))
DAILY = Rhythm("30 6 * * *", (6,), 30)
WEEKDAYS = Rhythm("0 7 * * 1-5", (7,), weekdays=WORKING_DAYS)
BY_HAND = Rhythm(weekdays=WORKING_DAYS, a_day=1.5)
OFTEN_BY_HAND = Rhythm(weekdays=WORKING_DAYS, a_day=4.5)
