"""Work in parallel to the notebook's cells: immediately or after a pause in typing, until the form is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

Work = Callable[[], None]


class Background(Protocol):
    """Runs the slow work of a form."""

    def soon(self, work: Work) -> None:
        """Start the work without blocking the caller."""

    def later(self, key: str, seconds: float, work: Work) -> None:
        """Start the work after this many seconds, unless other work with the same key replaces it."""

    def pause(self, seconds: float) -> bool:
        """Wait inside of some work. Return True if the form was closed in the meantime."""

    def close(self) -> None:
        """Start no new work, and end the pauses."""


class Threads:
    """Daemon threads and timers. None sleeps longer than the form is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timers: dict[str, threading.Timer] = {}
        self._closed = threading.Event()

    def soon(self, work: Work) -> None:
        """Start the work in a new thread."""
        if not self._closed.is_set():
            threading.Thread(target=work, name="zenpro-form", daemon=True).start()

    def later(self, key: str, seconds: float, work: Work) -> None:
        """Start the work by a timer. A later call with the same key replaces it."""
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
        """Sleep for this many seconds, or until the form is closed."""
        return self._closed.wait(seconds)

    def close(self) -> None:
        """Cancel the timers and end the pauses."""
        with self._lock:
            self._closed.set()
            for timer in self._timers.values():
                timer.cancel()
            self._timers.clear()


class Foreground:
    """Runs without threads, for a terminal: questions wait for their answers anyway."""

    def soon(self, work: Work) -> None:
        """Run the work now."""
        work()

    def later(self, key: str, seconds: float, work: Work) -> None:
        """Ignore the work: requests during typing are not needed here."""

    def pause(self, seconds: float) -> bool:
        """Return immediately: a terminal does not follow operations."""
        return True

    def close(self) -> None:
        """Do nothing: no work is running."""
