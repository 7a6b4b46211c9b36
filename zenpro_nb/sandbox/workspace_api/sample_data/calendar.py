"""Start times of runs: scheduled by the clock, or started by people at random times."""

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
    """The start times of a pipeline's runs.

    Args:
        cron: the cron expression of a schedule, or "" for runs that people start.
        hours: the hours of the day in UTC.
        a_day: the average number of runs per day that people start.
    """

    cron: str = ""
    hours: tuple[int, ...] = ()
    minute: int = 0
    weekdays: frozenset[int] = ALL_WEEK
    per_day: float = 0.0

    def starts(self, day: datetime, random: Random) -> Iterator[datetime]:
        """Yield all start times from the midnight of a day, without end."""
        while True:
            if day.weekday() in self.weekdays:
                yield from self._of_day(day, random)
            day += DAY

    def _of_day(self, day: datetime, random: Random) -> list[datetime]:
        if self.cron:
            # A scheduler needs a few seconds to start a run.
            return [
                self._at(day, hour) + timedelta(seconds=random.uniform(*limits.SCHEDULER_DELAY)) for hour in self.hours
            ]
        first, last = limits.OFFICE_HOURS
        possible_runs = int(self.per_day * 2)
        # Each possible run happens or not, which creates busy and quiet days.
        times = [
            random.uniform(first, last) for _ in range(possible_runs) if random.random() < self.per_day / possible_runs
        ]
        return sorted(day + timedelta(hours=time) for time in times)

    def next_start(self, now: datetime) -> datetime:
        """Return the next scheduled start time."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        times = [self._at(midnight + DAY * days, hour) for days in (0, 1) for hour in self.hours]
        return min(time for time in times if time > now)

    def _at(self, day: datetime, hour: int) -> datetime:
        return day + timedelta(hours=hour, minutes=self.minute)


EVERY_SIX_HOURS = Rhythm("15 */6 * * *", (0, 6, 12, 18), 15)
NIGHTLY = Rhythm("0 2 * * *", (2,))
DAILY = Rhythm("30 6 * * *", (6,), 30)
WEEKDAYS = Rhythm("0 7 * * 1-5", (7,), weekdays=WORKING_DAYS)
BY_HAND = Rhythm(weekdays=WORKING_DAYS, per_day=1.5)
OFTEN_BY_HAND = Rhythm(weekdays=WORKING_DAYS, per_day=4.5)
INVOKED = Rhythm(weekdays=WORKING_DAYS, per_day=3.0)
