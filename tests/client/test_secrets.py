"""A canary as key, token and password: it appears nowhere."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from collections.abc import Callable
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from tests.client.support import DROP, ReceivedRequest, Response, Server, decode, plane
from zenpro_nb.client import (
    ApiKey,
    BearerToken,
    Client,
    ControlPlaneSession,
    Credential,
    DeviceToken,
    PasswordLogin,
    Token,
)
from zenpro_nb.errors import ZenProError
from zenpro_nb.security.secret import Secret, scrub

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

CANARY = "canary-7f3a9c"
CREDENTIALS: list[Callable[[], Credential]] = [
    lambda: ApiKey(CANARY),
    lambda: BearerToken(CANARY),
    lambda: DeviceToken(CANARY),
    lambda: PasswordLogin("ada", CANARY),
    lambda: ControlPlaneSession(lambda: Secret(CANARY)),
]


def test_a_secret_reveals_its_value_only_on_request() -> None:
    secret = Secret(CANARY)
    for text in (repr(secret), str(secret), f"{secret}", f"{secret!r:>30}", repr([secret]), repr(vars)):
        assert CANARY not in text
    assert secret.reveal() == CANARY
    assert secret == Secret(CANARY) != Secret("other")
    assert secret != CANARY
    assert len({secret, Secret(CANARY)}) == 1
    assert not Secret("")
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)
    assert not hasattr(secret, "__dict__")


def test_text_is_scrubbed_of_credentials_and_lookalikes() -> None:
    password = Secret(CANARY)
    text = f"a {CANARY} ZENPROKEY_eyJpZCI6Ij/+= ZENKEY_x eyJhbGciOi.eyJzdWIi.c2ln Bearer abcdefgh12 z"
    assert scrub(text) == "a *** *** *** *** Bearer *** z"
    del password
    assert scrub("an admin said eyJ and bearer of news") == "an admin said eyJ and bearer of news"


def test_equal_secrets_are_scrubbed_until_the_last_is_deleted() -> None:
    first, second = Secret(CANARY), Secret(CANARY)
    del first
    assert scrub(CANARY) == "***"
    del second


def test_a_short_password_is_not_scrubbed() -> None:
    password = Secret("admin")
    assert scrub("the admin of ada") == "the admin of ada"
    del password


@pytest.mark.parametrize("make", CREDENTIALS)
def test_no_repr_shows_the_secret(make: Callable[[], Credential]) -> None:
    credential = make()
    with Client("https://pro.example.com", credential) as client:
        for item in (credential, client, client.token_life(), getattr(credential, "token", None)):
            assert CANARY not in repr(item)
            assert CANARY not in str(item)
    assert CANARY not in repr(Token(Secret(CANARY)))


def full_traceback(error: BaseException) -> str:
    """Return the longest possible traceback: causes, contexts, and the variables of every frame."""
    texts = []
    step: BaseException | None = error
    while step is not None:
        texts += traceback.TracebackException.from_exception(step, capture_locals=True).format()
        step = step.__cause__ or step.__context__
    return "".join(texts)


@pytest.mark.parametrize("make", CREDENTIALS)
@pytest.mark.parametrize(
    "response",
    [
        Response(401, {"detail": f"{CANARY} is not valid"}),
        Response(400, {"error": "invalid", "error_description": CANARY}),
        Response(422, ["ValueError", f"input {CANARY}"]),
        Response(500, f"{CANARY}".encode()),
        Response(200, b"<html>" + CANARY.encode()),
        Response(200, {"access_token": None, "you": "sent"}),
        DROP,
    ],
)
def test_no_error_and_no_traceback_shows_the_secret(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture, make: Callable[[], Credential], response: Response
) -> None:
    client = connect(serve(lambda request: response), credential=make())
    with caplog.at_level(logging.DEBUG, "zenpro_nb"):
        for call in (
            lambda: client.get("/users/me"),
            lambda: client.request("POST", "/users", params={"password": Secret(CANARY)}),
            lambda: client.read_list("/users", decode=decode),
        ):
            try:
                call()
            except ZenProError as error:
                text = full_traceback(error) + "".join(error._render_traceback_()) + repr(error.__dict__)
                # Ignore the frame of the test, which contains the canary in the server's response.
                lines = [line for line in text.splitlines() if CANARY in line and "response = Response" not in line]
                assert lines == []
    assert CANARY not in caplog.text


REFLECTED: dict[str, Callable[[str], Response]] = {
    "loc": lambda bearer: Response(422, {"detail": [{"loc": ["query", bearer], "msg": f"no {bearer}"}]}),
    "code": lambda bearer: Response(400, {"error": bearer}),
    "class": lambda bearer: Response(409, {"detail": [f"Error{bearer}", bearer]}),
    "detail": lambda bearer: Response(403, {"detail": f"{bearer} " * 300}),
    "list": lambda bearer: Response(422, ["ValueError", f"'loc': ('query', '{bearer}'), 'msg': 'not {bearer}'"]),
    "text": lambda bearer: Response(404, ("no route for " + f"{bearer} " * 50).encode()),
    "location": lambda bearer: Response(307, None, {"Location": f"https://{bearer}@x.example.com/{bearer}?t={bearer}"}),
    "location, quoted": lambda bearer: Response(302, None, {"Location": f"/login/{quote(bearer)};{bearer}"}),
    "fine": lambda bearer: Response(200, {"id": 1}),
    "no json": lambda bearer: Response(200, f"<html>{bearer}".encode()),
}


@pytest.mark.parametrize("response", REFLECTED.values(), ids=REFLECTED.keys())
def test_a_token_repeated_by_the_server_is_not_shown(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture, response: Callable[[str], Response]
) -> None:
    """No log shows it either, at its most verbose level."""
    canary = "canary+7f3a9c/d41d8c=="

    def script(request: ReceivedRequest) -> Response:
        reply = response(request.bearer)
        return replace(reply, headers={**reply.headers, "X-Request-ID": f"Bearer {request.bearer}"})

    client = connect(serve(script), credential=BearerToken(canary))
    with caplog.at_level(logging.DEBUG):
        for call in (
            lambda: client.request("GET", "/users/me").json(),
            lambda: client.request("POST", "/users").json(),
            lambda: client.read_list("/users", decode=decode),
        ):
            try:
                call()
            except ZenProError as error:
                text = "".join(error._render_traceback_()) + repr(error.__dict__)
                assert "canary" not in text
                assert "7f3a9c" not in text
        reply = connect(serve(lambda request: Response(headers={"X-Request-ID": canary})), credential=None).request(
            "GET", "/x"
        )
        assert "canary" not in str(reply.request_id)
    assert [record for record in caplog.records if record.name.startswith("httpcore")]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("asyncio")]
    assert [line for line in ours if "canary" in line or "7f3a9c" in line] == []


def test_the_log_shows_each_request_and_no_secret(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(plane([{"id": CANARY}]))
    client = connect(server, credential=ApiKey(CANARY))
    with caplog.at_level(logging.DEBUG, "zenpro_nb"):
        client.read_list("/users", params={"password": Secret(CANARY)}, decode=decode)
        logging.getLogger("zenpro_nb").warning("a slip: %s", CANARY)
    lines = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("POST /auth/login 200 ") for line in lines)
    assert any(
        line.startswith("GET /users 200 ") and server.requests[1].headers["X-Request-ID"] in line for line in lines
    )
    assert CANARY not in caplog.text
    assert "a slip: ***" in caplog.text
