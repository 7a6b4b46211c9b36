from __future__ import annotations

import pytest

from tests.client.support import KEY, Response, Server
from zenpro_nb.client import ApiKey, BearerToken, Client, normalize, segment
from zenpro_nb.client._urls import query
from zenpro_nb.errors import CredentialError, UsageError
from zenpro_nb.query.read import fill
from zenpro_nb.security.secret import Secret


@pytest.mark.parametrize(
    ("url", "normalized"),
    [
        ("https://cloudapi.zenml.io", "https://cloudapi.zenml.io"),
        (" https://cloudapi.zenml.io// ", "https://cloudapi.zenml.io"),
        ("https://pro.example.com/api/v1/", "https://pro.example.com/api/v1"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_urls_lose_only_blanks_and_trailing_slashes(url: str, normalized: str) -> None:
    assert normalize(url) == normalized


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cloudapi.zenml.io",
        "ftp://cloudapi.zenml.io",
        "https://",
        "https://user:hush@example.com",
        "https://example.com?x=1",
        "https://example.com/#x",
        "https://example.com:port",
        "https://[::1",
        "https://ada:hush@example.com:port",
        "https://ada:hu/sh@example.com",
        "https://ada:hush@",
        "https://@example.com",
        "https://hush@example.com",
        "ada:hush@example.com",
        "ftp://ada:hush@example.com",
        "https://example.com?token=hush",
        "//ada:hush@example.com",
        "https://example.com/#hush",
    ],
)
def test_a_malformed_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        normalize(url)
    for secret in ("hush", "hu/sh", "ada"):
        assert secret not in str(caught.value)


def test_a_partly_created_client_shows_no_password() -> None:
    clients: list[Client] = []

    class Watched(Client):
        def __new__(cls, *args: object, **options: object) -> Watched:
            clients.append(client := super().__new__(cls))
            return client

    with pytest.raises(UsageError):
        Watched("https://ada:hush@example.com", ApiKey(KEY))
    assert repr(clients[0]) == "<Client https://example.com, API key>"


@pytest.mark.parametrize("url", ["https://cloud.zenml.io", "https://cloud.zenml.io/workspaces/ml-prod"])
def test_the_dashboard_is_recognized(url: str) -> None:
    with pytest.raises(UsageError, match=r"dashboard.*https://cloudapi\.zenml\.io"):
        normalize(url)


@pytest.mark.parametrize("url", ["http://pro.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com"])
def test_a_credential_is_refused_over_plain_http(url: str) -> None:
    with pytest.raises(CredentialError, match="plain HTTP"):
        Client(url, ApiKey(KEY))
    Client(url, None).close()


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.8.8.8", "http://[::1]:80", "https://example.com"])
def test_a_credential_is_allowed_over_https_and_loopback(url: str) -> None:
    client = Client(url, ApiKey(KEY))
    assert client.url == url
    client.close()


def test_a_name_stays_one_segment() -> None:
    assert segment("a/b ?#ä") == "a%2Fb%20%3F%23%C3%A4"
    for bad in ("", ".", "..", "\ud800"):
        with pytest.raises(UsageError):
            segment(bad)


def test_parameters_are_encoded_for_the_api() -> None:
    params = {"a": None, "b": True, "c": False, "d": ["x", None, "y z"], "e": 3, "f": Secret("word"), "g": []}
    assert query(params) == "b=true&c=false&d=x&d=y+z&e=3&f=word"
    assert query(None) == ""


@pytest.mark.parametrize("path", ["/organizations//roles", "/teams/", "//users", "/teams/?name=ops", "/a//b?x=1"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_path_with_an_empty_segment_is_never_sent(method: str, path: str) -> None:
    server = Server(lambda request: Response(body=[]))
    try:
        with Client(server.url, BearerToken(KEY)) as client:
            with pytest.raises(UsageError, match="empty segment"):
                client.request(method, path)
            with pytest.raises(UsageError, match="empty segment"):
                client.read_list(path, decode=lambda body: body)  # type: ignore[type-var,arg-type,return-value]
            client.request(method, "/teams?url=https://example.com//x")
    finally:
        server.close()
    assert [request.path for request in server.requests] == ["/teams"]


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_route_is_not_filled_with_an_empty_value(value: str) -> None:
    with pytest.raises(UsageError, match="cannot be part of a path"):
        fill("/organizations/{organization_id}/roles", {"organization_id": value})
    assert fill("/users/{id}", {"id": "ada@example.com", "organization_id": value}) == "/users/ada@example.com"


@pytest.mark.parametrize("value", ["\ud800", "a\0b"], ids=["lone surrogate", "NUL"])
def test_an_unsendable_filter_is_a_one_line_error(value: str) -> None:
    with Client("http://127.0.0.1:1", ApiKey(KEY)) as client, pytest.raises(UsageError) as caught:
        client.read_list("/organizations", params={"name": value}, decode=bytes)
    assert caught.value.message.startswith("GET '/organizations' cannot be sent: ")
    assert caught.value.message.isascii()
    assert caught.value.outcome == "not sent"
