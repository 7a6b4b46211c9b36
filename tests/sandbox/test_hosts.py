"""The host names that a sandbox accepts, and pages that load nothing from other sites."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.conftest import Plane, Start
from tests.support.sandbox import SandboxProcess
from zenpro_nb.sandbox.http.middleware import accepts_host

ADDRESS = "203.0.113.7"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound to it
CLIENT = "6f1d2f5e-6f6b-4a5e-9a55-0a6a2d1c7b11"


OWN = ("127.0.0.1", "127.0.0.1:80", "localhost:9", "LOCALHOST", "127.9.9.9", "[::1]:80")
OTHERS = (
    "evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "[::1].evil.example",
    ADDRESS, EVERYWHERE, "[2001:db8::1]", "me@127.0.0.1", "127.0.0.1/x", "[", "",
)  # fmt: skip


def test_loopback_names_are_accepted_and_others_refused_before_any_route(plane: Plane) -> None:
    stranger = plane.caller(None)
    for path in ("/health", "/device", "/api/v1/server/info"):
        statuses = {host: stranger.send("GET", path, headers={"Host": host}).status_code for host in (*OWN, *OTHERS)}
        assert statuses == dict.fromkeys(OWN, 200) | dict.fromkeys(OTHERS, 421)


def test_a_page_with_a_rebound_name_gets_no_token(plane: Plane) -> None:
    """A rebound page can send forms to its own origin, which is the sandbox."""
    begun = plane.admin.send("POST", "/auth/device_authorization", data={"client_id": CLIENT}).json()
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    form = {"decision": "approve", "who": "admin", "user_code": begun["user_code"]}
    refused = plane.caller(None).send("POST", "/device", data=form, headers=headers)
    assert refused.status_code == 421
    assert "--host" in refused.json()["detail"]
    poll = plane.login(expect=400, client_id=CLIENT, device_code=begun["device_code"])
    assert poll["error"] == "authorization_pending"


def test_the_given_host_name_is_accepted_and_reported(start: Start) -> None:
    plane = start(host="127.0.0.2")
    assert plane.running.url.startswith("http://127.0.0.2:")
    assert plane.admin("GET", "/users/me")["email"] == "ada@example.com"
    with SandboxProcess(users=40, host="localhost") as named:
        assert named.url.startswith("http://localhost:")


@pytest.mark.parametrize(
    ("listens_on", "header", "passes"),
    [
        ("Sandbox.internal", "sandbox.internal:8000", True),
        ("sandbox.internal", "other.internal", False),
        (ADDRESS, f"{ADDRESS}:8000", True),
        (ADDRESS, "203.0.113.8", False),
        (EVERYWHERE, ADDRESS, True),
        ("::", "[2001:db8::1]:8000", True),
        (EVERYWHERE, "evil.example", False),
        ("127.0.0.1", None, False),
    ],
)
def test_the_rule(listens_on: str, header: str | None, passes: bool) -> None:
    assert accepts_host(listens_on)(header) is passes


def test_no_page_loads_anything_from_other_sites(plane: Plane) -> None:
    for path, status in (("/", 200), ("/device", 200), ("/docs", 404), ("/redoc", 404)):
        page = plane.caller(None).send("GET", path)
        assert page.status_code == status
        assert re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//""", page.text) == []
        assert "<script" not in page.text
