"""Share reads that several threads need at the same time: one request serves all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from zenpro_nb import limits

T = TypeVar("T")


class _Slot:
    """The state of the reads for one key."""

    def __init__(self) -> None:
        self.read_count = 0  # the number of reads started so far
        self.ended = 0  # the number of the newest read that has a result
        self.running = False
        self.waiting = 0
        self.value: Any = None
        self.error: Exception | None = None


class SharedReads:
    """Returns to each caller the result of a read that began after the call; callers that wait together share one read.

    A check after a lost response must not see an older state: a read in progress when the call comes is too old.

    >>> SharedReads().fetch("teams", lambda: ["ops"])
    ['ops']
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._slots: dict[Hashable, _Slot] = {}

    def after_fork(self) -> None:
        """Start empty: the reads in progress belong to the parent process."""
        self._condition = threading.Condition()
        self._slots.clear()

    def fetch(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return the result of a read that began after this call. Raises the errors of the read.

        Args:
            key: the same for calls that read the same.
        """
        with self._condition:
            slot = self._slots.setdefault(key, _Slot())
            first_valid = slot.read_count + 1
            slot.waiting += 1
        try:
            while True:
                with self._condition:
                    while slot.running and slot.ended < first_valid:
                        self._condition.wait(limits.WAIT_SLICE)
                    if slot.ended >= first_valid:
                        if slot.error is not None:
                            raise slot.error
                        result: T = slot.value
                        return result
                    slot.running = True
                    slot.read_count += 1
                self._lead(slot, read)
        finally:
            with self._condition:
                slot.waiting -= 1
                if not slot.waiting and self._slots.get(key) is slot:
                    del self._slots[key]

    def _lead(self, slot: _Slot, read: Callable[[], Any]) -> None:
        """Read for all waiting callers; a cancelled read has no result, and the next caller reads."""
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
                    slot.ended, slot.value, slot.error = slot.read_count, value, error
                self._condition.notify_all()
