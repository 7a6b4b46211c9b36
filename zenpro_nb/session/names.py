"""The names that have been fetched: what Tab offers, and what queries by name need not ask again."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable

from zenpro_nb import limits

Column = Collection[object]  # of a frame


class NameCache:
    """Names by noun, in the order in which they were first seen. Thread-safe.

    Example:
        >>> names = NameCache()
        >>> names.remember("teams", [("ops", "1"), ("ml", "2")])
        >>> names.of("teams")
        ['ops', 'ml']
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, str]] = {}
        self._columns: dict[str, list[tuple[Column, Column]]] = {}  # not walked yet
        self._kept: dict[tuple[str, str], object] = {}

    def after_fork(self) -> None:
        """Make the lock anew: in a forked child nobody may be left to give it back."""
        self._lock = threading.Lock()

    def remember(self, noun: str, pairs: Iterable[tuple[object, object]]) -> None:
        """Keep pairs of a name and an id, where both are texts; a later name of the same id replaces the earlier."""
        with self._lock:
            self._walk(noun, 0)
            self._note(noun, pairs)

    def remember_columns(self, noun: str, names: Column, ids: Column) -> None:
        """Do as `remember` for two columns, which are walked only when somebody asks if they are long."""
        with self._lock:
            columns = self._columns.setdefault(noun, [])
            columns.append((names, ids))
            if len(names) <= limits.NAMES_AT_ONCE:
                self._walk(noun, 0)
            else:
                self._walk(noun, limits.NAMES_KEPT)

    def _walk(self, noun: str, left: int) -> None:
        """Note what stands in the columns, the oldest first, but for as many as may be left."""
        columns = self._columns.get(noun, [])
        while len(columns) > left:
            self._note(noun, zip(*columns.pop(0), strict=True))

    def _note(self, noun: str, pairs: Iterable[tuple[object, object]]) -> None:
        self._known.setdefault(noun, {}).update(
            (key, name) for name, key in pairs if isinstance(name, str) and isinstance(key, str) and name and key
        )

    def of(self, noun: str) -> list[str]:
        """Return the names known of this noun."""
        with self._lock:
            self._walk(noun, 0)
            return list(dict.fromkeys(self._known.get(noun, {}).values()))

    def by_id(self, noun: str) -> dict[str, str]:
        """Return names by id, for this noun; two things may bear the same name."""
        with self._lock:
            self._walk(noun, 0)
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
            self._columns.clear()
            self._kept.clear()
