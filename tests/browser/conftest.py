"""A notebook server and a Chromium for tests of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.browser import chromium
from tests.support.lab import Lab, NotebookPage, lab
from tests.support.sandbox import SandboxProcess


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab and Notebook 7."""
    with lab(tmp_path_factory.mktemp("lab"), {}) as running:
        yield running


@pytest.fixture(scope="session")
def plane() -> Iterator[SandboxProcess]:
    """A sandbox whose workspaces take a moment to change state, so tests can see each state."""
    with SandboxProcess(lifecycle_seconds=1) as running:
        yield running


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """A browser that has loaded the scripts of JupyterLab once for the tests of a file."""
    with chromium() as browser:
        yield browser.new_context()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page with the width of half a screen."""
    blank = context.new_page()
    blank.set_viewport_size({"width": 1000, "height": 1100})
    yield blank
    blank.close()


Open = Callable[..., NotebookPage]


@pytest.fixture
def notebook(server: Lab, page: Page, plane: SandboxProcess, tmp_path: Path) -> Open:
    """``notebook("%zenpro form roles assign", app="notebooks")``: cells after one that loads the extension."""

    def open_page(*cells: str, url: str = plane.url, app: str = "lab/tree", **variables: str) -> NotebookPage:
        settings = {"ZENML_PRO_API_KEY": plane.key, "ZENPRO_ORGANIZATION": "acme", **variables}
        settings |= {"ZENML_PRO_API_URL": url, "ZENPRO_STATE_DIR": str(tmp_path)}
        # Not with %env, which would print the key on the page.
        first = f"import os; os.environ.update({settings!r})\n%load_ext zenpro_nb"
        made = server.open(page, [first, *cells], app=app)
        made.run(0)
        return made

    return open_page
