"""Reads that several threads need at the same time: one request answers all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from zenpro_nb import limits

T = TypeVar("T")


class _Slot:
    """What is known about the reads under one key."""

    def __init__(self) -> None:
        self.begun = 0  # how many reads were begun
        self.ended = 0  # the number of the newest read that has a result
        self.running = False
        self.waiting = 0
        self.value: Any = None
        self.error: Exception | None = None


class SharedReads:
    """Gives each caller the result of a read that began after the call; callers that wait together share one read.

    A check after a lost response must not see an older state: a read that is under way when the call comes is too old.

    >>> SharedReads().fetch("teams", lambda: ["ops"])
    ['ops']
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._slots: dict[Hashable, _Slot] = {}

    def after_fork(self) -> None:
        """Begin empty: the reads under way are the parent's."""
        self._condition = threading.Condition()
        self._slots.clear()

    def fetch(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what a read gives that began after this call. Raises what the read raises.

        Args:
            key: the same for calls that read the same.
        """
        with self._condition:
            slot = self._slots.setdefault(key, _Slot())
            wanted = slot.begun + 1
            slot.waiting += 1
        try:
            while True:
                with self._condition:
                    while slot.running and slot.ended < wanted:
                        self._condition.wait(limits.WAIT_SLICE)
                    if slot.ended >= wanted:
                        if slot.error is not None:
                            raise slot.error
                        found: T = slot.value
                        return found
                    slot.running = True
                    slot.begun += 1
                self._lead(slot, read)
        finally:
            with self._condition:
                slot.waiting -= 1
                if not slot.waiting and self._slots.get(key) is slot:
                    del self._slots[key]

    def _lead(self, slot: _Slot, read: Callable[[], Any]) -> None:
        """Read for all that wait; a read that is cancelled has no result, and the next caller reads."""
        value, error, ended = None, None, False
        try:
            try:
                value = read()
            except Exception as failure:
                error = failure
            ended = True
        finally:
            with self._condition:
                slot.running = False
                if ended:
                    slot.ended, slot.value, slot.error = slot.begun, value, error
                self._condition.notify_all()
