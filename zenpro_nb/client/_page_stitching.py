"""Pages joined to one list, each to the one before by a row that both hold.

A server that pages by offset counts rows anew for each request. Neighbouring pages therefore overlap by one row: where
the first row of a page is the last of the page before, nothing moved between the two requests. Where it is not, but the
page holds any row that was read before, nothing that was there all the time is missing between them. Where it holds
none, there may be a gap.

(Movements that cancel each other out between two requests, a row deleted and another one pulled forward over the same
boundary, leave every offset as it was; no reader by offset can see them.)
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Generic

from msgspec import Struct, field

from zenpro_nb import limits
from zenpro_nb.client._listing import Merge, P, Part, Sink, first_of_each
from zenpro_nb.client._seen_ids import SeenIds


class Fetched(Struct, Generic[P], frozen=True):
    """The answer to `asked` rows from `offset` on."""

    offset: int
    asked: int
    page: P
    ids: Sequence[str]  # the page's, taken once: a page may have to make them
    rows: int  # how many the page has

    @property
    def end(self) -> int:
        return self.offset + self.rows

    @property
    def next(self) -> int:
        """Return where the next page begins.

        That is on this one's last row, unless it is the only one or rows have no ids.
        """
        return self.end - 1 if len(self.ids) > 1 else self.end


class Join(Enum):
    """How a page fits behind the one before."""

    EXACT = "as if nothing had moved"
    SHARED = "rows moved, none is missing"
    GAP = "rows moved, and some may be missing"


class PageStitcher(Struct, Generic[P]):
    """The list as far as it was read. `moved`: rows moved meanwhile; `stalls`: pages in a row without a new row."""

    parts: list[Part[P]] = field(default_factory=list)
    merge: Merge[P] | None = None  # makes one page of many
    sink: Sink[P] | None = None  # takes the parts, which are then not kept
    rows: int = 0
    tail: Fetched[P] | None = None
    moved: bool = False
    stalls: int = 0
    _seen: SeenIds = field(default_factory=SeenIds)
    _merged: int = 0  # parts at the beginning that are merged ones already

    def join(self, new: Fetched[P]) -> Join:
        """Return how `new` fits behind what is there."""
        tail = self.tail
        if tail is None or (new.offset >= tail.end and len(tail.ids) < 2):
            return Join.EXACT  # the first page, or nothing that could be compared
        if new.offset == tail.next and new.ids and new.ids[0] == tail.ids[-1]:
            return Join.EXACT
        # Any row that was seen will do: what stood behind it then stands behind it now, here or on a later page.
        shared = new.offset == 0 or not self._seen.isdisjoint(new.ids)
        return Join.SHARED if shared else Join.GAP

    def add(self, new: Fetched[P], join: Join) -> int:
        """Take the page in, and come back with how many of its rows are new."""
        ids, count = new.ids, new.rows
        if not ids:
            self.parts.append(Part(new.page))
        else:
            count = self._add_identified(new, join)
        self.moved = self.moved or join is not Join.EXACT
        self.rows += count
        self.stalls = 0 if count else self.stalls + 1
        self.tail = new
        self._seen.settle()
        if len(self.parts) - self._merged >= limits.PAGES_MERGED:
            self._put_together()
        return count

    def flush(self) -> None:
        """Hand over what the sink has not taken yet."""
        if self.sink is not None and self.parts:
            self._put_together()
            self._hand_over(self.sink)

    def _put_together(self) -> None:
        one = None if self.merge is None else self.merge(self.parts[self._merged :])
        if one is not None:
            self.parts[self._merged :] = [Part(one)]
        self._merged = len(self.parts)
        if self.sink is not None and self._merged >= limits.PARTS_HANDED_OVER:
            self._hand_over(self.sink)

    def _hand_over(self, sink: Sink[P]) -> None:
        """Let the sink take the parts, as one where that can be: a file of many small groups is slow to read."""
        one = None if self.merge is None else self.merge(self.parts)
        for part in self.parts if one is None else [Part(one)]:
            sink.take(part)
        self.parts.clear()
        self._merged = 0

    def _add_identified(self, new: Fetched[P], join: Join) -> int:
        ids = new.ids
        overlap = 1 if self.tail is not None and join is Join.EXACT and ids[0] == self.tail.ids[-1] else 0
        before = len(self._seen)
        fresh = ids[overlap:]
        if self._seen.isdisjoint(fresh):
            self._seen.update(fresh)
            if len(self._seen) - before == len(fresh):
                if fresh:
                    self.parts.append(Part(new.page, range(1, len(ids)) if overlap else None))
                return len(fresh)
            self._seen.difference_update(fresh)  # doubles within the page: taken one by one
        else:
            self.moved = True  # a row of an earlier page again: it was moved backwards
        keep = first_of_each(ids, self._seen)
        if keep:
            self.parts.append(Part(new.page, keep))
        return len(keep)
