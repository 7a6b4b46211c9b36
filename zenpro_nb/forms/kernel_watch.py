"""Measure how busy a kernel with forms is, from IPython's events and regular beats of the kernel's event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from zenpro_nb.forms.busy_time import BusyTime

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class KernelWatch:
    """Measures how long the kernel has been busy, from `start` to `stop`.

    IPython reports the start and the end of each cell and of each widget message, in the thread that handles it. The
    beats of the event loop detect what IPython does not report: slow completions, or a kernel that was suspended.

    Args:
        shell: the shell of the notebook.
        monotonic: the clock.
    """

    def __init__(self, shell: InteractiveShell, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._events: Any = shell.events
        loop = getattr(getattr(shell, "kernel", None), "io_loop", None)
        self._loop: asyncio.AbstractEventLoop | None = getattr(loop, "asyncio_loop", None)
        self._busy = BusyTime(monotonic, _has_ended, beats=self._loop is not None)
        self._timer: asyncio.TimerHandle | None = None
        self._is_on = False

    def seconds(self) -> float:
        """Return for how long the kernel has been busy when it handles what it is handling now."""
        return self._busy.seconds() if self._is_on else 0.0

    def start(self) -> None:
        """Start the measurement, in a cell that opens a form. Further calls do nothing."""
        if self._is_on:
            return
        self._is_on = True
        self._began()
        self._events.register("pre_execute", self._began)
        self._events.register("post_execute", self._end_work)
        self._call(self._beat)

    def stop(self) -> None:
        """Restore the shell to its previous state."""
        if not self._is_on:
            return
        self._is_on = False
        self._events.unregister("pre_execute", self._began)
        self._events.unregister("post_execute", self._end_work)
        self._call(self._beat)

    def _began(self) -> None:
        self._busy.began(_work())

    def _end_work(self) -> None:
        if self._busy.ended(_work()):
            self._call(self._beat)

    def _beat(self) -> None:
        """Schedule the next beat. Runs in the thread of the event loop."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_on and self._loop is not None:
            self._timer = self._loop.call_later(self._busy.beat(), self._beat)

    def _call(self, function: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)


def _work() -> Hashable:
    """Return the identity of the current work: its task, or its thread if there is no task."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs in this thread
        task = None
    return task or threading.get_ident()


def _has_ended(work: Hashable) -> bool:
    return isinstance(work, asyncio.Task) and work.done()
