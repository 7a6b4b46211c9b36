"""Lists of servers that page in other ways or fail: read whole, or reported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client.support import Nameless, ReceivedRequest, Response, Server, decode, ids_of, people, plane
from zenpro_nb.client import Client
from zenpro_nb.errors import PermissionDeniedError, UnexpectedAnswerError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")


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
