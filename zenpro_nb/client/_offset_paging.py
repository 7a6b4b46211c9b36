"""A whole list that is paged by offset and limit and tells no total, read until it stood still."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.client._listing import Listing, P, Part, Sink, cut, unite
from zenpro_nb.client._offset_pass import OffsetPass, OffsetRequest
from zenpro_nb.client._page_stitching import Fetched
from zenpro_nb.client._paging_hints import PagingHints
from zenpro_nb.client._worker_pool import WorkerPool


def read(
    wanted: OffsetRequest[P],
    pool: WorkerPool[Fetched[P] | None],
    hints: PagingHints,
    workers: Callable[[], int],
) -> Listing[P]:
    """Return the list; every row that was there all the time is in it once.

    A pass during which nothing moved is the list. After `limits.LIST_PASSES` passes that all saw movement it is what
    they saw together. `changed` says that any saw movement.
    """
    listing: Listing[P] = Listing()
    passes: list[list[Part[P]]] = []
    total = hints.totals.get(wanted.key)
    moved = True
    while moved and len(passes) < limits.LIST_PASSES:
        if wanted.sink is not None:
            wanted.sink.begin()
        one = OffsetPass(wanted, pool, hints.grant(wanted.key[0]), workers, total or 0)
        stitcher = one.run()
        moved, total = stitcher.moved, stitcher.rows
        passes.append(stitcher.parts)
        listing.requests += one.requests
        listing.complete = one.complete
        listing.changed = listing.changed or moved
    if listing.complete and wanted.limit is None:
        hints.remember(wanted.key, total or 0)
    if moved and wanted.sink is not None:
        return _handed_over(wanted.sink, read(replace(wanted, sink=None), pool, hints, workers), listing)
    listing.parts = cut(unite(passes) if moved else passes[-1], wanted.limit)
    return listing


def _handed_over(sink: Sink[P], whole: Listing[P], before: Listing[P]) -> Listing[P]:
    """Return a list that moved in every pass, and was read once more: only what all passes saw together is whole."""
    sink.begin()
    for part in whole.parts:
        sink.take(part)
    whole.parts.clear()
    whole.requests += before.requests
    whole.changed = True
    return whole
