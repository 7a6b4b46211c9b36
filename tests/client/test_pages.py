"""Lists paged by page and size, as in workspaces."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.support import Ids, ReceivedRequest, Response, Server, ids_of
from zenpro_nb.client import Client, WithTotal, _page_paging
from zenpro_nb.client._cancellation import CancelScope
from zenpro_nb.client._listing import Listing
from zenpro_nb.client._worker_pool import WorkerPool
from zenpro_nb.errors import BadRequestError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")


def decode(content: bytes) -> WithTotal[Ids]:
    body = json.loads(content)
    return WithTotal(Ids([row["id"] for row in body["items"]]), body["total"])


class World:
    """Runs that come and go. After the last page it responds with 400, like the real server."""

    def __init__(self, rows: int, changes: dict[int, list[tuple[str, int]]] | None = None) -> None:
        self.rows = [f"run-{number}" for number in range(rows)]
        self.always, self.ever = set(self.rows), set(self.rows)
        self._changes = changes or {}
        self._requests = 0
        self._lock = threading.Lock()

    def __call__(self, request: ReceivedRequest) -> Response:
        page, size = request.number("page"), request.number("size")
        with self._lock:
            for kind, position in self._changes.get(self._requests, []):
                self._change(kind, position)
            self._requests += 1
            rows = list(self.rows)
        if page > max(1, -(-len(rows) // size)):
            return Response(400, {"detail": ["ValueError", f"Invalid page {page}. The requested page size is {size}."]})
        items = [{"id": name} for name in rows[(page - 1) * size : page * size]]
        return Response(body={"index": page, "max_size": size, "total": len(rows), "items": items})

    def fetch(self, page: int, size: int) -> WithTotal[Ids]:
        response = self(ReceivedRequest("GET", "/runs", {"page": [str(page)], "size": [str(size)]}, {}, b""))
        if response.status == 400:
            raise BadRequestError("no", status=400, detail=f"Invalid page {page}.")
        return decode(json.dumps(response.body).encode())

    def _change(self, kind: str, position: int) -> None:
        if kind == "insert":
            self.ever.add(name := f"new-{len(self.ever)}")
            self.rows.insert(position % (len(self.rows) + 1), name)
        elif self.rows:
            self.always.discard(self.rows.pop(position % len(self.rows)))


def read(world: World, size: int, limit: int | None = None, workers: int = 4) -> Listing[Ids]:
    scope = CancelScope()
    pool: WorkerPool[WithTotal[Ids] | None] = WorkerPool(workers, scope)
    with pool:
        return _page_paging.read(_page_paging.PageRequest(world.fetch, size, limit, lambda rows: None), pool, workers)


@given(rows=st.integers(0, 100), size=st.integers(1, 30), limit=st.none() | st.integers(0, 120))
@settings(max_examples=200, deadline=None)
def test_any_list_is_read_whole_in_order(rows: int, size: int, limit: int | None) -> None:
    listing = read(World(rows), size, limit)
    assert ids_of(listing.parts) == [f"run-{number}" for number in range(rows)][:limit]
    assert not listing.changed
    assert listing.complete == (limit is None or limit >= rows)


@given(
    rows=st.integers(0, 100),
    size=st.integers(1, 30),
    at=st.integers(0, 12),
    kind=st.sampled_from(["insert", "delete"]),
    positions=st.lists(st.integers(0, 200), min_size=1, max_size=3),
)
@settings(max_examples=400, deadline=None)
def test_no_row_is_lost_or_duplicated_when_rows_come_or_go(
    rows: int, size: int, at: int, kind: str, positions: list[int]
) -> None:
    world = World(rows, {at: [(kind, position) for position in positions]})
    ids = ids_of(read(world, size).parts)
    assert len(ids) == len(set(ids))
    assert world.always <= set(ids) <= world.ever


def test_no_page_after_the_end_is_requested(serve: Serve, connect: Connect) -> None:
    server = serve(World(95))
    listing = connect(server, credential=None).read_pages("/api/v1/runs", params={"x": 1}, size=20, decode=decode)
    assert (listing.rows, listing.requests, listing.complete, listing.changed) == (95, 5, True, False)
    assert sorted(request.number("page") for request in server.requests) == [1, 2, 3, 4, 5]
    assert all(request.query["x"] == ["1"] for request in server.requests)


def test_a_limit_requests_no_extra_pages(serve: Serve, connect: Connect) -> None:
    server = serve(World(95))
    client = connect(server, credential=None)
    assert client.read_pages("/api/v1/runs", size=20, limit=41, decode=decode).rows == 41
    assert len(server.requests) == 3
    assert client.read_pages("/api/v1/runs", size=20, limit=5, decode=decode).rows == 5
    assert server.requests[-1].number("size") == 5


def test_a_server_that_caps_pages_is_read_whole(serve: Serve, connect: Connect) -> None:
    respond = World(95)

    def cap(request: ReceivedRequest) -> Response:
        return respond(
            ReceivedRequest(request.method, request.path, {**request.query, "size": ["10"]}, request.headers, b"")
        )

    assert connect(serve(cap), credential=None).read_pages("/runs", size=50, decode=decode).rows == 95


def test_a_workspace_that_refuses_large_pages_is_read_whole(serve: Serve, connect: Connect) -> None:
    """Like a workspace with ZENML_PAGINATION_DEFAULT_LIMIT, which is also the maximum."""
    respond = World(95)
    message = (
        "1 validation error:\n {'type': 'less_than_equal', 'loc': ('query', 'size'), "
        "'msg': 'Input should be less than or equal to 20', 'input': '50', 'ctx': {'le': 20}}"
    )

    def script(request: ReceivedRequest) -> Response:
        return Response(422, ["ValueError", message]) if request.number("size") > 20 else respond(request)

    server = serve(script)
    client = connect(server, credential=None)
    for limit in (None, 50):
        listing = client.read_pages("/api/v1/runs", size=50, limit=limit, decode=decode)
        assert ids_of(listing.parts) == [f"run-{number}" for number in range(95)][:limit]
    assert sum(request.number("size") > 20 for request in server.requests) == 1, "the learned size is remembered"


def test_a_refusal_that_is_not_about_the_page_is_raised(serve: Serve, connect: Connect) -> None:
    respond = World(95)

    def script(request: ReceivedRequest) -> Response:
        return Response(400, {"detail": "no such column"}) if request.number("page") == 3 else respond(request)

    with pytest.raises(BadRequestError, match="no such column"):
        connect(serve(script), credential=None).read_pages("/runs", size=20, decode=decode)
