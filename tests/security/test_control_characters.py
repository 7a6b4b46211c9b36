"""Every control character, and every character that changes the order of letters, is shown as an escape."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from zenpro_nb.errors import UsageError
from zenpro_nb.forms.adapters import FormUI
from zenpro_nb.security import printable
from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.protocol import TerminalUI

# From the Unicode database, not from the package: control characters, line and paragraph separators, and every
# character with the property Bidi_Control (UAX 9): explicit formatting characters by their class, marks by their name.
EXPLICIT = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
MARKS = frozenset({"ARABIC LETTER MARK", "LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK"})
OBEYED = [
    char
    for char in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(char) in ("Cc", "Zl", "Zp")
    or unicodedata.bidirectional(char) in EXPLICIT
    or unicodedata.name(char, "") in MARKS
]


def escape(char: str) -> str:
    """The character as Python writes it."""
    return char.encode("unicode_escape").decode()


def test_the_list_contains_the_known_controls() -> None:
    assert {"\x00", "\x1b", "\x7f", "\x9b", "\u061c", "\u200e", "\u200f", "\u202e", "\u2028", "\u2066"} <= {*OBEYED}
    assert len(OBEYED) == 65 + 2 + 12


@pytest.mark.parametrize("char", OBEYED, ids=escape)
def test_each_is_shown_as_an_escape(char: str) -> None:
    name = f"ops{char}x"
    ui = FormUI(TerminalUI())
    ui.say(name)
    shown = {
        "one line": printable.cell(name),
        "an error": str(UsageError(f"There is no team {name}")),
        "a card": repr(Card(name, [(name, name)], [name])).replace("\n", ""),
        # Line ends and tabs keep their meaning here.
        "words of a form": ui.words[0] if char not in "\n\t" else "",
        "HTML": printable.markup(name) if char not in "\n\t" else "",
    }
    assert [place for place, text in shown.items() if char in text] == []
    assert escape(char) in shown["one line"]
    assert escape(char) in shown["an error"]
