"""Work beside the notebook's cells: at once, after a pause in the typing, and never longer than the form lives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

Work = Callable[[], None]


class Background(Protocol):
    """Where a form does what takes time."""

    def soon(self, work: Work) -> None:
        """Do it, without making anybody wait."""

    def later(self, key: str, seconds: float, work: Work) -> None:
        """Do it after so many seconds, unless something else is asked for under the same key before."""

    def pause(self, seconds: float) -> bool:
        """Wait inside of some work; return True when the form has been closed meanwhile."""

    def close(self) -> None:
        """Begin nothing any more, and wake whoever pauses."""


class Threads:
    """Daemon threads and timers; none sleeps longer than the form is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timers: dict[str, threading.Timer] = {}
        self._closed = threading.Event()

    def soon(self, work: Work) -> None:
        """Do it in a thread of its own."""
        if not self._closed.is_set():
            threading.Thread(target=work, name="zenpro-form", daemon=True).start()

    def later(self, key: str, seconds: float, work: Work) -> None:
        """Do it by a timer, which a later call with the same key replaces."""
        with self._lock:
            if self._closed.is_set():
                return
            waiting = self._timers.pop(key, None)
            if waiting is not None:
                waiting.cancel()
            timer = threading.Timer(seconds, work)
            timer.daemon = True
            self._timers[key] = timer
        timer.start()

    def pause(self, seconds: float) -> bool:
        """Sleep until then, or until the form is closed."""
        return self._closed.wait(seconds)

    def close(self) -> None:
        """Cancel the timers and end the pauses."""
        with self._lock:
            self._closed.set()
            for timer in self._timers.values():
                timer.cancel()
            self._timers.clear()


class Foreground:
    """No threads: for a terminal, where questions wait for their answers anyway."""

    def soon(self, work: Work) -> None:
        """Do it at once."""
        work()

    def later(self, key: str, seconds: float, work: Work) -> None:
        """Leave it: what is asked for while somebody types is of no use here."""

    def pause(self, seconds: float) -> bool:
        """Return at once: a terminal does not follow anything."""
        return True

    def close(self) -> None:
        """End nothing, because nothing runs."""
