"""The pickers of forms in a real browser: what they show, and what the keyboard does in them."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.support.lab import PATIENCE
from tests.support.sandbox import SandboxProcess
from zenpro_nb import limits

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE)

USERS = re.compile(r"^Users")  # the help follows in its label


def test_typing_replaces_the_text_of_a_field_with_a_choice(notebook: Open, page: Page) -> None:
    form = notebook("%zenpro form roles assign 'Workspace Viewer' --org acme").run(1)
    role, organization = form.get_by_label("Role *"), form.get_by_label(re.compile("^Organization"))
    expect(role).to_have_value("Workspace Viewer")
    role.click()
    page.keyboard.type("workspace dev")
    expect(role).to_have_value("workspace dev")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")  # back to the text that is being typed
    page.keyboard.type("e")
    expect(role).to_have_value(re.compile("workspace dev"))  # with the letter, wherever the cursor is
    organization.focus()
    page.keyboard.type("acme-l")
    expect(organization).to_have_value("acme-l")


def test_a_picker_with_arrow_keys_shows_only_matches(notebook: Open, page: Page) -> None:
    notebook_page = notebook("%zenpro form roles assign")
    form, keys = notebook_page.run(1), page.keyboard
    choices = form.locator(".zenpro-matches button:visible")
    help_text = form.get_by_text("Name or ID of the role.")
    expect(help_text).to_be_hidden()
    form.get_by_label("Role *").focus()
    expect(help_text).to_be_visible()
    keys.type("workspace")
    expect(choices.first).to_have_text("Workspace Admin · workspace")
    keys.press("ArrowDown")
    expect(choices.first).to_be_focused()
    keys.press("ArrowDown")
    expect(choices.nth(1)).to_be_focused()
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    expect(form.get_by_label("Role *")).to_be_focused()
    keys.press("Escape")
    expect(choices).to_have_count(0)
    expect(form.get_by_label("Role *")).to_be_focused()
    keys.press("ArrowDown")  # reopens the list
    expect(choices.nth(1)).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(form.get_by_label("Role *")).to_have_value("Workspace Admin")
    # If a list loses options at its end, ipywidgets leaves the old ones on the page.
    form.get_by_label(USERS).fill("example")
    expect(choices.nth(20)).to_be_attached()
    # Not the first one: Ada's address is part of other addresses.
    item = choices.nth(1).inner_text()
    form.get_by_label(USERS).fill(item.rsplit(" ", 1)[-1])
    expect(choices).to_have_text([item])
    form.get_by_label(USERS).fill("nobody")
    expect(choices).to_have_count(0)
    expect(form.get_by_text(re.compile(r"No match among \d+ users\."))).to_be_visible()
    keys.press("Enter")
    expect(form.get_by_text("✗ The user 'nobody' does not exist, or you cannot see it.")).to_be_visible()


@contextmanager
def suspend(kernel: int) -> Iterator[None]:
    """A kernel that is suspended inside the block."""
    os.kill(kernel, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(kernel, signal.SIGCONT)


def test_a_redrawn_list_keeps_the_focus_on_its_choice(notebook: Open, page: Page) -> None:
    notebook_page = notebook("%zenpro form roles assign", "os.getpid()")
    form, keys = notebook_page.run(1), page.keyboard
    notebook_page.run(2)
    kernel = int(notebook_page.output(2).inner_text())
    choices = form.locator(".zenpro-matches button:visible")
    form.get_by_label("Role *").focus()
    keys.type("a")
    expect(choices.nth(2)).to_be_visible()
    with suspend(kernel):  # typing filters the list in the browser; the kernel redraws it when it continues
        keys.type("dmin")
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        second = choices.nth(1).inner_text()
        expect(choices.nth(1)).to_be_focused()
        choices.evaluate_all("all => all.forEach(one => { one.dataset.old = 'yes' })")
    expect(form.locator("[data-old]")).to_have_count(0)
    expect(form.locator(".zenpro-matches button:focus")).to_have_text(second)


def test_a_late_kernel_takes_the_choice_that_was_visible(notebook: Open, page: Page) -> None:
    notebook_page = notebook("%zenpro form roles assign", "os.getpid()")
    form, keys = notebook_page.run(1), page.keyboard
    notebook_page.run(2)
    kernel = int(notebook_page.output(2).inner_text())
    choices, role, users = form.locator(".zenpro-matches button:visible"), "Role *", USERS
    for label in (role, users):
        form.get_by_label(label).focus()
        keys.type("a")
        expect(choices.nth(2)).to_be_visible()
        with suspend(kernel):
            keys.type("d")
            keys.type("a" if label == users else "min")
            # Immediately: an earlier message of the kernel can still redraw the list.
            taken = choices.last.evaluate("one => { one.click(); return one.textContent }")
        if label == role:
            expect(form.get_by_label(role)).to_have_value(taken.split(" · ")[0])
        else:
            expect(form.locator(".zenpro-chips button")).to_have_text([f"{taken.rsplit(' ', 1)[-1]} ✕"])
            expect(form.get_by_label(users)).to_have_value("")
        expect(choices).to_have_count(0)
        expect(form.get_by_label(label)).to_be_focused()


def test_of_ten_thousand_users_few_reach_the_browser_and_none_is_saved(
    notebook: Open, page: Page, fresh_sandbox: Callable[..., SandboxProcess]
) -> None:
    crowd = fresh_sandbox(users=10_000, latency_ms=20)
    notebook_page = notebook("%zenpro form roles assign", url=crowd.url, ZENML_PRO_API_KEY=crowd.key)
    form = notebook_page.run(1)
    form.get_by_label(USERS).fill("example.com")
    expect(form.get_by_text(re.compile(r"Showing 50 of (9,9|10,0)\d\d: type more to filter"))).to_be_visible()
    assert form.locator(".zenpro-matches button").count() == limits.FORM_OPTIONS
    form.get_by_label(USERS).fill("grace hopper")
    expect(form.locator(".zenpro-matches button").first).to_contain_text("Grace Hopper")
    page.keyboard.press("Enter")
    expect(form.get_by_role("button", name=re.compile("grace@.* ✕"))).to_be_visible()
    saved = json.dumps(notebook_page.save()["metadata"])
    assert "widgets" in saved
    assert set(re.findall(r"[\w.-]+@[\w.-]+", saved)) - {"grace@example.com"} == set()
