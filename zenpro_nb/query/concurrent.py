"""Run independent reads at the same time, and retry reads that relied on outdated cached names."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from zenpro_nb.errors import NotFoundError, ZenProError
from zenpro_nb.session.session import Session

A = TypeVar("A")
B = TypeVar("B")


class Once(Generic[A]):
    """A read that several concurrent calls need and that runs once. A failed read is repeated.

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
        """Return the result of the read. Raises the errors of the read."""
        with self._lock:
            if not self._found:
                self._found.append(self._read())
            return self._found[0]


def gather(session: Session, first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Run two calls at the same time, and return both results. Raises the error of the first failed one."""
    calls: list[Callable[[], Any]] = [first, second]
    first_result, second_result = _values(session.server.side_by_side(calls))
    return first_result, second_result


def gather_all(session: Session, calls: list[Callable[[], Any]]) -> list[Any]:
    """Run the calls at the same time, and return their results.

    Raises:
        Exception: the error of the first failed call in their order, which makes the reported error reproducible.
    """
    return _values(session.server.fan_out(calls, errors="return"))


def _values(results: list[Any]) -> list[Any]:
    """Return the results. Raises the first error among them."""
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def prefetch_kind(session: Session) -> None:
    """Request early whether the server is a sandbox; an error is raised where the response is used."""
    with contextlib.suppress(ZenProError):
        session.is_sandbox()


def cached_then_verify(session: Session, read: Callable[[], A]) -> A:
    """Return the result of a read; if the server does not find a cached id, clear the cache and read once more.

    For reads only.
    """
    had_cache = session.names.remembers
    try:
        return read()
    except NotFoundError:
        if not (session.names.doubt() and had_cache):
            raise
    return read()
