"""What reading a list gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct, field

from zenpro_nb.client._seen_ids import SeenIds

READ_LESS = "Read a part of it: --limit N, or a filter."


class SizedPage(Protocol):
    """What `decode` makes of one answer: its rows, and their ids in the same order.

    Where a resource has no id, a digest of each record does as well; empty `ids` beside rows say that rows cannot be
    told apart, and then they are neither overlapped nor checked for doubles.
    """

    @property
    def ids(self) -> Sequence[str]: ...

    def __len__(self) -> int: ...


P = TypeVar("P", bound=SizedPage)


class Counted(Struct, Generic[P], frozen=True):
    """A page of a list that tells how many rows the whole has."""

    page: P
    total: int


class Part(Struct, Generic[P], frozen=True):
    """A page, and which of its rows belong to the list; None: all of them."""

    page: P
    keep: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.page) if self.keep is None else len(self.keep)

    def first(self, rows: int) -> Part[P]:
        """Return the part without what comes after its first `rows` rows, of which it has more."""
        return Part(self.page, range(rows) if self.keep is None else self.keep[:rows])


# Makes one page of many parts, None where it cannot: a thousand small pages take several times the memory.
Merge = Callable[[Sequence[Part[P]]], P | None]


class Sink(Protocol[P]):
    """What takes a list as it is read, part by part in the list's order, so that nobody keeps the whole."""

    def begin(self) -> None:
        """Take what comes from the first row on; what was taken before is void, for rows moved while it was read."""
        ...

    def take(self, part: Part[P]) -> None:
        """Take some rows."""
        ...


class Listing(Struct, Generic[P]):
    """A list as it was read, page by page.

    `complete` says that its end was seen, `changed` that rows moved while it was read, `requests` how many pages were
    asked for, `path` which route answered at last.
    """

    parts: list[Part[P]] = field(default_factory=list)
    complete: bool = True
    changed: bool = False
    requests: int = 0
    path: str = ""

    @property
    def rows(self) -> int:
        """Return how many rows the list has."""
        return sum(len(part) for part in self.parts)


def first_of_each(ids: Sequence[str], seen: set[str] | SeenIds) -> list[int]:
    """Return the positions of the ids that are not in `seen`, and add them to it."""
    places = []
    for place, name in enumerate(ids):
        if name not in seen:
            seen.add(name)
            places.append(place)
    return places


def cut(parts: list[Part[P]], limit: int | None) -> list[Part[P]]:
    """Return the parts up to `limit` rows, without those that keep nothing."""
    kept: list[Part[P]] = []
    left = limit
    for part in parts:
        rows = len(part)
        if left is not None:
            if rows > left:
                part, rows = part.first(left), left
            left -= rows
        if rows:
            kept.append(part)
    return kept


def unite(passes: list[list[Part[P]]]) -> list[Part[P]]:
    """Return every row that any pass saw, once: the last pass as it is, then what only earlier ones held."""
    seen: set[str] = set()
    united: list[Part[P]] = []
    for parts in reversed(passes):
        for part in parts:
            ids = list(part.page.ids)  # a page that was merged makes each one anew
            places = range(len(part.page)) if part.keep is None else part.keep
            fresh = [place for place in places if ids[place] not in seen] if ids else list(places)
            seen.update(ids[place] for place in fresh if ids)
            united.append(Part(part.page, fresh))
    return united
