"""The device page in a real browser."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.support.browser import browser_page
from tests.support.sandbox import SandboxProcess

pytestmark = pytest.mark.browser

CLIENT = "6f1d2f5e-6f6b-4a5e-9a55-0a6a2d1c7b11"


@pytest.mark.parametrize(
    ("button", "status", "answer"),
    [("Approve", 200, "access_token"), ("Deny", 400, "error")],
)
def test_a_user_approves_or_denies(sandbox: SandboxProcess, button: str, status: int, answer: str) -> None:
    begun = httpx.post(f"{sandbox.url}/auth/device_authorization", data={"client_id": CLIENT}, timeout=60).json()
    with browser_page() as page:
        page.goto(begun["verification_uri_complete"])
        expect(page.get_by_label("Code shown on the device")).to_have_value(begun["user_code"])
        expect(page.get_by_text("not ZenML Pro")).to_be_visible()
        page.get_by_label("Trust this device").check()
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_contain_text(re.compile("signed in|refused"))
    reply = _poll(sandbox, begun["device_code"])
    assert reply.status_code == status
    assert answer in reply.json()


def test_the_owner_of_a_key_approves(sandbox: SandboxProcess) -> None:
    begun = httpx.post(f"{sandbox.url}/auth/device_authorization", data={"client_id": CLIENT}, timeout=60).json()
    with browser_page() as page:
        page.goto(begun["verification_uri"])
        page.get_by_label("Code shown on the device").fill(begun["user_code"])
        page.get_by_label("The owner of this key").check()
        page.get_by_label("API key").fill("wrong")
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("alert")).to_contain_text("Invalid API key")
        page.get_by_label("The owner of this key").check()
        page.get_by_label("API key").fill(sandbox.key)
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("status")).to_contain_text("signed in")
    token = _poll(sandbox, begun["device_code"]).json()
    assert token["expires_in"] == 24 * 3600


def _poll(sandbox: SandboxProcess, code: str) -> httpx.Response:
    form: dict[str, Any] = {"client_id": CLIENT, "device_code": code}
    return httpx.post(f"{sandbox.url}/auth/login", data=form, timeout=60)
