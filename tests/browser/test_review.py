"""A review with the keyboard, in JupyterLab and Notebook 7, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.lab import PATIENCE
from zenpro_nb.inventory import Reviews

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE)


def decisions(state: Path) -> list[tuple[str, str]]:
    """The decisions in the file of the only review."""
    (kept,) = Reviews(state / "reviews").every()
    return [(row.decision, row.justification) for row in kept.review.rows if row.decision]


def of_how_many(form: Locator) -> str:
    """The number of rows to decide. Other tests change roles in the same sandbox."""
    progress = form.get_by_text(re.compile(r"0 of \d+ decided"))
    expect(progress).to_be_visible()
    return progress.inner_text().split(" of ")[1].split(" ")[0]


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_keys_decide_and_the_notebook_hears_none_of_them(notebook: Open, page: Page, tmp_path: Path, app: str) -> None:
    notebook_page = notebook(
        "_ = %zenpro reviews create q4 --workspace ml-prod", "%zenpro form review q4", "1 + 1", app=app
    )
    notebook_page.run(1)
    form, keys = notebook_page.run(2), page.keyboard
    cells = page.locator(".jp-Cell").count()
    expect(form.get_by_role("heading", name="Review q4 of ml-prod")).to_be_visible()
    rows = of_how_many(form)
    form.get_by_role("heading", name="Review q4 of ml-prod").click()  # anywhere in the form
    first = form.locator(".zenpro-person b").inner_text()
    keys.press("k")
    expect(form.get_by_text(f"1 of {rows} decided")).to_be_visible()
    keys.press("w")
    expect(form.get_by_label("Why")).to_be_focused()
    keys.type("drk left")  # letters in the field are not keys of the form
    keys.press("Enter")
    expect(form.get_by_label("Why")).not_to_be_focused()
    form.get_by_role("heading", name="Review q4 of ml-prod").click()
    keys.press("r")
    expect(form.get_by_text(f"2 of {rows} decided · 1 to revoke")).to_be_visible()
    for key, count in (("d", 1), ("d", 2)):  # the notebook would cut the cell
        keys.press(key)
        expect(form.get_by_text(f"2 of {rows} decided · {count} undecided")).to_be_visible()
    expect(form.locator(".zenpro-person b")).not_to_have_text(first)
    shown = form.locator(".zenpro-person b").inner_text()
    keys.press("ArrowRight")
    expect(form.locator(".zenpro-person b")).not_to_have_text(shown)
    keys.press("ArrowLeft")
    expect(form.locator(".zenpro-person b")).to_have_text(shown)
    keys.press("n")
    keys.press("p")
    expect(form.locator(".zenpro-person b")).to_have_text(shown)
    assert page.locator(".jp-Cell").count() == cells
    assert decisions(tmp_path) == [("keep", ""), ("revoke", "drk left"), ("don't-know", ""), ("don't-know", "")]


def test_a_kernel_that_dies_loses_nothing(notebook: Open, page: Page, tmp_path: Path) -> None:
    notebook_page = notebook("_ = %zenpro reviews create q4 --workspace ml-prod", "%zenpro form review q4")
    notebook_page.run(1)
    form = notebook_page.run(2)
    rows = of_how_many(form)
    form.get_by_role("button", name=re.compile("Keep")).click()
    expect(form.get_by_text(f"1 of {rows} decided")).to_be_visible()
    notebook_page.restart_kernel()
    expect(form.get_by_text("This form no longer works")).to_be_visible()
    expect(form.get_by_text(f"1 of {rows} decided")).to_be_visible()
    assert decisions(tmp_path) == [("keep", "")]
