"""DataFrames fill the page, fold columns when it is narrow, and are independent of other stylesheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page

from tests.frames.shown_frames import workspaces
from zenpro_nb import frames

pytestmark = pytest.mark.browser

_VISIBLE = """
() => {
  const box = document.querySelector(".zp-scroll"), shown = cell => cell.offsetParent !== null;
  const rows = [...document.querySelectorAll("tr")];
  const heads = [...document.querySelectorAll("thead th")].map(cell => cell.textContent);
  return {
    heads: heads.filter((_, place) => rows.some(row => shown(row.children[place]))),
    stacked: !shown(rows[0]),
    wide: box.scrollWidth > box.clientWidth, free: box.clientWidth - box.firstElementChild.offsetWidth,
    foot: document.querySelector(".zp-foot").innerText,
  };
}
"""
_STYLES = """
() => [...document.querySelectorAll(".zenpro-look *")].map(element => {
  const style = getComputedStyle(element);
  return [...style].filter(name => !name.startsWith("--")).map(name => `${name}:${style.getPropertyValue(name)}`);
})
"""
# Rules of other outputs for all tables of the page.
_HOSTILE = """<style>
table td, table th, .dataframe tbody tr th:only-of-type, div table.dataframe tbody tr:nth-child(odd) td {
  vertical-align: middle; text-align: right; background: red; font-weight: bold; white-space: normal; padding: 20px; }
