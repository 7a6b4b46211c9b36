"""Reads that do not wait for one another, sent at once; and reads that believe what was kept, and look again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from zenpro_nb.errors import NotFoundError
from zenpro_nb.session.session import Session

A = TypeVar("A")
B = TypeVar("B")


def together(session: Session, first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Make two calls at once, and return what both give. Raises the error of the first, else that of the second."""
    one, other = all_of(session, [first, second])
    return one, other


def all_of(session: Session, calls: list[Callable[[], Any]]) -> list[Any]:
    """Make the calls at once, and return what they give.

    Raises:
        Exception: the error of the first call in their order that failed, so that the same mistake is always told.
    """
    results = session.server.fan_out(calls, errors="return")
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def looked_up(session: Session, read: Callable[[], A]) -> A:
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
