"""The outcome of a write: not sent, refused by the API, or unknown; and whether it was sent again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client.support import DROP, FakeClock, ReceivedRequest, Response, Script, Server
from zenpro_nb.client import Client
from zenpro_nb.errors import (
    ApiError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PlanLimitError,
    RateLimitedError,
    RouteNotFoundError,
    ServerError,
    SwitchedOffError,
    ZenProError,
)

Serve = Callable[[Script], Server]
Connect = Callable[..., Client]

API_BODIES = {
    "text": {"detail": "Not allowed."},
    "class": {"detail": ["EntityExistsError", "It is there."]},
    "validation": {"detail": [{"loc": ["body", "name"], "msg": "Field required", "type": "missing"}]},
    "list": ["ValueError", "1 validation error"],
    "nothing": {"detail": None},
}
GATEWAY_BODIES = {
    "html": b"<html><body>Sorry</body></html>",
    "ingress": b"default backend - 404",
    "kong": {"message": "no Route matched with those values"},
    "tyk": {"error": "Access denied"},
    "google": {"error": {"code": 404, "message": "Not found"}},
    "apigee": {"fault": {"faultstring": "timeout", "detail": {"errorcode": "gateway.TimeOut"}}},
    "problem": {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No such backend"},
    "string": "Forbidden",
    "list": ["no", "healthy", "upstream"],
    "null": None,
    "empty": b"",
    "huge": b'{"detail": "' + b"x" * 100_000 + b'"}',
}


def send_write(connect: Connect, server: Server, **options: bool) -> ZenProError:
    """Return the error of a write that must have been sent."""
    with pytest.raises(ZenProError) as caught:
        connect(server, credential=None).request("POST", "/teams", json={"name": "ops"}, **options)
    assert server.requests
    return caught.value


def respond_in_turn(*answers: Response) -> Script:
    remaining = list(answers)
    return lambda request: remaining.pop(0) if len(remaining) > 1 else remaining[0]


@pytest.mark.parametrize("body", API_BODIES.values(), ids=API_BODIES.keys())
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (402, PlanLimitError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (405, BadRequestError),
        (409, ConflictError),
        (410, BadRequestError),
        (422, BadRequestError),
        (429, RateLimitedError),
    ],
)
def test_a_refusal_from_the_api_itself_is_refused(
    serve: Serve, connect: Connect, status: int, kind: type[ApiError], body: object
) -> None:
    error = send_write(connect, server := serve(lambda request: Response(status, body)))
    assert type(error) is kind
    assert isinstance(error, ApiError)
    assert (error.outcome, error.from_api, error.resent) == ("refused", True, False)
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", GATEWAY_BODIES.values(), ids=GATEWAY_BODIES.keys())
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 422, 429, 500, 501, 505])
def test_a_gateway_response_leaves_a_write_unknown(serve: Serve, connect: Connect, status: int, body: object) -> None:
    error = send_write(connect, server := serve(lambda request: Response(status, body)))
    assert type(error) is OutcomeUnknownError
    assert (error.outcome, error.from_api, error.status, error.path) == ("unknown", False, status, "/teams")
    assert f"a gateway responded with {status}" in error.message
    assert "Check whether it happened" in error.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body", [API_BODIES["text"], GATEWAY_BODIES["html"], GATEWAY_BODIES["empty"]], ids=["api", "html", ""]
)
@pytest.mark.parametrize(
    "status", [301, 302, 303, 307, 308, 408, 413, 425, 499, 502, 503, 504, 520, 521, 522, 523, 524]
)
def test_ambiguous_statuses_leave_a_write_unknown(serve: Serve, connect: Connect, status: int, body: object) -> None:
    error = send_write(connect, server := serve(lambda request: Response(status, body)))
    assert type(error) is OutcomeUnknownError
    assert (error.outcome, error.status) == ("unknown", status)
    assert error.from_api == (body == API_BODIES["text"] and status >= 400)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(500, ServerError), (501, SwitchedOffError), (505, ServerError), (599, ServerError)]
)
def test_a_server_error_from_the_api_leaves_a_write_unknown(
    serve: Serve, connect: Connect, status: int, kind: type[ServerError]
) -> None:
    error = send_write(connect, serve(lambda request: Response(status, {"detail": "Resource pools are not enabled"})))
    assert type(error) is kind
    assert isinstance(error, ServerError)
    assert (error.outcome, error.from_api, error.detail) == ("unknown", True, "Resource pools are not enabled")


def test_a_connection_closed_before_the_response_leaves_a_write_unknown(serve: Serve, connect: Connect) -> None:
    error = send_write(connect, serve(lambda request: DROP))
    assert type(error) is OutcomeUnknownError
    assert (error.outcome, error.status, error.from_api) == ("unknown", 0, False)


def test_a_web_page_hints_at_a_wrong_url(serve: Serve, connect: Connect) -> None:
    error = send_write(connect, serve(lambda request: Response(405, GATEWAY_BODIES["html"])))
    assert "dashboard" in error.hint
    assert "dashboard" not in send_write(connect, serve(lambda request: Response(502, GATEWAY_BODIES["html"]))).hint


def test_nothing_is_sent_to_an_unreachable_server(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response())
    server.close()
    with pytest.raises(ConnectionFailedError) as caught:
        connect(server, credential=None).request("POST", "/teams")
    assert (caught.value.outcome, caught.value.resent) == ("not sent", False)


@pytest.mark.parametrize(
    "response",
    [
        Response(401, {"detail": "no such key"}),
        Response(403, GATEWAY_BODIES["html"]),
        Response(500, {"detail": "broken"}),
        Response(503, b""),
        Response(200, b"<html>"),
        Response(200, {"access_token": None}),
        DROP,
    ],
)
def test_a_failed_login_means_that_the_write_was_not_sent(serve: Serve, connect: Connect, response: Response) -> None:
    server = serve(lambda request: response)
    with pytest.raises(ZenProError) as caught:
        connect(server).request("POST", "/teams", json={})
    assert caught.value.outcome == "not sent"
    assert server.count("POST", "/teams") == 0


@pytest.mark.parametrize("body", GATEWAY_BODIES.values(), ids=GATEWAY_BODIES.keys())
def test_a_check_can_distinguish_the_api_from_a_gateway(serve: Serve, connect: Connect, body: object) -> None:
    with pytest.raises(NotFoundError) as caught:
        connect(serve(lambda request: Response(404, body)), credential=None).get("/teams/1")
    assert not caught.value.from_api
    with pytest.raises(RouteNotFoundError) as caught:
        connect(serve(lambda request: Response(404, {"detail": "Not Found"})), credential=None).get("/teams/1")
    assert caught.value.from_api


def test_the_oauth_shape_counts_as_the_apis_own_for_logins(serve: Serve, connect: Connect) -> None:
    client = connect(serve(lambda request: Response(400, {"error": "slow_down"})), credential=None)
    for path in ("/auth/login", "/auth/device_authorization", "/api/v1/login"):
        with pytest.raises(BadRequestError) as caught:
            client.request("POST", path, form={})
        assert (caught.value.code, caught.value.from_api) == ("slow_down", True)


# --- sent again ---------------------------------------------------------------------------------------------------


def defer(status: int, body: object = API_BODIES["text"], seconds: str = "3") -> Response:
    return Response(status, body, {"Retry-After": seconds})


@pytest.mark.parametrize("status", [429, 503])
def test_a_write_that_was_sent_again_is_marked_resent(
    serve: Serve, connect: Connect, clock: FakeClock, status: int
) -> None:
    error = send_write(connect, serve(respond_in_turn(defer(status), Response(409, {"detail": "It is there."}))))
    assert type(error) is ConflictError
    assert error.resent
    reply = connect(serve(respond_in_turn(defer(status), Response(201, {"id": 1}))), credential=None).request(
        "POST", "/x"
    )
    assert reply.resent
    assert clock.sleeps == [3.0, 3.0]
    assert send_write(connect, serve(respond_in_turn(defer(status), DROP))).resent
    assert not connect(serve(respond_in_turn(Response(201, {"id": 1}))), credential=None).request("POST", "/x").resent


def test_a_sent_write_that_cannot_be_resent_is_unknown(serve: Serve, connect: Connect) -> None:
    def script(request: ReceivedRequest) -> Response:
        server.stop_listening()
        return Response(503, {"detail": "later"}, {"Retry-After": "3", "Connection": "close"})

    server = serve(script)
    error = send_write(connect, server)
    assert isinstance(error, ConnectionFailedError)
    assert (error.outcome, error.resent) == ("unknown", True)


@pytest.mark.parametrize("body", GATEWAY_BODIES.values(), ids=GATEWAY_BODIES.keys())
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_from_a_gateway_does_not_resend_a_write(
    serve: Serve, connect: Connect, clock: FakeClock, status: int, body: object
) -> None:
    server = serve(respond_in_turn(defer(status, body), Response(201, {})))
    assert type(send_write(connect, server)) is OutcomeUnknownError
    assert (len(server.requests), clock.sleeps) == (1, [])


@pytest.mark.parametrize(("status", "outcome"), [(429, "refused"), (503, "unknown")])
def test_a_once_write_is_sent_once_despite_retry_after(
    serve: Serve, connect: Connect, clock: FakeClock, status: int, outcome: str
) -> None:
    server = serve(respond_in_turn(defer(status), Response(201, {"key": "x"})))
    error = send_write(connect, server, once=True)
    assert (error.outcome, error.resent) == (outcome, False)
    assert (len(server.requests), clock.sleeps) == (1, [])


def keys(refusal: Response) -> Script:
    """A server whose keys route refuses the first token."""
    tokens: list[str] = []

    def script(request: ReceivedRequest) -> Response:
        if request.path == "/auth/login":
            tokens.append(f"token-{len(tokens) + 1}")
            return Response(body={"access_token": tokens[-1], "expires_in": 3600})
        return refusal if request.bearer == "token-1" else Response(409, {"detail": "It is there."})

    return script


def test_a_once_write_is_resent_after_a_token_refused_by_the_api(serve: Serve, connect: Connect) -> None:
    server = serve(keys(Response(401, {"detail": "Authentication error: expired"})))
    with pytest.raises(ConflictError) as caught:
        connect(server).request("POST", "/keys", once=True)
    assert not caught.value.resent, "a 401 from the API itself proves that nothing was changed"
    assert server.count("POST", "/keys") == 2


def test_a_once_write_is_not_resent_after_a_401_from_a_gateway(serve: Serve, connect: Connect) -> None:
    server = serve(keys(Response(401, b"Jwt is expired")))
    with pytest.raises(OutcomeUnknownError):
        connect(server).request("POST", "/keys", once=True)
    assert server.count("POST", "/keys") == 1
    with pytest.raises(ConflictError) as caught:
        connect(serve(keys(Response(401, b"Jwt is expired")))).request("POST", "/keys")
    assert caught.value.resent
