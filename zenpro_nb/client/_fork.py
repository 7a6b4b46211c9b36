"""What a forked child makes anew: connections, which are its parent's as well, and locks.

A lock that another thread held when the process was copied is never given back in the child, for that thread is not in
it. Requests over a connection of the parent would mix with the parent's own.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forkable(Protocol):
    """What holds locks or connections."""

    def after_fork(self) -> None:
        """Make them anew, without taking a lock or touching a connection of the parent."""
        ...


# To store one, and to copy all, is one step of the interpreter each: there is no lock here either.
_owners: weakref.WeakValueDictionary[int, Forkable] = weakref.WeakValueDictionary()


def renew_in_child(owner: Forkable) -> None:
    """Have `owner.after_fork` called in every forked child, for as long as the owner lives."""
    _owners[id(owner)] = owner


def _after_fork_in_child() -> None:
    for reference in _owners.valuerefs():
        owner = reference()
        if owner is not None:
            owner.after_fork()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_after_fork_in_child)
