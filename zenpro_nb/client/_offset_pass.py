"""One pass over a list that is paged by offset and limit and tells no total.

The first page of a pass is read alone, then more are on their way with each that arrives (3, 9, 27 … up to the
workers), and the end is believed when a page is shorter than the server is known to send. A page shorter than asked
proves nothing by itself: the server may cap pages lower than asked. The next page, which begins with the short one's
last row, tells. Where other requests wait for the list, the first page is therefore asked for together with the same
one a row further on, while the server's cap is not known: where that one is shorter by this row and otherwise the same,
the list ends there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Generic

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._listing import READ_LESS, FetchedPage, Merge, Overlap, P, PageStitcher, Sink
from zenpro_nb.client._paging_hints import RoutePageCap
from zenpro_nb.client._worker_pool import FinishedJob, WorkerPool
from zenpro_nb.errors import BadRequestError, UnexpectedAnswerError

_job_numbers = itertools.count(1)  # of jobs: those of a pass that is over must not be taken for those of the next


class OffsetRequest(Struct, Generic[P], frozen=True):
    """A list to read: `fetch` reads a page, `key` is its route and query, `progress` is told the rows so far.

    `urgent` says that other requests wait for it, so that one request more is better than one round trip more; `merge`
    makes one page of many; `sink` takes the rows, all of them, which the listing then does not hold.
    """

    fetch: Callable[[int, int], P]
    key: tuple[str, str]
    limit: int | None
    progress: Callable[[int], None]
    urgent: bool = False
    merge: Merge[P] | None = None
    sink: Sink[P] | None = None


class OffsetPass(Generic[P]):
    """One pass; `run` carries it out.

    Args:
        wanted: the list, and the most rows of it that are wanted.
        pool: the threads.
        grant: what is known about the route, and is written on.
        workers: tells how many requests may be on their way, just now.
        total: how many rows the list had when it was last read; 0 where it was not.
    """

    def __init__(
        self,
        request: OffsetRequest[P],
        pool: WorkerPool[FetchedPage[P] | None],
        cap: RoutePageCap,
        workers: Callable[[], int],
        total: int,
    ) -> None:
        self.stitcher: PageStitcher[P] = PageStitcher(merge=request.merge, sink=request.sink)
        self.complete = False
        self._request = request
        self._limit = request.limit
        self._pool = pool
        self._cap = cap
        self._workers = workers
        self._total = total
        self._sent_offsets: list[int] = []  # offsets; appended to by every thread
        self._finished = False
        self._next_offset = 0  # the offset to ask for next
        self._expected_offset = 0  # the offset to take in next
        self._window = 1
        self._one_at_a_time = False  # after a step back, one page at a time until one is full again
        self._in_flight: dict[int, int] = {}  # job -> offset; jobs of a way that was given up are not in it
        self._responses: dict[int, FinishedJob[FetchedPage[P] | None]] = {}
        self._last_step_back = 0  # rows that the last step back went
        self._steps_back = 0
        self._last_page_offset = limits.FAR_OFFSET  # the offset of a page that was the last one
        self._end_check_job: int | None = None  # shows whether a short first page is the last one
        self._end_check_result: FinishedJob[FetchedPage[P] | None] | None = None

    @property
    def requests(self) -> int:
        """Return how many pages were asked for."""
        return len(self._sent_offsets)

    def run(self) -> PageStitcher[P]:
        """Read to the end or to the limit.

        Raises:
            UnexpectedAnswerError: the server repeats itself for ever.
            ZenProError: whatever a request raised whose page was needed.
        """
        if self._limit == 0:
            self._finished = True
        while not self._finished:
            self._send_requests()
            if self._expected_offset in self._responses:
                self._add_page(self._responses.pop(self._expected_offset).get())
            else:
                self._collect_result()
        self.stitcher.flush()
        return self.stitcher

    # --- asking ---------------------------------------------------------------------------------------------------

    def _send_requests(self) -> None:
        while len(self._in_flight) + len(self._responses) < self._max_in_flight():
            size = self._next_size()
            if size <= 0:
                return
            offset, with_end_check = self._next_offset, self._next_offset == 0 and self._needs_end_check()
            self._next_offset = self._offset_after(offset, size, end_checked=with_end_check)
            job = self._job(offset, size)
            if with_end_check:
                self._end_check_job = self._submit(lambda size=size: self._shifted_first_page(size))  # type: ignore[misc]
            if self._max_in_flight() == 1:  # no thread for what is waited for anyway
                self._responses[offset] = FinishedJob(0, job(), None)
                return
            self._in_flight[self._submit(job)] = offset

    def _submit(self, job: Callable[[], FetchedPage[P] | None]) -> int:
        number = next(_job_numbers)
        self._pool.submit(number, job)
        return number

    def _needs_end_check(self) -> bool:
        if self._cap.unpaged:
            return False
        is_unknown = self._total < self._cap.size and not self._cap.is_known(self._cap.size)
        return (
            self._request.urgent
            and self._limit is None
            and is_unknown
            and self._workers() > 1
            and self._end_check_job is None
        )

    def _shifted_first_page(self, size: int) -> FetchedPage[P] | None:
        """Return the first page begun one row later; None where the first one has shown meanwhile that it is full."""
        if self._cap.is_known(size):
            return None
        requested, page = self._read(1, size)
        return FetchedPage(1, requested, page, page.ids, len(page))

    def _ends_with(self, first: FetchedPage[P]) -> bool:
        """Return whether the list ends with its first page, as the same page a row further on shows.

        That one was not cut, being shorter; so its last row is the list's, and it is the first one's too.
        """
        while self._end_check_job is not None and self._end_check_result is None:
            self._collect_result()
        result = self._end_check_result
        shifted = None if result is None or result.error is not None else result.value
        if shifted is None or not first.ids:
            return False
        return list(shifted.ids) == list(first.ids)[1:]

    def _job(self, offset: int, size: int) -> Callable[[], FetchedPage[P] | None]:
        def job() -> FetchedPage[P] | None:
            if offset > self._last_page_offset:
                return None
            requested, page = self._read(offset, size)
            rows = len(page)
            if offset and self._cap.is_last_page(rows, requested):
                # Stops what waits in line, before the thread that reads has taken this page in.
                self._last_page_offset = min(self._last_page_offset, offset)
            return FetchedPage(offset, requested, page, page.ids, rows)

        return job

    def _read(self, offset: int, size: int) -> tuple[int, P]:
        """Return how many rows were asked for at last, and the page."""
        if len(self._sent_offsets) >= limits.LIST_PAGES:
            raise UnexpectedAnswerError(
                f"The list has no end: {limits.LIST_PAGES:,} pages of it were read.", hint=READ_LESS
            )
        self._sent_offsets.append(offset)
        try:
            return size, self._request.fetch(offset, size)
        except BadRequestError as error:
            smaller = self._cap.shrink(error, "limit", size)
        return self._read(offset, smaller)

    def _max_in_flight(self) -> int:
        """Return how many requests may be on their way or wait for their turn."""
        if self._one_at_a_time or self._cap.unpaged:
            return 1
        workers = self._workers()
        if self._next_offset >= self._total and self._window < workers:
            return self._window
        # As many again wait in line, so that no thread is idle until this one has taken in what came before.
        return 2 * workers if workers > 1 else 1

    def _next_size(self) -> int:
        """Return how many rows to ask for next; 0 where the limit is reached."""
        if self._limit is None:
            return self._cap.size
        tail = self.stitcher.tail
        duplicates = max(0, tail.end_offset - self.stitcher.rows) if tail is not None else 0
        wanted = self._limit + duplicates - self._next_offset
        return min(self._cap.size, wanted) if wanted > (1 if self._next_offset else 0) or not self._in_flight else 0

    def _offset_after(self, offset: int, size: int, *, end_checked: bool) -> int:
        """Return where the page after this one is expected to begin.

        Args:
            proven: another request shows whether the list ends with this page.
        """
        is_capped = self._cap.largest < size and not self._cap.is_last_page(self._total, size)
        if offset == 0 and is_capped and not end_checked and 1 < self._total <= self._cap.largest:
            # The page is going to be as short as last time: ask at once for the proof that the list ends there.
            return self._total - 1
        tail = self.stitcher.tail
        identified = tail is None or bool(tail.ids)
        return offset + size - 1 if identified and size > 1 else offset + size

    def _collect_result(self) -> None:
        finished_job = self._pool.collect()
        if finished_job.key == self._end_check_job:
            self._end_check_result = finished_job
        offset = self._in_flight.pop(finished_job.key, None)
        if offset is not None:
            self._responses[offset] = finished_job

    # --- taking in ------------------------------------------------------------------------------------------------

    def _add_page(self, page: FetchedPage[P] | None) -> None:
        if page is None:  # left out because the list ended before it, which it does no more
            self._restart(self._expected_offset)
            return
        if self._is_whole_list(page):
            self._finish()
            return
        overlap = self.stitcher.overlap(page)
        if overlap is Overlap.GAP and self._steps_back < limits.LIST_STEPS_BACK:
            self._step_back()
            return
        previous = self.stitcher.tail
        new_rows = self.stitcher.add(page, overlap)
        self._last_step_back = 0
        is_last = previous is None and 0 < page.rows < page.requested and self._ends_with(page)
        self._update_cap(previous, page, new_rows)
        self._request.progress(self.stitcher.rows)
        if is_last:
            self._finish()
        else:
            self._continue_after(page)

    def _continue_after(self, page: FetchedPage[P]) -> None:
        """Decide whether this was the last page, and where the next one begins."""
        rows = page.rows
        if self._cap.is_last_page(rows, page.requested):
            self._finish()
        elif self._limit is not None and self.stitcher.rows >= self._limit:
            self._finished = True
        elif self.stitcher.stalls >= limits.LIST_STALLS:
            raise UnexpectedAnswerError("The server sends the same rows again and again, whatever page is asked for.")
        elif rows == page.requested:
            self._one_at_a_time = False
            if page.end_offset > self._total:  # what the list had last time is no speculation
                self._window += limits.PAGES_AHEAD
            self._move_to(page.next_offset)
        else:
            self._move_to(page.next_offset)

    def _finish(self) -> None:
        self._finished = True
        self.complete = self._limit is None or self.stitcher.rows <= self._limit

    def _move_to(self, offset: int) -> None:
        """Go on from `offset`; what was asked for on another way is given up."""
        if offset != self._next_offset and offset not in self._responses and offset not in self._in_flight.values():
            self._restart(offset)
            return
        self._expected_offset = offset
        self._responses = {at: finished_job for at, finished_job in self._responses.items() if at >= offset}
        self._in_flight = {job: at for job, at in self._in_flight.items() if at >= offset}

    def _restart(self, offset: int) -> None:
        self._expected_offset = self._next_offset = offset
        self._last_page_offset = limits.FAR_OFFSET
        self._in_flight.clear()
        self._responses.clear()

    def _step_back(self) -> None:
        """Step back, further each time, until a page shares a row with the last one."""
        tail = self.stitcher.tail
        assert tail is not None  # noqa: S101 - the first page has nothing to be a gap to
        self.stitcher.moved = True
        self._steps_back += 1
        self._last_step_back = 2 * self._last_step_back or max(1, self._cap.size // 4)
        self._one_at_a_time = True
        self._move_to(max(0, tail.end_offset - 1 - self._last_step_back))

    def _update_cap(self, previous: FetchedPage[P] | None, page: FetchedPage[P], new_rows: int) -> None:
        cap = self._cap
        cap.learn(page.rows, page.requested)
        was_short = previous is not None and previous.rows < previous.requested
        if was_short and new_rows and cap.largest < cap.size:
            cap.size = cap.largest  # rows came after a page that was shorter than asked: the server caps there

    def _is_whole_list(self, page: FetchedPage[P]) -> bool:
        """Return whether the server sends the whole list whatever is asked for; the page is then the list.

        Raises UnexpectedAnswerError where it heeds the limit but not the offset: what comes behind can't be reached.
        """
        tail, rows = self.stitcher.tail, page.rows
        if tail is None:
            is_enough = self._limit is not None and rows >= self._limit
            if self._cap.unpaged or (rows > page.requested and not is_enough and self._is_unpaged(rows)):
                self.stitcher.add(page, Overlap.EXACT)
                return True
            return False
        repeated = bool(rows) and bool(page.ids) and page.offset != tail.offset and list(page.ids) == list(tail.ids)
        return repeated and self._is_unpaged(rows)

    def _is_unpaged(self, rows: int) -> bool:
        """Ask for a page far behind any list's end, and for one row less than came: what comes tells what is heeded."""
        count = len(self._read(limits.FAR_OFFSET, max(1, rows - 1))[1])
        if count not in (0, rows):
            raise UnexpectedAnswerError("The server sends the same page whatever offset is asked for.")
        self._cap.unpaged = count == rows
        return self._cap.unpaged
