"""Count the lines of the project that a call executes, including loops: a measure unaffected by other programs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import zenpro_nb

_PROJECT = str(Path(zenpro_nb.__file__).parent)


def lines_executed(call: Callable[[], object]) -> int:
    """Make the call, and return the number of project lines that it executes in this thread."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(_PROJECT) else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        call()
    finally:
        sys.settrace(before)
    return count
