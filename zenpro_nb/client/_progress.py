"""How far a piece of work got, and what Ctrl-C makes of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from zenpro_nb.client import _cancellation
from zenpro_nb.errors import InterruptedReadError


class Counter:
    """How far a piece of work is; what is told never goes back, though a list may be read again."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self.rows = 0
        self._progress = progress

    def __call__(self, rows: int) -> None:
        if rows > self.rows:
            self.rows = rows
            if self._progress is not None:
                self._progress(rows)


@contextlib.contextmanager
def interruptible(how_far: Callable[[], str], counter: Counter) -> Iterator[_cancellation.CancelScope]:
    """Give this thread a cancel scope; Ctrl-C becomes an error that says how far the work got.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    interrupted = False
    with _cancellation.working_for(_cancellation.CancelScope(_cancellation.current())) as scope:
        try:
            yield scope
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            scope.stop()
    if interrupted:
        raise InterruptedReadError(
            f"stopped after {how_far()}", hint="Nothing of it was kept.", rows=counter.rows
        ) from None
