"""Made-up ids, determined by the id and a secret key: an id and its shortened form get the same one everywhere."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Collection

_ID = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-zA-Z])",
    re.IGNORECASE,
)
_SHORT_ID = re.compile(r"(?<![0-9a-zA-Z-])([0-9a-f]{8})(?=…)")


class MadeUpIds:
    """The made-up ids of one session or file.

    Args:
        key: a secret. Without it, nobody can find out which id a made-up one replaces.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._ids: dict[str, uuid.UUID] = {}
        self._real: dict[str, str] = {}  # by made-up id, which may occur in a text again
        self._short: dict[str, str] = {}

    def replace_in(self, text: str) -> str:
        """Return a text with made-up ids.

        >>> ids = MadeUpIds(b"key")
        >>> once = ids.replace_in("0b4c5a52-7c1e-4a6b-9d8f-2f6f5f0e8a11, 0b4c5a52…")
        >>> once[:8] == once[38:46] != "0b4c5a52", ids.replace_in(once) == once
        (True, True)
        """
        text = _ID.sub(self._id, text)
        return _SHORT_ID.sub(lambda match: self._short_id(match.group()), text)

    def real(self, made_up: str) -> str:
        """Return the id that a made-up one replaces; any other text unchanged.

        >>> ids = MadeUpIds(b"key")
        >>> ids.real(ids.replace_in("0b4c5a52-7c1e-4a6b-9d8f-2f6f5f0e8a11"))
        '0b4c5a52-7c1e-4a6b-9d8f-2f6f5f0e8a11'
        """
        return self._real.get(made_up.replace("-", "").lower(), made_up)

    @property
    def replaced(self) -> Collection[str]:
        """Return the ids that have a made-up one, in order of appearance."""
        return self._real.values()

    def _digits(self, plain: str) -> str:
        return hashlib.blake2b(plain.encode(), key=self._key, digest_size=16).hexdigest()

    def _id(self, match: re.Match[str]) -> str:
        key = match.group()
        plain = key.replace("-", "").lower()
        if plain in self._real:
            return key
        if plain not in self._ids:
            # The beginning may have been met earlier, truncated.
            self._ids[plain] = uuid.UUID(self._short_id(plain[:8]) + self._digits(plain)[8:])
            self._real[self._ids[plain].hex] = key
        pseudonym = self._ids[plain]
        return str(pseudonym) if "-" in key else pseudonym.hex

    def _short_id(self, beginning: str) -> str:
        beginning = beginning.lower()
        if beginning not in self._short:
            pseudonym = self._digits(beginning)[:8]
            self._short |= {beginning: pseudonym, pseudonym: pseudonym}
        return self._short[beginning]
