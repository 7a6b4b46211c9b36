"""Which ids of a list were seen: a million of them in sixteen bytes each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from zenpro_nb import limits


class SeenIds:
    """A set of ids, of which those that `settle` has packed are two hashes each, in arrays sorted by the first.

    Two ids have the same 128 bits by chance never. The hashes are the interpreter's own, which no server can foretell.

    Example:
        >>> seen = SeenIds()
        >>> seen.update(["a", "b"])
        >>> "a" in seen, seen.isdisjoint(["c"]), len(seen)
        (True, True, 2)
    """

    def __init__(self) -> None:
        self._recent: set[str] = set()
        self._packed: Any = None
        self._second: Any = None

    def __len__(self) -> int:
        return len(self._recent) + (0 if self._packed is None else len(self._packed))

    def __contains__(self, name: str) -> bool:
        return name in self._recent or self._is_packed([name])

    def isdisjoint(self, names: Collection[str]) -> bool:
        """Return whether none of these was seen."""
        return self._recent.isdisjoint(names) and not self._is_packed(names)

    def add(self, name: str) -> None:
        """Add one that was not seen."""
        self._recent.add(name)

    def update(self, names: Iterable[str]) -> None:
        """Add some that were not seen."""
        self._recent.update(names)

    def difference_update(self, names: Iterable[str]) -> None:
        """Take some away again that were added since the last `settle`."""
        self._recent.difference_update(names)

    def settle(self) -> None:
        """Pack what was added, once it is much: a set takes seven times the memory."""
        if len(self._recent) < limits.IDS_PACKED:
            return
        import numpy as np  # a short list does without

        fresh, second = _hashes(self._recent), _hashes(map(_other, self._recent))
        order = fresh.argsort()
        fresh, second = fresh[order], second[order]
        if self._packed is None:
            self._packed, self._second = fresh, second
        else:
            places = self._packed.searchsorted(fresh)
            self._packed = np.insert(self._packed, places, fresh)
            self._second = np.insert(self._second, places, second)  # behind it: memory holds one array twice, not both
        self._recent = set()

    def _is_packed(self, names: Collection[str]) -> bool:
        if self._packed is None or not names:
            return False
        hashes = _hashes(names)
        places = self._packed.searchsorted(hashes)
        alike = self._packed.take(places, mode="clip") == hashes
        if not alike.any():
            return False
        several = zip(names, places.tolist(), alike.tolist(), strict=True)
        return any(same and self._second[place] == hash(_other(name)) for name, place, same in several)


def _hashes(names: Iterable[str]) -> Any:
    import numpy as np  # as above

    return np.fromiter(map(hash, names), dtype=np.int64)


def _other(name: str) -> str:
    """Return a text whose hash tells nothing about that of the name."""
    return name + "\0"
