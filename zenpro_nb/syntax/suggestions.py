"""Suggestions for misspelled words, found and worded in the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import cache

from zenpro_nb.limits import SUGGESTION_LIKENESS, SUGGESTION_NEARNESS, SUGGESTION_PERSON, SUGGESTIONS


def near(word: str, names: Iterable[str]) -> list[str]:
    """Return the known words that the word resembles, the closest first.

    Case and the dashes of options are ignored. A beginning or end that all the words share does not count as likeness:
    the domain of an email address, or the first word of `Workspace Developer`.

    Example:
        >>> near("--emial", ["--email", "--help"])
        ['--email']
        >>> near("bob@example.com", ["rob.roy@example.com", "bob@exmaple.com"]), near("ada", ["ada@example.com"])
        (['bob@exmaple.com'], ['ada@example.com'])
        >>> near("workspace wiever", ["Workspace Developer", "Workspace Viewer"])
        ['Workspace Viewer']
        >>> near("org admin", ["Workspace Admin", "Organization Admin"])
        ['Organization Admin']
    """
    # The dashes that all options share would make any two of them look alike.
    original = {_bare(text): text for text in reversed(list(names))}
    similarity = _Similarity(_bare(word))
    similarities = {text: similarity.of(text) for text in reversed(original)}
    best = max(similarities.values(), default=0.0)
    matches = [text for text, value in similarities.items() if value and best - value <= SUGGESTION_NEARNESS]
    matches = sorted(matches, key=lambda text: -similarities[text]) or _by_words(_bare(word), list(similarities))
    return [original[text] for text in matches[:SUGGESTIONS]]


def _by_words(word: str, candidates: Iterable[str]) -> list[str]:
    """Return the names of several words that contain all typed words, which can be shortened: `org admin`."""
    words = word.split()
    names = [text for text in candidates if " " in text and "@" not in text]
    return [
        name for name in names if words and all(any(part.startswith(start) for part in name.split()) for start in words)
    ]


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """Return the question for a hint, or `otherwise` if no known word is similar.

    Example:
        >>> did_you_mean("usres", ["users", "teams"])
        "Did you mean 'users'?"
    """
    matches = near(word, names)
    return f"Did you mean {' or '.join(map(repr, matches))}?" if matches else otherwise


class _Similarity:
    """How similar other words are to one word, from 0 for not similar enough to 1 for equal."""

    def __init__(self, word: str) -> None:
        self._word = word
        self._name, self._at, self._domain = word.partition("@")
        self._to_name = cache(_ratio_to(self._name, SUGGESTION_PERSON))
        self._to_domain = cache(_ratio_to(self._domain, SUGGESTION_PERSON))
        self._to_word = _ratio_to(word, SUGGESTION_LIKENESS)

    def of(self, other: str) -> float:
        """Return the similarity of this word."""
        name, at, domain = other.partition("@")
        if self._at and at:
            return min(self._to_domain(domain), self._to_name(name)) if self._to_domain(domain) else 0.0
        if at and name == self._word:
            return 1.0  # the local part of an email address
        ours, theirs = _without_common_ends(self._word.split(), other.split())
        if len(theirs) == len(other.split()):
            return self._to_word(other)
        return _ratio_to(" ".join(ours), SUGGESTION_LIKENESS)(" ".join(theirs))


def _without_common_ends(words: list[str], others: list[str]) -> tuple[list[str], list[str]]:
    """Return the words without their common beginning and end; at least one part of each remains."""
    ours, theirs = list(words), list(others)
    while len(ours) > 1 and len(theirs) > 1 and ours[0] == theirs[0]:
        ours, theirs = ours[1:], theirs[1:]
    while len(ours) > 1 and len(theirs) > 1 and ours[-1] == theirs[-1]:
        ours, theirs = ours[:-1], theirs[:-1]
    return ours, theirs


def _ratio_to(word: str, least: float) -> Callable[[str], float]:
    """Return difflib's similarity to one text, as a function of the other text; 0 if it is below the minimum."""
    matcher = SequenceMatcher(b=word)  # which caches what it computes about `b`

    def ratio(other: str) -> float:
        matcher.set_seq1(other)
        # The first two are cheap upper bounds of the third.
        if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
            return 0.0
        matches = matcher.ratio()
        return matches if matches >= least else 0.0

    return ratio


def _bare(word: str) -> str:
    return word.lstrip("-").casefold()
