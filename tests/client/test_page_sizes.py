"""Servers that refuse pages as large as ours, and tell how large they may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client.support import Answer, Asked, Server, decode, ids_of, people, plane
from zenpro_nb.client import Client
from zenpro_nb.errors import BadRequestError

Serve = Callable[[Callable[[Asked], Answer]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")

TOO_LARGE: dict[str, Answer] = {
    "pydantic 2": Answer(
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
    "pydantic 1": Answer(
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
    "context alone": Answer(422, {"detail": [{"loc": ["query", "limit"], "msg": "too large", "ctx": {"lt": 51}}]}),
    "words alone": Answer(422, {"detail": [{"loc": ["query", "limit"], "msg": "Must be at most 50."}]}),
    "a text": Answer(422, {"detail": "limit must be <= 50"}),
    "a class": Answer(400, {"detail": ["ValueError", "The maximum limit is less than 51"]}),
    "a workspace's": Answer(
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
    serve: Serve, connect: Connect, refusal: Answer, workers: int
) -> None:
    inner = plane(people(500))

    def script(asked: Asked) -> Answer:
        return refusal if asked.path == "/users" and asked.number("limit") > 50 else inner(asked)

    server = serve(script)
    client = connect(server, workers=workers)
    listing = client.read_list("/users", decode=decode)
    assert ids_of(listing.parts) == [row["id"] for row in people(500)]
    assert (listing.complete, listing.changed) == (True, False)
    assert sum(asked.path == "/users" and asked.number("limit") > 50 for asked in server.asked) == 1
    server.asked.clear()
    assert client.read_list("/users", decode=decode).rows == 500
    assert client.read_list("/users", decode=decode, limit=120).rows == 120
    assert all(asked.number("limit") <= 50 for asked in server.asked), "what was learned is remembered"


def test_a_server_that_begins_to_refuse_large_pages_is_read_whole(serve: Serve, connect: Connect) -> None:
    inner = plane(people(3000))

    def script(asked: Asked) -> Answer:
        late = asked.path == "/users" and asked.number("offset") > 1000
        return TOO_LARGE["pydantic 2"] if late and asked.number("limit") > 50 else inner(asked)

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
def test_a_refusal_that_tells_no_smaller_page_is_raised(serve: Serve, connect: Connect, item: object) -> None:
    server = serve(lambda asked: Answer(422, {"detail": [item]}))
    with pytest.raises(BadRequestError):
        connect(server, credential=None).read_list("/users", decode=decode)
    assert len(server.asked) == 1


def test_a_server_that_allows_ever_smaller_pages_is_told(serve: Serve, connect: Connect) -> None:
    def script(asked: Asked) -> Answer:
        most = asked.number("limit") - 1
        return Answer(422, {"detail": [{"loc": ["query", "limit"], "msg": "no", "ctx": {"le": most}}]})

    server = serve(script)
    with pytest.raises(BadRequestError):
        connect(server, credential=None).read_list("/users", decode=decode)
    assert len(server.asked) == 100


def test_what_the_server_says_of_its_pages_is_heeded_at_once(serve: Serve, connect: Connect) -> None:
    path = "/organizations/o-1/teams"
    server = serve(lambda asked: plane(people(120), path=path)(asked))
    client = connect(server)
    client.tell_page_sizes({"/organizations/{organization_id}/teams": 50, "/users": 7})
    assert client.read_list(path, decode=decode).rows == 120
    assert {asked.number("limit") for asked in server.asked if asked.path == path} == {50}
