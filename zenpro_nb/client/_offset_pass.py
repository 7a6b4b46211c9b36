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
from zenpro_nb.client._listing import READ_LESS, Fetched, Join, Merge, P, PageStitcher, Sink
from zenpro_nb.client._paging_hints import Grant
from zenpro_nb.client._worker_pool import Done, WorkerPool
from zenpro_nb.errors import BadRequestError, UnexpectedAnswerError

_numbers = itertools.count(1)  # of jobs: those of a pass that is over must not be taken for those of the next


class OffsetRequest(Struct, Generic[P], frozen=True):
    """A list to read: `fetch` reads a page, `key` is its route and query, `progress` is told the rows so far.

    `prompt` says that other requests wait for it, so that one request more is better than one round trip more; `merge`
    makes one page of many; `sink` takes the rows, all of them, which the listing then does not hold.
    """

    fetch: Callable[[int, int], P]
    key: tuple[str, str]
    limit: int | None
    progress: Callable[[int], None]
    prompt: bool = False
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
        wanted: OffsetRequest[P],
        pool: WorkerPool[Fetched[P] | None],
        grant: Grant,
        workers: Callable[[], int],
        total: int,
    ) -> None:
        self.stitcher: PageStitcher[P] = PageStitcher(merge=wanted.merge, sink=wanted.sink)
        self.complete = False
        self._wanted = wanted
        self._limit = wanted.limit
        self._pool = pool
        self._grant = grant
        self._workers = workers
        self._total = total
        self._sent: list[int] = []  # offsets; appended to by every thread
        self._over = False
        self._next = 0  # the offset to ask for next
        self._expected = 0  # the offset to take in next
        self._window = 1
        self._alone = False  # after a step back, one page at a time until one is full again
        self._flying: dict[int, int] = {}  # job -> offset; jobs of a way that was given up are not in it
        self._arrived: dict[int, Done[Fetched[P] | None]] = {}
        self._back = 0  # rows that the last step back went
        self._mends = 0
        self._behind = limits.FAR_OFFSET  # the offset of a page that was the last one
        self._proof: int | None = None  # the job of the page that shows whether a short first page is the last one
        self._proven: Done[Fetched[P] | None] | None = None

    @property
    def requests(self) -> int:
        """Return how many pages were asked for."""
        return len(self._sent)

    def run(self) -> PageStitcher[P]:
        """Read to the end or to the limit.

        Raises:
            UnexpectedAnswerError: the server repeats itself for ever.
            ZenProError: whatever a request raised whose page was needed.
        """
        if self._limit == 0:
            self._over = True
        while not self._over:
            self._ask()
            if self._expected in self._arrived:
                self._take(self._arrived.pop(self._expected).get())
            else:
                self._collect()
        self.stitcher.flush()
        return self.stitcher

    # --- asking ---------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        while len(self._flying) + len(self._arrived) < self._room():
            size = self._size()
            if size <= 0:
                return
            offset, to_prove = self._next, self._next == 0 and self._needs_proof()
            self._next = self._after(offset, size, proven=to_prove)
            job = self._job(offset, size)
            if to_prove:
                self._proof = self._submit(lambda size=size: self._further_on(size))  # type: ignore[misc]
            if self._room() == 1:  # no thread for what is waited for anyway
                self._arrived[offset] = Done(0, job(), None)
                return
            self._flying[self._submit(job)] = offset

    def _submit(self, job: Callable[[], Fetched[P] | None]) -> int:
        number = next(_numbers)
        self._pool.submit(number, job)
        return number

    def _needs_proof(self) -> bool:
        if self._grant.unpaged:
            return False
        unknown = self._total < self._grant.size and not self._grant.is_known(self._grant.size)
        return self._wanted.prompt and self._limit is None and unknown and self._workers() > 1 and self._proof is None

    def _further_on(self, size: int) -> Fetched[P] | None:
        """Return the first page begun one row later; None where the first one has shown meanwhile that it is full."""
        if self._grant.is_known(size):
            return None
        asked, page = self._read(1, size)
        return Fetched(1, asked, page, page.ids, len(page))

    def _is_proven(self, first: Fetched[P]) -> bool:
        """Return whether the list ends with its first page, as the same page a row further on shows.

        That one was not cut, being shorter; so its last row is the list's, and it is the first one's too.
        """
        while self._proof is not None and self._proven is None:
            self._collect()
        further = None if self._proven is None or self._proven.error is not None else self._proven.value
        if further is None or not first.ids:
            return False
        return list(further.ids) == list(first.ids)[1:]

    def _job(self, offset: int, size: int) -> Callable[[], Fetched[P] | None]:
        def job() -> Fetched[P] | None:
            if offset > self._behind:
                return None
            asked, page = self._read(offset, size)
            rows = len(page)
            if offset and self._grant.is_end(rows, asked):
                # Stops what waits in line, before the thread that reads has taken this page in.
                self._behind = min(self._behind, offset)
            return Fetched(offset, asked, page, page.ids, rows)

        return job

    def _read(self, offset: int, size: int) -> tuple[int, P]:
        """Return how many rows were asked for at last, and the page."""
        if len(self._sent) >= limits.LIST_PAGES:
            raise UnexpectedAnswerError(
                f"The list has no end: {limits.LIST_PAGES:,} pages of it were read.", hint=READ_LESS
            )
        self._sent.append(offset)
        try:
            return size, self._wanted.fetch(offset, size)
        except BadRequestError as error:
            smaller = self._grant.shrink(error, "limit", size)
        return self._read(offset, smaller)

    def _room(self) -> int:
        """Return how many requests may be on their way or wait for their turn."""
        if self._alone or self._grant.unpaged:
            return 1
        workers = self._workers()
        if self._next >= self._total and self._window < workers:
            return self._window
        # As many again wait in line, so that no thread is idle until this one has taken in what came before.
        return 2 * workers if workers > 1 else 1

    def _size(self) -> int:
        """Return how many rows to ask for next; 0 where the limit is reached."""
        if self._limit is None:
            return self._grant.size
        tail = self.stitcher.tail
        doubles = max(0, tail.end - self.stitcher.rows) if tail is not None else 0
        wanted = self._limit + doubles - self._next
        return min(self._grant.size, wanted) if wanted > (1 if self._next else 0) or not self._flying else 0

    def _after(self, offset: int, size: int, *, proven: bool) -> int:
        """Return where the page after this one is expected to begin.

        Args:
            proven: another request shows whether the list ends with this page.
        """
        known = self._grant.largest < size and not self._grant.is_end(self._total, size)
        if offset == 0 and known and not proven and 1 < self._total <= self._grant.largest:
            # The page is going to be as short as last time: ask at once for the proof that the list ends there.
            return self._total - 1
        tail = self.stitcher.tail
        identified = tail is None or bool(tail.ids)
        return offset + size - 1 if identified and size > 1 else offset + size

    def _collect(self) -> None:
        done = self._pool.collect()
        if done.key == self._proof:
            self._proven = done
        offset = self._flying.pop(done.key, None)
        if offset is not None:
            self._arrived[offset] = done

    # --- taking in ------------------------------------------------------------------------------------------------

    def _take(self, new: Fetched[P] | None) -> None:
        if new is None:  # left out because the list ended before it, which it does no more
            self._restart(self._expected)
            return
        if self._everything(new):
            self._end()
            return
        join = self.stitcher.join(new)
        if join is Join.GAP and self._mends < limits.LIST_MENDS:
            self._mend()
            return
        before = self.stitcher.tail
        fresh = self.stitcher.add(new, join)
        self._back = 0
        ends = before is None and 0 < new.rows < new.asked and self._is_proven(new)
        self._learn(before, new, fresh)
        self._wanted.progress(self.stitcher.rows)
        if ends:
            self._end()
        else:
            self._go_on(new)

    def _go_on(self, new: Fetched[P]) -> None:
        """Decide whether this was the last page, and where the next one begins."""
        rows = new.rows
        if self._grant.is_end(rows, new.asked):
            self._end()
        elif self._limit is not None and self.stitcher.rows >= self._limit:
            self._over = True
        elif self.stitcher.stalls >= limits.LIST_STALLS:
            raise UnexpectedAnswerError("The server sends the same rows again and again, whatever page is asked for.")
        elif rows == new.asked:
            self._alone = False
            if new.end > self._total:  # what the list had last time is no speculation
                self._window += limits.PAGES_AHEAD
            self._follow(new.next)
        else:
            self._follow(new.next)

    def _end(self) -> None:
        self._over = True
        self.complete = self._limit is None or self.stitcher.rows <= self._limit

    def _follow(self, offset: int) -> None:
        """Go on from `offset`; what was asked for on another way is given up."""
        if offset != self._next and offset not in self._arrived and offset not in self._flying.values():
            self._restart(offset)
            return
        self._expected = offset
        self._arrived = {at: done for at, done in self._arrived.items() if at >= offset}
        self._flying = {job: at for job, at in self._flying.items() if at >= offset}

    def _restart(self, offset: int) -> None:
        self._expected = self._next = offset
        self._behind = limits.FAR_OFFSET
        self._flying.clear()
        self._arrived.clear()

    def _mend(self) -> None:
        """Step back, further each time, until a page shares a row with the last one."""
        tail = self.stitcher.tail
        assert tail is not None  # noqa: S101 - the first page has nothing to be a gap to
        self.stitcher.moved = True
        self._mends += 1
        self._back = 2 * self._back or max(1, self._grant.size // 4)
        self._alone = True
        self._follow(max(0, tail.end - 1 - self._back))

    def _learn(self, before: Fetched[P] | None, new: Fetched[P], fresh: int) -> None:
        grant = self._grant
        grant.learn(new.rows, new.asked)
        short = before is not None and before.rows < before.asked
        if short and fresh and grant.largest < grant.size:
            grant.size = grant.largest  # rows came after a page that was shorter than asked: the server caps there

    def _everything(self, new: Fetched[P]) -> bool:
        """Return whether the server sends the whole list whatever is asked for; the page is then the list.

        Raises UnexpectedAnswerError where it heeds the limit but not the offset: what comes behind can't be reached.
        """
        tail, rows = self.stitcher.tail, new.rows
        if tail is None:
            enough = self._limit is not None and rows >= self._limit
            if self._grant.unpaged or (rows > new.asked and not enough and self._is_unpaged(rows)):
                self.stitcher.add(new, Join.EXACT)
                return True
            return False
        again = bool(rows) and bool(new.ids) and new.offset != tail.offset and list(new.ids) == list(tail.ids)
        return again and self._is_unpaged(rows)

    def _is_unpaged(self, rows: int) -> bool:
        """Ask for a page far behind any list's end, and for one row less than came: what comes tells what is heeded."""
        again = len(self._read(limits.FAR_OFFSET, max(1, rows - 1))[1])
        if again not in (0, rows):
            raise UnexpectedAnswerError("The server sends the same page whatever offset is asked for.")
        self._grant.unpaged = again == rows
        return self._grant.unpaged
