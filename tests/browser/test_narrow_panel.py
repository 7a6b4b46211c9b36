"""Cards and the tables of forms are readable in a panel beside the notebook."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page

from zenpro_nb.forms.widgets.html import line, table
from zenpro_nb.ui.cards import Card

pytestmark = pytest.mark.browser

NARROW, WIDE = 300, 800  # pixels
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_VALUE = "document.querySelector('.zp-facts td').getBoundingClientRect()"
_LABEL = "document.querySelector('.zp-facts th').getBoundingClientRect()"


def test_labels_of_a_card_move_above_their_values(page: Page, tmp_path: Path) -> None:
    value = "users onboard, offboard, create, activate, deactivate, delete, update · invitations create, accept"
    card = Card("Forms by task", [("keys and service accounts", value)], next_steps=["%zenpro form users onboard"])
    page.goto(_page(tmp_path, card._repr_html_()))
    page.set_viewport_size({"width": WIDE, "height": 600})
    assert page.evaluate(f"{_VALUE}.top == {_LABEL}.top && {_VALUE}.left > {_LABEL}.right - 1")
    page.set_viewport_size({"width": NARROW, "height": 600})
    assert page.evaluate(f"{_VALUE}.top >= {_LABEL}.bottom && {_VALUE}.left == {_LABEL}.left")
    assert page.evaluate(f"{_VALUE}.width") > NARROW / 2
    assert not page.evaluate(_TOO_WIDE)


def test_a_card_has_its_width_where_the_page_adapts_to_it(page: Page, tmp_path: Path) -> None:
    card = Card("ops", [("members", "12")])
    page.goto(_page(tmp_path, f"<div style='display:inline-block'>{card._repr_html_()}</div>"))
    assert page.evaluate(f"{_VALUE}.top == {_LABEL}.top")


def test_the_preview_of_a_form_stays_inside(page: Page, tmp_path: Path) -> None:
    css = files("zenpro_nb.forms.widgets").joinpath("form.css").read_text(encoding="utf-8")
    rows = [("narcisa.normand@example.com", "none", "gets Workspace Developer")]
    html = f"<style>{css}</style><div class='zenpro-form'>{table(('Principal', 'Current roles', 'After'), rows)}</div>"
    page.goto(_page(tmp_path, html))
    page.set_viewport_size({"width": 280, "height": 600})
    assert not page.evaluate(_TOO_WIDE)


# The words of the command that are on more than one line.
_BROKEN = """() => {
  const found = [], walker = document.createTreeWalker(document.querySelector('pre'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    for (const word of walker.currentNode.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, word.index);
      range.setEnd(walker.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) found.push(word[0]);
    }
  }
  return found;
}"""


def test_the_command_of_a_form_breaks_at_blanks(page: Page, tmp_path: Path) -> None:
    css = files("zenpro_nb.forms.widgets").joinpath("form.css").read_text(encoding="utf-8")
    command = line("%zenpro roles assign 'Workspace Contributor' --team Platform --org acme --workspace ml-prod", "")
    # JupyterLab lets the lines of an output break in the middle of words.
    jupyter = "<style>pre { word-break: break-all; word-wrap: break-word }</style>"
    page.goto(_page(tmp_path, f"{jupyter}<style>{css}</style><div class='zenpro-form'>{command}</div>"))
    for width in (240, *range(300, 700, 20)):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate(_BROKEN) == [], width
        assert not page.evaluate(_TOO_WIDE), width


def _page(tmp_path: Path, body: str) -> str:
    file = tmp_path / "page.html"
    file.write_text(
        f"<!doctype html><meta charset=utf-8><body style='font-family:Arial,sans-serif'>{body}", encoding="utf-8"
    )
    return file.as_uri()
