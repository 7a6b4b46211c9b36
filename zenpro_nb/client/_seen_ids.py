"""Which ids of a list were seen: a million of them in eight bytes each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from zenpro_nb import limits


class SeenIds:
    """A set of ids of which only the hashes are kept: numbers, until `settle` packs them into a sorted array.

    The hashes are the interpreter's own, 64 bits that no server can foretell and that a text remembers. That a row
    passes for one that was seen happens in one of 37 million lists of a million rows.

    Example:
        >>> seen = SeenIds()
        >>> seen.update(["a", "b"])
        >>> "a" in seen, seen.isdisjoint(["c"]), len(seen)
        (True, True, 2)
    """

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._packed: Any = None

    def __len__(self) -> int:
        return len(self._recent) + (0 if self._packed is None else len(self._packed))

    def __contains__(self, name: str) -> bool:
        return not self.isdisjoint([name])

    def isdisjoint(self, names: Collection[str]) -> bool:
        """Return whether none of these was seen."""
        return self._recent.isdisjoint(map(hash, names)) and not self._is_packed(names)

    def add(self, name: str) -> None:
        """Add one that was not seen."""
        self._recent.add(hash(name))

    def update(self, names: Iterable[str]) -> None:
        """Add some that were not seen."""
        self._recent.update(map(hash, names))

    def difference_update(self, names: Iterable[str]) -> None:
        """Take some away again that were added since the last `settle`."""
        self._recent.difference_update(map(hash, names))

    def settle(self) -> None:
        """Pack what was added, once it is much: a set takes nine times the memory, but is asked sooner."""
        if len(self._recent) < limits.IDS_PACKED:
            return
        import numpy as np  # most lists do without

        if self._packed is None:
            self._packed = np.empty(0, dtype=np.int64)
        before, more = len(self._packed), len(self._recent)
        self._packed.resize(before + more, refcheck=False)  # where it is, if it can: not twice in memory
        self._packed[before:] = np.fromiter(self._recent, dtype=np.int64, count=more)
        self._packed[before:].sort()
        self._packed.sort(kind="stable")  # which merges two runs that are in order
        self._recent = set()

    def _is_packed(self, names: Collection[str]) -> bool:
        if self._packed is None:
            return False
        import numpy as np  # as above

        hashes = np.fromiter(map(hash, names), dtype=np.int64, count=len(names))
        found = self._packed.take(self._packed.searchsorted(hashes), mode="clip")
        return bool((found == hashes).any())
