"""Values that remember where in a file or DataFrame they come from, for errors about them."""

from __future__ import annotations


class PlacedText(str):
    """A text with its origin.

    Attributes:
        source: the file or DataFrame as a word of the line: `people.csv`, `$people`.
        place: the position in it, such as `line 12`; empty if it is unknown.
    """

    __slots__ = ("place", "source")
    source: str
    place: str


def origin_of(text: str) -> str:
    """Return where a text comes from, such as `people.csv, line 12`; empty for a typed one.

    >>> origin_of("ada@example.com")
    ''
    """
    return f"{text.source}, {text.place}" if isinstance(text, PlacedText) and text.place else ""
