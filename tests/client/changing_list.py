"""A list that changes while it is read page by page."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Literal

from hypothesis import strategies as st

from tests.client.support import Ids, ids_of
from zenpro_nb.client import _list_reader, _offset_pass
from zenpro_nb.client._cancellation import CancelScope
from zenpro_nb.client._listing import Listing, Merge, PagePart
from zenpro_nb.client._paging_hints import PagingHints, RoutePageCap
from zenpro_nb.client._request import ListRequest
from zenpro_nb.client._worker_pool import WorkerPool

Change = tuple[Literal["insert", "delete", "first"], int]


class World:
    """A list that changes during the read: `changes[n]` is applied before the response to request n."""

    def __init__(self, rows: int, cap: int, changes: dict[int, list[Change]]) -> None:
        self.rows = [f"row-{number}" for number in range(rows)]
        self.cap = cap
        self.always = set(self.rows)
        self.ever = set(self.rows)
        self.requests: list[tuple[int, int]] = []
        self._changes = changes
        self._lock = threading.Lock()

    def fetch(self, offset: int, size: int) -> Ids:
        with self._lock:
            for kind, position in self._changes.get(len(self.requests), []):
                self._change(kind, position)
            self.requests.append((offset, size))
            return Ids(self.rows[offset : offset + min(size, self.cap)])

    def _change(self, kind: str, position: int) -> None:
        if kind == "insert":
            name = f"new-{len(self.ever)}"
            self.ever.add(name)
            self.rows.insert(position % (len(self.rows) + 1), name)
        elif self.rows:
            row = self.rows.pop(position % len(self.rows))
            if kind == "first":
                self.rows.insert(0, row)
            else:
                self.always.discard(row)


def read(
    world: World,
    *,
    workers: int = 4,
    limit: int | None = None,
    hints: PagingHints | None = None,
    urgent: bool = False,
    merge: Merge[Ids] | None = None,
) -> Listing[Ids]:
    scope = CancelScope()
    request = ListRequest(path="/users", decode=no_decoder, limit=limit, urgent=urgent, merge=merge)
    offset_request = _offset_pass.OffsetRequest(request, world.fetch, lambda rows: None)
    with WorkerPool(workers, scope) as pool:
        return _list_reader.read_until_stable(offset_request, pool, hints or PagingHints(), lambda: workers)


def no_decoder(content: bytes) -> Ids:
    """Stand for the decoder: `fetch` of these lists returns pages."""
    raise AssertionError(content)


def as_one(parts: Sequence[PagePart[Ids]]) -> Ids:
    """Merge many parts into one page."""
    return Ids(ids_of(parts))


def asking(size: int) -> PagingHints:
    return PagingHints(caps={"/users": RoutePageCap(size=size)})


def changes(*kinds: str) -> st.SearchStrategy[dict[int, list[Change]]]:
    change = st.tuples(st.sampled_from(kinds), st.integers(0, 200))
    return st.dictionaries(st.integers(0, 25), st.lists(change, min_size=1, max_size=3), max_size=4)  # type: ignore[arg-type]
