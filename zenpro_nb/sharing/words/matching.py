"""Searching for given words in a text: whole words, ignoring case, in the spellings of HTML, JSON and URLs."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from msgspec import Struct, field

from zenpro_nb.sharing.words.folding import fold, umlaut_variants

# Terminal colors are skipped, and so is the letter of an escaped line break.
_WORD = re.compile(r"\x1b\[[0-9;]*m|(?<=\\)[nrt](?=[^\W_])|[^\W_]+")
_LETTER = re.compile(r"[^\W_]")


class Matcher(Struct):
    """Words to search for, each with its value; diacritics and invisible characters are ignored.

    A text is split into words once, however many words are searched for.
    """

    _by_first: dict[str, dict[str, str]] = field(default_factory=dict)
    _exact: set[str] = field(default_factory=set)

    def add(self, term: str, value: str, *, exact: bool = False) -> None:
        """Add a term in all its spellings; the first value for a spelling wins.

        Args:
            term: the words to search for.
            value: the value of the term.
            exact: match case exactly.
        """
        for variant in umlaut_variants(term):
            for spelled in {fold(spelling).text for spelling in spellings(variant)}:
                first = _WORD.search(spelled)
                if first is None or first.start() > 0:
                    continue
                terms = self._by_first.setdefault(first.group().casefold(), {})
                if exact and spelled not in terms:
                    self._exact.add(spelled)
                elif not exact:
                    self._exact.discard(spelled)
                terms.setdefault(spelled, value)

    def union(self, other: Matcher) -> Matcher:
        """Return a matcher with the terms of both."""
        result = Matcher({first: dict(terms) for first, terms in self._by_first.items()}, set(self._exact))
        for first, terms in other._by_first.items():
            terms_here = result._by_first.setdefault(first, {})
            result._exact |= {term for term in terms if term not in terms_here and term in other._exact}
            for term, value in terms.items():
                terms_here.setdefault(term, value)
        return result

    def find(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Yield the start and end of each match, the term as added or spelled, and its value."""
        return find_terms(text, self)

    def _matches_at(self, text: str, start: int, term: str) -> bool:
        end = start + len(term)
        actual = text[start:end]
        is_equal = actual == term or (term not in self._exact and actual.casefold() == term.casefold())
        return is_equal and not _LETTER.match(text, end)


def find_terms(text: str, *matchers: Matcher) -> Iterator[tuple[int, int, str, str]]:
    """Yield the matches of several matchers in one pass: the start and end, the term as added or spelled, its value.

    The longest term at each place wins; of equally long ones the one in the case of the text, then the first matcher's.
    """
    if not any(matcher._by_first for matcher in matchers):
        return
    done, plain = 0, fold(text)
    for word in _WORD.finditer(plain.text):
        if word.start() < done:
            continue
        first = word.group().casefold()
        matches = [
            (term, value)
            for matcher in matchers
            for term, value in matcher._by_first.get(first, {}).items()
            if matcher._matches_at(plain.text, word.start(), term)
        ]
        if matches:
            here = word.start()
            term, value = max(matches, key=lambda pair: (len(pair[0]), plain.text.startswith(pair[0], here)))
            done = here + len(term)
            yield plain.original_position(word.start()), plain.original_position(done), term, value


def spellings(term: str) -> set[str]:
    """Return a term in the spellings of texts, HTML, JSON and URLs.

    >>> sorted(spellings("Cy O'Neil"))
    ['Cy O&#39;Neil', 'Cy O&#x27;Neil', "Cy O'Neil", 'Cy%20O%27Neil', 'Cy+O%27Neil']
    """
    variants = set()
    for form in ("NFC", "NFD"):
        plain = unicodedata.normalize(form, term)
        escaped = html.escape(plain)
        variants |= {plain, escaped, escaped.replace("&#x27;", "&#39;"), json.dumps(plain)[1:-1]}
        variants |= {quote(plain), quote_plus(plain)}
    return variants
