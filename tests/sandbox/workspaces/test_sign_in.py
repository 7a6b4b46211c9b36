"""Sign-in at a workspace (API facts 9.1): the control plane authorizes it, the workspace issues its own token."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.sandbox.conftest import Api, Plane
from tests.sandbox.workspaces.conftest import Enter, address, log_in, rows


def test_a_key_as_password_and_a_session_as_bearer(plane: Plane, enter: Enter) -> None:
    key = plane.running.key
    session = plane.login(password=key)["access_token"]
    for reply in (
        log_in(plane, "ml-prod", password=key),
        log_in(plane, "ml-prod", password=key, grant_type="zenml-api-key"),
        log_in(plane, "ml-prod", session, grant_type="zenml-external"),
        log_in(plane, "ml-prod", session),
    ):
        token = reply.json()
        assert (token["token_type"], token["expires_in"]) == ("bearer", 3600)
        api = Api(f"{address(plane, 'ml-prod')}/api/v1", token["access_token"])
        assert api("GET", "/current-user")["name"] == "ada@example.com"
        api.close()


def test_a_key_works_directly_but_tokens_of_other_servers_do_not(plane: Plane, enter: Enter) -> None:
    direct = Api(f"{address(plane, 'ml-prod')}/api/v1", plane.running.key)
    assert direct("GET", "/current-user")["metadata"]["external_user_id"] == plane.user("ada@example.com")
    direct.close()
    session = plane.login(password=plane.running.key)["access_token"]
    elsewhere = log_in(plane, "ml-dev", password=plane.running.key).json()["access_token"]
    for token in (session, elsewhere, "nonsense", "ZENKEY_old"):
        api = Api(f"{address(plane, 'ml-prod')}/api/v1", token)
        assert api("GET", "/projects", expect=401)["detail"][0] == "CredentialsNotValid"
        api.close()
    # A workspace's token is not valid at the control plane either.
    plane.caller(elsewhere)("GET", "/users/me", expect=401)


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({}, 200, "authorization_url"),
        ({"username": "ada@example.com", "password": "x"}, 400, "Unsupported grant type: password."),
        ({"grant_type": "zenml-api-key"}, 400, "API key is required."),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, 403, "Device authorization is not supported."),
        ({"grant_type": "zenml-magic"}, 400, "Unsupported grant type: zenml-magic"),
        ({"password": "ZENPROKEY_wrong"}, 401, "CredentialsNotValid"),
    ],
    ids=lambda value: str(value),
)
def test_without_a_credential_of_zenml_pro(plane: Plane, form: dict[str, str], status: int, words: str) -> None:
    reply = log_in(plane, "ml-prod", **form)
    assert reply.status_code == status
    assert words in reply.text


def test_only_public_routes_are_readable_without_a_token(plane: Plane) -> None:
    base = address(plane, "ml-prod")
    refused = httpx.get(f"{base}/api/v1/projects", timeout=60)
    assert (refused.status_code, refused.json()) == (401, {"detail": "Not authenticated"})
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    info = httpx.get(f"{base}/api/v1/info", timeout=60).json()
    assert (info["deployment_type"], info["auth_scheme"]) == ("cloud", "EXTERNAL")
    assert (info["server_url"], info["pro_api_url"]) == (base, plane.running.url)
    assert (info["pro_workspace_name"], info["pro_workspace_id"]) == ("ml-prod", plane.workspace("ml-prod"))
    assert info["pro_organization_name"] == "acme"
    assert httpx.get(f"{base}/health", timeout=60).json() == "ok"
    assert httpx.get(f"{base}/api/v1/version", timeout=60).json() == info["version"]


def test_a_user_without_access_is_refused_like_in_authorize_server(
    plane: Plane, session_of: Callable[..., str]
) -> None:
    stranger = session_of("stranger@example.com", "Organization Member")
    plane.caller(stranger)("GET", "/users/authorize_server", expect=403, server_id=plane.workspace("ml-prod"))
    reply = log_in(plane, "ml-prod", stranger)
    assert (reply.status_code, reply.json()["detail"][0]) == (401, "CredentialsNotValid")
    assert "Not authorized to access this server" in reply.text


def test_a_sign_in_creates_an_account(plane: Plane, enter: Enter, session_of: Callable[..., str]) -> None:
    admin, email = enter(), "new@example.com"
    session = session_of(email, "Workspace Viewer", workspace_id=plane.workspace("ml-prod"))
    assert rows(admin, "/users", name=email) == []
    enter("ml-prod", session)
    (account,) = rows(admin, "/users", name=email, hydrate=True)
    assert account["metadata"]["external_user_id"] == plane.user(email) != account["id"]
    plane.clock.advance(minutes=30)
    enter("ml-prod", session)
    (later,) = rows(admin, "/users", name=email, hydrate=True)
    # API facts 11.12: `updated` proves that the user has signed in since.
    assert later["body"]["updated"] > account["body"]["updated"]
    assert later["body"]["created"] == account["body"]["created"]


def test_a_token_is_valid_for_an_hour_even_if_the_account_changes(
    plane: Plane, enter: Enter, session_of: Callable[..., str]
) -> None:
    session = session_of("leaver@example.com", "Workspace Viewer", workspace_id=plane.workspace("ml-prod"))
    api = enter("ml-prod", session)
    plane.admin("PATCH", f"/users/{plane.user('leaver@example.com')}", body={"is_active": False})
    # API facts 2.6.
    assert api("GET", "/current-user")["name"] == "leaver@example.com"
    plane.clock.advance(minutes=61)
    api("GET", "/current-user", expect=401)
    assert log_in(plane, "ml-prod", session).status_code == 401


@pytest.mark.parametrize(
    ("workspace", "status"),
    [("nlp-research", 503), ("vision-lab", 503), ("agents", 404), ("nothing", 404), ("old-experiments", 404)],
)
def test_a_workspace_that_does_not_run_does_not_respond(plane: Plane, workspace: str, status: int) -> None:
    assert httpx.get(f"{address(plane, workspace)}/api/v1/info", timeout=60).status_code == status


def test_the_control_plane_lists_the_workspace_addresses(plane: Plane) -> None:
    shown = plane.admin("GET", "/workspaces/ml-prod")
    url = shown["zenml_service"]["status"]["server_url"]
    assert url == address(plane, "ml-prod")
    assert [item["name"] for item in plane.admin("GET", "/workspaces", url=url)] == ["ml-prod"]
    plane.admin("PATCH", f"/workspaces/{shown['id']}", body={"name": "ml-production"})
    assert httpx.get(f"{address(plane, 'ml-production')}/api/v1/info", timeout=60).json()["name"] == "ml-production"
    assert httpx.get(f"{url}/api/v1/info", timeout=60).status_code == 404
