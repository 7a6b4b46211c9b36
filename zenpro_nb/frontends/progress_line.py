"""The progress of a command in a cell: one line that is replaced, and nothing in the notebook that is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class ProgressLine:
    """A file for a progress bar in a kernel. Each written text replaces the previous one.

    A stream would not do: it keeps every line, and a notebook that is not saved by JupyterLab contains all of them.

    Args:
        shown: returns how a text is displayed.
    """

    def __init__(self, shown: Callable[[str], str]) -> None:
        self._shown = shown
        self._handle: Any = None
        self._line = ""

    def write(self, text: str) -> int:
        """Show this text, without the control characters that clear a line in a terminal."""
        line = self._shown(text.strip())
        if line != self._line:
            self._line = line
            content = {"text/plain": line}
            if self._handle is None:
                from IPython.display import display

                self._handle = display(content, raw=True, display_id=True)  # type: ignore[no-untyped-call]
            else:
                self._handle.update(content, raw=True)
        return len(text)

    def flush(self) -> None:
        """Do nothing: each line is sent when it is written."""
