"""The result of reading a list, and the stitcher that joins its pages by the rows they share.

A server that pages by offset counts rows again for each request. Neighboring pages therefore overlap by one row. If
the first row of a page is the last row of the page before, nothing moved between the two requests. If it is a different
row but the page contains any row seen before, no row that was present all the time is missing between the two pages. If
it contains none, there may be a gap.

(Movements that cancel out between two requests leave every offset unchanged: one row is deleted and another is pulled
forward over the same boundary. No reader that pages by offset can detect them.)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import limits

READ_LESS = "Read a part of it with --limit N or a filter."


class IdentifiedPage(Protocol):
    """A decoded page: its rows and their ids in the same order.

    If a resource has no id, use a digest of each record. Pages with rows but without ids do not overlap and are not
    checked for duplicates.
    """

    @property
    def ids(self) -> Sequence[str]: ...

    def __len__(self) -> int: ...


P = TypeVar("P", bound=IdentifiedPage)


class WithTotal(Struct, Generic[P], frozen=True):
    """A page, and the total number of rows in its list."""

    page: P
    total: int


class PagePart(Struct, Generic[P], frozen=True):
    """A page, and the positions of its rows that belong to the list; None means all rows."""

    page: P
    keep: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.page) if self.keep is None else len(self.keep)

    def head(self, rows: int) -> PagePart[P]:
        """Return the part with only its first `rows` rows. It must have more than that."""
        return PagePart(self.page, range(rows) if self.keep is None else self.keep[:rows])


# Merges many parts into one page, or returns None if it cannot. A thousand small pages take several times the memory.
Merge = Callable[[Sequence[PagePart[P]]], P | None]


class Sink(Protocol[P]):
    """Receives a list while it is read, part by part in the order of the list. The client does not store the parts."""

    def begin(self) -> None:
        """Discard everything received and start from the first row, because rows moved during the read."""
        ...

    def take(self, part: PagePart[P]) -> None:
        """Receive some rows."""
        ...


class Listing(Struct, Generic[P]):
    """The result of reading a list, page by page.

    `complete`: the end was reached. `changed`: rows moved during the read. `requests`: the number of requested pages.
    `path`: the route that was used.
    """

    parts: list[PagePart[P]] = field(default_factory=list)
    complete: bool = True
    changed: bool = False
    requests: int = 0
    path: str = ""

    @property
    def rows(self) -> int:
        """Return the number of rows in the list."""
        return sum(len(part) for part in self.parts)

    def head(self, limit: int) -> Listing[P]:
        """Return the list with its first rows; without the others, it is not complete."""
        if self.rows <= limit:
            return self
        return replace(self, parts=truncate(self.parts, limit), complete=False)


def new_positions(ids: Sequence[str], seen_ids: set[str] | SeenIds) -> list[int]:
    """Return the positions of the ids that are not in `seen_ids`, and add these ids to it."""
    positions = []
    for position, id_ in enumerate(ids):
        if id_ not in seen_ids:
            seen_ids.add(id_)
            positions.append(position)
    return positions


def truncate(parts: list[PagePart[P]], limit: int | None) -> list[PagePart[P]]:
    """Return the parts up to `limit` rows, without empty parts."""
    truncated: list[PagePart[P]] = []
    remaining = limit
    for part in parts:
        rows = len(part)
        if remaining is not None:
            if rows > remaining:
                part, rows = part.head(remaining), remaining
            remaining -= rows
        if rows:
            truncated.append(part)
    return truncated


def merge_passes(passes: list[list[PagePart[P]]]) -> list[PagePart[P]]:
    """Return every row that any pass saw, once: first the last pass, then rows that only earlier passes saw."""
    seen_ids: set[str] = set()
    merged: list[PagePart[P]] = []
    for parts in reversed(passes):
        for part in parts:
            ids = list(part.page.ids)  # a merged page computes them at each access
            positions = range(len(part.page)) if part.keep is None else part.keep
            unseen = [position for position in positions if ids[position] not in seen_ids] if ids else list(positions)
            seen_ids.update(ids[position] for position in unseen if ids)
            merged.append(PagePart(part.page, unseen))
    return merged


class SeenIds:
    """A set of ids that stores only their hashes: as numbers at first, and in a sorted array after `pack`.

    The hashes come from the interpreter: 64 bits that no server can predict and that each string caches. A collision,
    where a new row counts as seen, happens in one of 37 million lists of a million rows.

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

    def __contains__(self, id_: str) -> bool:
        return not self.isdisjoint([id_])

    def isdisjoint(self, ids: Collection[str]) -> bool:
        """Return whether none of these ids was seen."""
        return self._recent.isdisjoint(map(hash, ids)) and not self._contains_packed(ids)

    def add(self, id_: str) -> None:
        """Add an id that was not seen."""
        self._recent.add(hash(id_))

    def update(self, ids: Iterable[str]) -> None:
        """Add ids that were not seen."""
        self._recent.update(map(hash, ids))

    def difference_update(self, ids: Iterable[str]) -> None:
        """Remove ids that were added since the last `pack`."""
        self._recent.difference_update(map(hash, ids))

    def pack(self) -> None:
        """Pack the recent ids into the array if there are many.

        A set takes nine times the memory, but lookups are faster.
        """
        if len(self._recent) < limits.IDS_PACKED:
            return
        import numpy as np  # most lists do not need numpy

        if self._packed is None:
            self._packed = np.empty(0, dtype=np.int64)
        before, more = len(self._packed), len(self._recent)
        self._packed.resize(before + more, refcheck=False)  # in place if possible, to avoid a second copy in memory
        self._packed[before:] = np.fromiter(self._recent, dtype=np.int64, count=more)
        self._packed[before:].sort()
        self._packed.sort(kind="stable")  # merges two sorted runs
        self._recent = set()

    def _contains_packed(self, ids: Collection[str]) -> bool:
        if self._packed is None:
            return False
        import numpy as np  # most lists do not need numpy

        hashes = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
        candidates = self._packed.take(self._packed.searchsorted(hashes), mode="clip")
        return bool((candidates == hashes).any())


