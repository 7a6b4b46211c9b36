"""Run a query in a thread of its own, so that Ctrl-C always reaches the thread that waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from zenpro_nb import limits
from zenpro_nb.errors import InterruptedReadError

T = TypeVar("T")


@contextmanager
def passing_on_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt where DuckDB has noticed Ctrl-C in this thread: it raises a RuntimeError of its own."""
    try:
        yield
    except RuntimeError as error:
        if "interrupted" not in str(error).lower():
            raise
        raise KeyboardInterrupt from None


def run_interruptible(work: Callable[[], T], interrupt: Callable[[], None]) -> T:
    """Return what `work` returns, or raise what it raises.

    Python delivers Ctrl-C to the main thread only, and DuckDB holds that thread for as long as a query runs. So the
    main thread waits here, and `interrupt` stops the query in the other one.

    Args:
        work: the query, from its first to its last row; it frees whatever it has opened, also when it is interrupted.
        interrupt: stops the query. It does nothing where no query has begun yet, so it is called until `work` ends.

    Raises:
        InterruptedReadError: Ctrl-C. The query has ended, unless it ignored the interrupt for
            `limits.SQL_STOP_PATIENCE` seconds; then it goes on being interrupted in the background.

    Example:
        >>> run_interruptible(lambda: 1 + 1, lambda: None)
        2
    """
    query = _QueryThread(work)
    try:
        query.start()
        query.wait()
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
        """Wait until the work has ended; return whether it has. Waits in slices: see `limits.WAIT_SLICE`."""
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
    """Interrupt the query until it ends; leave that to the background when patience is over, or after more Ctrl-C."""
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
