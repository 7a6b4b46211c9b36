"""Cache the names that have been fetched: for Tab, and for queries by name."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping

from zenpro_nb import limits
from zenpro_nb.syntax.ids import is_id

Column = Collection[object]  # of a DataFrame


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
        self._names: dict[str, dict[str, str]] = {}
        self._columns: dict[str, list[tuple[Column, Column]]] = {}  # not indexed yet
        self._values: dict[tuple[str, str], object] = {}
        self.remembers = False  # whether any results are cached

    def after_fork(self) -> None:
        """Replace the lock: in a forked child, the thread that held it does not exist."""
        self._lock = threading.Lock()

    def remember(self, noun: str, pairs: Iterable[tuple[object, object]]) -> None:
        """Cache pairs of a name and an id, if both are texts; a later name of the same id replaces the earlier one."""
        with self._lock:
            self._index_columns(noun, 0)
            self._note(noun, pairs)

    def remember_columns(self, noun: str, names: Column, ids: Column) -> None:
        """Do the same as `remember` for two columns; long ones are indexed only when they are needed."""
        with self._lock:
            columns = self._columns.setdefault(noun, [])
            columns.append((names, ids))
            if len(names) <= limits.NAMES_AT_ONCE:
                self._index_columns(noun, 0)
            else:
                self._index_columns(noun, limits.NAMES_KEPT)

    def _index_columns(self, noun: str, keep_unindexed: int) -> None:
        """Index the cached columns, oldest first, except for the given number of newest ones."""
        columns = self._columns.get(noun, [])
        while len(columns) > keep_unindexed:
            self._note(noun, zip(*columns.pop(0), strict=True))

    def _note(self, noun: str, pairs: Iterable[tuple[object, object]]) -> None:
        self._names.setdefault(noun, {}).update(
            (key, name) for name, key in pairs if isinstance(name, str) and isinstance(key, str) and name and key
        )

    def of(self, noun: str) -> list[str]:
        """Return the known names for this noun."""
        with self._lock:
            self._index_columns(noun, 0)
            return list(dict.fromkeys(self._names.get(noun, {}).values()))

    def by_id(self, noun: str) -> dict[str, str]:
        """Return names by id, for this noun; two objects can have the same name."""
        with self._lock:
            self._index_columns(noun, 0)
            return dict(self._names.get(noun, {}))

    def name_of(self, key: str) -> str:
        """Return the known name of the object with this id, of any noun; "" if none is known."""
        with self._lock:
            for noun in [*self._names, *self._columns]:
                self._index_columns(noun, 0)
                if name := self._names.get(noun, {}).get(key):
                    return name
        return ""

    def of_ids(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return the known names of the values that are ids, under the same keys."""
        names = {key: self.name_of(value) for key, value in values.items() if isinstance(value, str) and is_id(value)}
        return {key: name for key, name in names.items() if name}

    def keep(self, what: str, of: str, value: object) -> None:
        """Cache a result, such as the organization that a name refers to."""
        with self._lock:
            self._values[what, of] = value
            self.remembers = True

    def value(self, what: str, of: str) -> object | None:
        """Return a cached result; None if there is none, or if it was dropped."""
        with self._lock:
            return self._values.get((what, of))

    def doubt(self) -> bool:
        """Drop all cached results, because the server refused one; return whether there were any."""
        with self._lock:
            had_entries, self.remembers = self.remembers, False
            self._values.clear()
        return had_entries

    def forget(self) -> None:
        """Forget everything, because the session now uses another server."""
        with self._lock:
            self._names.clear()
            self._columns.clear()
            self._values.clear()
            self.remembers = False
