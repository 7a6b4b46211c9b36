"""Where given words stand in a text: whole ones, in whatever letters, and as HTML, JSON and addresses spell them."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from msgspec import Struct, field

# Colours of a terminal are passed over, and so is the letter of an escaped line end.
_WORD = re.compile(r"\x1b\[[0-9;]*m|(?<=\\)[nrt](?=[^\W_])|[^\W_]+")
_LETTER = re.compile(r"[^\W_]")


class Matcher(Struct):
    """Words to look for, each with what it stands for.

    A text is cut into words once, however many are looked for.
    """

    _by_first: dict[str, dict[str, str]] = field(default_factory=dict)
    _exact: set[str] = field(default_factory=set)

    def add(self, term: str, value: str, *, exact: bool = False) -> None:
        """Look for a term in all its spellings; what was added first stays.

        Args:
            term: what is looked for.
            value: what it stands for.
            exact: only in these very letters.
        """
        for spelled in spellings(term):
            first = _WORD.search(spelled)
            if first is None or first.start() > 0:
                continue
            terms = self._by_first.setdefault(first.group().casefold(), {})
            terms.setdefault(spelled, value)
            if exact:
                self._exact.add(spelled)

    def find(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Yield where a term begins and ends, the term as it was added or spelled, and what it stands for."""
        done = 0
        for word in _WORD.finditer(text):
            if word.start() < done:
                continue
            fitting = [
                (term, value)
                for term, value in self._by_first.get(word.group().casefold(), {}).items()
                if self._fits(text, word.start(), term)
            ]
            if fitting:
                term, value = max(fitting, key=lambda one: len(one[0]))
                done = word.start() + len(term)
                yield word.start(), done, term, value

    def _fits(self, text: str, start: int, term: str) -> bool:
        end = start + len(term)
        there = text[start:end]
        same = there == term or (term not in self._exact and there.casefold() == term.casefold())
        return same and not _LETTER.match(text, end)


def spellings(term: str) -> set[str]:
    """Return a term as texts, HTML, JSON and addresses of pages spell it.

    >>> sorted(spellings("Cy O'Neil"))
    ['Cy O&#39;Neil', 'Cy O&#x27;Neil', "Cy O'Neil", 'Cy%20O%27Neil', 'Cy+O%27Neil']
    """
    found = set()
    for form in ("NFC", "NFD"):
        plain = unicodedata.normalize(form, term)
        escaped = html.escape(plain)
        found |= {plain, escaped, escaped.replace("&#x27;", "&#39;"), json.dumps(plain)[1:-1]}
        found |= {quote(plain), quote_plus(plain)}
    return found
