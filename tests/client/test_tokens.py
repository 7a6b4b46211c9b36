from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.client.support import KEY, FakeClock, ReceivedRequest, Response, Server, decode, people, plane
from tests.client.token_planes import Plane, WearingPlane, jwt
from zenpro_nb import limits
from zenpro_nb.client import (
    WORKSPACE_LOGIN,
    ApiKey,
    BearerToken,
    Client,
    ControlPlaneSession,
    DeviceToken,
    PasswordLogin,
)
from zenpro_nb.errors import (
    AuthenticationError,
    DeviceTokenError,
    TokenExpiredError,
    UnexpectedAnswerError,
)

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]
DEVICE = {"detail": "Authentication error: token type device_code not allowed for this endpoint"}


def test_a_key_is_exchanged_with_the_password_field_alone(serve: Serve, connect: Connect) -> None:
    server = serve(Plane())
    client = connect(server)
    client.get("/users/me")
    client.get("/users/me")
    assert [request.path for request in server.requests] == ["/auth/login", "/users/me", "/users/me"]
    assert server.requests[0].form == {"password": KEY}
    assert "Authorization" not in server.requests[0].headers
    assert server.requests[1].bearer == "token-1"


@pytest.mark.parametrize(("life", "before", "after"), [(3600, 3419, 181), (600, 569, 31), (86400, 82079, 4321)])
def test_a_token_is_renewed_before_it_expires(
    serve: Serve, connect: Connect, clock: FakeClock, life: int, before: float, after: float
) -> None:
    """At 5 % of its life before the expiry, or 30 s before for a life of less than an hour."""
    plane = Plane(life)
    client = connect(serve(plane))
    client.get("/x")
    clock.advance(before)
    client.get("/x")
    assert plane.login_count == 1
    clock.advance(2)
    client.get("/x")
    assert plane.login_count == 2


