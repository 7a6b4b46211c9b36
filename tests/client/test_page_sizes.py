"""Servers that refuse pages of our size and include the maximum in the refusal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client.support import ReceivedRequest, Response, Server, decode, ids_of, people, plane
from zenpro_nb.client import Client
from zenpro_nb.errors import BadRequestError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")

TOO_LARGE: dict[str, Response] = {
    "pydantic 2": Response(
        422,
        {
            "detail": [
                {
                    "type": "less_than_equal",
                    "loc": ["query", "limit"],
                    "msg": "Input should be less than or equal to 50",
                    "input": "100",
                    "ctx": {"le": 50},
                }
            ]
        },
    ),
    "pydantic 1": Response(
        422,
        {
            "detail": [
                {
                    "loc": ["query", "limit"],
                    "msg": "ensure this value is less than or equal to 50",
                    "type": "value_error.number.not_le",
                    "ctx": {"limit_value": 50},
                }
            ]
        },
    ),
    "context alone": Response(422, {"detail": [{"loc": ["query", "limit"], "msg": "too large", "ctx": {"lt": 51}}]}),
    "words alone": Response(422, {"detail": [{"loc": ["query", "limit"], "msg": "Must be at most 50."}]}),
    "a text": Response(422, {"detail": "limit must be <= 50"}),
    "a class": Response(400, {"detail": ["ValueError", "The maximum limit is less than 51"]}),
    "a workspace's": Response(
        422,
        [
            "ValueError",
            "1 validation error:\n {'type': 'less_than_equal', 'loc': ('query', 'limit'), "
            "'msg': 'Input should be less than or equal to 50', 'input': '100', 'ctx': {'le': 50}}",
        ],
    ),
}


@pytest.mark.parametrize("refusal", TOO_LARGE.values(), ids=TOO_LARGE.keys())
@pytest.mark.parametrize("workers", [1, 8])
def test_a_server_that_refuses_large_pages_is_read_whole(
    serve: Serve, connect: Connect, refusal: Response, workers: int
) -> None:
    respond = plane(people(500))

    def script(request: ReceivedRequest) -> Response:
        return refusal if request.path == "/users" and request.number("limit") > 50 else respond(request)

    server = serve(script)
    client = connect(server, workers=workers)
    listing = client.read_list("/users", decode=decode)
    assert ids_of(listing.parts) == [row["id"] for row in people(500)]
    assert (listing.complete, listing.changed) == (True, False)
    assert sum(request.path == "/users" and request.number("limit") > 50 for request in server.requests) == 1
    server.requests.clear()
    assert client.read_list("/users", decode=decode).rows == 500
    assert client.read_list("/users", decode=decode, limit=120).rows == 120
    assert all(request.number("limit") <= 50 for request in server.requests), "the learned size is remembered"


def test_a_server_that_starts_to_refuse_large_pages_is_read_whole(serve: Serve, connect: Connect) -> None:
    respond = plane(people(3000))

    def script(request: ReceivedRequest) -> Response:
        is_late = request.path == "/users" and request.number("offset") > 1000
        return TOO_LARGE["pydantic 2"] if is_late and request.number("limit") > 50 else respond(request)

    listing = connect(serve(script), workers=8).read_list("/users", decode=decode)
    assert ids_of(listing.parts) == [row["id"] for row in people(3000)]


@pytest.mark.parametrize(
    "item",
    [
        {"loc": ["query", "limit"], "msg": "too large"},
        {"loc": ["query", "limit"], "msg": "odd", "ctx": {"le": 0}},
        {"loc": ["query", "limit"], "msg": "odd", "ctx": {"le": 100}},
        {"loc": ["query", "limit"], "msg": "odd", "ctx": {"le": True}},
        {"loc": ["query", "limit"], "msg": "odd", "ctx": "le"},
        {"loc": ["query", "limit"], "msg": "Input should be greater than or equal to 5", "ctx": {"ge": 5}},
        {"loc": ["query", "email"], "msg": "Input should be less than or equal to 50", "ctx": {"le": 50}},
    ],
)
def test_a_refusal_without_a_smaller_size_is_raised(serve: Serve, connect: Connect, item: object) -> None:
    server = serve(lambda request: Response(422, {"detail": [item]}))
    with pytest.raises(BadRequestError):
        connect(server, credential=None).read_list("/users", decode=decode)
    assert len(server.requests) == 1


def test_a_server_with_ever_smaller_maximums_is_reported(serve: Serve, connect: Connect) -> None:
    def script(request: ReceivedRequest) -> Response:
        maximum = request.number("limit") - 1
        return Response(422, {"detail": [{"loc": ["query", "limit"], "msg": "no", "ctx": {"le": maximum}}]})

    server = serve(script)
    with pytest.raises(BadRequestError):
        connect(server, credential=None).read_list("/users", decode=decode)
    assert len(server.requests) == 100


def test_declared_page_sizes_are_used_from_the_first_request(serve: Serve, connect: Connect) -> None:
    path = "/organizations/o-1/teams"
    server = serve(lambda request: plane(people(120), path=path)(request))
    client = connect(server)
    client.declare_page_sizes({"/organizations/{organization_id}/teams": 50, "/users": 7})
    assert client.read_list(path, decode=decode).rows == 120
    assert {request.number("limit") for request in server.requests if request.path == path} == {50}
