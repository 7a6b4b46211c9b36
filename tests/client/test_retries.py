from __future__ import annotations

import threading
from collections.abc import Callable
from email.utils import formatdate

import pytest

from tests.client.support import DROP, FakeClock, ReceivedRequest, Response, Server
from zenpro_nb import limits
from zenpro_nb.client import Client
from zenpro_nb.client._cancellation import CancelScope
from zenpro_nb.client._throttle import Throttle
from zenpro_nb.errors import (
    ConnectionFailedError,
    OutcomeUnknownError,
    RateLimitedError,
    ServerError,
    SwitchedOffError,
    TimedOutError,
    ZenProError,
)

OK = Response(body={"fine": True})
Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]


class Script:
    """Returns the responses in order, and then always the last one."""

    def __init__(self, *answers: Response) -> None:
        self._answers = list(answers)

    def __call__(self, request: ReceivedRequest) -> Response:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def refusal(status: int, **headers: str) -> Response:
    return Response(status, {"detail": "later"}, {name.replace("_", "-"): text for name, text in headers.items()})


@pytest.mark.parametrize("first", [DROP, refusal(429), refusal(502), refusal(503), refusal(504)])
def test_a_read_is_retried(serve: Serve, connect: Connect, clock: FakeClock, first: Response) -> None:
    server = serve(Script(first, OK))
    assert connect(server, credential=None).get("/x") == {"fine": True}
    assert len(server.requests) == 2
    assert clock.sleeps == [limits.RETRY_BASE * clock.chance]


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (DROP, OutcomeUnknownError),
        (refusal(502), OutcomeUnknownError),
        (refusal(503), OutcomeUnknownError),
        (refusal(504), OutcomeUnknownError),
        (refusal(500), ServerError),
        (refusal(429), RateLimitedError),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_write_is_not_sent_again(
    serve: Serve, connect: Connect, clock: FakeClock, first: Response, kind: type[ZenProError], method: str
) -> None:
    server = serve(Script(first, OK))
    with pytest.raises(kind) as caught:
        connect(server, credential=None).request(method, "/x", json={"name": "a"})
    assert len(server.requests) == 1
    assert clock.sleeps == []
    if isinstance(caught.value, OutcomeUnknownError):
        assert (caught.value.method, caught.value.path) == (method, "/x")
        assert caught.value.__context__ is None


@pytest.mark.parametrize("status", [400, 404, 408, 500, 505, 520])
def test_any_other_failure_of_a_read_is_final(serve: Serve, connect: Connect, clock: FakeClock, status: int) -> None:
    server = serve(Script(refusal(status), OK))
    with pytest.raises(ZenProError, match=f"HTTP {status}"):
        connect(server, credential=None).get("/x")
    assert (len(server.requests), clock.sleeps) == (1, [])


@pytest.mark.parametrize("status", [429, 503])
def test_a_deferred_write_is_sent_again(serve: Serve, connect: Connect, clock: FakeClock, status: int) -> None:
    server = serve(Script(refusal(status, Retry_After="7"), OK))
    assert connect(server, credential=None).request("POST", "/x", json={"a": 1}).json() == {"fine": True}
    assert clock.sleeps == [7.0]
    assert [request.body for request in server.requests] == [b'{"a": 1}'] * 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_switched_off_feature_is_requested_once(
    serve: Serve, connect: Connect, clock: FakeClock, method: str
) -> None:
    server = serve(Script(refusal(501, Retry_After="1"), OK))
    with pytest.raises(SwitchedOffError, match="This feature is switched off"):
        connect(server, credential=None).request(method, "/x")
    assert (len(server.requests), clock.sleeps) == (1, [])


