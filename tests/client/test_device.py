"""The login in a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.client.support import DROP, Answer, Asked, FakeClock, Server
from zenpro_nb import limits
from zenpro_nb.client import DeviceToken, start_device_login
from zenpro_nb.errors import CredentialError, UnexpectedAnswerError

Serve = Callable[[Callable[[Asked], Answer]], Server]

BEGUN = {
    "device_code": "canary-device-code",
    "user_code": "ABCD-1234",
    "verification_uri": "/devices/verify",
    "verification_uri_complete": "/devices/verify?user_code=ABCD-1234",
    "expires_in": 60,
    "interval": 5,
}
TOKEN = Answer(body={"access_token": "device-token", "token_type": "bearer", "expires_in": 2592000})


def oauth(error: str, words: str = "") -> Answer:
    return Answer(400, {"error": error, "error_description": words})


def plane(*polls: Answer, begun: object = BEGUN) -> Callable[[Asked], Answer]:
    left = list(polls)

    def script(asked: Asked) -> Answer:
        if asked.path == "/auth/device_authorization":
            return Answer(body=begun)
        return left.pop(0) if len(left) > 1 else left[0]

    return script


@pytest.mark.parametrize("number", [10**400, float("inf"), float("nan"), True, "5", -1, None, []])
def test_numbers_that_no_clock_can_show_are_not_believed(serve: Serve, clock: FakeClock, number: object) -> None:
    odd = {**BEGUN, "expires_in": number, "interval": number}
    answer = Answer(body={"access_token": "device-token", "expires_in": number})
    login = start_device_login(serve(plane(oauth("authorization_pending"), answer, begun=odd)).url, clock=clock)
    assert login.expires_at == clock.wall + limits.DEVICE_LIFE
    assert login.wait().token.expires_at is None
    assert clock.sleeps == [limits.DEVICE_INTERVAL]


def test_the_pause_between_two_questions_has_an_end(serve: Serve, clock: FakeClock) -> None:
    begun = {**BEGUN, "interval": 10_000, "expires_in": 1000}
    server = serve(plane(oauth("slow_down"), oauth("slow_down"), TOKEN, begun=begun))
    start_device_login(server.url, clock=clock).wait()
    assert clock.sleeps == [60.0, 60.0]


def test_it_waits_until_somebody_confirms(serve: Serve, clock: FakeClock) -> None:
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
    begin, *polls = server.asked
    assert begin.headers["User-Agent"].startswith("Host/")
    assert all(poll.form["device_code"] == "canary-device-code" for poll in polls)
    assert all(poll.form["client_id"] == begin.form["client_id"] for poll in polls)
    assert "canary" not in repr(login)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (oauth("access_denied"), "refused in the browser"),
        (oauth("expired_token"), "not confirmed in time"),
        (oauth("invalid_client", "Unknown client."), "Unknown client"),
    ],
)
def test_it_ends_when_the_server_says_so(serve: Serve, clock: FakeClock, answer: Answer, words: str) -> None:
    login = start_device_login(serve(plane(answer)).url, clock=clock)
    with pytest.raises(CredentialError, match=words):
        login.wait()
    assert clock.sleeps == []


def test_it_ends_when_its_time_is_over(serve: Serve, clock: FakeClock) -> None:
    login = start_device_login(serve(plane(oauth("authorization_pending"))).url, clock=clock)
    with pytest.raises(CredentialError, match="not confirmed in time"):
        login.wait()
    assert sum(clock.sleeps) == 60


def test_it_can_be_cancelled(serve: Serve, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    login = start_device_login(serve(plane(oauth("authorization_pending"))).url, clock=clock)

    def press(seconds: float, cancel: threading.Event | None = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", press)
    with pytest.raises(CredentialError, match="cancelled"):
        login.wait()
    stop = threading.Event()
    stop.set()
    with pytest.raises(CredentialError, match="cancelled"):
        login.wait(stop)


def test_a_server_may_leave_out_what_it_likes(serve: Serve, clock: FakeClock) -> None:
    begun = {"device_code": "c", "user_code": "U", "verification_uri": "https://pro.example.com/verify"}
    login = start_device_login(serve(plane(TOKEN, begun=begun)).url, clock=clock, client_id="me")
    assert login.verification_uri_complete == "https://pro.example.com/verify"
    assert (login.interval, login.expires_at) == (5.0, clock.wall + 300)
    assert login.poll() is not None


def test_a_server_without_it_is_told(serve: Serve, clock: FakeClock) -> None:
    with pytest.raises(UnexpectedAnswerError, match="does not offer"):
        start_device_login(serve(plane(TOKEN, begun={})).url, clock=clock)
