"""The login in a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.client.support import DROP, FakeClock, ReceivedRequest, Response, Server
from zenpro_nb import limits
from zenpro_nb.client import DeviceToken, start_device_login
from zenpro_nb.errors import CredentialError, UnexpectedAnswerError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]

LOGIN_DATA = {
    "device_code": "canary-device-code",
    "user_code": "ABCD-1234",
    "verification_uri": "/devices/verify",
    "verification_uri_complete": "/devices/verify?user_code=ABCD-1234",
    "expires_in": 60,
    "interval": 5,
}
TOKEN = Response(body={"access_token": "device-token", "token_type": "bearer", "expires_in": 2592000})


def oauth(error: str, message: str = "") -> Response:
    return Response(400, {"error": error, "error_description": message})


def plane(*polls: Response, login_data: object = LOGIN_DATA) -> Callable[[ReceivedRequest], Response]:
    remaining = list(polls)

    def script(request: ReceivedRequest) -> Response:
        if request.path == "/auth/device_authorization":
            return Response(body=login_data)
        return remaining.pop(0) if len(remaining) > 1 else remaining[0]

    return script


@pytest.mark.parametrize("number", [10**400, float("inf"), float("nan"), True, "5", -1, None, []])
def test_impossible_numbers_from_the_server_are_ignored(serve: Serve, clock: FakeClock, number: object) -> None:
    odd = {**LOGIN_DATA, "expires_in": number, "interval": number}
    response = Response(body={"access_token": "device-token", "expires_in": number})
    login = start_device_login(serve(plane(oauth("authorization_pending"), response, login_data=odd)).url, clock=clock)
    assert login.expires_at == clock.wall + limits.DEVICE_LIFE
    assert login.wait().token.expires_at is None
    assert clock.sleeps == [limits.DEVICE_INTERVAL]


def test_the_poll_interval_is_limited(serve: Serve, clock: FakeClock) -> None:
    login_data = {**LOGIN_DATA, "interval": 10_000, "expires_in": 1000}
    server = serve(plane(oauth("slow_down"), oauth("slow_down"), TOKEN, login_data=login_data))
    start_device_login(server.url, clock=clock).wait()
    assert clock.sleeps == [60.0, 60.0]


def test_it_polls_until_the_user_confirms(serve: Serve, clock: FakeClock) -> None:
    pending = oauth("authorization_pending")
    server = serve(plane(pending, oauth("slow_down"), pending, DROP, TOKEN))
    login = start_device_login(server.url, clock=clock)
    assert login.user_code == "ABCD-1234"
    assert login.verification_uri == f"{server.url}/devices/verify"
    assert login.verification_uri_complete == f"{server.url}/devices/verify?user_code=ABCD-1234"
    token = login.wait()
    assert isinstance(token, DeviceToken)
    assert token.secret.reveal() == "device-token"
    assert token.token.expires_at == clock.wall + 2592000
    assert clock.sleeps == [5, 10, 10, 10]
    begin, *polls = server.requests
    assert begin.headers["User-Agent"].startswith("Host/")
    assert all(poll.form["device_code"] == "canary-device-code" for poll in polls)
    assert all(poll.form["client_id"] == begin.form["client_id"] for poll in polls)
    assert "canary" not in repr(login)


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (oauth("access_denied"), "refused in the browser"),
        (oauth("expired_token"), "not confirmed in time"),
        (oauth("invalid_client", "Unknown client."), "Unknown client"),
    ],
)
def test_it_ends_after_a_final_error(serve: Serve, clock: FakeClock, response: Response, message: str) -> None:
    login = start_device_login(serve(plane(response)).url, clock=clock)
    with pytest.raises(CredentialError, match=message):
        login.wait()
    assert clock.sleeps == []


def test_it_ends_when_it_expires(serve: Serve, clock: FakeClock) -> None:
    login = start_device_login(serve(plane(oauth("authorization_pending"))).url, clock=clock)
    with pytest.raises(CredentialError, match="not confirmed in time"):
        login.wait()
    assert sum(clock.sleeps) == 60


def test_it_can_be_cancelled(serve: Serve, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    login = start_device_login(serve(plane(oauth("authorization_pending"))).url, clock=clock)

    def press(seconds: float, cancel: threading.Event | None = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", press)
    with pytest.raises(CredentialError, match="canceled"):
        login.wait()
    stop = threading.Event()
    stop.set()
    with pytest.raises(CredentialError, match="canceled"):
        login.wait(stop)


def test_optional_fields_can_be_missing(serve: Serve, clock: FakeClock) -> None:
    login_data = {"device_code": "c", "user_code": "U", "verification_uri": "https://pro.example.com/verify"}
    login = start_device_login(serve(plane(TOKEN, login_data=login_data)).url, clock=clock, client_id="me")
    assert login.verification_uri_complete == "https://pro.example.com/verify"
    assert (login.interval, login.expires_at) == (5.0, clock.wall + 300)
    assert login.poll() is not None


def test_a_server_without_device_login_is_reported(serve: Serve, clock: FakeClock) -> None:
    with pytest.raises(UnexpectedAnswerError, match="does not support"):
        start_device_login(serve(plane(TOKEN, login_data={})).url, clock=clock)
