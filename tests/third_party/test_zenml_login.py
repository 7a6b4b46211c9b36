"""``zenml login`` by key and by the device page, and the lists that it shows afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.support.pro_server import ProServer
from tests.support.sandbox import SandboxProcess
from tests.third_party.clients import ZenmlHome, approval
from tests.third_party.conftest import PROJECT, WORKSPACE


def test_it_lists_the_accessible_servers(signed_in: ZenmlHome, plane: SandboxProcess) -> None:
    shown = signed_in.zenml("server", "list", "--all", "--pro-api-url", plane.url)
    workspaces = httpx.get(f"{plane.url}/workspaces", headers=plane.headers, timeout=60).json()
    for workspace in workspaces:
        assert workspace["name"] in shown
        assert workspace["id"] in shown
    row = next(line for line in shown.splitlines() if WORKSPACE in line)
    assert "acme" in row
    assert "0.98.0" in row


def test_it_lists_projects_and_stacks_of_the_server(signed_in: ZenmlHome) -> None:
    projects = json.loads(signed_in.zenml("project", "list", "--output=json"))
    assert [(item["name"], item["active"]) for item in projects["items"]] == [(PROJECT, True)]
    stacks = json.loads(signed_in.zenml("stack", "list", "--output=json"))
    assert [(item["name"], item["active"]) for item in stacks["items"]] == [("default", True)]


@pytest.mark.browser
def test_it_signs_in_by_the_device_page(plane: SandboxProcess, server: ProServer, tmp_path: Path) -> None:
    home = ZenmlHome(tmp_path, plane.url)
    waiting = home.begin("login", WORKSPACE, "--pro-api-url", plane.url)
    with approval(waiting) as page:
        chosen = page.get_by_label("Workspace to connect to")
        expect(chosen.locator("option:checked")).to_have_text(f"{WORKSPACE} (acme)")
        expect(page.get_by_text("A device wants to act for you")).to_be_visible()
    said = waiting.end()
    assert "Successfully logged in to ZenML Pro" in said
    assert f"Connected to ZenML Pro server: {WORKSPACE}" in said
    assert server.url in (tmp_path / "credentials.yaml").read_text()
