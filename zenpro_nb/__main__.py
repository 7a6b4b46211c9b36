"""The shell command `zenpro`, also `python -m zenpro_nb`: a process that runs one command, or completes it with Tab.

Most of its time is spent starting and ending. It imports only what the command line needs, and looks for unused objects
rarely, and not at all at the end: the operating system frees them.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from importlib import import_module
from typing import Any

from zenpro_nb import limits

_COMPLETION = "_ZENPRO_COMPLETE"


def main() -> None:
    """Run the command line of this process, and exit with its code."""
    gc.set_threshold(limits.OBJECTS_UNCOLLECTED)
    try:
        if _COMPLETION not in os.environ or not _frontend("shell_completion").complete(_COMPLETION):
            _frontend("cli").main()
    finally:
        gc.freeze()


def _frontend(name: str) -> Any:
    """Import a front end. Ctrl-C ends the process in this time without a traceback of the imports."""
    raises = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not raises or threading.current_thread() is not threading.main_thread():
        return import_module(f"zenpro_nb.frontends.{name}")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return import_module(f"zenpro_nb.frontends.{name}")
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    main()
