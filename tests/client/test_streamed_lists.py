"""Lists that are streamed into a sink: nothing lost, nothing duplicated, and few pages in memory."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.changing_list import Change, World, as_one, asking, changes, no_decoder
from tests.client.support import Ids, ids_of
from zenpro_nb import limits
from zenpro_nb.client import _list_reader, _offset_pass
from zenpro_nb.client._cancellation import CancelScope
from zenpro_nb.client._listing import Listing, PagePart
from zenpro_nb.client._paging_hints import PagingHints
from zenpro_nb.client._request import ListRequest
from zenpro_nb.client._worker_pool import WorkerPool

pytestmark = pytest.mark.usefixtures("no_thread_left")


class RecordingSink:
    """A sink that stores only ids and counts how often it began."""

    def __init__(self) -> None:
        self.begin_count = 0
        self.ids: list[str] = []

    def begin(self) -> None:
        self.begin_count += 1
        self.ids.clear()

    def take(self, part: PagePart[Ids]) -> None:
        self.ids.extend(ids_of([part]))


def stream(world: World, sink: RecordingSink, workers: int = 4, hints: PagingHints | None = None) -> Listing[Ids]:
    scope = CancelScope()
    request = ListRequest(path="/users", decode=no_decoder, merge=as_one, sink=sink)
    offset_request = _offset_pass.OffsetRequest(request, world.fetch, lambda rows: None)
    with WorkerPool(workers, scope) as pool:
        return _list_reader.read_until_stable(offset_request, pool, hints or PagingHints(), lambda: workers)


@given(
    rows=st.integers(0, 120),
    cap=st.integers(2, 30),
    workers=st.integers(1, 6),
    maximum=st.integers(1, 5),
    moves=changes("insert", "delete"),
)
@settings(max_examples=400, deadline=None)
def test_no_row_is_lost_or_duplicated_whatever_moves(
    rows: int, cap: int, workers: int, maximum: int, moves: dict[int, list[Change]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "PAGES_MERGED", maximum)
        patch.setattr(limits, "IDS_PACKED", 3 * maximum)
        world, sink = World(rows, cap, moves), RecordingSink()
        listing = stream(world, sink, workers, asking(30))
        still, whole = World(rows, cap, {}), RecordingSink()
        stream(still, whole, workers, asking(30))
    assert listing.parts == []
    assert len(sink.ids) == len(set(sink.ids))
    assert world.always <= set(sink.ids) <= world.ever
    assert listing.changed or sink.begin_count == 1
    assert (whole.ids, whole.begin_count) == (still.rows, 1)


def test_a_list_that_always_moves_is_streamed_after_the_last_pass() -> None:
    moves: dict[int, list[Change]] = {number: [("insert", 0)] for number in range(200)}
    world, sink = World(100, 10, moves), RecordingSink()
    listing = stream(world, sink, 1, asking(10))
    assert listing.changed
    assert sink.begin_count == limits.LIST_PASSES + 1
    assert len(sink.ids) == len(set(sink.ids))
    assert world.always <= set(sink.ids) <= world.ever


@pytest.mark.parametrize("rows", [20_000, 60_000])
def test_few_pages_stay_in_memory_whatever_the_length(rows: int) -> None:
    live_pages: weakref.WeakSet[Ids] = weakref.WeakSet()
    maximum, lock = [0], threading.Lock()
    workers = 8

    class Watched(World):
        def fetch(self, offset: int, size: int) -> Ids:
            page = super().fetch(offset, size)
            with lock:
                live_pages.add(page)
                maximum[0] = max(maximum[0], len(live_pages))
            return page

    sink = RecordingSink()
    gc.collect()
    stream(Watched(rows, 100, {}), sink, workers)
    assert len(sink.ids) == rows
    assert limits.PAGES_MERGED <= maximum[0] <= limits.PAGES_MERGED + 4 * workers
