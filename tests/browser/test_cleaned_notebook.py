"""A cleaned notebook opens in JupyterLab with its outputs and without the original names.

The notebook is not trusted there, so JupyterLab shows neither SVG nor stylesheets.
"""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.sharing.canaries import ADDRESS, data, notebook, stream, users
from tests.support.lab import Lab, NotebookPage
from zenpro_nb import frames
from zenpro_nb.sharing import cleaning, notebook_file

pytestmark = pytest.mark.browser


def test_a_cleaned_notebook_opens_with_its_outputs(server: Lab, page: Page) -> None:
    notebook_page = notebook(data("text/html", frames.html(users())), stream(f"sent to {ADDRESS}"))
    cleaned = cleaning.with_pseudonyms(nbformat.from_dict(notebook_page))
    notebook_file.write(cleaned, server.folder / "cleaned.ipynb")
    server.show(page, "cleaned.ipynb")
    shown = NotebookPage(page, server.folder / "cleaned.ipynb")
    table = shown.output(2).locator("table")
    expect(table).to_contain_text("@pseudonym.example")
    expect(table).to_contain_text("Ducks Ltd")
    expect(shown.output(3)).to_contain_text("sent to ")
    assert "quackenbush" not in page.content().casefold()
