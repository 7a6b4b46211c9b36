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
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Protocol

from zenpro_nb.errors import InterruptedReadError


class Clock(Protocol):
    """What the client asks of the world besides the server."""

    def now(self) -> float:
        """Return the seconds since 1970, UTC; jumps when the machine's clock is set."""
        ...

    def monotonic(self) -> float:
        """Return the seconds since some moment.

        They never jump back, and may stand still while the machine is suspended.
        """
        ...

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        """Come back after `seconds`, or as soon as `cancel` is set."""
        ...

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        ...


class SystemClock:
    """The machine's own clock."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    random = staticmethod(random.random)  # spreads retries, guards nothing

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        # An event of one's own, because Event.wait is interrupted by Ctrl-C and ended by `cancel`; time.sleep is not.
        (cancel or threading.Event()).wait(seconds)


SYSTEM = SystemClock()


class Abortable(Protocol):
    def abort(self) -> None:
        """End every connection now."""
        ...


class WorkStopped(BaseException):
    """Ends a worker whose cancel scope was stopped; no `except Exception` of the work it does may swallow it."""


class CancelScope:
    """The flag and the connections of one piece of work, and how many threads do it and what is around it."""

    # No lock: to store one, and to copy all, is one step of the interpreter each, and a lock could be found taken for
    # ever by a forked child.
    def __init__(self, parent: CancelScope | None = None) -> None:
        self.cancel = threading.Event()
        self.width = 1
        self.patience = math.inf  # seconds of failures after which a request is not tried again
        self._transports: set[Abortable] = set()
        self._children: weakref.WeakValueDictionary[int, CancelScope] = weakref.WeakValueDictionary()
        if parent is not None:
            self.width, self.patience = parent.width, parent.patience
            parent._adopt(self)

    def _adopt(self, child: CancelScope) -> None:
        self._children[id(child)] = child
        if self.cancel.is_set():  # looked at after it was stored, as `stop` looks for children after it was set
            child.cancel.set()

    def share(self, workers: int) -> int:
        """Return how many threads the work may have: fewer where it is one of several that are done at once."""
        return max(1, workers // self.width)

    def check(self) -> None:
        """Raise Stopped where the work is to end."""
        if self.cancel.is_set():
            raise WorkStopped

    def track(self, transport: Abortable) -> None:
        """Remember a wire whose connections are to be cut when the work is stopped."""
        self._transports.add(transport)

    def stop(self) -> None:
        """End the work and all work inside it: nothing new is sent, what waits for an answer stops waiting."""
        self.cancel.set()
        for transport in list(self._transports):
            transport.abort()
        for reference in self._children.valuerefs():
            child = reference()
            if child is not None:
                child.stop()


_local = threading.local()


def current_scope() -> CancelScope | None:
    """Return the cancel scope that this thread works for."""
    return getattr(_local, "scope", None)


def is_stopped() -> bool:
    """Return whether the work of this thread is to end, as after Ctrl-C."""
    scope = current_scope()
    return scope is not None and scope.cancel.is_set()


@contextlib.contextmanager
def use_scope(scope: CancelScope) -> Iterator[CancelScope]:
    """Make `scope` the one that this thread works for, for a while."""
    outer_scope = current_scope()
    set_current_scope(scope)
    try:
        yield scope
    finally:
        set_current_scope(outer_scope)


def set_current_scope(scope: CancelScope | None) -> None:
    """Make `scope` the one that this thread works for."""
    _local.scope = scope


def _after_fork_in_child() -> None:
    """Work for nothing: what the forking thread worked for is the parent's, and its threads are not here."""
    set_current_scope(None)


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_after_fork_in_child)


class ProgressCounter:
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
def interruptible(progress_text: Callable[[], str], counter: ProgressCounter) -> Iterator[CancelScope]:
    """Give this thread a cancel scope; Ctrl-C becomes an error that says how far the work got.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    interrupted = False
    with use_scope(CancelScope(current_scope())) as scope:
        try:
            yield scope
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            scope.stop()
    if interrupted:
        raise InterruptedReadError(
            f"stopped after {progress_text()}", hint="Nothing of it was kept.", rows=counter.rows
        ) from None
