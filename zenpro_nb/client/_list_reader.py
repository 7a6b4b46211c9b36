"""Reads whole lists: several threads fetch and decode the pages under one cancel scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.client import _page_paging, _urls
from zenpro_nb.client._cancellation import Counter, interruptible
from zenpro_nb.client._listing import Counted, Fetched, Listing, Merge, P, Part, Sink, cut, unite
from zenpro_nb.client._offset_pass import OffsetPass, OffsetRequest
from zenpro_nb.client._paging_hints import PagingHints
from zenpro_nb.client._reply import Reply
from zenpro_nb.client._request import Call
from zenpro_nb.client._urls import Params
from zenpro_nb.client._worker_pool import WorkerPool
from zenpro_nb.syntax.counts import counted


class ListReader:
    """Reads the lists of one server, and remembers how each is paged.

    Args:
        perform: carries one call out.
        workers: the most threads for a list.
        window: tells how many requests the server takes at once, just now.
    """

    def __init__(self, perform: Callable[[Call], Reply], workers: int, window: Callable[[], int]) -> None:
        self._perform = perform
        self._workers = workers
        self._window = window
        self._hints = PagingHints()

    def by_offset(
        self,
        path: str,
        params: Params,
        limit: int | None,
        decode: Callable[[bytes], P],
        counter: Counter,
        *,
        prompt: bool = False,
        merge: Merge[P] | None = None,
        sink: Sink[P] | None = None,
    ) -> Listing[P]:
        """Return a list that is paged by `offset` and `limit`; its rows go into the sink, where there is one."""

        def fetch(offset: int, size: int) -> P:
            reply = self._perform(Call.of("GET", path, {**(params or {}), "offset": offset, "limit": size}))
            return reply.decoded(b"[", decode)

        wanted = OffsetRequest(fetch, _urls.key_of(path, params), limit, counter, prompt, merge, sink)
        with interruptible(lambda: counted(counter.rows, "row"), counter) as scope:
            # Of many lists at once, each that others wait for may ask for the proof of its end beside its page.
            workers = max(scope.share(self._workers), min(2 if prompt else 1, self._workers))
            threads: WorkerPool[Fetched[P] | None] = WorkerPool(workers, scope)
            with threads as pool:
                return read_by_offset(wanted, pool, self._hints, lambda: min(workers, self._window()))

    def by_page(
        self,
        path: str,
        params: Params,
        limit: int | None,
        size: int,
        decode: Callable[[bytes], Counted[P]],
        counter: Counter,
    ) -> Listing[P]:
        """Return a list that is paged by `page` and `size` and tells its total."""

        def fetch(number: int, rows: int) -> Counted[P]:
            reply = self._perform(Call.of("GET", path, {**(params or {}), "page": number, "size": rows}))
            return reply.decoded(b"{", decode)

        wanted = _page_paging.Numbered(fetch, size, limit, counter, self._hints.grant(path))
        with interruptible(lambda: counted(counter.rows, "row"), counter) as scope:
            workers = scope.share(self._workers)
            threads: WorkerPool[Counted[P] | None] = WorkerPool(workers, scope)
            with threads as pool:
                return _page_paging.read(wanted, pool, workers)

    def tell_page_sizes(self, largest: Mapping[str, int]) -> None:
        """Learn the largest pages of routes, as the server's own description tells them."""
        self._hints.tell(largest)

    def at_once(self, path: str, params: Params, decode: Callable[[bytes], P]) -> Listing[P]:
        """Return a list that is not paged."""
        with interruptible(lambda: "0 rows", Counter(None)):
            page = self._perform(Call.of("GET", path, params)).decoded(b"[", decode)
        return Listing(parts=[Part(page)] if len(page) else [], requests=1)


def read_by_offset(
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
        return _handed_over(wanted.sink, read_by_offset(replace(wanted, sink=None), pool, hints, workers), listing)
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
