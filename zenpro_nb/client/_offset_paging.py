"""A whole list that is paged by offset and limit, read until it stood still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from zenpro_nb import limits
from zenpro_nb.client._listing import Listing, P, Part, cut, unite
from zenpro_nb.client._offset_windows import Sweep
from zenpro_nb.client._page_stitching import Fetched
from zenpro_nb.client._paging_hints import PagingHints
from zenpro_nb.client._worker_pool import WorkerPool


@dataclass(frozen=True, slots=True)
class OffsetRequest(Generic[P]):
    """A list to read: `fetch` reads a page, `key` is its route and query, `progress` is told the rows so far."""

    fetch: Callable[[int, int], P]
    key: tuple[str, str]
    limit: int | None
    progress: Callable[[int], None]


def read(wanted: OffsetRequest[P], pool: WorkerPool[Fetched[P] | None], hints: PagingHints, workers: int) -> Listing[P]:
    """The list; every row that was there all the time is in it once.

    A pass during which nothing moved is the list. After `limits.LIST_PASSES` passes that all saw movement it is what
    they saw together. `changed` says that any saw movement.
    """
    listing: Listing[P] = Listing()
    passes: list[list[Part[P]]] = []
    total = hints.totals.get(wanted.key)
    moved = True
    while moved and len(passes) < limits.LIST_PASSES:
        sweep = Sweep(
            wanted.fetch,
            pool,
            hints.grant(wanted.key[0]),
            workers=workers,
            limit=wanted.limit,
            total=total,
            progress=wanted.progress,
        )
        stitcher = sweep.run()
        moved, total = stitcher.moved, stitcher.rows
        passes.append(stitcher.parts)
        listing.requests += sweep.requests
        listing.complete = sweep.complete
        listing.changed = listing.changed or moved
    if listing.complete and wanted.limit is None:
        hints.totals[wanted.key] = total or 0
    listing.parts = cut(unite(passes) if moved else passes[-1], wanted.limit)
    return listing
