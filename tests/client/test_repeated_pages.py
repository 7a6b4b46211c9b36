"""A server that repeats its rows forever: the list ends with an error after a few pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client.support import ReceivedRequest, Response, Server, decode, people
from zenpro_nb import limits
from zenpro_nb.client import Client
from zenpro_nb.errors import UnexpectedAnswerError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")


@pytest.mark.parametrize("rows", [150, 350])
def test_a_list_that_repeats_its_rows_ends_with_an_error_after_a_few_pages(
    serve: Serve, connect: Connect, rows: int
) -> None:
    people_there = people(rows)

    def circle(request: ReceivedRequest) -> Response:
        offset = request.number("offset")
        return Response(
            body=[people_there[position % rows] for position in range(offset, offset + request.number("limit"))]
        )

    server, workers = serve(circle), 2
    with pytest.raises(UnexpectedAnswerError, match="returns the same rows for every page"):
        connect(server, credential=None, workers=workers).read_list("/users", decode=decode)
    pages_with_new_rows = rows // 99 + 1
    assert len(server.requests) <= pages_with_new_rows + limits.LIST_STALLS + 4 * workers
