"""Reads whole lists: several threads fetch and decode the pages under one cancel scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.client import _page_paging
from zenpro_nb.client._cancellation import ProgressCounter, interruptible
from zenpro_nb.client._listing import FetchedPage, Listing, P, PagePart, Sink, WithTotal, merge_passes, truncate
from zenpro_nb.client._offset_pass import OffsetPass, OffsetRequest
from zenpro_nb.client._paging_hints import PagingHints
from zenpro_nb.client._reply import Reply
from zenpro_nb.client._request import Call, ListRequest
from zenpro_nb.client._throttle import Throttle
from zenpro_nb.client._urls import Params
from zenpro_nb.client._worker_pool import WorkerPool
from zenpro_nb.syntax.counts import counted


class ListReader:
    """Reads the lists of one server and remembers how each route is paged.

    Args:
        perform: sends one call.
        workers: the maximum number of threads per list.
        throttle: knows how many concurrent requests the server can currently handle.
    """

    def __init__(self, perform: Callable[[Call], Reply], workers: int, throttle: Throttle) -> None:
        self._perform = perform
        self._workers = workers
        self._throttle = throttle
        self._hints = PagingHints()

    def read_by_offset(self, list_request: ListRequest[P]) -> Listing[P]:
        """Read a list that is paged by `offset` and `limit`. If there is a sink, it receives the rows."""
        counter = ProgressCounter(list_request.progress)

        def fetch(offset: int, size: int) -> P:
            params = {**(list_request.params or {}), "offset": offset, "limit": size}
            return self._perform(Call.of("GET", list_request.path, params)).decode_body(b"[", list_request.decode)

        request = OffsetRequest(list_request, fetch, counter)
        with interruptible(lambda: counted(counter.rows, "row"), counter) as scope:
            # Even if many lists are read concurrently, an urgent one can send its end check together with its first
            # page.
            workers = max(scope.share(self._workers), min(2 if list_request.urgent else 1, self._workers))
            threads: WorkerPool[FetchedPage[P] | None] = WorkerPool(workers, scope)
            with threads as pool:
                return read_until_stable(request, pool, self._hints, lambda: min(workers, self._throttle.window))

    def read_by_page(
        self, list_request: ListRequest[P], size: int, decode: Callable[[bytes], WithTotal[P]]
    ) -> Listing[P]:
        """Read a list that is paged by `page` and `size` and includes its total.

        `decode` returns the total, too, and takes the place of that of the request.
        """
        counter = ProgressCounter(list_request.progress)

        def fetch(number: int, rows: int) -> WithTotal[P]:
            params = {**(list_request.params or {}), "page": number, "size": rows}
            return self._perform(Call.of("GET", list_request.path, params)).decode_body(b"{", decode)

        request = _page_paging.PageRequest(
            fetch, size, list_request.limit, counter, self._hints.cap_of(list_request.path)
        )
        with interruptible(lambda: counted(counter.rows, "row"), counter) as scope:
            workers = scope.share(self._workers)
            threads: WorkerPool[WithTotal[P] | None] = WorkerPool(workers, scope)
            with threads as pool:
                return _page_paging.read(request, pool, workers)

    def declare_page_sizes(self, largest: Mapping[str, int]) -> None:
        """Set the largest page sizes of routes, as declared in the server's own description."""
        self._hints.declare(largest)

    def read_unpaged(self, path: str, params: Params, decode: Callable[[bytes], P]) -> Listing[P]:
        """Read a list that is not paged."""
        with interruptible(lambda: "0 rows", ProgressCounter(None)):
            page = self._perform(Call.of("GET", path, params)).decode_body(b"[", decode)
        return Listing(parts=[PagePart(page)] if len(page) else [], requests=1)


def read_until_stable(
    request: OffsetRequest[P],
    pool: WorkerPool[FetchedPage[P] | None],
    hints: PagingHints,
    workers: Callable[[], int],
) -> Listing[P]:
    """Read the list. It contains every row that was present the whole time, exactly once.

    If no row moved during a pass, that pass is the list. After `limits.LIST_PASSES` passes with movement, the list is
    the union of all passes. `changed` is set if rows moved in any pass.
    """
    first_request = request.list
    listing: Listing[P] = Listing()
    passes: list[list[PagePart[P]]] = []
    total = hints.totals.get(first_request.key)
    has_moved = True
    while has_moved and len(passes) < limits.LIST_PASSES:
        if first_request.sink is not None:
            first_request.sink.begin()
        offset_pass = OffsetPass(request, pool, hints.cap_of(first_request.path), workers, total or 0)
        stitcher = offset_pass.run()
        has_moved, total = stitcher.has_moved, stitcher.rows
        passes.append(stitcher.parts)
        listing.requests += offset_pass.requests
        listing.complete = offset_pass.complete
        listing.changed = listing.changed or has_moved
    if listing.complete and first_request.limit is None:
        hints.remember_total(first_request.key, total or 0)
    if has_moved and first_request.sink is not None:
        again = replace(request, list=replace(first_request, sink=None))
        return _read_again_into_sink(first_request.sink, read_until_stable(again, pool, hints, workers), listing)
    listing.parts = merge_passes(passes) if has_moved else passes[-1]
    if first_request.limit is not None and (has_moved or (total or 0) > first_request.limit):
        listing.parts = truncate(listing.parts, first_request.limit)
    return listing


def _read_again_into_sink(sink: Sink[P], whole: Listing[P], earlier: Listing[P]) -> Listing[P]:
    """Fill the sink from a list that was read once more because it moved in every pass.

    Only the union of all passes is complete.
    """
    sink.begin()
    for part in whole.parts:
        sink.take(part)
    whole.parts.clear()
    whole.requests += earlier.requests
    whole.changed = True
    return whole
