"""Replaces connections and locks in a forked child.

A lock that another thread held during the fork is never released in the child, because that thread does not exist
there. Requests over a connection of the parent would mix with the parent's own requests.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forkable(Protocol):
    """An object with locks or connections."""

    def after_fork(self) -> None:
        """Replace them without taking a lock or using a connection of the parent."""
        ...


# No lock is needed here: storing one item and copying all items are single steps of the interpreter.
_owners: weakref.WeakValueDictionary[int, Forkable] = weakref.WeakValueDictionary()


def renew_in_child(owner: Forkable) -> None:
    """Call `owner.after_fork` in every forked child while the owner exists."""
    _owners[id(owner)] = owner


def _after_fork_in_child() -> None:
    for reference in _owners.valuerefs():
        owner = reference()
        if owner is not None:
            owner.after_fork()


if hasattr(os, "register_at_fork"):  # Windows does not have fork
    os.register_at_fork(after_in_child=_after_fork_in_child)
