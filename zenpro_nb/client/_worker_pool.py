"""Threads that live for one piece of work, and concurrent calls that Ctrl-C ends.

The pool of the standard library keeps its threads, and its shutdown waits for responses that can take half a minute.
This pool cuts the connections first, and its wait has a limit.
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._cancellation import CancelScope, ProgressCounter, interruptible, set_current_scope
from zenpro_nb.syntax.counts import counted

T = TypeVar("T")
Progress = Callable[[int], None]


class FinishedJob(Struct, Generic[T], frozen=True):
    """A finished job: its key, and its value or its error."""

    key: int
    value: T | None
    error: BaseException | None

    def get(self) -> T:
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # a job without an error has its value, which may be None


class WorkerPool(Generic[T]):
    """Up to `size` threads that run jobs; use it as a context, which ends them.

    Args:
        size: the most threads; they are started as jobs come.
        scope: what the threads work for.
    """

    def __init__(self, size: int, scope: CancelScope) -> None:
        self.scope = scope
        self.busy = 0  # jobs handed in and not yet collected
        self._size = size
        self._jobs: queue.SimpleQueue[tuple[int, Callable[[], T]] | None] = queue.SimpleQueue()
        self._finished_jobs: queue.SimpleQueue[FinishedJob[T]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def submit(self, key: int, job: Callable[[], T]) -> None:
        """Hand a job in; `collect` gives it back under its key."""
        self._jobs.put((key, job))
        self.busy += 1
        if len(self._threads) < min(self._size, self.busy):
            thread = threading.Thread(target=self._work, name=f"zenpro-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def collect(self) -> FinishedJob[T]:
        """Return the next finished job, in the order in which they finish.

        Raises:
            Stopped: the cancel scope was stopped while waiting.
        """
        if not self.busy:
            raise RuntimeError("no job is on its way that could be collected")
        while True:
            try:
                finished_job = self._finished_jobs.get(timeout=limits.WAIT_SLICE)
            except queue.Empty:
                self.scope.check()
                if not any(thread.is_alive() for thread in self._threads):
                    raise RuntimeError("the threads of this work are not in this process") from None
                continue
            self.busy -= 1
            return finished_job

    def gather(
        self, calls: Sequence[Callable[[], T]], on_progress: Callable[[int], None], *, return_errors: bool
    ) -> list[T | Exception]:
        """Make the calls, and return their results in the calls' order.

        Args:
            told: hears how many are done.
            keep: put the errors into their places, instead of raising the first that arrives.

        Raises:
            Stopped: the cancel scope was stopped while waiting.
        """
        for number, call in enumerate(calls):
            self.submit(number, call)
        results: dict[int, T | Exception] = {}
        while self.busy:
            finished_job = self.collect()
            results[finished_job.key] = (
                finished_job.error
                if return_errors and isinstance(finished_job.error, Exception)
                else finished_job.get()
            )
            on_progress(len(results))
        return [results[number] for number in range(len(calls))]

    def _work(self) -> None:
        set_current_scope(self.scope)
        while (job := self._jobs.get()) is not None:
            key, call = job
            try:
                self.scope.check()
                finished_job = FinishedJob(key, call(), None)
            except BaseException as error:
                finished_job = FinishedJob(key, None, error)
            self._finished_jobs.put(finished_job)
            # Not kept while waiting for the next job: a page would live as long as the thread.
            del job, call, finished_job

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the threads: at once where something went wrong, else when what is on its way is answered."""
        self.scope.cancel.set()  # jobs that wait for a thread are not begun any more
        for _ in self._threads:
            self._jobs.put(None)
        try:
            if kind is not None:
                self._abort()
                return
            try:
                self._join(None)
            except KeyboardInterrupt:
                self._abort()
                raise
        finally:
            self._discard_results()

    def _discard_results(self) -> None:
        """Drop what nobody collected: an error's traceback holds this pool, and so a circle would hold all pages."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._finished_jobs.get_nowait()

    def _abort(self) -> None:
        """Stop the scope until the threads have ended: one that was about to send when stopped waits only now."""
        deadline = time.monotonic() + limits.STOP_PATIENCE
        while time.monotonic() < deadline:
            # Ctrl-C may come while a thread is being started: it has no ident yet, and cannot be joined.
            if all(thread.ident is not None and not thread.is_alive() for thread in self._threads):
                return
            self.scope.stop()
            self._join(time.monotonic() + limits.WAIT_SLICE)

    def _join(self, deadline: float | None) -> None:
        for thread in self._threads:
            if thread.is_alive():
                thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))


def run_concurrently(
    calls: Sequence[Callable[[], T]], workers: int, progress: Progress | None, *, return_errors: bool
) -> list[T | Exception]:
    """Make the calls with as many workers as one server is given; see `Client.fan_out`."""
    counter = ProgressCounter(progress)
    with interruptible(lambda: _progress_text(counter, calls, "request"), counter) as scope:
        size = max(1, min(scope.share(workers), len(calls)))
        # Times what the scope has from the work around it: only then do fan-outs in fan-outs share the workers.
        scope.width *= size
        return _run_all(calls, size, scope, counter, return_errors=return_errors)


def across_servers(calls: Sequence[Callable[[], T]], progress: Progress | None = None) -> list[T | Exception]:
    """Make one call for each of several servers at once; an error stands in the place of a call that failed.

    How many servers are asked at once has nothing to do with how many requests one of them is sent, for which each has
    a throttle of its own. One that is dead is given up after `limits.SERVER_PATIENCE`, and holds up no other.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    counter = ProgressCounter(progress)
    with interruptible(lambda: _progress_text(counter, calls, "server"), counter) as scope:
        size = max(1, min(limits.SERVERS_AT_ONCE // scope.width, len(calls)))
        scope.width = math.ceil(scope.width * size * limits.MAX_WORKERS / limits.WORKERS_ACROSS)
        scope.patience = limits.SERVER_PATIENCE
        return _run_all(calls, size, scope, counter, return_errors=True)


def _run_all(
    calls: Sequence[Callable[[], T]], size: int, scope: CancelScope, counter: ProgressCounter, *, return_errors: bool
) -> list[T | Exception]:
    with WorkerPool[T](size, scope) as pool:
        return pool.gather(calls, counter, return_errors=return_errors)


def _progress_text(counter: ProgressCounter, calls: Sequence[object], noun: str) -> str:
    return f"{counter.rows:,} of {counted(len(calls), noun)}"
