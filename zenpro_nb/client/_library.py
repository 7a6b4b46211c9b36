"""httpx without its command line.

Where rich is installed, httpx imports it, pygments and click for a command line of its own, which takes twice as long
as all the rest of it. Here that is left until somebody calls `httpx.main`.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_NAME = "httpx._main"


def _main(*args: Any, **kwargs: Any) -> Any:
    """Run httpx's command line."""
    return importlib.import_module(_NAME).main(*args, **kwargs)


def _import() -> None:
    if "httpx" in sys.modules:
        return
    later = ModuleType(_NAME)
    later.main = _main  # type: ignore[attr-defined]
    sys.modules[_NAME] = later
    try:
        importlib.import_module("httpx")
    finally:
        sys.modules.pop(_NAME, None)


_import()

import httpx as httpx  # noqa: E402 - it is what was imported above
