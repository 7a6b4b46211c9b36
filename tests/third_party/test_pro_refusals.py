"""A sandbox workspace grants and refuses access as a real server in Pro mode does, under the same control plane."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.pro_server import ProServer
from tests.support.sandbox import SandboxProcess
from tests.third_party.clients import ZenmlHome
from tests.third_party.conftest import PROJECT, WORKSPACE

MADE_UP, MADE_UP_PROJECT = "ml-dev", "playground"
PASSWORD = "correct horse battery"
ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
EXTERNAL = {"grant_type": "zenml-external"}


@dataclass
class Place:
    """One of the two workspaces."""

    url: str
    project: str

    def log_in(self, bearer: str = "", **form: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return httpx.post(f"{self.url}/api/v1/login", data=form, headers=headers, timeout=60)

    def send(self, token: str, method: str, path: str, body: Any = None, **params: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.url}/api/v1{path}"
        return httpx.request(method, url, json=body, params=params, headers=headers, timeout=60)

    def run(self, token: str) -> str:
        """The id of a completed run."""
        found = self.send(token, "GET", "/runs", project=self.project, status="completed", size="1")
        return str(found.json()["items"][0]["id"])


@pytest.fixture(scope="module")
def places(plane: SandboxProcess, server: ProServer, signed_in: ZenmlHome) -> tuple[Place, Place]:
    """The real workspace and the sandbox workspace."""
    return Place(server.url, PROJECT), Place(f"{plane.url}/workspace/{MADE_UP}", MADE_UP_PROJECT)


@pytest.fixture(scope="module")
def admin(plane: SandboxProcess, places: tuple[Place, Place]) -> list[str]:
    """The administrator's tokens in both."""
    return [place.log_in(password=plane.key).json()["access_token"] for place in places]


@pytest.fixture(scope="module")
def stranger(plane: SandboxProcess) -> str:
    """A control plane session of a user without any role."""
    return _session(plane, f"stranger-{uuid4().hex[:8]}@example.com")


@pytest.fixture(scope="module")
def viewer(plane: SandboxProcess, places: tuple[Place, Place]) -> list[str]:
    """The tokens of a user who can read both workspaces but change nothing."""
    email = f"viewer-{uuid4().hex[:8]}@example.com"
    session = _session(plane, email)
    with httpx.Client(base_url=plane.url, headers=plane.headers, timeout=60) as client:
        acme = client.get("/organizations/acme").json()["id"]
        (role,) = client.get(f"/organizations/{acme}/roles", params={"name": "Workspace Viewer"}).json()
        user = client.get(f"/users/{email}").json()["id"]
        for name in (WORKSPACE, MADE_UP):
            where = {"user_id": user, "workspace_id": client.get(f"/workspaces/{name}").json()["id"]}
            client.post(f"/roles/{role['id']}/assignments", params=where).raise_for_status()
    return [place.log_in(session, **EXTERNAL).json()["access_token"] for place in places]


def _session(plane: SandboxProcess, email: str) -> str:
    account = {"username": email, "password": PASSWORD}
    httpx.post(f"{plane.url}/users", params=account, headers=plane.headers, timeout=60).raise_for_status()
    return str(httpx.post(f"{plane.url}/auth/login", data=account, timeout=60).json()["access_token"])


def refusal_of(reply: httpx.Response) -> tuple[int, object]:
    """The status and the refusal without ids; for a success only the status."""
    if reply.status_code == 200:
        return 200, None
    detail = reply.json()["detail"]
    return reply.status_code, [ID.sub("ID", part) for part in detail] if isinstance(detail, list) else detail


# The same in every process: all pytest workers must collect the same tests.
DEVICE = "6f1d2f5e-6f6b-4a5e-9a55-0a6a2d1c7b11"


