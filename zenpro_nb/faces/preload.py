"""An optional head start: what the first command needs is imported while the user still reads.

It is off unless `ZENPRO_WARM_UP=1` is set, as the demo and Binder do: an import in a thread takes turns with whatever
the next cell does. `benchmarks/loading.py` measures what it saves.
"""

from __future__ import annotations

import importlib
import os
import threading

from zenpro_nb.files.variables import PRELOAD

_MODULES = ("zenpro_nb.commands.tree", "zenpro_nb.faces.notebook", "zenpro_nb.frames.decoder")


def warm_up() -> threading.Thread | None:
    """Import in a daemon thread, where that was asked for; gives the thread."""
    if os.environ.get(PRELOAD) != "1":
        return None
    thread = threading.Thread(target=_import_all, name="zenpro warm-up", daemon=True)
    thread.start()
    return thread


def _import_all() -> None:
    for name in _MODULES:
        importlib.import_module(name)