table.dataframe { border: 3px solid; width: 100%; font-size: 30px; }
.dataframe tr { background: yellow; } [hidden] { display: none !important; }
</style>"""


def _page(tmp_path: Path, body: str, name: str = "page.html") -> str:
    file = tmp_path / name
    file.write_text(
        f"<!doctype html><meta charset=utf-8><body style='font-family:Arial,sans-serif'>{body}", encoding="utf-8"
    )
    return file.as_uri()


def test_columns_are_folded_when_the_page_is_full_and_not_before(page: Page, tmp_path: Path) -> None:
    frame = workspaces(20)
    page.goto(_page(tmp_path, str(frames.html(frame))))
    before: dict[str, Any] = {"heads": []}
    for width in (420, 700, 1000, 1400, 2600):
        page.set_viewport_size({"width": width, "height": 900})
        seen = page.evaluate(_VISIBLE)
        assert not seen["wide"], width
        assert len(seen["heads"]) > len(before["heads"])
        assert {"name", "status"} <= set(seen["heads"])
        folded = len(frame.columns) + 1 - len(seen["heads"])
        assert f"{folded} more column" in seen["foot"] if folded else "more column" not in seen["foot"]
        # A column of a few letters would fit into 240 pixels.
        assert seen["free"] < 240 or not folded
        before = seen


def _runs() -> pd.DataFrame:
    """A list with long names, in which nothing but the time tells the rows apart."""
    frame = pd.DataFrame(
        {
            "workspace": ["fraud-detection"] * 2,
            "name": ["card_fraud_batch_scoring-2026_12_01-12_26_34", "card_fraud_batch_scoring_schedule_of_the_night"],
            "status": ["completed"] * 2,
            "stack": ["aws-production-with-a-long-name", "default"],
            "user": ["andrew.hettner@example.com", "bo@example.com"],
            "index": [1, 2],
            "created": pd.to_datetime(["2026-11-30T05:00Z", "2026-11-26T05:00Z"]),
            "note": ["A sentence that can be read on two lines as well as on one.", "x"],
        }
    )
    deciding = ["name", "status", "created", "workspace", "user"]
    frame.attrs["zenpro"] = {
        "styles": {"status": "state"},
        "deciding": deciding,
        "time": "2026-12-01T06:00:00+00:00",
        "filters": {"workspace": "fraud-detection"},
    }
    return frame


# The number of lines of the first cell with this beginning.
_LINES = """beginning => {
  const cell = [...document.querySelectorAll("tbody td")].find(cell => cell.innerText.startsWith(beginning));
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size;
}"""


def test_names_and_times_are_wrapped_before_a_column_that_decides_is_folded(page: Page, tmp_path: Path) -> None:
    page.goto(_page(tmp_path, str(frames.html(_runs()))))
    lines = {}
    for width in (560, 600, 700, 800, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        seen = page.evaluate(_VISIBLE)
        assert not seen["wide"], width
        assert {"name", "status", "created"} <= set(seen["heads"]), width
        lines[width] = [page.evaluate(_LINES, beginning) for beginning in ("card", "2026-11")]
    assert lines[1400] == [1, 1]
    assert lines[560] == [2, 1]
    page.set_viewport_size({"width": 500, "height": 900})
    assert page.evaluate(_VISIBLE)["heads"] == ["", "name", "status", "created"]
    assert page.evaluate(_LINES, "2026-11") == 2
    assert page.evaluate("document.querySelector('tbody .zp-t').innerText.trim()") == "2026-11-30 05:00"


def test_an_email_address_is_not_torn(page: Page, tmp_path: Path) -> None:
    frame = _runs()[["user", "status", "note"]].assign(path="andrew.hettner@example.com → Workspace Admin → ml-prod")
    frame.attrs["zenpro"] = {"styles": {"status": "state", "path": "prose"}, "deciding": ["user", "path", "status"]}
    page.goto(_page(tmp_path, str(frames.html(frame))))
    for width in (420, 500, 560, 640):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate(_VISIBLE)["wide"], width
        assert page.evaluate(_LINES, "andrew") == 1, width


_WORD_LINES = """
word => {
  const cell = [...document.querySelectorAll("td")].find(cell => cell.innerText.startsWith(word));
  const range = document.createRange(), text = cell.firstChild;
  range.setStart(text, 0); range.setEnd(text, word.length);
  return range.getClientRects().length;
}
"""


def test_an_email_address_in_a_sentence_is_not_torn(page: Page, tmp_path: Path) -> None:
    email = "new.person@example.com"
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime(["2026-12-02T03:50Z", "2026-11-02T03:50Z"]),
            "outcome": ["done", "failed"],
            "target": [f"{email} as Organization Member in acme", "team Nightly in acme"],
            "server": ["http://127.0.0.1:37851", "http://127.0.0.1:34731"],
            "command_id": ["839bf57d", "f671e31c"],
        }
    )
    styles = {"outcome": "state", "target": "prose", "command_id": "id"}
    frame.attrs["zenpro"] = {"styles": styles, "deciding": ["time", "outcome", "target", "server", "command_id"]}
    page.goto(_page(tmp_path, str(frames.html(frame))))
    for width in (480, 520, 560, 600, 640, 700):
        page.set_viewport_size({"width": width, "height": 900})
        seen = page.evaluate(_VISIBLE)
        assert not seen["wide"], width
        assert {"time", "target"} <= set(seen["heads"]), width
        assert page.evaluate(_WORD_LINES, email) == 1, width


def test_words_of_a_sentence_are_torn_before_its_column_is_folded(page: Page, tmp_path: Path) -> None:
    checks = [["organization", "failed"], ["state directory of this machine", "ok"]]
    frame = pd.DataFrame(checks, columns=["check", "status"])
    frame["detail"] = ["https://cloudapi.example.com answers", "/home/andrew.hettner/.local/state/zenpro"]
    frame["fix"] = ["Set ZENML_PRO_ORGANIZATION_OF_THIS_SESSION to a name that is listed there", None]
    styles = {"status": "state", "fix": "prose", "detail": "prose"}
    frame.attrs["zenpro"] = {"styles": styles, "deciding": ["check", "status", "fix", "detail"]}
    page.goto(_page(tmp_path, str(frames.html(frame))))
    for width in (700, 760, 1000):
        page.set_viewport_size({"width": width, "height": 900})
        seen = page.evaluate(_VISIBLE)
        assert not seen["wide"], width
        assert seen["heads"] == ["", "check", "status", "detail", "fix"], width


def test_narrow_columns_take_the_space_of_a_folded_wide_one(page: Page, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"name": ["ops", "ml"], "note": ["x" * 49, "y"], "size": [1, 2], "kind": ["team", "team"], "id": ["a1", "b2"]}
    )
    frame.attrs["zenpro"] = {"styles": {"id": "id"}, "deciding": ["name"]}
    page.goto(_page(tmp_path, str(frames.html(frame))))
    page.set_viewport_size({"width": 400, "height": 900})
    assert page.evaluate(_VISIBLE)["heads"] == ["", "name", "size", "kind", "id"]
    assert "1 more column: note" in page.evaluate(_VISIBLE)["foot"]


_WRONG = """
columns => {
  const box = document.querySelector(".zp-scroll"), foot = document.querySelector(".zp-foot"), wrong = [];
  const rows = [...document.querySelectorAll("tbody tr")].slice(0, 3);
  const all = [...Array(rows[0].children.length).keys()];
  for (let width = 240; width < 1400; width += 0.4) {
    document.body.style.width = `${width}px`;
    const heads = all.filter(place => rows.some(row => row.children[place].offsetParent !== null)).length;
    const named = Number((foot.innerText.match(/(\\d+) more column/) || [0, 0])[1]);
    if (box.scrollWidth > box.clientWidth || heads + named !== columns) wrong.push([width, heads, named]);
  }
  return wrong;
}
"""


def test_at_every_width_the_table_fits_and_the_line_names_what_is_folded(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1500, "height": 900})
    review = _runs().assign(name=["andrew.hettner@example.com", "bo"], path=["Organization Viewer in acme", "x"])
    review.attrs["zenpro"] = {"styles": {"path": "prose", "status": "state"}, "deciding": ["name", "path", "status"]}
    for number, frame in enumerate((_runs(), workspaces(), review, _plan())):
        page.goto(_page(tmp_path, str(frames.html(frame)), f"{number}.html"))
        assert page.evaluate(_WRONG, len(frame.columns) + 1) == []


def _plan() -> pd.DataFrame:
    """A plan whose steps all have the same role, which no line names."""
    frame = pd.DataFrame(
        {
            "action": ["add", "remove"],
            "principal": ["alan.ramos@example.com", "mario.heras@example.com"],
            "role": ["Workspace Developer"] * 2,
            "scope": ["fraud-detection", None],
            "reason": ["It is in the file, and not in the organization.", "It is not in the file."],
            "fix": ["zenpro roles assign 'Workspace Developer' --user alan.ramos@example.com", "zenpro roles revoke"],
            "user_id": ["0edf5f35" * 4, "1edf5f35" * 4],
        }
    )
    styles = {"reason": "prose", "fix": "command", "user_id": "id"}
    deciding = ["action", "principal", "role", "scope", "reason", "fix"]
    frame.attrs["zenpro"] = {"styles": styles, "deciding": deciding}
    return frame


def test_what_decides_is_shown_at_every_width(page: Page, tmp_path: Path) -> None:
    vital = {"action", "principal", "role", "scope", "fix"}
    page.goto(_page(tmp_path, str(frames.html(_plan()))))
    for width in (300, 420, 520, 700, 1000, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        seen = page.evaluate(_VISIBLE)
        assert not seen["wide"], width
        assert vital <= set(seen["heads"]), width
        assert seen["stacked"] == (width < 700), width
        assert "user_id" in seen["foot"] or width >= 1000
    page.set_viewport_size({"width": 300, "height": 900})
    # Each cell is after its name, in one piece; one without a value is left out.
    assert page.evaluate("getComputedStyle(document.querySelector('td'), '::before').content") == '"action "'
    assert page.evaluate(_LINES, "alan") == 1
    texts = [" ".join(text.split()) for text in page.locator("tbody tr").all_inner_texts()]
    assert texts[1] == "1 remove mario.heras@example.com Workspace Developer zenpro roles revoke"


def test_a_name_of_a_column_cannot_end_the_stylesheet(page: Page, tmp_path: Path) -> None:
    name = 'a"}</style><b>\\'
    frame = pd.DataFrame({name: ["x" * 80], "b": ["y" * 80]})
    frame.attrs["zenpro"] = {"deciding": [name, "b"]}
    page.goto(_page(tmp_path, str(frames.html(frame))))
    page.set_viewport_size({"width": 300, "height": 900})
    assert page.evaluate(_VISIBLE)["stacked"]
    shown = page.evaluate("getComputedStyle(document.querySelector('td'), '::before').content")
    assert shown.replace("\\", "") == f'"{name} "'.replace("\\", "")


def test_a_box_that_adapts_to_its_content_shows_all_columns(page: Page, tmp_path: Path) -> None:
    frame = workspaces()[["name", "status", "version"]]
    page.goto(_page(tmp_path, f"<div style='display:inline-block'>{frames.html(frame)}</div>"))
    assert page.evaluate(_VISIBLE)["heads"] == ["", "name", "status", "version"]


def test_other_stylesheets_do_not_change_a_table(page: Page, tmp_path: Path) -> None:
    own = str(frames.html(workspaces()))
    other = pd.DataFrame({"a": [1, 2]})
    others = other._repr_html_() + other.style.highlight_max().to_html()
    page.goto(_page(tmp_path, own))
    alone = page.evaluate(_STYLES)
    page.goto(_page(tmp_path, own + others + _HOSTILE, "hostile.html"))
    assert len(alone) > 50
    assert page.evaluate(_STYLES) == alone


def test_other_tables_look_as_without_zenpro(page: Page, tmp_path: Path) -> None:
    other = (
        "<table class='dataframe'><thead><tr><th>a</th></tr></thead><tbody><tr><td hidden>x</td></tr></tbody></table>"
    )
    styles = _STYLES.replace(".zenpro-look *", ".dataframe, .dataframe *")
    page.goto(_page(tmp_path, other))
    alone = page.evaluate(styles)
    page.goto(_page(tmp_path, other + str(frames.html(workspaces())), "both.html"))
    assert page.evaluate(styles)[: len(alone)] == alone
