"""One call for each of several servers: workers of their own, and an end to the patience with a dead one."""

from __future__ import annotations

import threading

import httpx
import pytest

from tests.client.support import FakeClock
from zenpro_nb import limits
from zenpro_nb.client import ApiKey, BearerToken, Client, across_servers
from zenpro_nb.client._cancellation import current_scope
from zenpro_nb.client._network import trusted_certificates
from zenpro_nb.errors import TimedOutError
from zenpro_nb.security.secret import Secret


def silent_client(clock: FakeClock, paths: list[str]) -> Client:
    """A client of a server that accepts and never answers."""

    def handle(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
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
    scope = current_scope()
    assert scope is not None
    return scope.share(limits.MAX_WORKERS)


def test_a_server_that_never_answers_is_given_up_after_one_silence(clock: FakeClock) -> None:
    paths: list[str] = []
    with silent_client(clock, paths) as client:
        with pytest.raises(TimedOutError):
            client.get("/x")
        assert len(paths) == limits.RETRY_ATTEMPTS, "alone it is worth to wait for"
        paths.clear()
        (result,) = across_servers([lambda: client.get("/x")])
    assert isinstance(result, TimedOutError)
    assert len(paths) == 1


def test_what_is_called_inside_is_given_up_likewise(clock: FakeClock) -> None:
    paths: list[str] = []
    with silent_client(clock, paths) as client:
        (result,) = across_servers([lambda: client.fan_out([lambda: client.get("/x"), lambda: client.get("/y")])])
    assert isinstance(result, TimedOutError)
    assert len(paths) <= 2


@pytest.mark.parametrize(("servers", "workers_per_server"), [(1, 32), (4, 32), (8, 16), (50, 2), (64, 2), (200, 2)])
def test_the_workers_of_a_server_are_bounded_by_how_many_servers_there_are(
    servers: int, workers_per_server: int
) -> None:
    results = across_servers([share] * servers)
    assert results == [workers_per_server] * servers
    assert workers_per_server * min(servers, limits.SERVERS_AT_ONCE) <= limits.WORKERS_ACROSS


def test_fan_outs_across_servers_at_once_share_the_threads(clock: FakeClock) -> None:
    with Client("https://plane.example.com", ApiKey("ZENPROKEY_canary-0123456789"), clock=clock) as client:
        results = client.fan_out([lambda: across_servers([share] * 100)] * 4)
    # A quarter of the servers each, and two workers for one of them.
    assert results == [[limits.WORKERS_ACROSS // limits.SERVERS_AT_ONCE] * 100] * 4


def test_all_servers_believe_one_set_of_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert trusted_certificates("https://one.example.com") is trusted_certificates("https://two.example.com")