def test_a_suspended_laptop_does_not_trust_one_clock(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    plane = Plane()
    client = connect(serve(plane))
    client.get("/x")
    clock.wall += 7200  # suspended: the monotonic clock stopped
    client.get("/x")
    assert plane.login_count == 2
    clock.wall -= 50_000  # the wall clock is set back while an hour passes
    clock.ticks += 3600
    client.get("/x")
    assert plane.login_count == 3


def test_32_threads_with_an_expired_token_cause_one_login(serve: Serve, connect: Connect) -> None:
    plane = Plane()
    server = serve(plane)
    client = connect(server, workers=32)
    client.get("/x")
    plane.revoke()
    start = threading.Barrier(32)

    def call() -> object:
        start.wait()
        return client.get("/x")

    results = client.fan_out([call] * 32)
    assert results == [{"path": "/x"}] * 32
    assert plane.login_count == 2


def test_32_threads_without_a_token_cause_one_login(serve: Serve, connect: Connect) -> None:
    plane = Plane()
    plane.allow_login.clear()
    client = connect(serve(plane), workers=32)
    threading.Timer(0, plane.allow_login.set).start()
    client.fan_out([lambda: client.get("/x")] * 32)
    assert plane.login_count == 1


def test_32_threads_with_tokens_that_expire_every_40_uses_all_succeed(serve: Serve, connect: Connect) -> None:
    plane = WearingPlane(40)
    server = serve(plane)
    client = connect(server, workers=32)
    start = threading.Barrier(32)

    def call() -> set[object]:
        start.wait()
        return {str(client.get("/x")) for _ in range(20)}

    results = client.fan_out([call] * 32, errors="return")
    assert [result for result in results if result != {"{'path': '/x'}"}] == []
    assert plane.login_count <= 2 * server.count("GET", "/x") / 40, "one login for each token that ended"


def test_the_number_of_resends_for_expired_tokens_is_limited(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every token works for another route, but this route accepts none of them."""
    plane = Plane()
    server = serve(lambda request: Response(401, {"detail": "no"}) if request.path == "/y" else plane(request))
    client = connect(server)
    tokens = client._tokens
    assert tokens is not None
    monkeypatch.setattr(tokens, "was_accepted", lambda refused: True)
    with pytest.raises(AuthenticationError):
        client.get("/y")
    assert server.count("GET", "/y") == limits.TOKEN_RESENDS + 1
    assert plane.login_count == limits.TOKEN_RESENDS + 1


def test_a_failed_login_fails_for_every_waiting_thread(serve: Serve, connect: Connect) -> None:
    server = serve(Plane())
    client = connect(server, workers=8, credential=PasswordLogin("ada", "wrong-password"))
    results = client.fan_out([lambda: client.get("/x")] * 8, errors="return")
    assert {type(result) for result in results} == {AuthenticationError}
    assert all("wrong-password" not in str(result) for result in results)
    assert server.count("GET", "/x") == 0


def test_a_refused_token_is_renewed_only_once(serve: Serve, connect: Connect) -> None:
    plane = Plane()
    server = serve(plane)
    client = connect(server)
    client.get("/x")
    plane.revoke()
    assert client.get("/x") == {"path": "/x"}
    server.script = lambda request: plane(request) if request.path == "/auth/login" else Response(401, {"detail": "no"})
    with pytest.raises(AuthenticationError):
        client.get("/x")
    assert plane.login_count == 3
    assert server.count("GET", "/x") == 5


def test_a_refused_bearer_token_error_explains_how_to_get_a_new_one(serve: Serve, connect: Connect) -> None:
    server = serve(Plane())
    with pytest.raises(TokenExpiredError, match=r"API Tokens.*ZENML_PRO_API_TOKEN"):
        connect(server, credential=BearerToken("old-token")).get("/x")
    assert len(server.requests) == 1


def test_a_401_without_a_credential_asks_for_one(serve: Serve, connect: Connect) -> None:
    with pytest.raises(AuthenticationError, match="ZENML_PRO_API_KEY"):
        connect(serve(Plane()), credential=None).get("/x")


def test_a_bearer_token_warns_once_before_it_expires(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    notices: list[str] = []
    token = jwt(exp=clock.wall + 3600, iat=clock.wall)
    client = connect(serve(lambda request: Response(body=[])), credential=BearerToken(token), notify=notices.append)
    client.get("/x")
    clock.advance(3295)
    client.get("/x")
    assert notices == []
    clock.advance(10)
    client.get("/x")
    client.get("/x")
    assert len(notices) == 1
    assert "5 min" in notices[0]


def test_the_warning_comes_in_the_thread_of_the_user(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    notices: list[threading.Thread] = []
    client = connect(
        serve(lambda request: Response(body=[])),
        credential=BearerToken("token", clock.wall + 100),
        notify=lambda message: notices.append(threading.current_thread()),
    )
    client.fan_out([lambda: client.get("/x")] * 4)
    assert notices == [threading.current_thread()]


def test_a_renewable_token_causes_no_warning(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    notices: list[str] = []
    client = connect(serve(Plane()), notify=notices.append)
    client.get("/x")
    clock.advance(3590)
    client.get("/x")
    assert notices == []


def test_the_life_of_a_token_is_known_without_a_request(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(Plane())
    bare = connect(server, credential=BearerToken(jwt(exp=clock.wall + 100)))
    life = bare.token_life()
    assert life is not None
    assert (life.kind, life.seconds, life.renewable) == ("API token", 100, False)
    key = connect(server)
    life = key.token_life()
    assert life is not None
    assert (life.kind, life.seconds, life.renewable) == ("API key", None, True)
    assert server.requests == []
    key.get("/x")
    clock.advance(600)
    life = key.token_life()
    assert life is not None
    assert life.seconds == 3000
    assert connect(server, credential=None).token_life() is None


# --- browser logins -----------------------------------------------------------------------------------------------


class DevicePlane(Plane):
    """Refuses device tokens on one route and exchanges them."""

    def __init__(self) -> None:
        super().__init__()
        self.valid_tokens.add("a-device-s-own-token")
        self.exchanged = 0

    def __call__(self, request: ReceivedRequest) -> Response:
        if request.path == "/auth/api_token":
            if request.bearer != "a-device-s-own-token" or "a-device-s-own-token" not in self.valid_tokens:
                return Response(401, {"detail": "expired"})
            self.exchanged += 1
            self.valid_tokens.add(token := f"exchanged-{self.exchanged}")
            return Response(body=token)
        if request.path == "/keys" and request.bearer == "a-device-s-own-token":
            return Response(401, DEVICE)
        return super().__call__(request)


def test_a_device_token_is_exchanged_when_a_route_refuses_it(serve: Serve, connect: Connect) -> None:
    plane = DevicePlane()
    client = connect(serve(plane), credential=DeviceToken("a-device-s-own-token"))
    client.get("/workspaces")
    assert plane.exchanged == 0
    assert client.get("/keys") == {"path": "/keys"}
    client.get("/keys")
    assert plane.exchanged == 1
    plane.valid_tokens.discard("exchanged-1")
    client.get("/keys")
    assert plane.exchanged == 2


def test_an_expired_browser_login_is_reported(serve: Serve, connect: Connect) -> None:
    plane = DevicePlane()
    plane.revoke()
    with pytest.raises(TokenExpiredError, match="browser login"):
        connect(serve(plane), credential=DeviceToken("a-device-s-own-token")).get("/workspaces")


def test_a_device_token_passed_as_a_bearer_token_is_reported(serve: Serve, connect: Connect) -> None:
    with pytest.raises(DeviceTokenError, match="browser login"):
        connect(serve(DevicePlane()), credential=BearerToken("a-device-s-own-token")).get("/keys")


# --- workspaces ---------------------------------------------------------------------------------------------------


def test_a_control_plane_session_is_exchanged_at_the_workspace(serve: Serve, connect: Connect) -> None:
    above, below = serve(Plane()), serve(Plane())
    plane = connect(above)
    workspace = connect(below, credential=ControlPlaneSession(plane.bearer))
    assert workspace.get("/api/v1/runs") == {"path": "/api/v1/runs"}
    login = below.requests[0]
    assert (login.path, login.form, login.bearer) == (WORKSPACE_LOGIN, {"grant_type": "zenml-external"}, "token-1")
    assert [request.path for request in above.requests] == ["/auth/login"]


def test_a_key_is_exchanged_at_the_login_of_the_workspace(serve: Serve, connect: Connect) -> None:
    server = serve(Plane())
    connect(server, credential=ApiKey("ZENKEY_abc", login=WORKSPACE_LOGIN)).get("/x")
    assert (server.requests[0].path, server.requests[0].form) == (WORKSPACE_LOGIN, {"password": "ZENKEY_abc"})


def test_a_workspace_that_requires_a_browser_is_reported(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(body={"authorization_url": "https://cloud.zenml.io/x"}))
    with pytest.raises(UnexpectedAnswerError, match="has no token"):
        connect(server).get("/x")


def test_a_token_that_expires_during_a_list_costs_one_login(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    respond = plane(people(3000))
    valid_tokens = {"token-1"}

    def script(request: ReceivedRequest) -> Response:
        response = respond(request)
        if request.path == "/auth/login":
            assert isinstance(response.body, dict)
            valid_tokens.add(response.body["access_token"])
        elif request.number("offset") > 1000 and request.bearer == "token-1":
            return Response(401, {"detail": "expired"})
        return response

    server = serve(script)
    listing = connect(server, workers=8).read_list("/users", decode=decode)
    assert (listing.rows, listing.changed) == (3000, False)
    assert server.count("POST", "/auth/login") == 2
