"""Reads that do not wait for one another, sent at once; and reads that believe what was kept, and look again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from zenpro_nb.errors import NotFoundError
from zenpro_nb.session.session import Session

A = TypeVar("A")
B = TypeVar("B")


class Once(Generic[A]):
    """A read that several calls at the same time need, and that is made once. A read that failed is made again.

    >>> numbers = iter(range(9))
    >>> read = Once(lambda: next(numbers))
    >>> read(), read()
    (0, 0)
    """

    def __init__(self, read: Callable[[], A]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._found: list[A] = []

    def __call__(self) -> A:
        """Return what the read gives. Raises what it raises."""
        with self._lock:
            if not self._found:
                self._found.append(self._read())
            return self._found[0]


def gather(session: Session, first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Make two calls at once, and return what both give. Raises the error of the first, else that of the second."""
    item, other = gather_all(session, [first, second])
    return item, other


def gather_all(session: Session, calls: list[Callable[[], Any]]) -> list[Any]:
    """Make the calls at once, and return what they give.

    Raises:
        Exception: the error of the first call in their order that failed, so that the same mistake is always told.
    """
    results = session.server.fan_out(calls, errors="return")
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def cached_then_verify(session: Session, read: Callable[[], A]) -> A:
    """Return what a read gives; where the server does not find what was kept, look everything up and read once more.

    For reads only.
    """
    kept_before = session.names.remembers
    try:
        return read()
    except NotFoundError:
        if not (session.names.doubt() and kept_before):
            raise
    return read()
