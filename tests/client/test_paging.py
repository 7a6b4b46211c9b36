"""Lists paged by offset and limit: nothing lost, nothing duplicated, few requests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.changing_list import Change, World, as_one, asking, changes, read
from tests.client.support import Ids, Nameless, ReceivedRequest, Response, Server, decode, ids_of, people, plane
from zenpro_nb import limits
from zenpro_nb.client import Client
from zenpro_nb.client._listing import PagePart
from zenpro_nb.client._paging_hints import PagingHints
from zenpro_nb.errors import PermissionDeniedError, UnexpectedAnswerError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")


# --- a list that does not change -----------------------------------------------------------------------------------


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


# --- a list that moves --------------------------------------------------------------------------------------------


@given(
    rows=st.integers(0, 100),
    cap=st.integers(2, 30),
    size=st.integers(2, 30),
    workers=st.integers(1, 6),
    moves=changes("insert", "delete"),
    urgent=st.booleans(),
)
@settings(max_examples=1000, deadline=None)
def test_no_row_is_lost_or_duplicated_while_rows_come_and_go(
    rows: int, cap: int, size: int, workers: int, moves: dict[int, list[Change]], urgent: bool
) -> None:
    world = World(rows, cap, moves)
    ids = ids_of(read(world, workers=workers, hints=asking(size), urgent=urgent).parts)
    assert len(ids) == len(set(ids))
    assert world.always <= set(ids) <= world.ever


@given(
    rows=st.integers(0, 100),
    cap=st.integers(2, 30),
    size=st.integers(2, 30),
    workers=st.integers(1, 6),
    moves=changes("insert", "first"),
    urgent=st.booleans(),
)
@settings(max_examples=500, deadline=None)
def test_a_row_that_moves_to_the_front_is_found_by_the_next_pass(
    rows: int, cap: int, size: int, workers: int, moves: dict[int, list[Change]], urgent: bool
) -> None:
    """A list ordered by its last changes. It moves only once, so the second pass sees no movement."""
    world = World(rows, cap, dict(list(moves.items())[:1]))
    ids = ids_of(read(world, workers=workers, hints=asking(size), urgent=urgent).parts)
    assert len(ids) == len(set(ids))
    assert world.always <= set(ids) <= world.ever


def test_a_row_deleted_between_two_pages_loses_no_other_row() -> None:
    world = World(500, 100, {1: [("delete", 10)]})
    listing = read(world, workers=1)
    assert listing.changed
    assert set(ids_of(listing.parts)) >= world.always
    assert listing.complete


def test_a_list_that_always_moves_is_the_union_of_all_passes() -> None:
    world = World(300, 100, {number: [("insert", 0)] for number in range(100)})
    listing = read(world, workers=4)
    assert listing.changed
    ids = ids_of(listing.parts)
    assert world.always <= set(ids)
    assert len(ids) == len(set(ids))


@given(
    rows=st.integers(0, 100),
    cap=st.integers(2, 30),
    workers=st.integers(1, 6),
    limit=st.none() | st.integers(0, 120),
    moves=changes("insert", "delete"),
    maximum=st.integers(1, 5),
)
@settings(max_examples=400, deadline=None)
def test_merged_pages_lose_and_duplicate_no_row(
    rows: int, cap: int, workers: int, limit: int | None, moves: dict[int, list[Change]], maximum: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "PAGES_MERGED", maximum)
        world = World(rows, cap, moves)
        ids = ids_of(read(world, workers=workers, limit=limit, hints=asking(30), merge=as_one).parts)
        still = World(rows, cap, {})
        assert (
            ids_of(read(still, workers=workers, limit=limit, hints=asking(30), merge=as_one).parts)
            == still.rows[:limit]
        )
    assert len(ids) == len(set(ids))
    assert set(ids) <= world.ever
    assert limit is not None or world.always <= set(ids)


def test_only_the_pages_of_one_merge_stay_in_memory() -> None:
    held: list[int] = []

    def merge(parts: Sequence[PagePart[Ids]]) -> Ids:
        held.append(len(parts))
        return as_one(parts)

    listing = read(World(50_000, 100, {}), workers=8, merge=merge)
    assert (listing.rows, max(held)) == (50_000, limits.PAGES_MERGED)
    assert len(listing.parts) <= 50_000 / 99 / limits.PAGES_MERGED + limits.PAGES_MERGED


# --- odd servers --------------------------------------------------------------------------------------------------


def odd(rows: list[dict[str, object]], *, heeds_limit: bool) -> Callable[[ReceivedRequest], Response]:
    """A server that ignores `offset`."""
    return lambda request: Response(body=rows[: request.number("limit")] if heeds_limit else rows)


@pytest.mark.parametrize("rows", [100, 101, 500])
def test_a_server_that_always_sends_the_same_page_is_reported(serve: Serve, connect: Connect, rows: int) -> None:
    server = serve(odd(people(rows), heeds_limit=True))
    with pytest.raises(UnexpectedAnswerError, match="for every offset"):
        connect(server, credential=None).read_list("/users", decode=decode)
    assert len(server.requests) < 30


@pytest.mark.parametrize("rows", [0, 1, 2, 99, 100, 101, 1000])
def test_a_list_that_is_not_paged_at_all_is_read_whole(serve: Serve, connect: Connect, rows: int) -> None:
    server = serve(odd(people(rows), heeds_limit=False))
    client = connect(server, credential=None)
    listing = client.read_list("/users", decode=decode)
    assert (listing.rows, listing.complete, listing.changed) == (rows, True, False)
    server.requests.clear()
    assert client.read_list("/users", decode=decode).rows == rows
    assert len(server.requests) == 1, "the learned size is remembered"
    assert client.read_list("/users", decode=decode, limit=1).rows == min(rows, 1)


def test_a_server_with_pages_of_its_own_size_is_read_whole(serve: Serve, connect: Connect) -> None:
    rows = people(700)

    def script(request: ReceivedRequest) -> Response:
        offset = request.number("offset")
        return Response(body=rows[offset : offset + 150])

    client = connect(serve(script), credential=None)
    assert client.read_list("/users", decode=decode, limit=10).rows == 10
    for _ in range(2):
        assert ids_of(client.read_list("/users", decode=decode).parts) == [row["id"] for row in rows]


def test_a_server_that_wraps_around_is_reported(serve: Serve, connect: Connect) -> None:
    rows = people(350)

    def circle(request: ReceivedRequest) -> Response:
        offset = request.number("offset")
        return Response(body=[rows[position % 350] for position in range(offset, offset + request.number("limit"))])

    with pytest.raises(UnexpectedAnswerError):
        connect(serve(circle), credential=None).read_list("/users", decode=decode)


def test_rows_without_ids_are_read_without_overlap(serve: Serve, connect: Connect) -> None:
    import json

    server = serve(plane([{"name": "same"}] * 250))
    client = connect(server, workers=2)
    for _ in range(2):
        listing = client.read_list("/users", decode=lambda content: Nameless(json.loads(content)))
        assert (listing.rows, listing.complete, listing.changed) == (250, True, False)
    assert client.read_list("/users", decode=lambda content: Nameless(json.loads(content)), limit=101).rows == 101


def test_duplicates_within_a_page_are_dropped(serve: Serve, connect: Connect) -> None:
    rows = [{"id": name} for name in ("a", "b", "a", "c")]
    listing = connect(serve(plane(rows))).read_list("/users", decode=decode)
    assert ids_of(listing.parts) == ["a", "b", "c"]


def test_an_error_on_a_needed_page_is_raised(serve: Serve, connect: Connect) -> None:
    respond = plane(people(2000))

    def script(request: ReceivedRequest) -> Response:
        if request.path == "/users" and request.number("offset") == 990:
            return Response(403, {"detail": "not this page"})
        return respond(request)

    with pytest.raises(PermissionDeniedError, match="not this page"):
        connect(serve(script)).read_list("/users", decode=decode)


def test_an_error_after_the_end_is_ignored(serve: Serve, connect: Connect) -> None:
    respond = plane(people(1000))

    def script(request: ReceivedRequest) -> Response:
        if request.path == "/users" and request.number("offset") > 1000:
            return Response(500, {"detail": "after the end"})
        return respond(request)

    assert connect(serve(script)).read_list("/users", decode=decode).rows == 1000


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"  <!doctype html>", b"hello", b'{"items": []}', b'[{"id"'])
def test_a_body_that_is_not_a_list_is_reported(serve: Serve, connect: Connect, body: bytes) -> None:
    client = connect(serve(lambda request: Response(body=body)), credential=None)
    with pytest.raises(UnexpectedAnswerError):
        client.read_list("/users", decode=decode)
    with pytest.raises(UnexpectedAnswerError):
        client.read_once("/users", decode=decode)


def test_an_unpaged_list_is_one_request_without_paging(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(body=people(300)))
    listing = connect(server, credential=None).read_once("/members", params={"role": "x"}, decode=decode)
    assert (listing.rows, listing.complete, listing.requests, listing.path) == (300, True, 1, "/members")
    assert server.requests[0].query == {"role": ["x"]}
