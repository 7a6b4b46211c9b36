"""A list that is paged by page number and size and includes its total (workspace API, API facts 6.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

from msgspec import Struct, field

from zenpro_nb import limits
from zenpro_nb.client._listing import READ_LESS, Listing, P, PagePart, WithTotal, merge_passes, new_positions, truncate
from zenpro_nb.client._paging_hints import RoutePageCap
from zenpro_nb.client._worker_pool import WorkerPool
from zenpro_nb.errors import BadRequestError, UnexpectedAnswerError


class PageRequest(Struct, Generic[P], frozen=True):
    """A list to read: `fetch` reads a page by number (from 1) and size, `progress` receives the number of rows read.

    `cap` is the known page cap of the route, which the read updates.
    """

    fetch: Callable[[int, int], WithTotal[P]]
    size: int
    limit: int | None
    progress: Callable[[int], None]
    cap: RoutePageCap = field(default_factory=RoutePageCap)


def read(request: PageRequest[P], pool: WorkerPool[WithTotal[P] | None], workers: int) -> Listing[P]:
    """Read the list. All pages after the first one are read concurrently.

    The first page contains the total, so no request is speculative.

    Pages cannot overlap here. Movement shows as a repeated row, a changed total, or a number of rows that does not
    match the total. It leads to another pass, as in `_list_reader.read_until_stable`.
    """
    listing: Listing[P] = Listing()
    passes: list[list[PagePart[P]]] = []
    has_moved = True
    while has_moved and len(passes) < limits.LIST_PASSES:
        responses = _read_pass(request, pool, workers, listing)
        parts, has_moved = _join_pages(responses, request.limit)
        passes.append(parts)
        listing.changed = listing.changed or has_moved
        listing.complete = request.limit is None or responses[0].total <= request.limit
    listing.parts = truncate(merge_passes(passes) if has_moved else passes[-1], request.limit)
    return listing


def _read_pass(
    request: PageRequest[P], pool: WorkerPool[WithTotal[P] | None], workers: int, listing: Listing[P]
) -> list[WithTotal[P]]:
    """Read every page once, in order. A page that no longer exists when it is requested is left out."""
    size = min(request.size, request.cap.maximum)
    size = size if request.limit is None else max(1, min(size, request.limit))
    try:
        first = request.fetch(1, size)
    except BadRequestError as error:
        size = request.cap.shrink(error, "size", size)
        first = request.fetch(1, size)
    rows = len(first.page)
    request.progress(rows)
    row_count = first.total if request.limit is None else min(first.total, request.limit)
    # A server that caps pages numbers them by the capped size.
    last_number = -(-row_count // (rows if 0 < rows < min(size, first.total) else size))
    if last_number > limits.LIST_PAGES:
        raise UnexpectedAnswerError(
            f"According to the server, the list has {first.total:,} rows, which is too many for one read.",
            hint=READ_LESS,
        )
    listing.requests += max(1, last_number)
    pages: dict[int, WithTotal[P]] = {1: first}
    remaining_numbers = iter(range(2, last_number + 1))
    while True:
        while pool.busy < workers and (number := next(remaining_numbers, None)) is not None:
            pool.submit(number, _job(request, number, size))
        if not pool.busy:
            return [pages[number] for number in sorted(pages)]
        finished_job = pool.collect()
        response = finished_job.get()
        if response is not None:
            pages[finished_job.key] = response
            rows += len(response.page)
            request.progress(rows)


def _job(request: PageRequest[P], number: int, size: int) -> Callable[[], WithTotal[P] | None]:
    def job() -> WithTotal[P] | None:
        try:
            return request.fetch(number, size)
        except BadRequestError as error:
            # After the last page the server responds with 400, "Invalid page 9": rows were deleted since the first
            # page.
            if error.status == 400 and "page" in error.detail.lower():
                return None
            raise

    return job


def _join_pages(pages: list[WithTotal[P]], limit: int | None) -> tuple[list[PagePart[P]], bool]:
    """Return the pages without duplicates, and whether rows moved between them."""
    parts: list[PagePart[P]] = []
    seen_ids: set[str] = set()
    rows = 0
    has_moved = len({response.total for response in pages}) > 1
    for response in pages:
        page = response.page
        positions = new_positions(page.ids, seen_ids)
        has_no_ids = len(page.ids) != len(page)
        is_whole = has_no_ids or len(positions) == len(page)
        has_moved = has_moved or not is_whole
        parts.append(PagePart(page, None if is_whole else positions))
        rows += len(page) if has_no_ids else len(positions)
    total = pages[0].total
    return parts, has_moved or rows < (total if limit is None else min(total, limit))
