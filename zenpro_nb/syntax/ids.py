"""The form of an id, which distinguishes it from a name."""

from __future__ import annotations

import uuid

_SHOWN = 8  # characters: the first group of a UUID, which is rarely the same for two


def is_id(text: str) -> bool:
    """Return whether the text is a UUID, as every id in both APIs is.

    >>> is_id("1b4e28ba-2fa1-4d2b-883f-0016d3cca427"), is_id("ml-prod")
    (True, False)
    """
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def short_id(key: str) -> str:
    """Return the beginning of an id, where the whole id is elsewhere.

    >>> short_id("1b4e28ba-2fa1-4d2b-883f-0016d3cca427")
    '1b4e28ba…'
    """
    return f"{key[:_SHOWN]}…"
