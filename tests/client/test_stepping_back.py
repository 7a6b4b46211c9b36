"""A page that shares no row with the rows read so far: how far the reader steps back, and when it accepts a gap.

Pages overlap by one row: pages of 100 begin at 0, 99, 198 …. One worker requests one page after the other.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client.changing_list import Change, World, asking, read
from tests.client.support import ReceivedRequest, Response, Server, decode, ids_of
from zenpro_nb import limits
from zenpro_nb.client import Client

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")


def first_rows(count: int) -> list[Change]:
    """Delete rows from the front; all others move forward."""
    return [("delete", 0)] * count


def serve_world(world: World) -> Callable[[ReceivedRequest], Response]:
    """Serve the world over HTTP."""

    def script(request: ReceivedRequest) -> Response:
        page = world.fetch(request.number("offset"), request.number("limit"))
        return Response(body=[{"id": name} for name in page.ids])

    return script


def offsets(server: Server) -> list[int]:
    return [request.number("offset") for request in server.requests]


def test_it_steps_back_a_quarter_of_a_page_and_twice_as_far_each_time(serve: Serve, connect: Connect) -> None:
    """After a shared row it starts again with a quarter. The second pass sees no movement."""
    world = World(500, 100, {1: first_rows(30), 5: first_rows(30)})
    server = serve(serve_world(world))
    listing = connect(server, credential=None, workers=1).read_list("/users", decode=decode)
    first_pass = [0, 99, 74, 49, 148, 247, 222, 197, 296, 395]
    assert offsets(server)[:10] == first_pass
    assert offsets(server)[10] == 0, "read again, since it moved"
    assert (listing.changed, listing.complete) == (True, True)
    assert ids_of(listing.parts) == world.rows


def test_a_gap_closed_within_a_limit_is_reported_as_changed(serve: Serve, connect: Connect) -> None:
    server = serve(serve_world(World(500, 100, {1: first_rows(30)})))
    listing = connect(server, credential=None, workers=1).read_list("/users", decode=decode, limit=150)
    assert listing.changed


@pytest.mark.parametrize(
    ("max_steps", "first_pass"),
    [(0, [0, 99, 198]), (1, [0, 99, 74, 173]), (2, [0, 99, 74, 49, 148]), (3, [0, 99, 74, 49, 0])],
)
def test_it_accepts_a_gap_after_the_maximum_number_of_steps(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, max_steps: int, first_pass: list[int]
) -> None:
    """Sixty rows are gone: only the page at 0 certainly has no gap. The second pass finds all rows."""
    monkeypatch.setattr(limits, "LIST_STEPS_BACK", max_steps)
    world = World(500, 100, {1: first_rows(60)})
    server = serve(serve_world(world))
    listing = connect(server, credential=None, workers=1).read_list("/users", decode=decode)
    assert offsets(server)[: len(first_pass)] == first_pass
    assert listing.changed
    assert ids_of(listing.parts) == world.rows


def test_it_steps_back_one_row_on_tiny_pages() -> None:
    world = World(30, 3, {1: first_rows(4)})
    listing = read(world, workers=1, hints=asking(3))
    assert [offset for offset, _ in world.requests[:5]] == [0, 2, 1, 0, 2]
    assert ids_of(listing.parts) == world.rows


def test_nothing_is_requested_during_a_step_back() -> None:
    """The pages at 198 and 297 were requested together with the page at 99, before the gap was known.

    Their threads can be slower than the step back, so that a request is counted after it.
    """
    world = World(500, 100, {1: first_rows(60)})
    read(world, workers=4)
    request = [offset for offset, _ in world.requests]
    before = request[: request.index(0, 1)]
    assert {0, 49, 74, 99} <= set(before) <= {0, 49, 74, 99, 198, 297}
    assert len(before) == len(set(before))
