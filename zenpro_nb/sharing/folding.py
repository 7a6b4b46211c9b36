"""Letters without their marks: `Núñez`, `NÚÑEZ` in two code points, and `Nunez` are one name."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

# Letters that have no mark to take away, and signs that look like those of ASCII.
_SPECIAL = {
    "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "ı": "i",
    "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-",
}  # fmt: skip
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "Å": "Aa", "ø": "oe"}
)
_UMLAUT = re.compile(r"([aouAOU])e")
_INVISIBLE = frozenset({"Mn", "Me", "Cf"})  # marks; zero-width signs and soft hyphens
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_LETTERS = 1024  # different letters that are remembered
_LEAST = 5  # letters of a name of which a spelling without e is looked for


class Folded(Struct, frozen=True):
    """A text with plain letters.

    Attributes:
        text: itself.
        starts: places in it, each where the difference to the original changes.
        shifts: how much further the original is, from each of these places on.
    """

    text: str
    starts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def place(self, at: int) -> int:
        """Return the place in the original text."""
        found = bisect_right(self.starts, at) - 1
        return at + (self.shifts[found] if found >= 0 else 0)


@lru_cache(maxsize=_LETTERS)
def _letter(char: str) -> str:
    found = "".join(
        _SPECIAL.get(text, text)
        for text in unicodedata.normalize("NFKD", _SPECIAL.get(char, char))
        if unicodedata.category(text) not in _INVISIBLE
    )
    return found if len(found) <= 2 else char


def folded(text: str) -> Folded:
    """Return a text with plain letters, and where each of them was.

    >>> folded("Núñez").text, folded("Straße!").place(7)
    ('Nunez', 6)
    """
    if text.isascii():
        return Folded(text)
    parts: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    done = length = shift = 0
    for match in _FOREIGN.finditer(text):
        letter = _letter(match.group())
        parts += [text[done : match.start()], letter]
        length += match.start() - done + len(letter)
        done = match.end()
        if done - length != shift:
            shift = done - length
            starts.append(length)
            shifts.append(shift)
    return Folded("".join([*parts, text[done:]]), tuple(starts), tuple(shifts))


def variants(name: str) -> Iterator[str]:
    """Yield a name as it is, and as it is written where there are no umlauts, and the other way round.

    >>> list(variants("Jürgen Müller"))[1:]
    ['Juergen Mueller']
    >>> list(variants("Juergen Mueller"))[1:]
    ['Jurgen Muller']
    """
    yield name
    german = unicodedata.normalize("NFC", name).translate(_GERMAN)
    if german != name:
        yield german
    elif len(name) >= _LEAST and (without := _UMLAUT.sub(r"\1", name)) != name:
        yield without
