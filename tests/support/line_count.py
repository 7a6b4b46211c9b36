"""How many lines of the project a call executes, loops included: a measure of work that no other program disturbs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import zenpro_nb

_PROJECT = str(Path(zenpro_nb.__file__).parent)


def lines_executed(call: Callable[[], object]) -> int:
    """Make the call, and return how many lines of the project it executes in this thread."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def entered(frame: FrameType, event: str, argument: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(_PROJECT) else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        call()
    finally:
        sys.settrace(before)
    return count
