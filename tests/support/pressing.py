"""Ctrl-C from a thread that sends a request, and the wait until the main thread has noticed."""

from __future__ import annotations

import signal
import threading

from zenpro_nb.client._cancellation import current_scope

PATIENCE = 60.0  # seconds until a main thread that does not notice counts as broken


def press_ctrl_c() -> None:
    """Press Ctrl-C, and wait until it has stopped the work of this thread."""
    scope = current_scope()
    stopped = threading.Event() if scope is None else scope.cancel
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    assert stopped.wait(PATIENCE), "the work goes on after Ctrl-C"


class Dropping:
    """Presses Ctrl-C where Python drops the KeyboardInterrupt: in its destructor."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def drop_ctrl_c() -> None:
    """Press Ctrl-C in the main thread without raising KeyboardInterrupt."""
    Dropping()
