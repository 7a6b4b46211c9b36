"""Whole lists: their pages asked for and decoded by several threads, under one cancel scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zenpro_nb.client import _offset_paging, _page_paging, _urls
from zenpro_nb.client._call import Call
from zenpro_nb.client._listing import Counted, Listing, Merge, P, Part, Sink
from zenpro_nb.client._offset_pass import OffsetRequest
from zenpro_nb.client._page_stitching import Fetched
from zenpro_nb.client._paging_hints import PagingHints
from zenpro_nb.client._progress import Counter, interruptible
from zenpro_nb.client._reply import Reply
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
                return _offset_paging.read(wanted, pool, self._hints, lambda: min(workers, self._window()))

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
