"""The names that have been fetched: what Tab offers, and what queries by name need not ask again."""

from __future__ import annotations

import threading
from collections.abc import Iterable


class Names:
    """Names by noun, in the order in which they were first seen. Thread-safe.

    Example:
        >>> names = Names()
        >>> names.remember("teams", [("ops", "1"), ("ml", "2")])
        >>> names.of("teams")
        ['ops', 'ml']
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, str]] = {}

    def after_fork(self) -> None:
        """Make the lock anew: in a forked child nobody may be left to give it back."""
        self._lock = threading.Lock()

    def remember(self, noun: str, pairs: Iterable[tuple[object, object]]) -> None:
        """Keep pairs of a name and an id, where both are texts; a later name of the same id replaces the earlier."""
        with self._lock:
            known = self._known.setdefault(noun, {})
            known.update(
                (key, name) for name, key in pairs if isinstance(name, str) and isinstance(key, str) and name and key
            )

    def of(self, noun: str) -> list[str]:
        """Return the names known of this noun."""
        with self._lock:
            return list(dict.fromkeys(self._known.get(noun, {}).values()))

    def by_id(self, noun: str) -> dict[str, str]:
        """Return names by id, for this noun; two things may bear the same name."""
        with self._lock:
            return dict(self._known.get(noun, {}))

    def forget(self) -> None:
        """Forget all: another server is spoken to now."""
        with self._lock:
            self._known.clear()
