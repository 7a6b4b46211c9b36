"""An interactive table in JupyterLab: search, sorting and pages without a network, in the colors of the theme."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.support.lab import Lab

pytestmark = pytest.mark.browser

_CELLS = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"


def _rows(notebook_cell: object) -> list[list[str]]:
    rows: list[list[str]] = notebook_cell.locator(".dt-container tbody tr").evaluate_all(_CELLS)  # type: ignore[attr-defined]
    return rows


def test_search_sort_and_pages(notebook: Open, server: Lab, page: Page) -> None:
    questions: list[str] = []
    page.on("request", lambda request: questions.append(request.url))
    notebook_page = notebook(
        # Other tests create workspaces in the same sandbox.
        "sizes = %zenpro workspaces --columns name,status,created --until 1d --show table\n"
        "sizes['storage'] = [9_000 * 7 ** number for number in range(len(sizes))]\n"
        "sizes.attrs['zenpro']['styles']['storage'] = 'bytes'\nsizes",
        "sizes.head(3)",
    )
    cell = notebook_page.run(1)
    expect(cell.locator(".dt-info")).to_contain_text("1 to 10 of 12")
    sizes = [row[3] for row in _rows(cell)]
    assert sizes[0] == "9 kB"
    cell.locator("thead").first.get_by_text("storage").click()
    expect(cell.locator(".dt-container tbody tr").first).to_contain_text("9 kB")
    cell.locator("thead").first.get_by_text("storage").click()
    expect(cell.locator(".dt-container tbody tr").first).to_contain_text("TB")

    assert _rows(cell)[-1][3] == sizes[2]
    cell.locator("input[type=search]").fill("vision")
    expect(cell.locator(".dt-info")).to_contain_text("1 to 1 of 1")
    assert _rows(cell)[0][:2] == ["vision-lab", "failed"]
    second = notebook_page.run(2)
    expect(second.locator(".dt-info")).to_contain_text("1 to 3 of 3")
    assert [
        url for url in questions if not url.startswith((server.url, "blob:", "data:", server.url.replace("http", "ws")))
    ] == []
    ground = cell.locator(".dt-container").evaluate("element => getComputedStyle(element).backgroundColor")
    assert ground == "rgba(0, 0, 0, 0)"
