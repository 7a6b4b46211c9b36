"""One call per server: each server has its own workers, and a dead server is given up."""

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
    """A client of a server that accepts requests and never responds."""

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
    """Return how many workers a nested call has for its server."""
    scope = current_scope()
    assert scope is not None
    return scope.share(limits.MAX_WORKERS)


def test_a_silent_server_is_given_up_after_one_timeout(clock: FakeClock) -> None:
    paths: list[str] = []
    with silent_client(clock, paths) as client:
        with pytest.raises(TimedOutError):
            client.get("/x")
        assert len(paths) == limits.RETRY_ATTEMPTS, "a single server gets all retries"
        paths.clear()
        (result,) = across_servers([lambda: client.get("/x")])
    assert isinstance(result, TimedOutError)
    assert len(paths) == 1


def test_nested_calls_are_given_up_after_one_timeout(clock: FakeClock) -> None:
    paths: list[str] = []
    with silent_client(clock, paths) as client:
        (result,) = across_servers([lambda: client.fan_out([lambda: client.get("/x"), lambda: client.get("/y")])])
    assert isinstance(result, TimedOutError)
    assert len(paths) <= 2


@pytest.mark.parametrize(("servers", "workers_per_server"), [(1, 32), (4, 32), (8, 16), (50, 2), (64, 2), (200, 2)])
def test_workers_per_server_depend_on_the_number_of_servers(servers: int, workers_per_server: int) -> None:
    results = across_servers([share] * servers)
    assert results == [workers_per_server] * servers
    assert workers_per_server * min(servers, limits.SERVERS_AT_ONCE) <= limits.WORKERS_ACROSS


def test_two_calls_side_by_side_have_all_workers_each(clock: FakeClock) -> None:
    """One of them often waits; how many requests the server gets at the same time is limited by the throttle."""
    with Client("https://plane.example.com", ApiKey("ZENPROKEY_canary-0123456789"), clock=clock) as client:
        assert client.side_by_side([share] * 2) == [limits.MAX_WORKERS] * 2
        assert client.side_by_side([share] * 64) == [limits.WORKERS_ACROSS // limits.SERVERS_AT_ONCE] * 64
        assert client.fan_out([share] * 2) == [limits.MAX_WORKERS // 2] * 2


def test_concurrent_fan_outs_across_servers_share_the_threads(clock: FakeClock) -> None:
    with Client("https://plane.example.com", ApiKey("ZENPROKEY_canary-0123456789"), clock=clock) as client:
        results = client.fan_out([lambda: across_servers([share] * 100)] * 4)
    # Each call handles a quarter of the servers, with two workers per server.
    assert results == [[limits.WORKERS_ACROSS // limits.SERVERS_AT_ONCE] * 100] * 4


def test_all_servers_share_the_trusted_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert trusted_certificates("https://one.example.com") is trusted_certificates("https://two.example.com")
