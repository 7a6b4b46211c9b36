"""The first five minutes in JupyterLab: a DataFrame, Tab, a typo, an expired token, and the demo."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.support.lab import PATIENCE
from tests.support.listening import when_listening
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import BearerToken, Client

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE)


def test_a_frame_tab_and_a_typo(notebook: Open, page: Page) -> None:
    notebook_page = notebook("users = %zenpro users\nusers.head()", "df = %zenpro us", "%zenpro usres", "%zenpro")
    expect(notebook_page.run(1).locator("table.dataframe")).to_contain_text("ada@example.com")
    notebook_page.cell(2).locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Tab")
    # Only the noun and the command, and no names of the notebook.
    expect(page.locator(".jp-Completer-item .jp-Completer-match")).to_have_text(["usage", "use", "users"])
    page.keyboard.press("Escape")
    typo = notebook_page.run(3)
    expect(typo.locator(".jp-OutputArea-output")).to_have_text(re.compile(r"^UsageError: .*Did you mean 'users'"))
    assert "\n" not in typo.locator(".jp-OutputArea-output").inner_text().strip()
    expect(notebook_page.run(4)).to_contain_text("sandbox, not ZenML Pro")


def test_an_expired_token_says_how_to_get_a_new_one(notebook: Open) -> None:
    with SandboxProcess(token_life=0.001) as plane, Client(plane.url, None) as client:
        answer = client.request("POST", "/auth/login", form={"password": plane.key}).json()
        assert isinstance(answer, dict)
        token = BearerToken(answer["access_token"])
        page = notebook("%zenpro users", url=plane.url, ZENML_PRO_API_KEY="", ZENML_PRO_API_TOKEN=token.secret.reveal())
        expect(page.run(1).locator(".jp-OutputArea-output")).to_have_text(
            re.compile("^TokenExpiredError: .*API Tokens")
        )


def test_the_demo_opens_the_quickstart_and_stops_at_ctrl_c(page: Page, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "zenpro_nb", "demo", "--no-browser", "--dir", str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "ZENPRO_"))}
    demo = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True, cwd=tmp_path
    )
    assert demo.stderr is not None
    try:
        lines = []
        for line in demo.stderr:
            lines.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/lab\S+", line):
                break
        else:
            pytest.fail("the demo did not say where it is: " + "".join(lines))
        # The demo prints the address a moment before JupyterLab listens there.
        when_listening(found.group(), patience=PATIENCE / 1000)
        page.goto(found.group())
        expect(page.get_by_role("heading", name="What is in my organization?")).to_be_visible()
        expect(page.get_by_text("Would you like to get notified")).to_have_count(0)
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        rest = demo.communicate()[1]
    assert demo.returncode == 0
    assert "have stopped" in rest
