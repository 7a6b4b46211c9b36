"""Browser login from a cell through the page of the sandbox, in JupyterLab and in Notebook 7."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import browser_page
from tests.support.lab import PATIENCE, Lab, NotebookPage, lab
from tests.support.sandbox import SandboxProcess

pytestmark = pytest.mark.browser

CELLS = ["%load_ext zenpro_nb", "%zenpro login --browser", "%zenpro api-keys", "%zenpro"]


@pytest.fixture(scope="module")
def server(sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab whose kernels have the address of the sandbox but no credential."""
    nothing = dict.fromkeys(("ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENPRO_PROFILE"), "")
    with lab(tmp_path_factory.mktemp("lab"), {**nothing, "ZENML_PRO_API_URL": sandbox.url}) as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as found:
        yield found


def _begin(notebook: NotebookPage) -> str:
    """Start the login, and return the code that the cell shows."""
    notebook.run(0)
    notebook.begin(1)
    code = notebook.output(1).locator("b code")
    expect(code).to_have_text(re.compile(r"^[A-Z]{4}-[A-Z]{4}$"), timeout=PATIENCE)
    return code.inner_text()


def _decide(page: Page, notebook: NotebookPage, code: str, button: str) -> None:
    """Follow the link in the cell, compare the code, and press a button on the page."""
    with page.context.expect_page() as opened:
        notebook.output(1).get_by_role("link").click()
    confirm = opened.value
    expect(confirm.get_by_label("Code shown on the device")).to_have_value(code)
    expect(confirm.get_by_text("zenpro-nb").or_(confirm.get_by_text("A device wants to act for you"))).to_be_visible()
    confirm.get_by_role("button", name=button).click()
    expect(confirm.get_by_text(re.compile("approved|denied")).first).to_be_visible()
    confirm.close()


def test_a_login_that_is_approved(server: Lab, page: Page) -> None:
    notebook = server.open(page, CELLS)
    code = _begin(notebook)
    _decide(page, notebook, code, "Approve")
    expect(notebook.output(1).last).to_contain_text("ada@example.com", timeout=PATIENCE)
    expect(notebook.output(1).last).to_contain_text("browser login")
    # The route for keys refuses a device token, so zenpro exchanges it automatically.
    notebook.run(2)
    expect(notebook.cell(2)).not_to_contain_text("Error")
    assert "eyJ" not in str(notebook.save())


def test_a_login_that_is_denied(server: Lab, page: Page) -> None:
    notebook = server.open(page, CELLS, app="notebooks")
    code = _begin(notebook)
    _decide(page, notebook, code, "Deny")
    expect(notebook.output(1).last).to_have_text(
        "CredentialError: The login was refused in the browser. Start the login again.", timeout=PATIENCE
    )


def test_a_login_that_is_canceled_by_the_stop_button(server: Lab, page: Page) -> None:
    notebook = server.open(page, CELLS, app="notebooks")
    _begin(notebook)
    page.locator(".jp-NotebookPanel-toolbar [data-command='notebook:interrupt-kernel']").first.click()
    expect(notebook.output(1).last).to_have_text(
        "CredentialError: The login was canceled. Start the login again.", timeout=PATIENCE
    )
    notebook.ran = 2
    notebook.run(3)
    expect(notebook.output(3)).to_contain_text("not signed in")
