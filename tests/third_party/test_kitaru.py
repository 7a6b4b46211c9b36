"""kitaru, ZenML's other product and the newest client of the same API, signs in by key and by the device page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from tests.third_party.clients import KitaruHome, approval

COMMON = """
import asyncio, json, sys, uuid
from kitaru.client.control_plane import ControlPlaneSession
from kitaru.client.credential_store import CredentialStore

url, *rest = sys.argv[1:]
store = CredentialStore()
session = ControlPlaneSession(url, store)

async def workspace(token, id):
    found = await session.get_workspace(uuid.UUID(id), token)
    return {"name": found.name, "type": found.workspace_type, "status": found.status, "url": found.server_url}
"""

BY_KEY = (
    COMMON
    + """
key, wanted = rest

async def main():
    try:
        await session.login_with_api_key("ZENPROKEY_wrong")
    except Exception as error:
        refused = f"{type(error).__name__} {error}"
    token = await session.login_with_api_key(key)
    again = await session.get_token()
    shown = await workspace(again, wanted)
    await session.close()
    return {"refused": refused, "same": again == token.access_token, "workspace": shown,
            "stored": store.get_control_plane(url).api_key == key}

print(json.dumps(asyncio.run(main())))
"""
)

BY_DEVICE = (
    COMMON
    + """
async def main():
    def show(authorization):
        print(authorization.verification_uri_complete)
    token = await session.device_login_with_metadata(open_browser=False, prompt=show, workspace_id=rest[0] or None)
    shown = await workspace(token.access_token, token.device_metadata["tenant_id"])
    await session.close()
    return {"workspace": shown, "expires_in": token.expires_in}

print(json.dumps(asyncio.run(main())))
"""
)


@pytest.fixture
def kitaru(tmp_path: Path) -> KitaruHome:
    return KitaruHome(tmp_path)


@pytest.fixture
def previews(plane: SandboxProcess) -> Iterator[dict[str, str]]:
    """A second Kitaru workspace, created with kitaru's own request, and deleted at the end."""
    admin = {"helm_chart_version": "0.27.2", "image_repository": "r", "image_tag": "t", "environment_vars": {"A": "b"}}
    with httpx.Client(base_url=plane.url, headers=plane.headers, timeout=60) as client:
        body = {
            "name": "previews",
            "owner_id": client.get("/users/me").json()["id"],
            "organization_id": client.get("/organizations/acme").json()["id"],
            "workspace_type": "kitaru",
            "kitaru_service": {"configuration": {"admin": admin}},
        }
        response = client.post("/workspaces", json=body)
        assert response.status_code == 200, response.text
        yield dict(response.json())
        client.delete(f"/workspaces/{response.json()['id']}").raise_for_status()


def test_it_signs_in_by_key(plane: SandboxProcess, kitaru: KitaruHome) -> None:
    agents = httpx.get(f"{plane.url}/workspaces/agents", headers=plane.headers, timeout=60).json()
    told = json.loads(kitaru.python(BY_KEY, plane.url, plane.key, agents["id"]))
    assert told["refused"].startswith("AuthenticationError 401")
    assert (told["same"], told["stored"]) == (True, True)
    url = agents["kitaru_service"]["status"]["server_url"]
    assert told["workspace"] == {"name": "agents", "type": "kitaru", "status": "available", "url": url}


@pytest.mark.browser
def test_it_signs_in_by_the_device_page(plane: SandboxProcess, kitaru: KitaruHome, previews: dict[str, str]) -> None:
    waiting = kitaru.begin(BY_DEVICE, plane.url, previews["id"])
    with approval(waiting) as page:
        chosen = page.get_by_label("Workspace to connect to")
        expect(chosen.locator("option:checked")).to_have_text("previews (acme)")
        # The page that it opened belongs to Kitaru: it lists its workspaces, and no others.
        expect(chosen.locator("option")).to_have_text(["agents (acme)", "previews (acme)", "none"])
        page.get_by_label("Trust this device").check()
    told = json.loads(waiting.end().splitlines()[-1])
    assert (told["workspace"]["name"], told["workspace"]["type"]) == ("previews", "kitaru")
    assert told["expires_in"] == 30 * 24 * 3600


def test_zenpro_authorizes_its_device(plane: SandboxProcess, kitaru: KitaruHome) -> None:
    waiting = kitaru.begin(BY_DEVICE, plane.url, "")
    try:
        (code,) = parse_qs(urlsplit(waiting.address()).query)["user_code"]
        with zenpro_nb.connect(url=plane.url, api_key=plane.key) as connection:
            connection.run("devices", "verify", code, "--workspace", "agents", "--yes")
        told = json.loads(waiting.end().splitlines()[-1])
    finally:
        waiting.stop()
    assert told["workspace"]["name"] == "agents"
