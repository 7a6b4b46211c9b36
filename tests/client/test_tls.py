"""Over TLS: who is believed, and what a connection is told."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tests.client.support import Answer, Asked, FakeClock, Script, Server, decode, people
from zenpro_nb.client import BearerToken, Client
from zenpro_nb.errors import ConnectionFailedError

Serve = Callable[[Script], Server]

pytestmark = pytest.mark.usefixtures("no_thread_left")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secured(serve: Serve, authority: trustme.CA) -> Callable[..., Server]:
    """``secured(script, name=…)`` starts a server with a certificate of our authority for this name."""

    def make(script: Script, name: str = "localhost") -> Server:
        server = serve(script)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        server._http.socket = context.wrap_socket(server._http.socket, server_side=True)
        server.url = f"https://localhost:{server._http.server_port}"
        return server

    return make


@pytest.fixture
def believed(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Believe our authority, and nobody else."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))


def pages(asked: Asked) -> Answer:
    offset, limit = asked.number("offset"), asked.number("limit")
    return Answer(body=people(1_000)[offset : offset + limit])


@pytest.mark.usefixtures("believed")
def test_a_list_is_read_and_a_write_is_sent(secured: Callable[..., Server], clock: FakeClock) -> None:
    server = secured(lambda asked: Answer(body={}) if asked.method == "POST" else pages(asked))
    with Client(server.url, BearerToken("the-token"), clock=clock) as client:
        assert client.read_list("/users", decode=decode).rows == 1_000
        reads = {asked.port for asked in server.asked}
        assert client.request("POST", "/x", json={"name": "ada"}).json() == {}
        client.get("/users", offset=0, limit=1)
    assert {asked.bearer for asked in server.asked} == {"the-token"}
    assert server.asked[-2].body == b'{"name": "ada"}'
    assert server.asked[-1].port in reads


def test_who_is_not_believed_is_told_at_once(
    secured: Callable[..., Server], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    server = secured(pages)
    with (
        Client(server.url, BearerToken("the-token"), clock=clock) as client,
        pytest.raises(ConnectionFailedError, match=r"certificate .* is not trusted.*REQUESTS_CA_BUNDLE"),
    ):
        client.get("/x")
    assert (server.asked, clock.sleeps) == ([], [])


@pytest.mark.usefixtures("believed")
def test_a_certificate_for_another_name_is_not_believed(secured: Callable[..., Server], clock: FakeClock) -> None:
    server = secured(pages, name="other.example.com")
    with (
        Client(server.url, BearerToken("the-token"), clock=clock) as client,
        pytest.raises(ConnectionFailedError, match="is not trusted"),
    ):
        client.get("/x")
    assert server.asked == []
