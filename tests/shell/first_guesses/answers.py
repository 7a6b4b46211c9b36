"""What a guess can show: `Works`, or words of the error with the line to use."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

TODAY = datetime.now(UTC)
QUARTER = f"{TODAY.year}-q{(TODAY.month + 2) // 3}"
DORMANT = "`%zenpro audit --check no-login`"


class Works(Struct, frozen=True):
    """The line works: its output, or its DataFrame as text, contains these words."""

    words: str = ""


Guesses = list[tuple[str, str | Works]]
