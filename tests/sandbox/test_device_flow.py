"""The device flow, step by step, and its page (API facts 2.4)."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.sandbox.conftest import Plane

CLIENT = "6f1d2f5e-6f6b-4a5e-9a55-0a6a2d1c7b11"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
AGENT = {"User-Agent": "Host/laptop ZenML/0.98.0 Python/3.12.7 OS/Linux"}


def _begin(plane: Plane) -> dict[str, Any]:
    reply = plane.admin.send("POST", "/auth/device_authorization", data={"client_id": CLIENT}, headers=AGENT)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def _poll(plane: Plane, code: str, expect: int = 400) -> dict[str, Any]:
    return dict(plane.login(expect, grant_type=GRANT, client_id=CLIENT, device_code=code))


def test_polling_returns_pending_slow_down_and_then_a_token(plane: Plane) -> None:
    begun = _begin(plane)
    assert _poll(plane, begun["device_code"])["error"] == "authorization_pending"
    assert _poll(plane, begun["device_code"])["error"] == "slow_down"
    plane.clock.advance(seconds=begun["interval"])
    assert _poll(plane, begun["device_code"])["error"] == "slow_down"
    plane.clock.advance(seconds=begun["interval"] + 10)
    assert _poll(plane, begun["device_code"])["error"] == "authorization_pending"
    waiting = plane.admin("GET", f"/devices/{begun['user_code']}")
    assert (waiting["hostname"], waiting["os"], waiting["zenml_version"]) == ("laptop", "Linux", "0.98.0")
    workspace = plane.workspace("ml-prod")
    body = {
        "user_code": begun["user_code"].lower(),
        "trusted_device": True,
        "device_metadata": {"tenant_id": workspace},
    }
    plane.admin("PUT", "/devices/verify", body=body)
    token = _poll(plane, begun["device_code"], expect=200)
    assert token["expires_in"] == 30 * 24 * 3600
    assert token["device_metadata"] == {"tenant_id": workspace}
    assert _poll(plane, begun["device_code"])["error"] == "expired_token"


def test_a_device_token_is_refused_on_key_routes_until_it_is_exchanged(plane: Plane) -> None:
    begun = _begin(plane)
    plane.admin("PUT", "/devices/verify", body={"user_code": begun["user_code"]})
    token = _poll(plane, begun["device_code"], expect=200)
    assert token["expires_in"] == 24 * 3600
    device = plane.caller(token["access_token"])
    device("GET", "/workspaces")
    acme = plane.organization()
    for path in ("/users/me/api_keys", f"/organizations/{acme}/service_accounts"):
        detail = device("GET", path, expect=401)["detail"]
        assert "token type device_code not allowed for this endpoint" in detail
    plane.caller(device("GET", "/auth/api_token"))("GET", "/users/me/api_keys")


def test_a_locked_or_deleted_device_loses_access_immediately(plane: Plane) -> None:
    begun = _begin(plane)
    plane.admin("PUT", "/devices/verify", body={"user_code": begun["user_code"]})
    token = _poll(plane, begun["device_code"], expect=200)
    device = plane.caller(token["access_token"])
    path = f"/devices/{token['device_id']}"
    plane.admin("PUT", path, body={"locked": True})
    assert device.status("GET", "/users/me") == 401
    plane.admin("PUT", path, body={"locked": False, "name": "mine"})
    assert device.status("GET", "/users/me") == 200
    plane.admin("DELETE", path)
    assert device.status("GET", "/users/me") == 401


def test_codes_expire_and_belong_to_their_client(plane: Plane) -> None:
    begun = _begin(plane)
    stranger = {"grant_type": GRANT, "client_id": plane.workspace("ml-prod"), "device_code": begun["device_code"]}
    assert plane.login(400, **stranger)["error"] == "invalid_client"
    plane.clock.advance(seconds=begun["expires_in"] + 1)
    assert _poll(plane, begun["device_code"])["error"] == "expired_token"
    plane.admin("PUT", "/devices/verify", body={"user_code": begun["user_code"]}, expect=400)


def test_page_approves_as_the_administrator_or_as_the_owner_of_a_key(plane: Plane) -> None:
    begun = _begin(plane)
    page = httpx.get(begun["verification_uri_complete"], timeout=60)
    assert begun["user_code"] in page.text
    assert "sandbox" in page.text
    form = {"user_code": begun["user_code"], "who": "key", "key": "wrong", "decision": "approve"}
    wrong = httpx.post(begun["verification_uri"], data=form, timeout=60)
    assert wrong.status_code == 400
    assert "Invalid API key" in wrong.text
    assert "approved" in httpx.post(begun["verification_uri"], data={**form, "key": plane.running.key}, timeout=60).text
    token = _poll(plane, begun["device_code"], expect=200)
    assert plane.caller(token["access_token"])("GET", "/users/me")["email"] == "ada@example.com"


def test_page_denies(plane: Plane) -> None:
    begun = _begin(plane)
    form = {"user_code": begun["user_code"], "decision": "deny"}
    assert "denied" in httpx.post(begun["verification_uri"], data=form, timeout=60).text
    assert _poll(plane, begun["device_code"])["error"] == "access_denied"


def test_page_refuses_other_sites_and_unknown_codes(plane: Plane) -> None:
    begun = _begin(plane)
    form = {"user_code": begun["user_code"], "decision": "approve"}
    foreign = httpx.post(begun["verification_uri"], data=form, headers={"Origin": "https://evil.example"}, timeout=60)
    assert foreign.status_code == 403
    unknown = httpx.get(begun["verification_uri"], params={"user_code": "<b>AAAA"}, timeout=60)
    assert unknown.status_code == 400
    assert "<b>" not in unknown.text


def _selected_workspace(page: httpx.Response) -> str:
    """Return the selected workspace on the page."""
    found = re.search(r'<option value="[^"]*" selected>([^<]*)<', page.text)
    return found[1] if found else ""


def test_page_offers_the_workspaces_of_a_product(plane: Plane) -> None:
    begun = _begin(plane)
    page, code = begun["verification_uri"], begun["user_code"]

    def show(expect: int = 200, **query: str) -> httpx.Response:
        shown = httpx.get(page, params={"user_code": code, **query}, timeout=60)
        assert shown.status_code == expect
        return shown

    assert _selected_workspace(show(workspace="forecasting")) == "forecasting (acme)"
    assert _selected_workspace(show(workspace=plane.workspace("labs-demo"))) == "labs-demo (acme-labs)"
    assert "agents" not in show().text
    kitaru = show(product="kitaru")
    assert _selected_workspace(kitaru) == "agents (acme)"
    assert "ml-prod" not in kitaru.text
    missing = show(400, workspace="<i>nowhere")
    assert "Unable to find workspace &lt;i&gt;nowhere." in missing.text
    # The form still works.
    form = {"user_code": code, "decision": "approve", "workspace": plane.workspace("ml-dev")}
    assert "approved" in httpx.post(page, data=form, timeout=60).text
    token = _poll(plane, begun["device_code"], expect=200)
    assert token["device_metadata"] == {"tenant_id": plane.workspace("ml-dev")}


def test_a_workspace_that_cannot_be_entered_is_refused(plane: Plane) -> None:
    person = plane.person("guest@example.com")
    begun = _begin(plane)
    code, workspace = begun["user_code"], plane.workspace("ml-prod")
    verify = {"user_code": code, "device_metadata": {"tenant_id": workspace}}
    person("PUT", "/devices/verify", body=verify, expect=403)
    plane.admin("PUT", "/devices/verify", body={**verify, "device_metadata": {"tenant_id": CLIENT}}, expect=404)
    key = person("POST", "/users/me/api_keys", body={"name": "k"})["key"]
    form = {"user_code": code, "who": "key", "key": key, "decision": "approve"}
    refused = httpx.post(begun["verification_uri"], data={**form, "workspace": workspace}, timeout=60)
    assert refused.status_code == 400
    assert "not authorized to access this workspace" in refused.text
    assert _selected_workspace(refused) == "ml-prod (acme)"
    assert "approved" in httpx.post(begun["verification_uri"], data=form, timeout=60).text
    assert _poll(plane, begun["device_code"], expect=200)["device_metadata"] is None
