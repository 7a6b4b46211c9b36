"""The cells and columns of tables and cards. `tables` draws them as text, `markup` as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import cached_property
from typing import Any

from msgspec import Struct

from zenpro_nb.limits import TABLE_PROSE

NOTHING_SIGN, YES_SIGN, NO_SIGN, ELLIPSIS = "·", "✓", "–", "…"


class Text(str):
    """A text of several lines. A notebook shows the text itself, not its `repr`."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


class Signal(Enum):
    """The meaning of a state. It is shown by color, next to the word itself."""

    GOOD = "good"
    BUSY = "busy"
    CAUTION = "caution"
    BAD = "bad"
    IDLE = "idle"


_WORDS = {
    Signal.GOOD: "yes available completed active done already ok pass verified allocated accepted resolved cached",
    Signal.BUSY: "running pending initializing provisioning queued retrying resuming not_initialized starting updating",
    Signal.CAUTION: "warning stopping stopped cancelling cancelled paused preempting preempted expired unknown "
    "inactive not_sent not_kept medium",
    Signal.BAD: "failed fail high error refused locked rejected not_done critical no_matching_pool",
}
_SIGNALS = {word: signal for signal, words in _WORDS.items() for word in words.split()}


def signal_of(state: str) -> Signal:
    """Return the meaning of a state; an unknown one is idle.

    >>> signal_of("available").value, signal_of("Not sent").value, signal_of("skipped").value
    ('good', 'caution', 'idle')
    """
    return _SIGNALS.get(state.strip().lower().replace(" ", "_"), Signal.IDLE)


class Cell(Struct, frozen=True):
    """The content of one cell: a printable line."""

    text: str
    short: str = ""  # replaces the text if space is limited
    hint: str = ""  # further details, shown on hover
    signal: Signal | None = None  # the text is a state, drawn as a badge
    quiet: bool = False
    tone: str = ""  # its background, one of those in the stylesheet

    @property
    def shown(self) -> str:
        """Return the short text if there is one, otherwise the whole text."""
        return self.short or self.text

    @property
    def nothing(self) -> bool:
        """Return whether the value is missing."""
        return self.text == NOTHING_SIGN


NOTHING = Cell(NOTHING_SIGN, quiet=True)
GAP = Cell(ELLIPSIS, quiet=True)  # represents rows that are not shown


class TableColumn(Struct, frozen=True, dict=True):
    """A column of a table: its name, and a cell for each row that is shown."""

    name: str
    cells: Sequence[Cell]
    right: bool = False  # numbers
    prose: bool = False  # sentences: wrapped, never cut
    key: bool = False  # ids: placed last, shortened, and folded away first
    index: bool = False

    @cached_property
    def width(self) -> int:
        """Return the width of the column with its cells as shown."""
        return max(map(text_width, [self.name, *(cell.shown for cell in self.cells)]))

    @cached_property
    def empty(self) -> bool:
        """Return whether the column has rows but no values."""
        return bool(self.cells) and all(cell.nothing or cell is GAP for cell in self.cells)

    @property
    def address(self) -> bool:
        """Return whether its values are web addresses, which are long and rarely read."""
        return any(cell.text.startswith(("http://", "https://")) for cell in self.cells)


def text_width(text: str) -> int:
    """Return the width of a printable text in a terminal: two for East Asian characters, none for accents."""
    if text.isascii():
        return len(text)
    import wcwidth  # large tables that most texts do not need

    return wcwidth.width(text)


def shortened(text: str, limit: int) -> str:
    """Return the text, cut to this width with an ellipsis.

    >>> shortened("Workspace Developer", 10)
    'Workspace…'
    """
    if text_width(text) <= limit:
        return text
    import wcwidth  # as above

    return f"{wcwidth.clip(text, 0, limit - 1).rstrip()}{ELLIPSIS}"


def fold(columns: Sequence[TableColumn], width: int, gap: int = 2) -> tuple[list[TableColumn], list[TableColumn]]:
    """Return the columns that fit side by side, and the ones to fold away. If all fit, their order does not change.

    Otherwise, ids come last. Columns are folded away in this order: empty ones, ids after the first, addresses, then
    the rest from the right.
    """
    shown = list(columns)
    if total_width(shown, gap) <= width:
        return shown, []
    ids = [column for column in shown if column.key]
    shown = [column for column in shown if not column.key] + ids
    kept = next((column for column in ids if not column.empty), None)
    free = [column for column in reversed(shown) if column is not kept and not column.index]
    going = [column for column in free if column.empty]
    going += [column for column in free if column.key and not column.empty]
    rest = [column for column in free if not column.key and not column.empty][:-1]
    going += sorted(rest, key=lambda column: not column.address)
    for column in going:
        if total_width(shown, gap) <= width:
            break
        if sum(not column.index for column in shown) > 1:
            shown = [item for item in shown if item is not column]
    return shown, [column for column in columns if not any(column is item for item in shown)]


def total_width(columns: Sequence[TableColumn], gap: int = 2) -> int:
    """Return the width of columns side by side."""
    widths = [min(column.width, TABLE_PROSE) if column.prose else column.width for column in columns]
    return sum(widths) + gap * (len(columns) - 1)