class FetchedPage(Struct, Generic[P], frozen=True):
    """The response to a request for `requested` rows from `offset` on."""

    offset: int
    requested: int
    page: P
    ids: Sequence[str]  # the ids of the page, stored because a page can compute them at each access
    rows: int  # the number of rows in the page

    @property
    def end_offset(self) -> int:
        return self.offset + self.rows

    @property
    def next_offset(self) -> int:
        """Return the offset of the next page.

        This is the offset of the last row of this page, unless it is the only row or rows have no ids.
        """
        return self.end_offset - 1 if len(self.ids) > 1 else self.end_offset


class Overlap(Enum):
    """How a page connects to the previous page."""

    EXACT = "as if nothing had moved"
    SHARED = "rows moved, none is missing"
    GAP = "rows moved, and some may be missing"


class PageStitcher(Struct, Generic[P]):
    """The part of the list read so far.

    `has_moved`: rows moved during the read. `stalls`: the number of consecutive pages without new rows.
    """

    parts: list[PagePart[P]] = field(default_factory=list)
    merge: Merge[P] | None = None  # merges many parts into one page
    sink: Sink[P] | None = None  # receives the parts, which are then not stored here
    rows: int = 0
    tail: FetchedPage[P] | None = None
    has_moved: bool = False
    stalls: int = 0
    _seen_ids: SeenIds = field(default_factory=SeenIds)
    _merged_count: int = 0  # the number of leading parts that are merged pages

    def overlap(self, new: FetchedPage[P]) -> Overlap:
        """Return how `new` connects to the rows read so far."""
        tail = self.tail
        if tail is None or (new.offset >= tail.end_offset and len(tail.ids) < 2):
            return Overlap.EXACT  # the first page, or no row to compare with
        if new.offset == tail.next_offset and new.ids and new.ids[0] == tail.ids[-1]:
            return Overlap.EXACT
        # Any shared row is enough: the rows that followed it then still follow it, on this page or a later one.
        shared = new.offset == 0 or not self._seen_ids.isdisjoint(new.ids)
        return Overlap.SHARED if shared else Overlap.GAP

    def add(self, new: FetchedPage[P], overlap: Overlap) -> int:
        """Add the page and return the number of new rows."""
        ids, count = new.ids, new.rows
        if ids:
            count = self._add_rows_with_ids(new, overlap)
        elif count:
            self.parts.append(PagePart(new.page))
        self.has_moved = self.has_moved or overlap is not Overlap.EXACT
        self.rows += count
        self.stalls = 0 if count else self.stalls + 1
        self.tail = new
        self._seen_ids.pack()
        if len(self.parts) - self._merged_count >= limits.PAGES_MERGED:
            self._merge_parts()
        return count

    def flush(self) -> None:
        """Pass the remaining parts to the sink."""
        if self.sink is not None and self.parts:
            self._merge_parts()
            self._flush_to_sink(self.sink)

    def _merge_parts(self) -> None:
        merged_page = None if self.merge is None else self.merge(self.parts[self._merged_count :])
        if merged_page is not None:
            self.parts[self._merged_count :] = [PagePart(merged_page)]
        self._merged_count = len(self.parts)
        if self.sink is not None and self._merged_count >= limits.PARTS_HANDED_OVER:
            self._flush_to_sink(self.sink)

    def _flush_to_sink(self, sink: Sink[P]) -> None:
        """Pass the parts to the sink, merged into one if possible: a file with many small groups is slow to read."""
        merged_page = None if self.merge is None else self.merge(self.parts)
        for part in self.parts if merged_page is None else [PagePart(merged_page)]:
            sink.take(part)
        self.parts.clear()
        self._merged_count = 0

    def _add_rows_with_ids(self, new: FetchedPage[P], overlap: Overlap) -> int:
        ids = new.ids
        shared_rows = 1 if self.tail is not None and overlap is Overlap.EXACT and ids[0] == self.tail.ids[-1] else 0
        before = len(self._seen_ids)
        unseen = ids[shared_rows:]
        if self._seen_ids.isdisjoint(unseen):
            self._seen_ids.update(unseen)
            if len(self._seen_ids) - before == len(unseen):
                if unseen:
                    self.parts.append(PagePart(new.page, range(1, len(ids)) if shared_rows else None))
                return len(unseen)
            self._seen_ids.difference_update(unseen)  # duplicates within the page: add the ids one by one
        else:
            self.has_moved = True  # a row of an earlier page appears again: it moved back
        keep = new_positions(ids, self._seen_ids)
        if keep:
            self.parts.append(PagePart(new.page, keep))
        return len(keep)
