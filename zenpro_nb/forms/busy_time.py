"""How long the kernel has been busy: measured in the kernel alone, with one monotonic clock.

A press that arrives while the kernel is busy waits in a queue, and its message does not contain the time of the press.
So the form measures how long the kernel has not been idle when it handles the press. A beat of the kernel's event loop
proves that the kernel is idle if the beat comes on time, no work is running, and little was done since the last beat.
After a long cell the kernel handles the waiting messages without a pause. No beat proves anything until the last one is
handled.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable

from zenpro_nb import limits


class BusyTime:
    """The time since the kernel was last seen idle. Thread-safe.

    Args:
        monotonic: the clock.
        has_ended: returns whether work is over although its end was not reported: a callback that failed, for example.
        beats: an event loop calls `beat`. Without one, the kernel counts as idle a moment after the last work.

    Example:
        >>> seconds = [0.0]
        >>> busy = BusyTime(lambda: seconds[0])
        >>> busy.began("cell")
        >>> seconds[0] += 12.0
        >>> busy.ended("cell")
        True
        >>> busy.seconds()
        12.0
        >>> seconds[0] += busy.beat()
        >>> wait = busy.beat()
        >>> busy.seconds()
        0.0
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        has_ended: Callable[[Hashable], bool] = lambda work: False,
        *,
        beats: bool = True,
    ) -> None:
        self._monotonic = monotonic
        self._has_ended = has_ended
        self._beats = beats
        self._lock = threading.Lock()
        self._running: set[Hashable] = set()
        now = monotonic()
        self._idle_at = now  # when the kernel was last seen idle
        self._is_idle = True  # what the last beat found
        self._due = math.inf  # when the next beat is due; before the first one, at any time
        self._beat_at = now
        self._begun_at = now
        self._worked = 0.0  # seconds of work since the last beat

    def began(self, work: Hashable) -> None:
        """Note that work begins: a cell, or the handling of a widget's message."""
        with self._lock:
            self._note_idle()
            if not self._running:
                self._begun_at = self._monotonic()
            self._running.add(work)

    def ended(self, work: Hashable) -> bool:
        """Note that work has ended; return whether the next beat should come soon because the work was long."""
        with self._lock:
            return self._drop(work)

    def beat(self) -> float:
        """Note that the event loop is running; return the seconds until the next beat."""
        with self._lock:
            now = self._monotonic()
            self._drop()
            if now < self._due < math.inf:
                return self._due - now
            on_time = self._due == math.inf or now - self._due <= limits.IDLE_BEAT_LATE
            worked = self._worked > (now - self._beat_at) * limits.IDLE_WORK_SHARE
            self._is_idle = on_time and not worked and not self._running
            if self._is_idle:
                self._idle_at = now
            return self._plan(limits.IDLE_BEAT if self._is_idle or self._running else limits.IDLE_BEAT_SOON)

    def seconds(self) -> float:
        """Return the seconds since the kernel was last seen idle."""
        with self._lock:
            self._note_idle()
            return self._monotonic() - self._idle_at

    def _note_idle(self) -> None:
        """Count the kernel as idle until now if the last beat found it idle and the next one is not overdue."""
        now = self._monotonic()
        if self._running:
            return
        if not self._beats and now >= self._due:
            self._is_idle, self._due = True, math.inf
        if self._is_idle and now - self._due <= limits.IDLE_BEAT_LATE:
            self._idle_at = now

    def _drop(self, work: Hashable = None) -> bool:
        """Remove work that has ended; return whether the last of it was long."""
        was_running = bool(self._running)
        self._running = {task for task in self._running if task != work and not self._has_ended(task)}
        if not was_running or self._running:
            return False
        took = self._monotonic() - self._begun_at
        self._worked += took
        if took <= limits.IDLE_BEAT_LATE:
            return False
        self._is_idle = False
        self._plan(limits.IDLE_BEAT_SOON)
        return True

    def _plan(self, seconds: float) -> float:
        self._beat_at, self._worked = self._monotonic(), 0.0
        self._due = self._beat_at + seconds
        return seconds
