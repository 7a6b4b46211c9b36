"""What one interruptible piece of work shares: the flag that stops it and the connections to cut.

A cancel scope belongs to a listing or a fan-out. Its worker threads carry it as their current scope, so that whatever
they call on any client stops with it. Scopes nest: a fan-out over workspaces holds one listing in each.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
import weakref
from collections.abc import Iterator
from typing import Protocol


class Cuttable(Protocol):
    def cut(self) -> None:
        """End every connection now."""
        ...


class Stopped(BaseException):
    """Ends a worker whose cancel scope was stopped; no `except Exception` of the work it does may swallow it."""


class CancelScope:
    """The flag and the connections of one piece of work, and how many threads do it and what is around it."""

    # No lock: to store one, and to copy all, is one step of the interpreter each, and a lock could be found taken for
    # ever by a forked child.
    def __init__(self, parent: CancelScope | None = None) -> None:
        self.cancel = threading.Event()
        self.width = 1
        self.patience = math.inf  # seconds of failures after which a request is not tried again
        self._wires: set[Cuttable] = set()
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
            raise Stopped

    def use(self, wire: Cuttable) -> None:
        """Remember a wire whose connections are to be cut when the work is stopped."""
        self._wires.add(wire)

    def stop(self) -> None:
        """End the work and all work inside it: nothing new is sent, what waits for an answer stops waiting."""
        self.cancel.set()
        for wire in list(self._wires):
            wire.cut()
        for place in self._children.valuerefs():
            child = place()
            if child is not None:
                child.stop()


_local = threading.local()


def current() -> CancelScope | None:
    """Return the cancel scope that this thread works for."""
    return getattr(_local, "scope", None)


def is_stopped() -> bool:
    """Return whether the work of this thread is to end, as after Ctrl-C."""
    scope = current()
    return scope is not None and scope.cancel.is_set()


@contextlib.contextmanager
def working_for(scope: CancelScope) -> Iterator[CancelScope]:
    """Make `scope` the one that this thread works for, for a while."""
    outer = current()
    enter(scope)
    try:
        yield scope
    finally:
        enter(outer)


def enter(scope: CancelScope | None) -> None:
    """Make `scope` the one that this thread works for."""
    _local.scope = scope


def _in_child() -> None:
    """Work for nothing: what the forking thread worked for is the parent's, and its threads are not here."""
    enter(None)


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_in_child)
