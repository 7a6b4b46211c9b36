"""A table of names and their ids: searched exactly, then case-insensitively, like email addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class NameTable:
    """Find ids by name; several ids can have the same name.

    Example:
        >>> table = NameTable([("ada@example.com", "1"), ("Ada", "1"), ("ops", "2"), ("OPS", "3")])
        >>> table.ids_of("ADA@example.com"), table.ids_of("ops"), table.ids_of("Ops"), table.ids_of("3")
        (['1'], ['2'], ['2', '3'], ['3'])
    """

    def __init__(self, pairs: Iterable[tuple[object, str]] = ()) -> None:
        self._exact: dict[str, dict[str, None]] = {}
        self._by_folded_name: dict[str, dict[str, None]] = {}
        self._ids: set[str] = set()
        for name, key in pairs:
            self.enter(name, key)

    def enter(self, name: object, key: str) -> None:
        """Add a name of an id; ignore empty values and values that are not texts."""
        if isinstance(name, str) and name:
            self._exact.setdefault(name, {})[key] = None
            self._by_folded_name.setdefault(name.casefold(), {})[key] = None
            self._ids.add(key)

    def remove(self, name: str, key: str) -> None:
        """Remove a name of an id."""
        for table, word in ((self._exact, name), (self._by_folded_name, name.casefold())):
            table.get(word, {}).pop(key, None)

    def ids_of(self, text: str) -> list[str]:
        """Return the id itself, else the ids with exactly this name, else those with this name case-insensitively."""
        if text in self._ids:
            return [text]
        return list(self._exact.get(text) or self._by_folded_name.get(text.casefold()) or ())

    def __contains__(self, name: object) -> bool:
        return bool(self._exact.get(str(name)))

    def __iter__(self) -> Iterator[str]:
        return (name for name, ids in self._exact.items() if ids)
