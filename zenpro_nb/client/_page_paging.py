"""A list that is paged by page number and size and tells its total (workspace API, fact sheet section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

from msgspec import Struct, field

from zenpro_nb import limits
from zenpro_nb.client._listing import READ_LESS, Counted, Listing, P, Part, cut, first_of_each, unite
from zenpro_nb.client._paging_hints import Grant
from zenpro_nb.client._worker_pool import WorkerPool
from zenpro_nb.errors import BadRequestError, UnexpectedAnswerError


class Numbered(Struct, Generic[P], frozen=True):
    """A list to read: `fetch` reads a page by number, from 1, and size; `progress` is told the rows so far.

    `grant` is what is known about the route, and is written on.
    """

    fetch: Callable[[int, int], Counted[P]]
    size: int
    limit: int | None
    progress: Callable[[int], None]
    grant: Grant = field(default_factory=Grant)


def read(wanted: Numbered[P], pool: WorkerPool[Counted[P] | None], workers: int) -> Listing[P]:
    """Return the list, its pages after the first one read at once.

    The total is known from the first page, so the others are asked for without speculation.

    Pages can't overlap here: movement shows as a row that comes twice, as a total that changes, or as rows that do not
    add up to it, and leads to another pass as with `_list_reader.read_by_offset`.
    """
    listing: Listing[P] = Listing()
    passes: list[list[Part[P]]] = []
    moved = True
    while moved and len(passes) < limits.LIST_PASSES:
        counted = _one_pass(wanted, pool, workers, listing)
        parts, moved = _join(counted, wanted.limit)
        passes.append(parts)
        listing.changed = listing.changed or moved
        listing.complete = wanted.limit is None or counted[0].total <= wanted.limit
    listing.parts = cut(unite(passes) if moved else passes[-1], wanted.limit)
    return listing


def _one_pass(
    wanted: Numbered[P], pool: WorkerPool[Counted[P] | None], workers: int, listing: Listing[P]
) -> list[Counted[P]]:
    """Read every page once, in order; leave out one that had vanished when it was asked for."""
    size = min(wanted.size, wanted.grant.most)
    size = size if wanted.limit is None else max(1, min(size, wanted.limit))
    try:
        first = wanted.fetch(1, size)
    except BadRequestError as error:
        size = wanted.grant.shrink(error, "size", size)
        first = wanted.fetch(1, size)
    rows = len(first.page)
    wanted.progress(rows)
    needed = first.total if wanted.limit is None else min(first.total, wanted.limit)
    # A server that grants less than asked counts its pages by what it grants.
    last = -(-needed // (rows if 0 < rows < min(size, first.total) else size))
    if last > limits.LIST_PAGES:
        raise UnexpectedAnswerError(
            f"The server says that the list has {first.total:,} rows, more than are read at once.", hint=READ_LESS
        )
    listing.requests += max(1, last)
    pages: dict[int, Counted[P]] = {1: first}
    following = iter(range(2, last + 1))
    while True:
        while pool.busy < workers and (number := next(following, None)) is not None:
            pool.submit(number, _job(wanted, number, size))
        if not pool.busy:
            return [pages[number] for number in sorted(pages)]
        done = pool.collect()
        counted = done.get()
        if counted is not None:
            pages[done.key] = counted
            rows += len(counted.page)
            wanted.progress(rows)


def _job(wanted: Numbered[P], number: int, size: int) -> Callable[[], Counted[P] | None]:
    def job() -> Counted[P] | None:
        try:
            return wanted.fetch(number, size)
        except BadRequestError as error:
            # Behind the end the server answers 400, "Invalid page 9": rows were deleted since the first page came.
            if error.status == 400 and "page" in error.detail.lower():
                return None
            raise

    return job


def _join(pages: list[Counted[P]], limit: int | None) -> tuple[list[Part[P]], bool]:
    """Return the pages without doubles, and whether anything moved between them."""
    parts: list[Part[P]] = []
    seen: set[str] = set()
    rows = 0
    moved = len({counted.total for counted in pages}) > 1
    for counted in pages:
        page = counted.page
        keep = first_of_each(page.ids, seen)
        unidentified = len(page.ids) != len(page)
        whole = unidentified or len(keep) == len(page)
        moved = moved or not whole
        parts.append(Part(page, None if whole else keep))
        rows += len(page) if unidentified else len(keep)
    total = pages[0].total
    return parts, moved or rows < (total if limit is None else min(total, limit))
