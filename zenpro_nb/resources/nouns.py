"""The nouns of the resources in sentences: in the singular, and with an article."""

from __future__ import annotations


def singular(noun: str) -> str:
    """Return the singular of the noun.

    >>> singular("service-accounts"), singular("code-repositories")
    ('service account', 'code repository')
    """
    text = noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")
    return text.replace("-", " ")


def one_of(noun: str) -> str:
    """Return the singular of the noun with its indefinite article.

    >>> one_of("organizations"), one_of("users"), one_of("runs")
    ('an organization', 'a user', 'a run')
    """
    word = singular(noun)
    vowel = word[0] in "aeiou" and not word.startswith("us")
    return f"{'an' if vowel else 'a'} {word}"
