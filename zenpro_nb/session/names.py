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
        self._kept: dict[tuple[str, str], object] = {}

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

    def keep(self, what: str, of: str, value: object) -> None:
        """Keep what was found out about something, such as which organization a name means."""
        with self._lock:
            self._kept[what, of] = value

    def kept(self, what: str, of: str) -> object | None:
        """Return what was kept; None where nothing was, or it is no longer believed."""
        with self._lock:
            return self._kept.get((what, of))

    @property
    def remembers(self) -> bool:
        """Return whether anything is kept."""
        return bool(self._kept)

    def doubt(self) -> bool:
        """Believe nothing any more that was kept, since the server refused; return whether there was anything."""
        with self._lock:
            doubted = bool(self._kept)
            self._kept.clear()
        return doubted

    def forget(self) -> None:
        """Forget all: another server is spoken to now."""
        with self._lock:
            self._known.clear()
            self._kept.clear()
