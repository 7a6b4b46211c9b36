"""One call for each of several servers: workers of their own, and an end to the patience with a dead one."""

from __future__ import annotations

import threading

import httpx
import pytest

from tests.client.support import FakeClock
from zenpro_nb import limits
from zenpro_nb.client import ApiKey, BearerToken, Client, across_servers
from zenpro_nb.client._cancellation import current
from zenpro_nb.client._network import trust
from zenpro_nb.errors import TimedOutError
from zenpro_nb.security.secret import Secret


def silent(clock: FakeClock, asked: list[str]) -> Client:
    """A client of a server that accepts and never answers."""

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        clock.sleep(limits.READ_TIMEOUT, threading.Event())
        raise httpx.ReadTimeout("nothing came", request=request)

    return Client(
        "https://silent.example.com",
        BearerToken(Secret("canary-0123456789")),
        clock=clock,
        transport=httpx.MockTransport(handle),
    )


def share() -> int:
    """How many workers a call inside has for its server."""
    scope = current()
    assert scope is not None
    return scope.share(limits.MAX_WORKERS)


def test_a_server_that_never_answers_is_given_up_after_one_silence(clock: FakeClock) -> None:
    asked: list[str] = []
    with silent(clock, asked) as client:
        with pytest.raises(TimedOutError):
            client.get("/x")
        assert len(asked) == limits.RETRY_ATTEMPTS, "alone it is worth to wait for"
        asked.clear()
        (found,) = across_servers([lambda: client.get("/x")])
    assert isinstance(found, TimedOutError)
    assert len(asked) == 1


def test_what_is_called_inside_is_given_up_likewise(clock: FakeClock) -> None:
    asked: list[str] = []
    with silent(clock, asked) as client:
        (found,) = across_servers([lambda: client.fan_out([lambda: client.get("/x"), lambda: client.get("/y")])])
    assert isinstance(found, TimedOutError)
    assert len(asked) <= 2


@pytest.mark.parametrize(("servers", "each"), [(1, 32), (4, 32), (8, 16), (50, 2), (64, 2), (200, 2)])
def test_the_workers_of_a_server_are_bounded_by_how_many_servers_there_are(servers: int, each: int) -> None:
    found = across_servers([share] * servers)
    assert found == [each] * servers
    assert each * min(servers, limits.SERVERS_AT_ONCE) <= limits.WORKERS_ACROSS


def test_fan_outs_across_servers_at_once_share_the_threads(clock: FakeClock) -> None:
    with Client("https://plane.example.com", ApiKey("ZENPROKEY_canary-0123456789"), clock=clock) as client:
        found = client.fan_out([lambda: across_servers([share] * 100)] * 4)
    # A quarter of the servers each, and two workers for one of them.
    assert found == [[limits.WORKERS_ACROSS // limits.SERVERS_AT_ONCE] * 100] * 4


def test_all_servers_believe_one_set_of_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert trust("https://one.example.com") is trust("https://two.example.com")
