from __future__ import annotations

import json
import re
import ssl
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.client.support import ReceivedRequest, Response, Server, decode
from zenpro_nb import limits
from zenpro_nb.client import BearerToken, Client
from zenpro_nb.errors import (
    ConflictError,
    ConnectionFailedError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
    UsageError,
)
from zenpro_nb.security.secret import Secret
from zenpro_nb.version import __version__

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]


def test_every_request_has_the_standard_headers(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(body={}))
    client = connect(server, credential=BearerToken("token"))
    for _ in range(2):
        client.get("/x")
    first, second = server.requests
    assert re.fullmatch(rf"zenpro-nb/{re.escape(__version__)} python/3\.\d+\.\d+\S*", first.headers["User-Agent"])
    assert (first.headers["Accept-Encoding"], first.headers["Authorization"]) == ("gzip", "Bearer token")
    assert uuid.UUID(first.headers["X-Request-ID"]) != uuid.UUID(second.headers["X-Request-ID"])


def test_a_reply_has_status_headers_and_request_id(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(201, {"id": 1}, {"X-Request-ID": "theirs"}))
    reply = connect(server, credential=None).request("POST", "/x", json={"a": [1, None, True]})
    assert (reply.status, reply.json(), reply.request_id) == (201, {"id": 1}, "theirs")
    assert reply.headers["x-request-id"] == "theirs"
    assert server.requests[0].body == b'{"a": [1, null, true]}'
    assert server.requests[0].headers["Content-Type"] == "application/json"


def test_secrets_in_a_request_reach_only_the_server(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(body={}))
    client, word = connect(server, credential=None), Secret("pass word&more")
    client.request("POST", "/a", params={"password": word})
    client.request("POST", "/b", json={"password": word})
    client.request("POST", "/c", form={"password": word, "grant_type": ""})
    assert server.requests[0].query["password"] == ["pass word&more"]
    assert server.requests[1].body == b'{"password": "pass word&more"}'
    assert server.requests[2].form == {"password": "pass word&more"}
    with pytest.raises(ConnectionFailedError, match="object cannot be sent as JSON"):
        client.request("POST", "/d", json={"odd": object()})


def test_an_empty_body_is_none(serve: Serve, connect: Connect) -> None:
    assert connect(serve(lambda request: Response(body=b"")), credential=None).get("/x") is None


def test_a_path_can_contain_a_query(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(body=[]))
    connect(server, credential=None).request("GET", "/x?a=1", params={"b": 2})
    assert server.requests[0].query == {"a": ["1"], "b": ["2"]}


def test_a_web_page_instead_of_data_is_reported(serve: Serve, connect: Connect) -> None:
    client = connect(serve(lambda request: Response(body=b"<!doctype html><title>Sign in</title>")), credential=None)
    with pytest.raises(UnexpectedAnswerError, match="dashboard"):
        client.get("/users/me")


def test_a_redirect_is_not_followed_with_a_credential(serve: Serve, connect: Connect) -> None:
    target = serve(lambda request: Response(body=[]))
    server = serve(lambda request: Response(307, None, {"Location": f"{target.url}/x"}))
    with pytest.raises(UnexpectedAnswerError, match=re.escape(target.url)):
        connect(server, credential=BearerToken("token")).get("/x")
    assert target.requests == []


def test_connections_are_reused(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    connections: list[object] = []
    real = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: connections.append(a) or real(*a, **k))
    client = connect(serve(lambda request: Response(body=[])), credential=None)
    for _ in range(5):
        client.get("/x")
    client.read_list("/x", decode=decode)
    assert len(connections) == 1


def test_cookies_are_not_kept(serve: Serve, connect: Connect) -> None:
    server = serve(lambda request: Response(body=[], headers={"Set-Cookie": "session=1"}))
    client = connect(server, credential=None)
    client.get("/x")
    client.get("/x")
    assert "Cookie" not in server.requests[1].headers


def test_the_proxy_of_the_environment_is_used_except_for_loopback(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(lambda request: Response(body="by proxy")), serve(lambda request: Response(body="straight"))
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert connect(server, credential=BearerToken("token")).get("/x") == "straight"
    with Client("http://pro.example.invalid", None) as client:
        assert client.get("/x") == "by proxy"
    monkeypatch.setenv("no_proxy", "example.invalid")
    with Client("http://pro.example.invalid", None) as client, pytest.raises(ConnectionFailedError, match="No such"):
        client.get("/x")


def test_an_unusable_proxy_is_reported_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "ftp://user:hush@proxy.example.com")
    with pytest.raises(UsageError, match=r"ftp://proxy\.example\.com.*HTTPS_PROXY") as caught:
        Client("https://pro.example.com", None)
    assert "hush" not in str(caught.value)
    assert "user" not in str(caught.value)


def test_the_certificate_bundle_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded: list[object] = []
    real = ssl.create_default_context

    def create_context(*args: object, **names: object) -> ssl.SSLContext:
        loaded.append(names.get("cafile") or names.get("capath"))
        return real()

    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    monkeypatch.setattr(ssl, "create_default_context", create_context)
    Client("https://pro.example.com", None).close()
    assert set(loaded) == {str(tmp_path)}


def test_a_missing_certificate_bundle_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(UsageError, match="REQUESTS_CA_BUNDLE"):
        Client("https://pro.example.com", None)


