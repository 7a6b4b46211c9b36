"""The cells and columns of tables and cards. `tables` draws them as text, `markup` as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import cached_property
from typing import Any

from msgspec import Struct

from zenpro_nb.limits import TABLE_KEPT, TABLE_SPARSE, TABLE_TIGHT, TABLE_TORN, TABLE_WRAPPED

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
    Signal.GOOD: "yes available completed active done already ok pass verified allocated accepted resolved cached "
    "settled",
    Signal.BUSY: "running pending initializing provisioning queued retrying resuming not_initialized starting updating",
    Signal.CAUTION: "warning stopping stopped cancelling cancelled paused preempting preempted expired unknown "
    "inactive undone not_sent not_kept medium",
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
    tone: str = ""  # its color, one of those in the stylesheet
    order: float | None = None  # the number by which it is sorted in an interactive table
    brief: str = ""  # a time, relative to the time of the read; replaces the text in narrow terminals

    @property
    def display(self) -> str:
        """Return the short text if there is one, otherwise the whole text."""
        return self.short or self.text

    @property
    def nothing(self) -> bool:
        """Return whether the value is missing."""
        return self.text == NOTHING_SIGN


# An absolute path has at least two folders, unlike the route of a request.
_ADDRESS = re.compile(r"https?://|/[^/{}]+/[^/{}]+/[^{}]*$|[A-Za-z]:\\")
_BREAKS = re.compile(r"[ -]")  # where a browser can wrap a text
WORD_BREAKS = re.compile(r"(?=@)|(?<=[-/])")  # where a terminal breaks a word that is longer than a line
NOTHING = Cell(NOTHING_SIGN, quiet=True)
GAP = Cell(ELLIPSIS, quiet=True)  # represents rows that are not shown


class TableColumn(Struct, frozen=True, dict=True):
    """A column of a table: its name, and a cell for each row that is shown."""

    name: str
    cells: Sequence[Cell]
    right: bool = False  # numbers
    prose: bool = False  # sentences: wrapped, never cut
    solid: bool = False  # prose whose words are not broken in a terminal, however long they are
    command: bool = False  # commands to copy: in a narrow terminal below their row, if they decide
    key: bool = False  # ids: placed last, shortened, and folded away first
    index: bool = False
    deciding: int = 0  # columns that decide are folded away last: 1 is the most important, 0 does not decide

    @property
    def vital(self) -> bool:
        """Return whether a row is not understood without it: it is among the first that decide, and no id."""
        return 0 < self.deciding <= TABLE_KEPT and not self.key

    @cached_property
    def width(self) -> int:
        """Return the width of the column with its cells as shown."""
        return max(map(text_width, [self.name, *(cell.display for cell in self.cells)]))

    @cached_property
    def empty(self) -> bool:
        """Return whether the column has rows but no values."""
        return bool(self.cells) and all(cell.nothing or cell is GAP for cell in self.cells)

    @cached_property
    def constant(self) -> bool:
        """Return whether all of several rows have the same value."""
        values = [cell.text for cell in self.cells if cell is not GAP]
        return len(values) > 1 and len(set(values)) == 1

    @cached_property
    def sparse(self) -> bool:
        """Return whether few of the rows have a value: at most one of ten."""
        values = [cell for cell in self.cells if cell is not GAP]
        return sum(not cell.nothing for cell in values) * TABLE_SPARSE <= len(values)

    @property
    def state(self) -> bool:
        """Return whether its values are states."""
        return any(cell.signal for cell in self.cells)

    @property
    def moment(self) -> bool:
        """Return whether its values are times with a date."""
        return any(cell.brief for cell in self.cells)

    @property
    def wraps(self) -> bool:
        """Return whether its texts can be wrapped: those of an index or a column that decides, if they are long."""
        return bool(self.deciding or self.index) and self.short_text and self.width > TABLE_WRAPPED

    @property
    def short_text(self) -> bool:
        """Return whether its values are names or other short texts: no sentences, numbers, states, or times."""
        return not (self.prose or self.right or self.state or self.moment)

    @cached_property
    def _words(self) -> set[str]:
        return {word for text in [self.name, *(cell.display for cell in self.cells)] for word in text.split()}

    @cached_property
    def longest_word(self) -> int:
        """Return the width of the longest word, including those of its name."""
        return max(map(text_width, self._words), default=1)

    @cached_property
    def longest_part(self) -> int:
        """Return the width of the longest part of a word that a terminal breaks nowhere else than at `WORD_BREAKS`."""
        return max((text_width(part) for word in self._words for part in WORD_BREAKS.split(word)), default=1)

    @cached_property
    def least(self) -> int:
        """Return the smallest width of a column that wraps: that of its longest word, within limits."""
        return min(max(TABLE_WRAPPED, self._longest_word), TABLE_TORN)

    @cached_property
    def tightest(self) -> int:
        """Return the smallest width of names beside other columns that decide: that of their longest word."""
        return min(max(TABLE_TIGHT, self._longest_word), TABLE_TORN)

    @property
    def torn(self) -> bool:
        """Return whether it has a word that is too long for a narrow column, and is therefore torn if it is wrapped."""
        return self._longest_word > TABLE_TORN

    @cached_property
    def _longest_word(self) -> int:
        return max((text_width(word) for cell in self.cells for word in _BREAKS.split(cell.display)), default=0)

    @property
    def link(self) -> bool:
        """Return whether its values are web addresses."""
        return any(cell.text.startswith(("http://", "https://")) for cell in self.cells)

    @property
    def address(self) -> bool:
        """Return whether its values are web addresses or paths of files, which are long and rarely read."""
        return any(_ADDRESS.match(cell.text) for cell in self.cells)


def text_width(text: str) -> int:
    """Return the width of a printable text in a terminal: two for East Asian characters, none for accents."""
    if text.isascii():
        return len(text)
    import wcwidth  # large tables that most texts do not need

    return wcwidth.width(text)


def shorten(text: str, limit: int) -> str:
    """Return the text, cut to this width with an ellipsis.

    >>> shorten("Workspace Developer", 10)
    'Workspace…'
    """
    if text_width(text) <= limit:
        return text
    import wcwidth  # as above

    return f"{wcwidth.clip(text, 0, limit - 1).rstrip()}{ELLIPSIS}"
