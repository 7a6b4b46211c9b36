"""Requests over TLS: the trusted certificates, and the connections."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tests.client.support import FakeClock, ReceivedRequest, Response, Script, Server, decode, people
from zenpro_nb.client import BearerToken, Client
from zenpro_nb.errors import ConnectionFailedError

Serve = Callable[[Script], Server]

pytestmark = pytest.mark.usefixtures("no_thread_left")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def serve_tls(serve: Serve, authority: trustme.CA) -> Callable[..., Server]:
    """``serve_tls(script, name=…)`` starts a server with a certificate of our authority for this name."""

    def make(script: Script, name: str = "localhost") -> Server:
        server = serve(script)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        server._http.socket = context.wrap_socket(server._http.socket, server_side=True)
        server.url = f"https://localhost:{server._http.server_port}"
        return server

    return make


@pytest.fixture
def trusted_authority(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Trust only our authority."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))


def pages(request: ReceivedRequest) -> Response:
    offset, limit = request.number("offset"), request.number("limit")
    return Response(body=people(1_000)[offset : offset + limit])


@pytest.mark.usefixtures("trusted_authority")
def test_a_list_is_read_and_a_write_is_sent(serve_tls: Callable[..., Server], clock: FakeClock) -> None:
    server = serve_tls(lambda request: Response(body={}) if request.method == "POST" else pages(request))
    with Client(server.url, BearerToken("the-token"), clock=clock) as client:
        assert client.read_list("/users", decode=decode).rows == 1_000
        reads = {request.port for request in server.requests}
        assert client.request("POST", "/x", json={"name": "ada"}).json() == {}
        client.get("/users", offset=0, limit=1)
    assert {request.bearer for request in server.requests} == {"the-token"}
    assert server.requests[-2].body == b'{"name": "ada"}'
    assert server.requests[-1].port in reads


def test_an_untrusted_certificate_is_reported_immediately(
    serve_tls: Callable[..., Server], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    server = serve_tls(pages)
    with (
        Client(server.url, BearerToken("the-token"), clock=clock) as client,
        pytest.raises(ConnectionFailedError, match=r"certificate .* is not trusted.*REQUESTS_CA_BUNDLE"),
    ):
        client.get("/x")
    assert (server.requests, clock.sleeps) == ([], [])


@pytest.mark.usefixtures("trusted_authority")
def test_a_certificate_for_another_name_is_not_trusted(serve_tls: Callable[..., Server], clock: FakeClock) -> None:
    server = serve_tls(pages, name="other.example.com")
    with (
        Client(server.url, BearerToken("the-token"), clock=clock) as client,
        pytest.raises(ConnectionFailedError, match="is not trusted"),
    ):
        client.get("/x")
    assert server.requests == []
