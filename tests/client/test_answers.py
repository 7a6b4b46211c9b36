from __future__ import annotations

import json

import pytest

from zenpro_nb.client import _error_mapping
from zenpro_nb.client._reply import Reply
from zenpro_nb.client._request import Call
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DeviceTokenError,
    NotFoundError,
    PermissionDeniedError,
    PlanLimitError,
    RateLimitedError,
    RouteNotFoundError,
    ServerError,
    SwitchedOffError,
)
from zenpro_nb.security.secret import Secret

CALL = Call.of("GET", "/things")


def error(status: int, body: object) -> ApiError:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    caught = _error_mapping.refusal_error(CALL, Reply(status, content, {}, "request-1"))
    assert isinstance(caught, ApiError)
    return caught


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (402, PlanLimitError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (405, BadRequestError),
        (409, ConflictError),
        (418, BadRequestError),
        (422, BadRequestError),
        (429, RateLimitedError),
        (500, ServerError),
        (501, SwitchedOffError),
        (504, ServerError),
        (599, ServerError),
    ],
)
def test_each_status_has_its_class_and_a_hint(status: int, kind: type[ApiError]) -> None:
    caught = error(status, {"detail": "words"})
    assert type(caught) is kind
    assert caught.hint
    assert (caught.status, caught.request_id, caught.detail) == (status, "request-1", "words")
    assert "GET /things" in caught.message


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("Insufficient permissions to DELETE resource 'stack'.", "Ask an administrator of the organization"),
        ("Cannot stop a run that is already completed.", "The run has ended"),
        ("Files in a local artifact store cannot be accessed from the server.", "The files are on the machine"),
        (
            "Workspace-level service accounts and API keys are deprecated in ZenML Pro workspaces.",
            "Use an account of the organization",
        ),
        ("The tag is exclusive to one run.", "The server's reason is in the message"),
    ],
)
def test_the_hint_for_a_403_fits_the_servers_reason(message: str, hint: str) -> None:
    caught = error(403, {"detail": ["IllegalOperationError", message]})
    assert type(caught) is PermissionDeniedError
    assert caught.hint.startswith(hint)


def test_a_405_of_a_workspace_means_that_the_feature_is_off_and_nothing_was_changed() -> None:
    call = Call("POST", "/api/v1/pipeline_snapshots/1/runs")
    caught = _error_mapping.refusal_error(call, Reply(405, b'{"detail":"Method Not Allowed"}', {}, None))
    assert type(caught) is SwitchedOffError
    assert caught.hint == "This feature is switched off on this server; its administrators can switch it on."
    assert caught.outcome == "refused"


@pytest.mark.parametrize(
    ("body", "detail", "code"),
    [
        ({"detail": "Not authenticated"}, "Not authenticated", ""),
        ({"detail": ["EntityExistsError", "It is there."]}, "It is there.", "EntityExistsError"),
        ({"detail": ["KeyError", '"No stack with ID 1"']}, "No stack with ID 1", "KeyError"),
        ({"detail": ["Class", "a", "b"]}, "a: b", "Class"),
        ({"detail": []}, "", ""),
        ({"detail": None}, "", ""),
        ({"detail": {"deep": 1}}, "", ""),
        ({"error": "slow_down", "error_description": "Wait."}, "Wait.", "slow_down"),
        ({"error": "access_denied"}, "access_denied", "access_denied"),
        ("words", "words", ""),
        (b"plain words\nof a proxy", "plain words of a proxy", ""),
        (b"<html><body>502 Bad Gateway</body></html>", "", ""),
        (b"", "", ""),
        (b"\xff\xfe", "\ufffd\ufffd", ""),
        (None, "", ""),
        (7, "", ""),
    ],
)
def test_every_shape_of_a_body_is_read(body: object, detail: str, code: str) -> None:
    caught = error(400, body)
    assert (caught.detail, caught.code) == (detail, code)
    assert "\n" not in str(caught)
    assert "<" not in str(caught)


def test_a_validation_error_names_the_parameters() -> None:
    caught = error(
        422,
        {
            "detail": [
                {"loc": ["query", "limit"], "msg": "too large", "type": "x", "input": "101"},
                {"loc": ["body", "roles", 0, "id"], "msg": "no UUID", "type": "x"},
                {"msg": "odd"},
            ]
        },
    )
    assert caught.fields == {"limit": "too large", "roles.0.id": "no UUID", "request": "odd"}
    assert "limit: too large" in caught.message


def test_the_bare_list_of_a_workspace_hides_paths_and_values() -> None:
    inside = (
        "1 validation error:\n  {'type': 'less_than_equal', 'loc': ('query', 'size'), "
        "'msg': 'Input should be less than or equal to 10000', 'input': 'canary'}\n\n"
        '  File "/usr/lib/python3.11/zenml/routers.py", line 1'
    )
    caught = error(422, ["ValueError", inside])
    assert caught.fields == {"size": "Input should be less than or equal to 10000"}
    assert caught.code == "ValueError"
    caught_odd = error(422, ["ValueError", "canary File /usr/lib"])
    for text in (str(caught), caught.detail, str(caught_odd), caught_odd.detail):
        assert "/usr/lib" not in text
        assert "canary" not in text


def test_only_fastapis_own_404_is_a_missing_route() -> None:
    assert type(error(404, {"detail": "Not Found"})) is RouteNotFoundError
    assert type(error(404, {"detail": "not found"})) is NotFoundError
    assert type(error(404, b"Not Found")) is NotFoundError


def test_a_refusal_that_is_a_web_page_points_at_the_url() -> None:
    page = b"<html><title>404</title></html>"
    assert "dashboard" in error(404, page).hint
    assert "dashboard" not in error(502, page).hint
    assert "request-1" in error(502, page).hint


def test_a_refused_device_token_differs_from_an_expired_one() -> None:
    message = "Authentication error: token type with device_code not allowed for this endpoint"
    assert type(error(401, {"detail": message})) is DeviceTokenError
    assert type(error(401, {"detail": "expired"})) is AuthenticationError


def test_a_refused_key_is_named_once() -> None:
    caught = error(401, {"detail": ["CredentialsNotValid", "Authentication error: Invalid API key"]})
    assert caught.lines()[0].startswith("AuthenticationError: Invalid API key (")
    assert caught.detail == "Authentication error: Invalid API key"


def test_server_text_is_one_line_without_secrets() -> None:
    password = Secret("a-password-of-mine")
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    caught = error(
        400, {"detail": f"{password.reveal()} ZENPROKEY_eyJpZCI6Ij ZENKEY_abc KITKEY_abc {jwt}\n" + "x" * 999}
    )
    for secret in (password.reveal(), "ZENPROKEY_", "ZENKEY_", "KITKEY_", "c2lnbmF0dXJl", "\n"):
        assert secret not in str(caught)
        assert secret not in caught.detail
    assert len(caught.detail) <= 300
