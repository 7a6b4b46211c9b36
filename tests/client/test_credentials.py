"""The form of credentials and tokens, and the expiry in a token."""

from __future__ import annotations

import base64
import traceback
from collections.abc import Callable

import pytest

from tests.client.support import ReceivedRequest, Response, Server
from tests.client.token_planes import Plane, jwt
from zenpro_nb.client import WORKSPACE_LOGIN, ApiKey, BearerToken, Client
from zenpro_nb.errors import CredentialError, UnexpectedAnswerError

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "eyJh.bm90IGpzb24.x", jwt(iat=1.0), "eyJh.W10.x", "eyJh.!.x"])
def test_an_opaque_token_has_no_expiry(token: str) -> None:
    assert BearerToken(token).token.expires_at is None


@pytest.mark.parametrize(
    "lifetime",
    ["1" + "0" * 400, "Infinity", "-Infinity", "NaN", "true", '"3600"', "-5", "0", "null", "[]", "4e9", "1e400"],
)
def test_an_impossible_token_lifetime_is_ignored(serve: Serve, connect: Connect, lifetime: str) -> None:
    plane = Plane()

    def script(request: ReceivedRequest) -> Response:
        if request.path != "/auth/login":
            return plane(request)
        plane.valid_tokens.add("token-1")
        return Response(body=f'{{"access_token": "token-1", "expires_in": {lifetime}}}'.encode())

    client = connect(serve(script))
    assert client.get("/x") == {"path": "/x"}
    life = client.token_life()
    assert life is not None
    assert life.seconds is None


@pytest.mark.parametrize("exp", ["1" + "0" * 400, "Infinity", "NaN", "true", '"soon"', "1e300"])
@pytest.mark.parametrize("iat", ["1" + "0" * 400, "1800000000"])
def test_impossible_claims_in_a_token_are_ignored(exp: str, iat: str) -> None:
    body = base64.urlsafe_b64encode(f'{{"exp": {exp}, "iat": {iat}}}'.encode()).decode().rstrip("=")
    token = BearerToken(f"eyJhbGciOiJub25lIn0.{body}.c2ln").token
    assert (token.expires_at, token.lifetime) == (None, None)


def test_endlessly_nested_claims_are_ignored() -> None:
    body = base64.urlsafe_b64encode(b"[" * 10_000 + b"]" * 10_000).decode()
    assert BearerToken(f"eyJh.{body}.x").token.expires_at is None


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "kör", "nul\0", " "])
def test_a_malformed_token_is_reported_but_not_shown(serve: Serve, connect: Connect, value: str) -> None:
    server = serve(lambda request: Response(body={"access_token": f"canary{value}x", "expires_in": 3600}))
    with pytest.raises(UnexpectedAnswerError, match="malformed token") as caught:
        connect(server).request("POST", "/x")
    assert caught.value.outcome == "not sent"
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    ours = [frame for frame in frames if "/zenpro_nb/" in frame.f_code.co_filename]
    assert [frame.f_code for frame in ours if "canary" in repr(frame.f_locals)] == []
    assert server.count("POST", "/x") == 0


@pytest.mark.parametrize("value", ["", "  ", "two words", "line\nbreak", "kör", "nul\x00"])
def test_a_malformed_credential_is_refused_before_it_is_sent(value: str) -> None:
    for kind in (ApiKey, BearerToken):
        with pytest.raises(CredentialError):
            kind(value)


def test_a_workspace_key_is_refused_for_the_control_plane() -> None:
    with pytest.raises(CredentialError, match="workspace's own key"):
        ApiKey("ZENKEY_abc")
    ApiKey("ZENKEY_abc", login=WORKSPACE_LOGIN)
