"""Which ids of a list were seen: a million of them in sixteen bytes each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any

from zenpro_nb import limits


class SeenIds:
    """A set of ids, of which those that `settle` has packed are digests in one sorted array.

    Two ids have one digest of 128 bits by chance never.

    Example:
        >>> seen = SeenIds()
        >>> seen.update(["a", "b"])
        >>> "a" in seen, seen.isdisjoint(["c"]), len(seen)
        (True, True, 2)
    """

    def __init__(self) -> None:
        self._recent: set[str] = set()
        self._packed: Any = None

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

        fresh = np.sort(_digests(self._recent))
        self._packed = (
            fresh if self._packed is None else np.insert(self._packed, np.searchsorted(self._packed, fresh), fresh)
        )
        self._recent = set()

    def _is_packed(self, names: Collection[str]) -> bool:
        if self._packed is None or not names:
            return False
        digests = _digests(names)
        places = self._packed.searchsorted(digests).clip(max=len(self._packed) - 1)
        return bool((self._packed[places] == digests).any())


def _digests(names: Collection[str]) -> Any:
    import numpy as np  # as above

    size = limits.ID_DIGEST
    return np.array(
        [blake2b(name.encode("utf-8", "surrogatepass"), digest_size=size).digest() for name in names], dtype=f"S{size}"
    )
