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
from zenpro_nb.client._cancellation import CancelScope, ProgressCounter, interruptible, raise_dropped, set_current_scope
from zenpro_nb.syntax.counts import counted

T = TypeVar("T")
Progress = Callable[[int], None]
Then = Callable[[T], Sequence[Callable[[], T]]]  # called with a result; returns further calls


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
    """Up to `size` threads that run jobs. It is a context manager, which ends the threads.

    Args:
        size: the maximum number of threads; they start as jobs are submitted.
        scope: the cancel scope of the threads.
    """

    def __init__(self, size: int, scope: CancelScope) -> None:
        self.scope = scope
        self.busy = 0  # jobs submitted and not yet collected
        self._size = size
        self._jobs: queue.SimpleQueue[tuple[int, Callable[[], T]] | None] = queue.SimpleQueue()
        self._finished_jobs: queue.SimpleQueue[FinishedJob[T]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def submit(self, key: int, job: Callable[[], T]) -> None:
        """Submit a job. `collect` returns its result with its key."""
        self._jobs.put((key, job))
        self.busy += 1
        if len(self._threads) < min(self._size, self.busy):
            thread = threading.Thread(target=self._work, name=f"zenpro-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def collect(self, on_wait: Callable[[], None] | None = None) -> FinishedJob[T]:
        """Return the next finished job, in the order of completion.

        Args:
            on_wait: called several times per second during the wait.

        Raises:
            WorkStopped: the cancel scope was stopped during the wait.
        """
        if not self.busy:
            raise RuntimeError("there is no job to collect")
        while True:
            raise_dropped()
            try:
                finished_job = self._finished_jobs.get(timeout=limits.WAIT_SLICE)
            except queue.Empty:
                self.scope.check()
                if not any(thread.is_alive() for thread in self._threads):
                    raise RuntimeError("the worker threads do not exist in this process") from None
                if on_wait is not None:
                    on_wait()
                continue
            self.busy -= 1
            return finished_job

    def gather(
        self,
        calls: list[Callable[[], T]],
        on_progress: Callable[[int], None],
        *,
        return_errors: bool,
        then: Then[T] | None = None,
    ) -> list[T | Exception]:
        """Run the calls and return their results in the order of the calls.

        Args:
            calls: the calls; those that `then` returns are appended.
            on_progress: called with the number of finished calls: after each of them, and several times per second.
            return_errors: return errors in their places instead of raising the first one.
            then: called with the result of each call that succeeded; returns further calls.

        Raises:
            WorkStopped: the cancel scope was stopped during the wait.
        """
        for number, call in enumerate(calls):
            self.submit(number, call)
        results: dict[int, T | Exception] = {}
        while self.busy:
            job = self.collect(lambda: on_progress(len(results)))
            results[job.key] = result = job.error if return_errors and isinstance(job.error, Exception) else job.get()
            if then is not None and not isinstance(result, Exception):
                for call in then(result):
                    self.submit(len(calls), call)
                    calls.append(call)
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
            # Deleted while waiting for the next job, because a page would otherwise live as long as the thread.
            del job, call, finished_job

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the threads: immediately after an error, otherwise after the responses in flight."""
        self.scope.cancel.set()  # queued jobs do not start
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
        """Drop uncollected results.

        The traceback of an error refers to this pool, and the cycle would keep all pages in memory.
        """
        with contextlib.suppress(queue.Empty):
            while True:
                self._finished_jobs.get_nowait()

    def _abort(self) -> None:
        """Stop the scope repeatedly until the threads have ended.

        A thread that was about to send at the first stop starts to wait only later.
        """
        deadline = time.monotonic() + limits.STOP_PATIENCE
        while time.monotonic() < deadline:
            # Ctrl-C can arrive while a thread is starting: it has no ident yet and cannot be joined.
            if all(thread.ident is not None and not thread.is_alive() for thread in self._threads):
                return
            self.scope.stop()
            self._join(time.monotonic() + limits.WAIT_SLICE)

    def _join(self, deadline: float | None) -> None:
        for thread in self._threads:
            if thread.is_alive():
                thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))


def run_concurrently(
    calls: Sequence[Callable[[], T]],
    workers: int,
    progress: Progress | None,
    *,
    return_errors: bool,
    then: Then[T] | None = None,
) -> list[T | Exception]:
    """Run the calls with the workers of one server; see `Client.fan_out`."""
    counter, all_calls = ProgressCounter(progress), list(calls)
    with interruptible(lambda: _progress_text(counter, all_calls, "read"), counter) as scope:
        share = scope.share(workers)
        size = max(1, min(share, len(calls)))
        # Multiplied by the width of the surrounding work: nested fan-outs then share the workers.
        scope.width *= size
        with WorkerPool[T](size if then is None else share, scope) as pool:
            return pool.gather(all_calls, counter, return_errors=return_errors, then=then)


def across_servers(
    calls: Sequence[Callable[[], T]], progress: Progress | None = None, *, patience: float = limits.SERVER_PATIENCE
) -> list[T | Exception]:
    """Run one call per server concurrently. If a call fails, its error is in its place.

    The number of concurrent servers is independent of the number of requests per server, which has its own throttle. A
    server that does not respond is given up after `patience` seconds of failures and does not delay the others.

    Raises:
        InterruptedReadError: Ctrl-C was pressed.
    """
    counter = ProgressCounter(progress)
    with interruptible(lambda: _progress_text(counter, calls, "server"), counter) as scope:
        scope.patience = patience
        return _run_apart(calls, scope, counter)


def side_by_side(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run a few calls concurrently that read many lists each; see `Client.side_by_side`."""
    counter = ProgressCounter(None)
    with interruptible(lambda: _progress_text(counter, calls, "read"), counter) as scope:
        return _run_apart(calls, scope, counter)


def _run_apart(calls: Sequence[Callable[[], T]], scope: CancelScope, counter: ProgressCounter) -> list[T | Exception]:
    """Run the calls; each can use all workers of its server, as long as that is not more than WORKERS_ACROSS in all."""
    size = max(1, min(limits.SERVERS_AT_ONCE // scope.width, len(calls)))
    scope.width = math.ceil(scope.width * size * limits.MAX_WORKERS / limits.WORKERS_ACROSS)
    with WorkerPool[T](size, scope) as pool:
        return pool.gather(list(calls), counter, return_errors=True)


def _progress_text(counter: ProgressCounter, calls: Sequence[object], noun: str) -> str:
    return f"{counter.rows:,} of {counted(len(calls), noun)}"
