"""The beginning of a sentence: a capital, unless the sentence begins with a name that has none."""

from __future__ import annotations


def capitalized(text: str) -> str:
    """Return a text with a capital at its beginning; an address, an ID, or a quoted name stays as it is.

    >>> capitalized("no user matches"), capitalized("ada@example.com is deactivated"), capitalized("done: 1 change")
    ('No user matches', 'ada@example.com is deactivated', 'Done: 1 change')
    >>> capitalized("'x' is not a number"), capitalized("--org is missing"), capitalized("")
    ("'x' is not a number", '--org is missing', '')
    """
    first = next(iter(text.split(maxsplit=1)), "")
    return f"{text[:1].upper()}{text[1:]}" if first.rstrip(":,;.").isalpha() else text
