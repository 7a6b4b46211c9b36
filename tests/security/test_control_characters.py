"""Every control character, and every character that changes the order of letters, is shown as an escape."""

from __future__ import annotations

import unicodedata
from functools import cache

from zenpro_nb.errors import UsageError
from zenpro_nb.forms.adapters import FormUI
from zenpro_nb.security import printable
from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.protocol import TerminalUI

# From the Unicode database, not from the package: control characters, line and paragraph separators, and every
# character with the property Bidi_Control (UAX 9): explicit formatting characters by their class, marks by their name.
EXPLICIT = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
MARKS = frozenset({"ARABIC LETTER MARK", "LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK"})
# Of the 17 planes of Unicode, these contain characters with a name; the others are empty or for private use.
PLANES = (0, 1, 2, 3, 14)
PLANE = 0x10000


@cache
def obeyed() -> list[str]:
    """Every such character."""
    return [
        char
        for plane in PLANES
        for char in map(chr, range(plane * PLANE, (plane + 1) * PLANE))
        if unicodedata.category(char) in ("Cc", "Zl", "Zp")
        or unicodedata.bidirectional(char) in EXPLICIT
        or unicodedata.name(char, "") in MARKS
    ]


def escape(char: str) -> str:
    """The character as Python writes it."""
    return char.encode("unicode_escape").decode()


def test_the_list_contains_the_known_controls() -> None:
    assert {"\x00", "\x1b", "\x7f", "\x9b", "\u061c", "\u200e", "\u200f", "\u202e", "\u2028", "\u2066"} <= {*obeyed()}
    assert len(obeyed()) == 65 + 2 + 12


def test_each_is_shown_as_an_escape() -> None:
    shown = {char: places(f"ops{char}x", char) for char in obeyed()}
    assert {escape(char): texts for char, texts in shown.items() if any(char in text for text in texts)} == {}
    unreadable = [escape(char) for char, texts in shown.items() if any(escape(char) not in text for text in texts[:2])]
    assert unreadable == []


def places(name: str, char: str) -> list[str]:
    """The name on one line, in an error, on a card, in the words of a form, and in HTML."""
    ui = FormUI(TerminalUI())
    ui.say(name)
    return [
        printable.cell(name),
        str(UsageError(f"There is no team {name}")),
        repr(Card(name, [(name, name)], [name])).replace("\n", ""),
        # Line ends and tabs keep their meaning here.
        *([ui.words[0], printable.markup(name)] if char not in "\n\t" else []),
    ]
