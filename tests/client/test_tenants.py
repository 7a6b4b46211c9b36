"""Old control planes that use the word tenant for workspace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client.support import ReceivedRequest, Response, Server, decode, people, plane
from zenpro_nb.client import Client
from zenpro_nb.errors import NotFoundError, RouteNotFoundError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]
NO_ROUTE = Response(404, {"detail": "Not Found"})


def old(request: ReceivedRequest) -> Response:
    if request.path == "/tenants/gone":
        return Response(404, {"detail": ["KeyError", "no such tenant"]})
    if request.path.startswith(("/tenants", "/organizations/o/tenant", "/roles")):
        return Response(body=[{"id": request.path}] if request.query.get("offset", ["0"]) == ["0"] else [])
    return NO_ROUTE


def test_an_old_server_gets_tenant_paths_from_the_second_request_on(serve: Serve, connect: Connect) -> None:
    server = serve(old)
    client = connect(server, credential=None)
    listing = client.read_list("/workspaces", params={"workspace_name": "ml", "status": "available"}, decode=decode)
    assert (listing.rows, listing.path) == (1, "/tenants")
    assert server.requests[1].query["tenant_name"] == ["ml"]
    assert server.requests[1].query["status"] == ["available"]
    server.requests.clear()
    client.get("/workspaces/a-1/members")
    client.get("/organizations/o/workspace/workspaces")
    client.get("/roles/r/assignments", workspace_id="w")
    client.request("DELETE", "/workspaces/a-1")
    assert [request.path for request in server.requests] == [
        "/tenants/a-1/members",
        "/organizations/o/tenant/tenants",
        "/roles/r/assignments",
        "/tenants/a-1",
    ]
    assert server.requests[2].query == {"tenant_id": ["w"]}


def test_a_missing_object_is_not_a_missing_route(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(404, {"detail": ["KeyError", "gone"]}))
    client = connect(server, credential=None)
    with pytest.raises(NotFoundError):
        client.get("/workspaces/gone")
    assert [request.path for request in server.requests] == ["/workspaces/gone"]


def test_a_new_server_never_gets_tenant_paths(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(body=[]) if request.path == "/workspaces" else NO_ROUTE)
    client = connect(server, credential=None)
    client.get("/workspaces")
    with pytest.raises(RouteNotFoundError, match="/workspaces/x/odd"):
        client.get("/workspaces/x/odd")
    assert [request.path for request in server.requests] == ["/workspaces", "/workspaces/x/odd"]


def test_an_unknown_route_is_named_as_requested(serve: Serve, connect: Connect) -> None:
    with pytest.raises(RouteNotFoundError, match="/workspaces"):
        connect(serve(lambda request: NO_ROUTE), credential=None).get("/workspaces")


def test_other_routes_have_no_fallback(serve: Serve, connect: Connect) -> None:
    server = serve(plane(people(1)))
    with pytest.raises(RouteNotFoundError):
        connect(server, credential=None).get("/teams")
    assert len(server.requests) == 1
