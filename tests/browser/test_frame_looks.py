"""DataFrames are readable in the output of nbconvert, in light and dark, and their text can be selected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page

from tests.frames.shown_frames import workspaces
from zenpro_nb import frames

pytestmark = pytest.mark.browser

LEAST_CONTRAST = 4.5  # between text and background, WCAG 2.2 level AA

_MEASURE = """
selector => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const over = ([r, g, b, a = 1], ground) => [r, g, b].map((v, at) => v * a + ground[at] * (1 - a));
  const ground = over(parse(getComputedStyle(document.body).backgroundColor), [255, 255, 255]);
  return [...document.querySelectorAll(selector)].map(one => {
    const [x, y] = [light(over(parse(getComputedStyle(one).color), ground)), light(ground)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  });
}
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("card", [False, True])
def test_frames_are_legible(page: Page, tmp_path: Path, theme: str, card: bool) -> None:
    frame = workspaces(sandbox=True, view="card").head(1 if card else 2)
    file = tmp_path / "page.html"
    file.write_text(_export({"text/html": frames.html(frame)}, theme), encoding="utf-8")
    # The theme of the page takes precedence over the system setting.
    page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
    page.goto(file.as_uri())
    measured = page.evaluate(
        _MEASURE, ".zenpro-look th, .zenpro-look td, .zenpro-look .zp-foot, .zenpro-look .zp-state"
    )
    assert len(measured) > 10
    assert min(measured) >= LEAST_CONTRAST
    page.get_by_text("available").first.dblclick()
    assert page.evaluate("getSelection().toString().trim()") == "available"


def _export(data: dict[str, Any], theme: str) -> str:
    """The exported page of a notebook with this output."""
    output = nbformat.v4.new_output("display_data", data=data)
    cell = nbformat.v4.new_code_cell("%zenpro workspaces", outputs=[output])
    text: str = HTMLExporter(theme=theme).from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))[0]
    return text