def test_the_transport_can_be_replaced() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/broken":
            raise httpx.ReadError("cable cut")
        return httpx.Response(200, json=[{"id": "a"}] if request.url.params.get("offset") in (None, "0") else [])

    transport = httpx.MockTransport(respond)
    with Client("https://pro.example.com", BearerToken("token"), transport=transport) as client:
        assert client.get("/x") == [{"id": "a"}]
        assert client.read_list("/users", decode=decode).rows == 1
    with pytest.raises(TypeError):
        Client("https://pro.example.com", None, transport=object())


def test_a_malformed_path_is_refused(serve: Serve, connect: Connect) -> None:
    with pytest.raises(ConnectionFailedError, match="not a path"):
        connect(serve(lambda request: Response(body=[])), credential=None).get("/x\x00")


def nested_lists(levels: int) -> object:
    data: object = "x"
    for _ in range(levels):
        data = [data]
    return data


def circle() -> list[object]:
    data: list[object] = []
    data.append(data)
    return data


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/x", {"json": {"share": float("nan")}}),
        ("/x", {"json": {"until": datetime(2026, 1, 31, tzinfo=UTC)}}),
        ("/x", {"json": {("a", "tuple"): 1}}),
        ("/x", {"params": {"name": "\ud800"}}),
        ("/x", {"form": {"name": "\ud800"}}),
        ("/\ud800", {}),
        ("/x", {"json": {"name": "a\ud800"}}),
        ("/x", {"json": {"a\udfff": 1}}),
        ("/x", {"json": {"names": ["a\0"]}}),
        ("/x", {"json": {"a\0": 1}}),
        ("/x", {"params": {"a\0": 1}}),
        ("/x", {"params": {"name": ["a\0"]}}),
        ("/x", {"params": {"a\ud800": 1}}),
        ("/x", {"form": {"name": Secret("a\0")}}),
        ("/x", {"form": {"a\ud800": "b"}}),
        ("/x", {"json": nested_lists(limits.JSON_DEPTH + 1)}),
        ("/x", {"json": circle()}),
    ],
)
def test_unsendable_values_are_reported_without_the_token(
    serve: Serve, connect: Connect, path: str, options: dict[str, object]
) -> None:
    server = serve(lambda request: Response(body={}))
    client = connect(server, credential=BearerToken("canary-7d2e"))
    with pytest.raises(ConnectionFailedError, match="cannot be sent: ") as caught:
        client.request("POST", path, **options)  # type: ignore[arg-type]
    str(caught.value).encode()  # a terminal cannot print a surrogate
    assert caught.value.__cause__ is caught.value.__context__ is None
    lines = traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert not [line for line in "".join(lines).splitlines() if "canary" in line and "BearerToken" not in line]
    assert server.requests == []


@pytest.mark.parametrize("data", [nested_lists(10_000), {"n": 10**5000}], ids=["deep", "number"])
def test_bodies_that_break_parsers_are_not_sent(serve: Serve, connect: Connect, data: object) -> None:
    server = serve(lambda request: Response(body={}))
    with pytest.raises(ConnectionFailedError, match="cannot be sent: ") as caught:
        connect(server, credential=None).request("POST", "/x", json=data)
    assert (caught.value.outcome, server.requests) == ("not sent", [])


@pytest.mark.parametrize(
    "data",
    [
        {"path": "C:\\u0000", "two": "\\\\u0000", "é": "\U0001f600\u2028\x1f"},
        nested_lists(limits.JSON_DEPTH),
        {"text": "[" * 500},
    ],
    ids=["backslashes", "as deep as may be", "brackets"],
)
def test_unusual_but_valid_bodies_are_sent(serve: Serve, connect: Connect, data: object) -> None:
    server = serve(lambda request: Response(body={}))
    connect(server, credential=None).request("POST", "/x", json=data)
    assert json.loads(server.requests[0].body) == data


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 1_000_000,
        b'{"n": ' + b"1" * 5_000 + b"}",
    ],
    ids=["lists", "objects", "unfinished", "number"],
)
def test_responses_that_break_parsers_are_reported(serve: Serve, connect: Connect, body: bytes) -> None:
    """As the response to a read, to a successful write, and to a refused write."""
    client = connect(serve(lambda request: Response(body=body)), credential=None)
    for method in ("GET", "POST"):
        reply = client.request(method, "/x")
        with pytest.raises(UnexpectedAnswerError) as caught:
            reply.json()
        assert caught.value.outcome == "unknown"
    broken = connect(serve(lambda request: Response(409, body)), credential=None)
    with pytest.raises(ConflictError) as refused:
        broken.get("/x")
    assert not refused.value.from_api
    with pytest.raises(OutcomeUnknownError):
        broken.request("POST", "/x")


def test_lone_surrogates_in_a_response_become_question_marks(serve: Serve, connect: Connect) -> None:
    body = b'{"na\\ud800me": ["\\udfff", "nul \\u0000"], "detail": "odd \\ud800"}'
    assert connect(serve(lambda request: Response(body=body)), credential=None).get("/x") == {
        "na?me": ["?", "nul \0"],
        "detail": "odd ?",
    }
    with pytest.raises(ConflictError) as caught:
        connect(serve(lambda request: Response(409, body)), credential=None).get("/x")
    assert str(caught.value).encode()
    assert caught.value.detail == "odd ?"


def test_importing_the_package_imports_no_http_library() -> None:
    import subprocess
    import sys

    code = "import sys, zenpro_nb; print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert {"httpx", "httpcore"}.isdisjoint(process.stdout.split())
