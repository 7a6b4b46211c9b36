"""What an id looks like, so that a name is told from it."""

from __future__ import annotations

import uuid


def is_id(text: str) -> bool:
    """Return whether the text is a UUID, which is what every id of both APIs is.

    >>> is_id("1b4e28ba-2fa1-4d2b-883f-0016d3cca427"), is_id("ml-prod")
    (True, False)
    """
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
