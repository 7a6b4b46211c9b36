"""Take the pictures that the documentation shows, in light and dark: `python docs/screenshots.py [NAME …]`.

It needs what the tests need: the extra `test`, and a Chromium. Look at each picture before it is committed.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.browser import browser_page
from tests.support.lab import Lab, lab
from tests.support.sandbox import SandboxProcess

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1400, 2600  # pixels; high enough for the longest of them, which is taken without scrolling
COLORS = 256  # of a picture's palette: text on one ground needs no more, and the files stay small
FORM = ".zenpro-form"


@dataclass(frozen=True)
class Picture:
    """A cell, and the part of it that is taken: the whole cell, or its form."""

    name: str
    code: str
    part: str = ""


PICTURES = (
    Picture("status", "%zenpro"),
    Picture("users", "users = %zenpro users\nusers[~users.is_active].head(8)"),
    Picture("workspaces", "%zenpro workspaces"),
    Picture("assignments", "%zenpro assignments --workspace ml-prod --limit 12"),
    Picture("runs", "%zenpro runs --workspace ml-prod --hydrate --limit 12"),
    Picture("role", "%zenpro roles get 'Workspace Contributor'"),
    Picture("dry-run", "%zenpro workspaces create ml-vision --description 'What is in a picture' --dry-run"),
    Picture(
        "form-role",
        "%zenpro form roles assign 'Workspace Developer' --users grace@example.com --workspace ml-prod",
        FORM,
    ),
    Picture("form-workspace", "%zenpro form workspaces create ml-vision --description 'What is in a picture'", FORM),
)


def main(names: Sequence[str]) -> None:
    """Take the pictures of these names, or all."""
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    with tempfile.TemporaryDirectory() as folder, SandboxProcess(lifecycle_seconds=1) as plane:
        environment = {"ZENML_PRO_API_URL": plane.url, "ZENML_PRO_API_KEY": plane.key, "ZENPRO_ORGANIZATION": "acme"}
        with lab(Path(folder) / "lab", environment) as server:
            for theme in ("light", "dark"):
                with browser_page() as page:
                    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
                    _take(server, page, wanted, theme)


def _take(server: Lab, page: Page, wanted: Sequence[Picture], theme: str) -> None:
    made = server.open(page, ["%load_ext zenpro_nb", *(item.code for item in wanted)], theme=theme)
    page.keyboard.press("Control+b")  # the file browser goes, and the notebook is as wide as the page
    made.run(0)
    for number, item in enumerate(wanted, start=1):
        cell = made.run(number)
        shown = cell.locator(item.part).first if item.part else cell
        shown.wait_for()
        if item.part == FORM:  # looks names up before it says what will be sent
            shown.get_by_label("Request", exact=True).wait_for(state="attached")
            shown.locator(".zenpro-badge").wait_for()
        page.wait_for_timeout(1500)
        page.locator("#jp-main-statusbar").click()  # elsewhere: no cell is marked as the one being edited
        _save(shown.screenshot(), IMAGES / f"{item.name}-{theme}.png")


def _save(data: bytes, path: Path) -> None:
    """Write a picture with a small palette."""
    with Image.open(io.BytesIO(data)) as image:
        image.convert("RGB").quantize(COLORS, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