@pytest.mark.parametrize(
    "form",
    [
        {},
        EXTERNAL,
        {"username": "ada@example.com", "password": "x"},
        {"grant_type": "zenml-api-key"},
        {"grant_type": "zenml-magic"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x", "client_id": DEVICE},
    ],
    ids=str,
)
def test_logins_without_a_credential(places: tuple[Place, Place], form: dict[str, str]) -> None:
    real, made_up = (place.log_in(**form) for place in places)
    assert refusal_of(made_up) == refusal_of(real)
    assert ("authorization_url" in made_up.text) == ("authorization_url" in real.text)


def test_responses_to_a_login(plane: SandboxProcess, places: tuple[Place, Place]) -> None:
    real, made_up = (place.log_in(password=plane.key).json() for place in places)
    assert {name: type(value) for name, value in made_up.items()} == {name: type(value) for name, value in real.items()}
    assert (made_up["token_type"], made_up["expires_in"]) == (real["token_type"], real["expires_in"])


def test_users_without_access(plane: SandboxProcess, places: tuple[Place, Place], stranger: str) -> None:
    real, made_up = (place.log_in(stranger, **EXTERNAL) for place in places)
    assert refusal_of(made_up)[0] == refusal_of(real)[0] == 401
    assert "Not authorized to access this server" in real.text
    assert "Not authorized to access this server" in made_up.text


def test_tokens_of_other_workspaces(plane: SandboxProcess, places: tuple[Place, Place], admin: list[str]) -> None:
    session = httpx.post(f"{plane.url}/auth/login", data={"password": plane.key}, timeout=60).json()["access_token"]
    for token in ("", "nonsense", session):
        real, made_up = (place.send(token, "GET", "/projects") for place in places)
        assert refusal_of(made_up)[0] == refusal_of(real)[0] == 401
        assert made_up.headers.get("WWW-Authenticate") == real.headers.get("WWW-Authenticate")
    # A token for one workspace is invalid in the other, and a key can be used directly in both.
    assert places[1].send(admin[0], "GET", "/projects").status_code == 401
    assert [place.send(plane.key, "GET", "/projects").status_code for place in places] == [200, 200]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/runs", None),
        ("GET", "/resource_requests", None),
        ("POST", "/service_accounts", {"name": "mine", "active": True}),
        ("DELETE", "/runs/{run}", None),
        ("POST", "/runs/{run}/stop", None),
    ],
)
def test_refusals_of_a_viewer(
    places: tuple[Place, Place], admin: list[str], viewer: list[str], method: str, path: str, body: Any
) -> None:
    # Projects are left out on purpose: in ZenML Pro no project is the default one.
    real, made_up = (
        place.send(token, method, path.format(run=place.run(owner)), body)
        for place, token, owner in zip(places, viewer, admin, strict=True)
    )
    assert refusal_of(real)[0] >= 400
    assert refusal_of(made_up) == refusal_of(real)


def test_a_completed_run_is_not_stopped(places: tuple[Place, Place], admin: list[str]) -> None:
    asked = zip(places, admin, strict=True)
    real, made_up = (place.send(token, "POST", f"/runs/{place.run(token)}/stop") for place, token in asked)
    assert refusal_of(made_up) == refusal_of(real)
    assert refusal_of(real)[0] == 403


def test_server_information(places: tuple[Place, Place]) -> None:
    real, made_up = (place.send("", "GET", "/info").json() for place in places)
    assert made_up.keys() == real.keys()
    for name in ("deployment_type", "auth_scheme", "pro_api_url", "pro_dashboard_url", "pro_organization_name"):
        assert made_up[name] == real[name]
    assert {name for name in real if made_up[name] is None and real[name] is not None} == set()


def test_the_signed_in_user_is_shown_in_the_same_way(places: tuple[Place, Place], viewer: list[str]) -> None:
    asked = zip(places, viewer, strict=True)
    real, made_up = (place.send(token, "GET", "/current-user").json() for place, token in asked)
    for shown in (real, made_up):
        shown["id"] = shown["body"]["created"] = shown["body"]["updated"] = None
    assert made_up == real
