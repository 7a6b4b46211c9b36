"""Clock, progress, and the cancel scope that ends a piece of work on Ctrl-C.

A cancel scope belongs to a listing or a fan-out. It holds the flag that stops the work and the connections to cut. The
worker threads use it as their current scope, and every call they make on any client stops with it. Scopes nest: a
fan-out over workspaces contains one listing per workspace.
"""

from __future__ import annotations

import contextlib
import math
import os
import random
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Protocol

from zenpro_nb.errors import InterruptedReadError


class Clock(Protocol):
    """The time, the waiting, and the random numbers that the client uses."""

    def now(self) -> float:
        """Return the seconds since 1970 (UTC). The value jumps when the machine's clock is set."""
        ...

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary start.

        The value never goes back, but can stop while the machine is suspended.
        """
        ...

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        """Wait for `seconds`, or until `cancel` is set."""
        ...

    def random(self) -> float:
        """Return a random number from 0 up to 1."""
        ...


class SystemClock:
    """The clock of the machine."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    random = staticmethod(random.random)  # only spreads retries, no security depends on it

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        # A new event, because Ctrl-C interrupts Event.wait and `cancel` ends it. Neither works with time.sleep.
        (cancel or threading.Event()).wait(seconds)


SYSTEM = SystemClock()


class Abortable(Protocol):
    def abort(self) -> None:
        """Close every connection immediately."""
        ...


class WorkStopped(BaseException):
    """Ends a worker whose cancel scope was stopped.

    It is a BaseException, because no `except Exception` in the work may swallow it.

    Attributes:
        sent_nothing: whether it ended a call before its request was sent.
    """

    sent_nothing = False


class CancelScope:
    """The stop flag and the connections of one piece of work, with its number of threads and its nested scopes."""

    # No lock: storing one item and copying all items are single steps of the interpreter. A forked child could inherit
    # a locked lock and wait forever.
    def __init__(self, parent: CancelScope | None = None) -> None:
        self.cancel = threading.Event()
        self.width = 1
        self.patience = math.inf  # seconds of failures after which a request is not retried
        self._transports: set[Abortable] = set()
        self._children: weakref.WeakValueDictionary[int, CancelScope] = weakref.WeakValueDictionary()
        if parent is not None:
            self.width, self.patience = parent.width, parent.patience
            parent._adopt(self)

    def _adopt(self, child: CancelScope) -> None:
        self._children[id(child)] = child
        # checked after storing the child, because `stop` sets the flag before it reads the children
        if self.cancel.is_set():
            child.cancel.set()

    def share(self, workers: int) -> int:
        """Return how many threads the work can use: fewer if it is one of several that run concurrently."""
        return max(1, workers // self.width)

    def check(self) -> None:
        """Raise WorkStopped if the work was stopped."""
        if self.cancel.is_set():
            raise WorkStopped

    def track(self, transport: Abortable) -> None:
        """Add a transport whose connections are cut when the work is stopped."""
        self._transports.add(transport)

    def stop(self) -> None:
        """Stop the work and all nested work: no new request is sent, and waiting for responses ends."""
        self.cancel.set()
        for transport in list(self._transports):
            transport.abort()
        for reference in self._children.valuerefs():
            child = reference()
            if child is not None:
                child.stop()


_local = threading.local()


def current_scope() -> CancelScope | None:
    """Return the cancel scope of this thread."""
    return getattr(_local, "scope", None)


def is_stopped() -> bool:
    """Return whether the work of this thread was stopped, for example by Ctrl-C."""
    scope = current_scope()
    return scope is not None and scope.cancel.is_set()


@contextlib.contextmanager
def use_scope(scope: CancelScope) -> Iterator[CancelScope]:
    """Make `scope` the cancel scope of this thread for the duration of the block."""
    outer_scope = current_scope()
    set_current_scope(scope)
    try:
        yield scope
    finally:
        set_current_scope(outer_scope)


def set_current_scope(scope: CancelScope | None) -> None:
    """Make `scope` the cancel scope of this thread."""
    _local.scope = scope


def _after_fork_in_child() -> None:
    """Clear the scope: the work belongs to the parent process, and its threads do not exist in the child."""
    set_current_scope(None)


if hasattr(os, "register_at_fork"):  # Windows does not have fork
    os.register_at_fork(after_in_child=_after_fork_in_child)


class ProgressCounter:
    """The progress of a piece of work. The reported number never decreases, even if a list is read again."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self.rows = 0
        self._progress = progress

    def __call__(self, rows: int) -> None:
        if rows >= self.rows:  # the same number again shows that time passes
            self.rows = rows
            if self._progress is not None:
                self._progress(rows)


# Python raises KeyboardInterrupt wherever its main thread is. In a destructor or in the callback of a weak reference,
# it only prints "Exception ignored in …", and the program continues. That happened to 2 of 23 Ctrl-C while commands
# prepared 1,500 writes.


class _Dropped:
    """Whether Python has dropped a KeyboardInterrupt; without a lock, which a callback might not get."""

    pending = False
    hook: object = None  # of the outermost block


@contextlib.contextmanager
def notice_interrupts() -> Iterator[None]:
    """Notice in this block when Python drops a KeyboardInterrupt.

    Raises:
        KeyboardInterrupt: at the end of the outermost block, if one was dropped and `raise_dropped` has not raised it.
    """
    previous = sys.unraisablehook
    if threading.current_thread() is not threading.main_thread() or previous is _Dropped.hook:
        yield
        return

    def notice(unraisable: sys.UnraisableHookArgs) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            _Dropped.pending = True
        else:
            previous(unraisable)

    _Dropped.pending, _Dropped.hook = False, notice
    sys.unraisablehook = notice
    try:
        yield
        raise_dropped()
    finally:
        sys.unraisablehook = previous
        _Dropped.pending, _Dropped.hook = False, None


def raise_dropped() -> None:
    """Raise the KeyboardInterrupt that Python has dropped, if any. Does nothing in other threads than the main one."""
    if _Dropped.pending and threading.current_thread() is threading.main_thread():
        _Dropped.pending = False
        raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible(progress_text: Callable[[], str], counter: ProgressCounter) -> Iterator[CancelScope]:
    """Run the block under a new cancel scope. Ctrl-C becomes an error that reports the progress.

    Raises:
        InterruptedReadError: Ctrl-C was pressed.
    """
    interrupted = False
    with notice_interrupts(), use_scope(CancelScope(current_scope())) as scope:
        try:
            yield scope
            raise_dropped()
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            scope.stop()
    if interrupted:
        raise InterruptedReadError(
            f"stopped after {progress_text()}", hint="Partial results were discarded.", rows=counter.rows
        ) from None
