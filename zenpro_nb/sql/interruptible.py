"""Run a query in its own thread, so Ctrl-C always reaches the thread that waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from zenpro_nb import limits
from zenpro_nb.client import raise_dropped
from zenpro_nb.errors import InterruptedReadError

T = TypeVar("T")


@contextmanager
def convert_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt if DuckDB has noticed Ctrl-C in this thread, for which it raises its own RuntimeError."""
    try:
        yield
    except RuntimeError as error:
        if "interrupted" not in str(error).lower():
            raise
        raise KeyboardInterrupt from None


def run_interruptible(work: Callable[[], T], interrupt: Callable[[], None]) -> T:
    """Return what `work` returns, or raise what it raises.

    Python delivers Ctrl-C only to the main thread, and DuckDB blocks that thread while a query runs. So the main thread
    waits here, and `interrupt` stops the query in the other thread.

    Args:
        work: the whole query; it releases everything it has opened, even if it is interrupted.
        interrupt: stops the query. It has no effect before the query has started, so it is called until `work` ends.

    Raises:
        InterruptedReadError: Ctrl-C. The query has ended, unless it ignored the interrupt for
            `limits.SQL_STOP_PATIENCE` seconds; then a background thread keeps interrupting it.

    Example:
        >>> run_interruptible(lambda: 1 + 1, lambda: None)
        2
    """
    query = _QueryThread(work)
    try:
        query.start()
        while not query.wait(limits.WAIT_SLICE):
            raise_dropped()
        raise_dropped()
    except KeyboardInterrupt:
        _stop(query, interrupt)
        raise InterruptedReadError("Ctrl-C stopped the query") from None
    return query.result()


class _QueryThread(threading.Thread, Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(name="zenpro sql", daemon=True)
        self.cancelled = False  # Ctrl-C came before the work began
        self._work = work
        self._ended = threading.Event()
        self._results: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            if not self.cancelled:
                self._results.append(self._work())
        except BaseException as error:
            self._error = error
        finally:
            self._ended.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the work has ended, and return whether it has. Waits in slices: see `limits.WAIT_SLICE`."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._ended.wait(limits.WAIT_SLICE):
            if deadline is not None and time.monotonic() >= deadline:
                return False
        return True

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]


def _stop(query: _QueryThread[T], interrupt: Callable[[], None]) -> None:
    """Interrupt the query until it ends; after the patience or another Ctrl-C, continue in the background."""
    query.cancelled = True

    def insist() -> None:
        while not query.wait(limits.WAIT_SLICE):
            if query.ident is None:  # Ctrl-C came before the system had started the thread, and it never will
                return
            interrupt()

    interrupt()
    stopping = threading.Thread(target=insist, name="zenpro sql stop", daemon=True)
    stopping.start()
    try:
        query.wait(limits.SQL_STOP_PATIENCE)
    except KeyboardInterrupt:
        return
