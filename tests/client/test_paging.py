"""Lists paged by offset and limit: nothing lost, nothing duplicated, few requests."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.changing_list import World, asking, read
from tests.client.support import Ids, ReceivedRequest, Response, Server, decode, ids_of, people, plane
from zenpro_nb import limits
from zenpro_nb.client import Client
from zenpro_nb.client._paging_hints import PagingHints

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")


@given(
    rows=st.integers(0, 120),
    cap=st.integers(1, 40),
    size=st.integers(1, 40),
    workers=st.integers(1, 8),
    limit=st.none() | st.integers(0, 150),
    urgent=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_any_list_is_read_whole_in_order(
    rows: int, cap: int, size: int, workers: int, limit: int | None, urgent: bool
) -> None:
    world, hints = World(rows, cap, {}), asking(size)
    for _ in range(2):  # the second time with the hints of the first read
        world.requests.clear()
        listing = read(world, workers=workers, limit=limit, hints=hints, urgent=urgent)
        assert ids_of(listing.parts) == world.rows[:limit]
        assert not listing.changed
        assert listing.complete == (limit is None or limit >= rows) or limit == rows or limit == 0
        assert listing.requests == len(world.requests)
        if limit is not None:
            assert all(offset + size <= limit for offset, size in world.requests)


@pytest.mark.parametrize("rows", [0, 1, 99, 100, 101, 198, 199, 200, 1000, 5000])
@pytest.mark.parametrize("workers", [1, 8, 32])
def test_few_more_pages_are_requested_than_needed(rows: int, workers: int) -> None:
    world, hints = World(rows, 100, {}), PagingHints()
    read(world, workers=workers, hints=hints)
    needed = max(1, -(-(rows - 1) // 99)) if rows else 1
    assert len(world.requests) <= needed + workers + 1, "at most one window more, and the end check"
    world.requests.clear()
    read(world, workers=workers, hints=hints)
    assert len(world.requests) <= needed + 1, "the last total is remembered"


def test_a_silent_cap_is_learned_once(serve: Serve, connect: Connect) -> None:
    server = serve(plane(people(500), cap=30))
    client = connect(server, workers=4)
    first = client.read_list("/users", decode=decode)
    assert (first.rows, first.complete, first.changed) == (500, True, False)
    assert {request.query["limit"][0] for request in server.requests[3:]} <= {"100", "30"}
    server.requests.clear()
    assert client.read_list("/users", decode=decode).rows == 500
    assert {request.query["limit"][0] for request in server.requests} == {"30"}


def test_a_short_list_is_confirmed_while_the_cap_is_unknown() -> None:
    hints, few, many = PagingHints(), World(7, 100, {}), World(150, 100, {})
    assert (read(few, hints=hints).rows, few.requests) == (7, [(0, 100), (6, 100)])
    few.requests.clear()
    read(many, hints=hints)
    hints.totals.clear()  # both lists have the same address here
    assert read(few, hints=hints).rows == 7
    assert few.requests == [(0, 100)]


def test_a_cap_applies_to_other_routes_unless_their_page_is_a_round_number(serve: Serve, connect: Connect) -> None:
    lists = {"/users": plane(people(150)), "/teams": plane(people(7), path="/teams")}
    lists["/roles"] = plane(people(60), path="/roles", cap=20)
    server = serve(lambda request: lists.get(request.path, lists["/users"])(request))
    client = connect(server)
    rows = [client.read_list(path, decode=decode).rows for path in ("/users", "/teams", "/roles")]
    assert rows == [150, 7, 60]
    assert server.count("GET", "/teams") == 1


def test_a_cap_applies_to_the_members_of_every_team() -> None:
    hints = PagingHints()
    first_team, second_team = (f"/teams/{number * 8}-1111-4111-8111-111111111111/members" for number in "ab")
    assert hints.cap_of(first_team) is hints.cap_of(second_team)
    assert hints.cap_of(first_team) is not hints.cap_of("/teams")


@pytest.mark.parametrize("rows", [0, 1, 7, 99])
def test_a_short_urgent_list_takes_one_round_trip(rows: int) -> None:
    """Two requests are sent together: the server responds to neither before both have arrived."""
    world, both = World(rows, 100, {}), threading.Barrier(2)
    fetch = world.fetch

    def together(offset: int, size: int) -> Ids:
        if len(world.requests) < 2:
            both.wait(60)
        return fetch(offset, size)

    world.fetch = together  # type: ignore[method-assign]
    assert read(world, urgent=True).rows == rows
    assert sorted(world.requests) == [(0, 100), (1, 100)]


@pytest.mark.parametrize("now", [3, 6, 7, 8, 20, 60])
def test_an_urgent_list_with_a_changed_length_takes_one_round_trip(now: int) -> None:
    """As long as the cap is unknown, the last total does not prove where the list ends now."""
    hints = PagingHints()
    assert read(World(7, 100, {}), urgent=True, hints=hints).rows == 7
    world = World(now, 100, {})
    assert read(world, urgent=True, hints=hints).rows == now
    assert sorted(world.requests) == [(0, 100), (1, 100)]


def test_an_unpaged_route_gets_one_request_once_known() -> None:
    hints, offsets = PagingHints(), list[int]()

    def everything(offset: int, size: int) -> Ids:
        offsets.append(offset)
        return Ids([f"row-{number}" for number in range(50)])

    for _ in range(2):
        offsets.clear()
        world = World(50, 100, {})
        world.fetch = everything  # type: ignore[method-assign]
        assert read(world, urgent=True, hints=hints).rows == 50
    assert offsets == [0]


def test_a_capped_page_does_not_prove_the_end_of_a_list() -> None:
    world = World(50, 7, {})
    assert ids_of(read(world, urgent=True).parts) == world.rows


def test_a_limit_requests_no_extra_rows(serve: Serve, connect: Connect) -> None:
    server = serve(plane(people(500)))
    listing = connect(server).read_list("/users", decode=decode, limit=120)
    assert (listing.rows, listing.complete) == (120, False)
    pages = [
        (request.number("offset"), request.number("limit")) for request in server.requests if request.path == "/users"
    ]
    assert pages == [(0, 100), (99, 21)]


def test_parameters_are_sent_with_every_page(serve: Serve, connect: Connect) -> None:
    server = serve(plane(people(300)))
    listing = connect(server).read_list("/users", params={"email": "a@b", "active": True, "x": None}, decode=decode)
    assert listing.path == "/users"
    for request in server.requests[1:]:
        assert (request.query["email"], request.query["active"]) == (["a@b"], ["true"])
        assert "x" not in request.query


def test_the_memory_for_paging_hints_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGING_HINTS", 10)
    hints = PagingHints()
    for number in range(100):
        hints.cap_of(f"/{number}")
        hints.remember_total((f"/{number}", ""), number)
    assert (len(hints.caps), len(hints.totals)) == (10, 10)
    assert hints.totals[("/99", "")] == 99


def test_progress_is_reported_in_this_thread_and_never_decreases(serve: Serve, connect: Connect) -> None:
    progress: list[tuple[int, threading.Thread]] = []
    client = connect(serve(plane(people(1000))))
    client.read_list("/users", decode=decode, progress=lambda rows: progress.append((rows, threading.current_thread())))
    rows = [count for count, _ in progress]
    assert rows == sorted(set(rows))
    assert rows[-1] == 1000
    assert {thread for _, thread in progress} == {threading.current_thread()}


def test_pages_are_decoded_in_the_workers(serve: Serve, connect: Connect) -> None:
    threads = set()

    def note_thread(content: bytes) -> Ids:
        threads.add(threading.current_thread())
        return decode(content)

    connect(serve(plane(people(2000))), workers=4).read_list("/users", decode=note_thread)
    assert len(threads - {threading.main_thread()}) > 1
