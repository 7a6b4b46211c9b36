"""Colors of a terminal: those of states and changes, next to the words themselves.

The texts of cells are printable, so the only control characters in a painted line are these.
"""

from __future__ import annotations

import re

from zenpro_nb.ui.cells import Cell, Signal

_END = "\x1b[0m"
_GREEN, _RED, _YELLOW, _BLUE, _DIM = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[2m"
_SIGNALS = {Signal.GOOD: _GREEN, Signal.BUSY: _BLUE, Signal.CAUTION: _YELLOW, Signal.BAD: _RED, Signal.IDLE: _DIM}
_TONES = {"add": _GREEN, "remove": _RED, "update": _YELLOW, "blocked": _DIM, "skipped": _DIM, "noop": _DIM}
_CODES = re.compile(f"({'|'.join(map(re.escape, (_END, _GREEN, _RED, _YELLOW, _BLUE, _DIM)))})")


def paint(text: str, cell: Cell) -> str:
    r"""Return a piece of a line in the color of its cell.

    >>> paint("ok  ", Cell("ok", signal=Signal.GOOD)), paint("x", Cell("x"))
    ('\x1b[32mok  \x1b[0m', 'x')
    """
    color = _TONES.get(cell.tone, "")
    if not color and cell.signal is not None:
        color = _SIGNALS[cell.signal]
    if not color and cell.quiet:
        color = _DIM
    return f"{color}{text}{_END}" if color and text.strip() else text


def pieces(text: str) -> list[str]:
    """Return a painted text in pieces: text and colors alternate, and a text is the first and the last one."""
    return _CODES.split(text)
