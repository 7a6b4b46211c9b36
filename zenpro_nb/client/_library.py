"""Imports httpx without its command line.

If rich is installed, httpx imports rich, pygments and click for its command line. This takes twice as long as the rest
of httpx. Here these imports wait until `httpx.main` is called.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_NAME = "httpx._main"


def _main(*args: Any, **kwargs: Any) -> Any:
    """Run the command line of httpx."""
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
