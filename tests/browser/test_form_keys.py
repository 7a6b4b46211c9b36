"""A form sends only when its button is activated, regardless of other keys and clicks."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NotThere

from tests.browser.conftest import Open
from tests.support.cutting import Cutter, cutting
from tests.support.lab import PATIENCE
from tests.support.sandbox import SandboxProcess

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE)

SEQUENCES = int(os.environ.get("ZENPRO_SEQUENCES", "6"))  # per form and application, with and without scripts
STEPS = 8
KEYS = ("Enter", "Enter", "Enter", "Tab", "Tab", "Shift+Tab", "Space", "Space", "ArrowDown", "Escape")
WORDS = ("ml-staging", "acme-labs", "acme", "Vision", "grace@example.com", "Workspace Viewer", "x", "t-by-keys")
FORMS = ("roles assign 'Workspace Viewer'", "workspaces create")
FIELDS = "input:visible, summary:visible, :is(.zenpro-browse, .zenpro-matches button, .zenpro-chips button):visible"
# The stylesheet without handlers, as in front ends that do not run them (VS Code).
WITHOUT_SCRIPTS = "from zenpro_nb.forms.widgets import html; html._KEYS = ''"


@pytest.fixture
def proxy(plane: SandboxProcess) -> Iterator[Cutter]:
    """A proxy between the kernel and the sandbox."""
    with cutting(plane.url) as cutter:
        yield cutter


def focus(page: Page) -> str:
    """The target of the keys: a field of the form, one of its two buttons, or something else."""
    found: str = page.evaluate(
        """() => {
            const here = document.activeElement;
            if (!here?.closest('.zenpro-form')) return 'elsewhere';
            if (here.matches('.zenpro-send') || here.textContent === 'Cancel') return 'button';
            return here.matches('input[type=text]') ? 'line' : 'other field';
        }"""
    )
    return found


def click(form: Locator, dice: random.Random) -> None:
    """Click something other than a button of the form, if it still exists."""
    fields = form.locator(FIELDS)
    try:
        fields.nth(dice.randrange(max(1, fields.count()))).click(timeout=1000)
    except NotThere:
        form.locator("input:visible").first.focus()


def act(page: Page, form: Locator, dice: random.Random) -> None:
    """One user action: a word, a key or a click, never with the focus on a button of the form.

    Words are typed only into inputs. Elsewhere, letters are shortcuts of the notebook: x cuts the cell.
    """
    at = focus(page)
    what = dice.choice(("word", "key", "key", "click"))
    if at == "elsewhere" or what == "click":
        click(form, dice)
    elif at == "button":
        page.keyboard.press(dice.choice(("Tab", "Shift+Tab")))
    elif what == "word" and at == "line":
        page.keyboard.type(dice.choice(WORDS))
    else:
        page.keyboard.press(dice.choice(KEYS))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
@pytest.mark.parametrize("line", FORMS)
def test_no_sequence_of_keys_and_clicks_sends_without_the_button(
    notebook: Open, page: Page, proxy: Cutter, app: str, line: str, scripts: bool
) -> None:
    writes: list[str] = []

    def note(method: str, path: str) -> bool:
        if method != "GET" and path != "/auth/login":
            writes.append(f"{method} {path}")
        return False

    proxy.wanted = note
    notebook_page = notebook(
        "scripts = True" if scripts else WITHOUT_SCRIPTS,
        f"handle = %zenpro form {line}\nhandle",
        "print('pressed' if handle.form._controller._press else 'never pressed')",
        url=proxy.url,
        app=app,
    )
    notebook_page.run(1)
    form = notebook_page.run(2)
    expect(form.get_by_label("Organization")).to_have_value("acme")
    for number in range(SEQUENCES):
        dice = random.Random(f"{app} {line} {number}")
        for _ in range(STEPS):
            act(page, form, dice)
    expect(notebook_page.run(3)).to_contain_text("never pressed")
    assert writes == []


@pytest.mark.parametrize("how", ["click", "Enter", "Space"])
def test_each_way_to_activate_the_button_sends(notebook: Open, page: Page, how: str) -> None:
    name = "t-" + uuid.uuid4().hex[:10]
    notebook_page = notebook("%zenpro form teams create")
    form = notebook_page.run(1)
    form.get_by_label("Name *").fill(name)
    page.keyboard.press("Enter")
    expect(form.get_by_label("Command")).to_contain_text(name)
    send = form.get_by_role("button", name="Create", exact=True)
    if how == "click":
        send.click()
    else:
        send.focus()
        page.keyboard.press(how)
    expect(form.get_by_text(f"✓ Done: created team {name}")).to_be_visible()


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_a_press_after_a_long_cell_is_shown_as_waiting_and_then_as_not_sent(
    notebook: Open, page: Page, app: str
) -> None:
    name = "t-" + uuid.uuid4().hex[:10]
    notebook_page = notebook(
        "from zenpro_nb import limits; limits.FORM_BUSY = 1.0; import threading; gate = threading.Event()",
        f"%zenpro form teams create {name}",
        f"threading.Timer(4.0, gate.set).start(); gate.wait({PATIENCE})",
        app=app,
    )
    notebook_page.run(1)
    form = notebook_page.run(2)
    expect(form.get_by_label("Organization")).to_have_value("acme")
    busy = form.get_by_text("The kernel is busy.")
    expect(busy).to_be_hidden()
    notebook_page.begin(3)
    form.get_by_role("button", name="Create", exact=True).click()
    expect(busy).to_be_visible()
    notice = form.get_by_text("Nothing was sent: the kernel had been busy for")
    expect(notice).to_be_visible()
    expect(busy).to_be_hidden()
    form.get_by_role("button", name="Create", exact=True).click()
    expect(form.get_by_text(f"✓ Done: created team {name}")).to_be_visible()
