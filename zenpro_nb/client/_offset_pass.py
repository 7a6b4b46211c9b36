"""One pass over a list that is paged by offset and limit and has no total.

The first page of a pass is read alone. Each page that arrives then starts more requests (3, 9, 27 … up to the number of
workers). The list ends when a page is shorter than the pages that the server is known to send. A page that is shorter
than requested is not enough, because the server can cap pages lower. The next page, which begins with the last row of
the short page, shows it.

If other requests wait for the list and the cap of the server is unknown, an end check is sent together with the first
page: the same page, but starting one row later. If it has exactly one row less and is otherwise the same, the list ends
there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Generic

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._listing import READ_LESS, FetchedPage, Overlap, P, PageStitcher
from zenpro_nb.client._paging_hints import RoutePageCap
from zenpro_nb.client._request import ListRequest
from zenpro_nb.client._worker_pool import FinishedJob, WorkerPool
from zenpro_nb.errors import BadRequestError, UnexpectedAnswerError

# job numbers are unique, because results of an earlier pass can still arrive during the next
_job_numbers = itertools.count(1)


class OffsetRequest(Struct, Generic[P], frozen=True):
    """A list to read.

    Attributes:
        list: the list as data.
        fetch: reads one page of it by offset and size.
        progress: called with the number of rows read.
    """

    list: ListRequest[P]
    fetch: Callable[[int, int], P]
    progress: Callable[[int], None]


class OffsetPass(Generic[P]):
    """One pass; `run` reads it.

    Args:
        request: the list and its limit.
        pool: the threads.
        cap: the known page cap of the route, which the pass updates.
        workers: returns how many requests can currently be in flight.
        total: the number of rows at the last read; 0 if unknown.
    """

    def __init__(
        self,
        request: OffsetRequest[P],
        pool: WorkerPool[FetchedPage[P] | None],
        cap: RoutePageCap,
        workers: Callable[[], int],
        total: int,
    ) -> None:
        self.stitcher: PageStitcher[P] = PageStitcher(merge=request.list.merge, sink=request.list.sink)
        self.complete = False
        self._request = request
        self._limit = request.list.limit
        self._pool = pool
        self._cap = cap
        self._workers = workers
        self._total = total
        self._sent_offsets: list[int] = []  # every thread appends to it
        self._finished = False
        self._next_offset = 0  # the next offset to request
        self._expected_offset = 0  # the offset of the next page to add
        self._window = 1
        self._one_at_a_time = False  # after a step back, until a page is full again
        self._in_flight: dict[int, int] = {}  # job -> offset, without abandoned jobs
        self._responses: dict[int, FinishedJob[FetchedPage[P] | None]] = {}
        self._last_step_back = 0  # in rows
        self._steps_back = 0
        self._last_page_offset = limits.FAR_OFFSET  # the offset of the last page, once it is known
        self._end_check_job: int | None = None  # shows whether a short first page is the last one
        self._end_check_result: FinishedJob[FetchedPage[P] | None] | None = None

    @property
    def requests(self) -> int:
        """Return the number of requested pages."""
        return len(self._sent_offsets)

    def run(self) -> PageStitcher[P]:
        """Read to the end or to the limit.

        Raises:
            UnexpectedAnswerError: the server repeats the same rows forever.
            ZenProError: the error of any request whose page was needed.
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
            if self._max_in_flight() == 1:  # without a second worker, a thread gains nothing
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
        is_useful = self._request.list.urgent and self._limit is None and self._workers() > 1
        is_unknown = self._total < self._cap.size and not self._cap.is_known(self._cap.size)
        return is_useful and is_unknown and self._end_check_job is None

    def _shifted_first_page(self, size: int) -> FetchedPage[P] | None:
        """Return the first page, starting one row later; None if the first page is already known to be full."""
        if self._cap.is_known(size):
            return None
        requested, page = self._read(1, size)
        return FetchedPage(1, requested, page, page.ids, len(page))

    def _ends_with(self, first: FetchedPage[P]) -> bool:
        """Return whether the list ends with its first page, according to the end check.

        The shifted page was not capped, because it is shorter. Its last row is therefore the last row of the list, and
        also of the first page.
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
                # Stops queued requests before the reading thread has added this page.
                self._last_page_offset = min(self._last_page_offset, offset)
            return FetchedPage(offset, requested, page, page.ids, rows)

        return job

    def _read(self, offset: int, size: int) -> tuple[int, P]:
        """Return the number of rows requested in the end, and the page."""
        if len(self._sent_offsets) >= limits.LIST_PAGES:
            raise UnexpectedAnswerError(
                f"The list does not end: zenpro stopped after {limits.LIST_PAGES:,} pages.", hint=READ_LESS
            )
        self._sent_offsets.append(offset)
        try:
            return size, self._request.fetch(offset, size)
        except BadRequestError as error:
            smaller = self._cap.shrink(error, "limit", size)
        return self._read(offset, smaller)

    def _max_in_flight(self) -> int:
        """Return how many requests can be in flight or queued."""
        if self._one_at_a_time or self._cap.unpaged:
            return 1
        workers = self._workers()
        if self._next_offset >= self._total and self._window < workers:
            return self._window
        # The same number is queued, which keeps all threads busy while this one adds pages.
        return 2 * workers if workers > 1 else 1

    def _next_size(self) -> int:
        """Return how many rows to request next; 0 if the limit is reached."""
        if self._limit is None:
            return self._cap.size
        tail = self.stitcher.tail
        duplicates = max(0, tail.end_offset - self.stitcher.rows) if tail is not None else 0
        missing_rows = self._limit + duplicates - self._next_offset
        return (
            min(self._cap.size, missing_rows)
            if missing_rows > (1 if self._next_offset else 0) or not self._in_flight
            else 0
        )

    def _offset_after(self, offset: int, size: int, *, end_checked: bool) -> int:
        """Return the expected offset of the next page.

        Args:
            end_checked: another request checks whether the list ends with this page.
        """
        is_capped = self._cap.largest < size and not self._cap.is_last_page(self._total, size)
        if offset == 0 and is_capped and not end_checked and 1 < self._total <= self._cap.largest:
            # The page will be as short as last time: also request the page that proves the end of the list.
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
        if page is None:  # skipped because the list ended before it, but now the list is longer
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
        """Decide whether this was the last page, and where the next page begins."""
        rows = page.rows
        if self._cap.is_last_page(rows, page.requested):
            self._finish()
        elif self._limit is not None and self.stitcher.rows >= self._limit:
            self._finished = True
        elif self.stitcher.stalls >= limits.LIST_STALLS:
            raise UnexpectedAnswerError("The server returns the same rows for every page.")
        elif rows == page.requested:
            self._one_at_a_time = False
            if page.end_offset > self._total:  # rows up to the last total are expected anyway
                self._window += limits.PAGES_AHEAD
            self._move_to(page.next_offset)
        else:
            self._move_to(page.next_offset)

    def _finish(self) -> None:
        self._finished = True
        self.complete = self._limit is None or self.stitcher.rows <= self._limit

    def _move_to(self, offset: int) -> None:
        """Continue from `offset` and abandon requests that do not fit."""
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
        """Step back, further each time, until a page shares a row with the rows read so far."""
        tail = self.stitcher.tail
        assert tail is not None  # noqa: S101 - the first page has nothing to be a gap to
        self.stitcher.has_moved = True
        self._steps_back += 1
        self._last_step_back = 2 * self._last_step_back or max(1, self._cap.size // 4)
        self._one_at_a_time = True
        self._move_to(max(0, tail.end_offset - 1 - self._last_step_back))

    def _update_cap(self, previous: FetchedPage[P] | None, page: FetchedPage[P], new_rows: int) -> None:
        cap = self._cap
        cap.learn(page.rows, page.requested)
        was_short = previous is not None and previous.rows < previous.requested
        if was_short and new_rows and cap.largest < cap.size:
            cap.size = cap.largest  # rows followed a page that was shorter than requested: this is the server's cap

    def _is_whole_list(self, page: FetchedPage[P]) -> bool:
        """Return whether the server ignores paging and this page is the whole list.

        Raises UnexpectedAnswerError if the server honors the limit but not the offset: the rest cannot be read.
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
        """Return whether the server always sends the whole list.

        It requests a page far beyond the end, with one row less than received. The result shows which parameters are
        honored.
        """
        count = len(self._read(limits.FAR_OFFSET, max(1, rows - 1))[1])
        if count not in (0, rows):
            raise UnexpectedAnswerError("The server sends the same page for every offset.")
        self._cap.unpaged = count == rows
        return self._cap.unpaged
