"""Notice every Ctrl-C, even one that Python drops.

Python raises KeyboardInterrupt wherever its main thread is. In a destructor or in the callback of a weak reference, it
only prints "Exception ignored in …", and the program continues. While a command prepares thousands of writes, that
happens to one Ctrl-C in ten.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Dropped:
    """Whether Python has dropped a KeyboardInterrupt; without a lock, which a callback might not get."""

    pending = False
    hook: object = None  # of the outermost block


@contextmanager
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
