"""Numbers of things in sentences: `1 workspace`, `2 workspaces`, in the same form everywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

_Y = re.compile(r"(?<=[^aeiou])y$")
_HISSING = re.compile(r"(?<=[sxz])$|(?<=ch)$|(?<=sh)$")


def counted(number: int, noun: str) -> str:
    """Return a number and the noun after it; pass the noun in the singular, with any adjectives.

    >>> counted(1, "workspace"), counted(0, "row"), counted(12_000, "code repository")
    ('1 workspace', '0 rows', '12,000 code repositories')
    """
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Return the plural of a noun.

    >>> plural("API key"), plural("repository"), plural("branch"), plural("other person")
    ('API keys', 'repositories', 'branches', 'other people')
    """
    if noun.endswith("person"):
        return f"{noun.removesuffix('person')}people"
    if _Y.search(noun):
        return _Y.sub("ies", noun)
    return _HISSING.sub("e", noun) + "s"


def enumerated(names: Sequence[str], most: int) -> str:
    """Return the names as words of a sentence: the first of them, and how many more there are.

    >>> enumerated(["ada"], 2), enumerated(["ada", "grace"], 2), enumerated(["ada", "grace", "linus"], 2)
    ('ada', 'ada and grace', 'ada, grace and 1 more')
    """
    if len(names) > most or len(names) < 2:
        return name_list(names, most)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def name_list(names: Sequence[str], most: int) -> str:
    """Return the first names, and how many more there are.

    >>> name_list(["ada", "grace"], 2), name_list(["ada", "grace", "linus"], 2)
    ('ada, grace', 'ada, grace and 1 more')
    """
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
