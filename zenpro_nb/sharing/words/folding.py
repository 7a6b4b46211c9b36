"""Letters without diacritics: `Núñez`, `NÚÑEZ` in decomposed form, and `Nunez` are the same name."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

# Letters without a removable mark, and characters that look like ASCII ones.
_SPECIAL = {
    "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "ı": "i",
    "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-",
}  # fmt: skip
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "Å": "Aa", "ø": "oe"}
)
_UMLAUT = re.compile(r"([aouAOU])e")
_INVISIBLE = frozenset({"Mn", "Me", "Cf"})  # marks; zero-width characters and soft hyphens
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_LETTERS = 1024  # different letters that are cached
_MIN_NAME_LENGTH = 5  # letters of a name whose spelling without e is also searched


class FoldedText(Struct, frozen=True):
    """A text with plain letters.

    Attributes:
        text: the text itself.
        starts: positions in it at which the offset to the original changes.
        shifts: the offset of the original from each of these positions on.
    """

    text: str
    starts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def original_position(self, at: int) -> int:
        """Return the position in the original text."""
        index = bisect_right(self.starts, at) - 1
        return at + (self.shifts[index] if index >= 0 else 0)


@lru_cache(maxsize=_LETTERS)
def _fold_letter(char: str) -> str:
    plain = "".join(
        _SPECIAL.get(text, text)
        for text in unicodedata.normalize("NFKD", _SPECIAL.get(char, char))
        if unicodedata.category(text) not in _INVISIBLE
    )
    return plain if len(plain) <= 2 else char


def fold(text: str) -> FoldedText:
    """Return a text with plain letters, and the original position of each.

    >>> fold("Núñez").text, fold("Straße!").original_position(7)
    ('Nunez', 6)
    """
    if text.isascii():
        return FoldedText(text)
    parts: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    position = length = shift = 0
    for match in _FOREIGN.finditer(text):
        letter = _fold_letter(match.group())
        parts += [text[position : match.start()], letter]
        length += match.start() - position + len(letter)
        position = match.end()
        if position - length != shift:
            shift = position - length
            starts.append(length)
            shifts.append(shift)
    return FoldedText("".join([*parts, text[position:]]), tuple(starts), tuple(shifts))


def umlaut_variants(name: str) -> Iterator[str]:
    """Yield a name as it is, and its spellings with and without umlauts.

    >>> list(umlaut_variants("Jürgen Müller"))[1:]
    ['Juergen Mueller']
    >>> list(umlaut_variants("Juergen Mueller"))[1:]
    ['Jurgen Muller']
    """
    yield name
    german = unicodedata.normalize("NFC", name).translate(_GERMAN)
    if german != name:
        yield german
    elif len(name) >= _MIN_NAME_LENGTH and (without := _UMLAUT.sub(r"\1", name)) != name:
        yield without