def test_a_write_to_an_unreachable_server_is_retried(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(Script(OK))
    client = connect(server, credential=None)
    server.close()
    with pytest.raises(ConnectionFailedError, match="5 tries"):
        client.request("POST", "/x")
    assert clock.sleeps == [0.25, 0.5, 1.0, 2.0]


def test_retry_after_can_be_a_date(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(Script(refusal(429, Retry_After=formatdate(clock.wall + 30, usegmt=True)), OK))
    connect(server, credential=None).get("/x")
    assert clock.sleeps == [30.0]


@pytest.mark.parametrize("text", ["soon", "Wed, 99 Foo 2026", "Wed, 21 Oct 99999999999 07:28:00 GMT", ""])
def test_a_malformed_retry_after_is_ignored(serve: Serve, connect: Connect, clock: FakeClock, text: str) -> None:
    server = serve(Script(refusal(429, Retry_After=text), OK))
    connect(server, credential=None).get("/x")
    assert clock.sleeps == [0.25]


@pytest.mark.parametrize("text", ["-3", "0", "nan"])
def test_a_retry_after_of_zero_means_no_wait(serve: Serve, connect: Connect, clock: FakeClock, text: str) -> None:
    server = serve(Script(refusal(429, Retry_After=text), OK))
    connect(server, credential=None).get("/x")
    assert clock.sleeps == []


def test_a_too_long_retry_after_is_reported(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(Script(refusal(429, Retry_After="3600")))
    with pytest.raises(RateLimitedError, match="Wait 3600 s"):
        connect(server, credential=None).get("/x")
    assert (len(server.requests), clock.sleeps) == (1, [])


def test_the_number_of_tries_is_limited(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    broken, limited = serve(Script(refusal(503))), serve(Script(refusal(429, Retry_After="1")))
    with pytest.raises(ServerError):
        connect(broken, credential=None).get("/x")
    assert len(broken.requests) == limits.RETRY_ATTEMPTS
    with pytest.raises(RateLimitedError):
        connect(limited, credential=None).get("/x")
    assert len(limited.requests) == limits.RATE_LIMIT_ATTEMPTS


def test_a_single_delay_is_limited(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    clock.chance = 1.0
    server = serve(Script(refusal(429)))
    with pytest.raises(RateLimitedError):
        connect(server, credential=None).get("/x")
    assert clock.sleeps == [0.5, 1, 2, 4, 8, 16, 20, 20, 20, 20, 20]


def test_a_silent_server_is_a_timeout(serve: Serve, connect: Connect) -> None:
    import threading

    release = threading.Event()

    def silent(request: ReceivedRequest) -> Response:
        release.wait()
        return OK

    server = serve(silent)
    client = connect(server, credential=None, read_timeout=0.01)
    try:
        with pytest.raises(TimedOutError, match="did not respond in time"):
            client.get("/x")
        with pytest.raises(OutcomeUnknownError, match="did not respond in time"):
            client.request("POST", "/x")
    finally:
        release.set()


def test_an_unknown_host_is_named_at_once(clock: FakeClock) -> None:
    with Client("http://no-such-host.invalid", None, clock=clock) as client, pytest.raises(ConnectionFailedError):
        client.get("/x")


# --- the throttle -------------------------------------------------------------------------------------------------


def test_a_refusal_pauses_all_requests_and_halves_the_window_once(clock: FakeClock) -> None:
    throttle, scope = Throttle(clock, size=4), CancelScope()
    epochs = [throttle.acquire(scope) for _ in range(4)]
    for epoch in epochs:
        throttle.release()
        throttle.record_refusal(epoch, 3.0)
    assert throttle.window == 2, "four refusals of one burst halve the window once"
    throttle.acquire(scope)
    assert clock.sleeps == [3.0]


def test_a_later_refusal_extends_a_wait_in_progress(clock: FakeClock) -> None:
    throttle, scope = Throttle(clock, size=4), CancelScope()
    epoch = throttle.acquire(scope)
    throttle.release()
    throttle.record_refusal(epoch, 1.0)
    real_sleep = clock.sleep

    def sleep(seconds: float, cancel: threading.Event | None = None) -> None:
        real_sleep(seconds, cancel)
        if len(clock.sleeps) == 1:
            throttle.record_refusal(epoch + 1, 5.0)

    clock.sleep = sleep  # type: ignore[method-assign]
    throttle.acquire(scope)
    assert clock.sleeps == [1.0, 5.0]


def test_a_broken_connection_halves_the_window_without_a_pause(clock: FakeClock) -> None:
    throttle, scope = Throttle(clock, size=4), CancelScope()
    throttle.record_failure(throttle.acquire(scope))
    throttle.release()
    throttle.acquire(scope)
    assert (throttle.window, clock.sleeps) == (1, [])


def test_the_window_never_closes_and_grows_by_one_per_round(clock: FakeClock) -> None:
    throttle, scope = Throttle(clock, size=4), CancelScope()
    for _ in range(10):
        throttle.record_refusal(throttle.acquire(scope), 0.0, rate=False)
        throttle.release()
    assert throttle.window == 1
    windows = []
    for _ in range(9):
        inside = throttle.window
        for _ in range(inside):
            throttle.acquire(scope)
        throttle.record_success("/users", 0.02)
        for _ in range(inside):
            throttle.release()
        windows.append(throttle.window)
    assert windows == [2, 2, 2, 3, 3, 3, 4, 4, 4]


def test_the_longest_pause_applies(clock: FakeClock) -> None:
    throttle, scope = Throttle(clock, size=4), CancelScope()
    epoch = throttle.acquire(scope)
    throttle.release()
    throttle.record_refusal(epoch, 9.0)
    throttle.record_refusal(epoch, 1.0)
    throttle.acquire(scope)
    assert clock.sleeps == [9.0]


def test_all_workers_wait_for_the_retry_after_of_one(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    """A list on a rate-limited server is read whole, and few requests are refused."""
    from tests.client.support import decode, people, plane

    respond, refused_requests = plane(people(2000)), []
    window = {"second": 0.0, "count": 0.0}

    def limit(request: ReceivedRequest) -> Response:
        if request.path == "/users":
            if clock.ticks - window["second"] >= 1:
                window.update(second=clock.ticks, count=0)
            window["count"] += 1
            if window["count"] > 5:
                refused_requests.append(request)
                return refusal(429, Retry_After="1")
        return respond(request)

    listing = connect(serve(limit), workers=8).read_list("/users", decode=decode)
    assert listing.rows == 2000
    assert refused_requests
    assert len(refused_requests) < 40
