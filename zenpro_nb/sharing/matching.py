"""Where given words are in a text: whole ones, in whatever letters, and as HTML, JSON and URLs spell them."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from msgspec import Struct, field

from zenpro_nb.sharing.folding import folded, variants

# Colours of a terminal are passed over, and so is the letter of an escaped line end.
_WORD = re.compile(r"\x1b\[[0-9;]*m|(?<=\\)[nrt](?=[^\W_])|[^\W_]+")
_LETTER = re.compile(r"[^\W_]")


class Matcher(Struct):
    """Words to look for, each with what it stands for; marks of letters and invisible signs do not count.

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
        for variant in variants(term):
            for spelled in {folded(spelling).text for spelling in spellings(variant)}:
                first = _WORD.search(spelled)
                if first is None or first.start() > 0:
                    continue
                terms = self._by_first.setdefault(first.group().casefold(), {})
                if exact and spelled not in terms:
                    self._exact.add(spelled)
                elif not exact:
                    self._exact.discard(spelled)
                terms.setdefault(spelled, value)

    def joined(self, other: Matcher) -> Matcher:
        """Return what looks for the terms of both."""
        made = Matcher({first: dict(terms) for first, terms in self._by_first.items()}, set(self._exact))
        for first, terms in other._by_first.items():
            own = made._by_first.setdefault(first, {})
            made._exact |= {term for term in terms if term not in own and term in other._exact}
            for term, value in terms.items():
                own.setdefault(term, value)
        return made

    def find(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Yield where a term begins and ends, the term as it was added or spelled, and what it stands for."""
        if not self._by_first:
            return
        done, plain = 0, folded(text)
        for word in _WORD.finditer(plain.text):
            terms = self._by_first.get(word.group().casefold())
            if terms is None or word.start() < done:
                continue
            fitting = [(term, value) for term, value in terms.items() if self._fits(plain.text, word.start(), term)]
            if fitting:
                term, value = max(fitting, key=lambda pair: len(pair[0]))
                done = word.start() + len(term)
                yield plain.place(word.start()), plain.place(done), term, value

    def _fits(self, text: str, start: int, term: str) -> bool:
        end = start + len(term)
        there = text[start:end]
        same = there == term or (term not in self._exact and there.casefold() == term.casefold())
        return same and not _LETTER.match(text, end)


def spellings(term: str) -> set[str]:
    """Return a term as texts, HTML, JSON and URLs spell it.

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
