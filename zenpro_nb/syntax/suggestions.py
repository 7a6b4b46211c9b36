"""What was meant, where a word is misspelt: asked and worded in one way everywhere."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from zenpro_nb.limits import SUGGESTION_LIKENESS, SUGGESTIONS


def near(word: str, known: Iterable[str]) -> list[str]:
    """Return the known words that the word resembles, the nearest first.

    Case and the dashes of options count for nothing.

    Example:
        >>> near("--emial", ["--email", "--help"])
        ['--email']
    """
    # The dashes that all options have in common would make any two of them alike.
    spelled = {_bare(one): one for one in reversed(list(known))}
    found = difflib.get_close_matches(_bare(word), spelled, n=SUGGESTIONS, cutoff=SUGGESTION_LIKENESS)
    return [spelled[one] for one in found]


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return the question for a hint; `otherwise` where nothing resembles the word.

    Example:
        >>> did_you_mean("usres", ["users", "teams"])
        "Did you mean 'users'?"
    """
    found = near(word, known)
    return f"Did you mean {' or '.join(map(repr, found))}?" if found else otherwise


def _bare(word: str) -> str:
    return word.lstrip("-").casefold()
