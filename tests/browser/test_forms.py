"""Forms in a real browser, in JupyterLab and Notebook 7, against a sandbox."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.support.lab import PATIENCE, Lab
from tests.support.sandbox import SandboxProcess, TimedSandbox, timed_sandbox

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE)

USERS = re.compile(r"^Users")  # the help follows in its label


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return "t-" + uuid.uuid4().hex[:10]


def test_a_workspace_is_created_and_its_command_reports_that_it_exists(notebook: Open, page: Page, name: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook_page = notebook(
        "%zenpro workspaces create", "", "%zenpro workspaces --columns name,status", "print(1 + 1)"
    )
    form = notebook_page.run(1)  # without its arguments the command opens its form
    # The form detects a name in use before it sends anything.
    form.get_by_label("Name *").fill("ml-prod")
    expect(form.get_by_text("✗ The name is taken. Choose another name.")).to_be_visible()
    form.get_by_label("Name *").fill(name)
    expect(form.get_by_text(f"✓ {name} is available.")).to_be_visible()
    form.get_by_label("Description").fill("from the browser")
    expect(form.get_by_label("Request", exact=True)).to_contain_text("POST /workspaces")
    expect(form.get_by_label("Request", exact=True)).to_contain_text('"description": "from the browser"')
    form.get_by_role("button", name="Create", exact=True).dblclick()
    expect(form.get_by_text(f"reated workspace {name} in acme. ")).to_be_visible()
    # Other cells run while the workspace is followed.
    expect(notebook_page.run(4)).to_contain_text("2")
    # One line replaces itself: created and waiting, then available.
    expect(
        form.get_by_text(re.compile(rf"^✓ Done: created .* {name} is available: http://[\d.:]+/workspace/{name}$"))
    ).to_be_visible()
    expect(notebook_page.run(3)).to_contain_text(name)
    form.get_by_role("button", name="Copy").click()
    expect(form.get_by_role("button", name="Copied")).to_be_visible()
    notebook_page.write(2, page.evaluate("navigator.clipboard.readText()"))
    expect(notebook_page.run(2)).to_contain_text(re.compile(rf"The name '{name}' cannot be used"))


@pytest.mark.representative
def test_a_role_is_assigned_by_keyboard_in_notebook_7(notebook: Open, page: Page) -> None:
    notebook_page = notebook(
        "%zenpro form roles assign",
        "%zenpro assignments --workspace ml-prod --role 'Workspace Viewer' --columns principal,role,workspace",
        app="notebooks",
    )
    form, keys = notebook_page.run(1), page.keyboard
    form.get_by_label("Organization").focus()
    expect(form.get_by_label("Organization")).to_have_value("acme")
    keys.press("Tab")  # the button that shows the organizations
    keys.press("Tab")
    expect(form.get_by_label("Role *")).to_be_focused()
    keys.type("workspace view")
    choices = form.locator(".zenpro-matches button")
    expect(choices).to_have_text(["Workspace Viewer · workspace"])  # the last letter has narrowed the list
    keys.press("Enter")  # chooses the best match
    expect(form.get_by_label("Workspace *")).to_be_visible()
    expect(choices).to_have_count(0)  # the list does not get in the way of Tab
    keys.press("Tab")
    keys.press("Tab")
    expect(form.get_by_label("Workspace *")).to_be_focused()
    keys.type("ml-prod")
    expect(form.get_by_label("Command")).to_contain_text("--workspace ml-prod")
    expect(choices).to_have_count(0)  # the name is in the list, so the list closes
    keys.press("Tab")
    keys.press("Tab")
    expect(form.get_by_label(USERS)).to_be_focused()
    keys.type("grace")
    expect(form.get_by_role("button", name=re.compile("grace@"))).to_be_visible()
    keys.press("Enter")
    expect(form.get_by_role("button", name=re.compile("grace@.* ✕"))).to_be_visible()
    expect(form.get_by_role("row", name=re.compile("grace@"))).to_contain_text("Workspace Viewer")
    expect(form.get_by_label("Request", exact=True)).to_contain_text("POST /roles/")
    keys.press("Enter")  # Enter in a field without a choice sends nothing
    send = form.get_by_role("button", name="Assign", exact=True)
    for _ in range(20):  # past the chips, the other fields and the folds
        if send.evaluate("button => button === document.activeElement"):
            break
        keys.press("Tab")
    expect(send).to_be_focused()
    expect(form.get_by_text("✓ Done")).to_have_count(0)
    keys.press("Enter")
    expect(form.get_by_text(re.compile("✓ Done: assigned .* to grace@"))).to_be_visible()
    expect(notebook_page.run(2)).to_contain_text(re.compile("grace@.*Workspace Viewer.*ml-prod", re.DOTALL))


def test_with_pseudonyms_no_real_name_is_on_the_page(notebook: Open, page: Page) -> None:
    notebook_page = notebook(
        "%config ZenProMagics.pseudonyms = True", "%zenpro form roles assign", "%zenpro users --limit 3"
    )
    notebook_page.run(1)
    form, keys = notebook_page.run(2), page.keyboard
    expect(form.get_by_text("pseudonyms").first).to_be_visible()
    form.get_by_label("Role *").fill("Organization Viewer")
    form.get_by_label(USERS).fill("hopper")  # a real name is visible while it is typed
    expect(form.locator(".zenpro-matches button")).to_contain_text(["@pseudonym.example"])
    keys.press("Enter")
    expect(form.get_by_role("button", name=re.compile("@pseudonym.example ✕"))).to_be_visible()
    expect(form.get_by_label("Command")).to_contain_text("@pseudonym.example")
    form.get_by_role("button", name="Assign", exact=True).click()
    expect(form.get_by_text(re.compile("✓ Done: .*@pseudonym.example"))).to_be_visible()
    expect(notebook_page.run(3)).to_contain_text("@pseudonym.example")
    saved = json.dumps(notebook_page.save()).casefold()
    for real in ("hopper", "grace@", "lovelace", "ada@"):
        assert real not in page.content().casefold()
        assert real not in saved


def test_a_token_that_expires_during_typing_loses_no_input(
    notebook: Open, page: Page, tmp_path: Path, name: str
) -> None:
    with timed_sandbox(tmp_path, users=40) as plane:
        # The kernel uses the clock of the machine; the clock of the sandbox moves only on request.
        plane.clock.advance(seconds=(datetime.now(UTC) - plane.clock.now()).total_seconds())
        notebook_page = notebook(
            "%zenpro form teams create",
            f"os.environ['ZENML_PRO_API_TOKEN'] = open({str(tmp_path / 'token')!r}).read()",
            url=plane.url,
            ZENML_PRO_API_TOKEN=_token(plane),
        )
        form = notebook_page.run(1)
        expect(form.get_by_label("Organization")).to_have_value("acme")
        form.get_by_label("Description").fill("typed before the token ended")
        plane.clock.advance(minutes=61)
        form.get_by_label("Name *").fill(name)
        expect(form.get_by_text(re.compile("✗ .*token .*(expired|ended)", re.IGNORECASE)).first).to_be_visible()
        expect(form.get_by_label("Description")).to_have_value("typed before the token ended")
        (tmp_path / "token").write_text(_token(plane))
        notebook_page.run(2)
        form.get_by_role("button", name="Create", exact=True).click()
        expect(form.get_by_text(f"✓ Done: created team {name}")).to_be_visible()


def test_a_slow_server_delays_only_the_button(
    notebook: Open, fresh_sandbox: Callable[..., SandboxProcess], name: str
) -> None:
    slow = fresh_sandbox(latency_ms=900)
    page = notebook("%zenpro form teams create", "print(1 + 1)", url=slow.url, ZENML_PRO_API_KEY=slow.key)
    form = page.run(1)
    form.get_by_label("Name *").fill(name)
    form.get_by_role("button", name="Create", exact=True).click()
    expect(form.get_by_text("Sending …")).to_be_visible()
    expect(form.get_by_role("button", name="Create", exact=True)).to_be_disabled()
    expect(page.run(2)).to_contain_text("2")
    expect(form.get_by_text(f"✓ Done: created team {name}")).to_be_visible()


@pytest.mark.parametrize("silent", ["kernels", "sessions"])
def test_a_form_without_its_kernel_shows_what_to_run(notebook: Open, server: Lab, page: Page, silent: str) -> None:
    notebook_page = notebook("%zenpro form teams create")
    form = notebook_page.run(1)
    expect(form.get_by_label("Organization")).to_have_value("acme")
    words = form.get_by_text("Forms need a running notebook: run %zenpro form teams create again.")
    dead = form.get_by_text("This form no longer works: its kernel is gone.")
    expect(words).to_be_hidden()
    expect(dead).to_be_hidden()
    form.get_by_label("Name *").fill("ml")
    expect(form.get_by_label("Command")).to_contain_text("teams create ml")
    notebook_page.save()
    # JupyterLab reads two lists. The state that it shows depends on which of them is the first to lack the kernel.
    page.route(re.compile(rf"/api/{silent}\?"), lambda route: route.abort())
    server.end_kernels()
    # The open page shows it as soon as it detects the lost kernel, and so does a page opened later.
    expect(dead).to_be_visible()
    expect(form.get_by_role("button", name="Create", exact=True)).to_be_hidden()
    expect(form.get_by_label("Name *")).to_be_hidden()
    page.unroute_all()
    server.show(page, notebook_page.file.name)
    expect(page.get_by_text("This form no longer works").or_(words).first).to_be_visible()


def test_a_reopened_form_shows_only_what_to_run(notebook: Open, server: Lab, page: Page) -> None:
    notebook_page = notebook("%zenpro form teams create")
    expect(notebook_page.run(1).get_by_label("Organization")).to_have_value("acme")
    notebook_page.save()
    server.end_kernels()
    # By default, JupyterLab saves no state of widgets.
    content = json.loads(notebook_page.file.read_text())
    content["metadata"].pop("widgets", None)
    copy = notebook_page.file.with_name(f"reopened-{notebook_page.file.name}")
    copy.write_text(json.dumps(content))
    # A notebook that its own server has saved is trusted.
    NotebookNotary(data_dir=str(server.folder.parent / "data")).sign(nbformat.from_dict(content))
    server.show(page, copy.name)
    expect(page.get_by_text("Forms need a running notebook: run %zenpro form teams create again.")).to_be_visible()
    lost = page.get_by_text("Loading widget").or_(page.get_by_text("Error displaying widget"))
    expect(lost.first).to_be_attached()
    expect(lost.first).to_be_hidden()


def test_a_form_shows_that_its_kernel_was_restarted(notebook: Open, page: Page) -> None:
    notebook_page = notebook("%zenpro form roles assign")
    form = notebook_page.run(1)
    form.get_by_label("Role *").fill("Workspace Viewer")
    expect(form.get_by_label("Workspace *")).to_be_visible()
    expect(form.get_by_label("Command")).to_contain_text("'Workspace Viewer'")
    notebook_page.restart_kernel()
    expect(form.get_by_text("This form no longer works: its kernel is gone.")).to_be_visible()
    expect(form.locator(".zenpro-dead code")).to_contain_text("%zenpro form roles assign 'Workspace Viewer'")
    expect(form.get_by_label("Command")).to_contain_text("%zenpro roles assign 'Workspace Viewer'")
    for label in ("Role *", "Workspace *"):
        expect(form.get_by_label(label)).to_be_hidden()
    for button in ("Assign", "Cancel"):
        expect(form.get_by_role("button", name=button, exact=True)).to_be_hidden()
    # JupyterLab draws a broken link next to each widget without a kernel.
    broken = form.locator(".zenpro-form, .zenpro-form .jupyter-widgets-disconnected:visible")
    assert set(broken.evaluate_all("all => all.map(one => getComputedStyle(one, '::before').content)")) == {"none"}


def test_rarely_needed_fields_are_folded_and_unfold_with_the_keyboard(notebook: Open, page: Page) -> None:
    form = notebook("%zenpro form workspaces create").run(1)
    keys, version, request = page.keyboard, form.get_by_label("Version"), form.get_by_label("Request", exact=True)
    expect(form.get_by_label("Description")).to_be_visible()
    expect(version).to_be_hidden()
    form.get_by_text(re.compile(r"\bMore\b")).first.focus()
    keys.press("Enter")
    expect(version).to_be_visible()
    expect(form.get_by_label("Variable for the result")).to_be_visible()
    keys.press("Enter")
    expect(version).to_be_hidden()
    form.get_by_label("Name *").fill("folded")
    expect(form.get_by_text("POST /workspaces").first).to_be_visible()
    expect(request).to_be_hidden()
    form.locator("summary", has_text="Request").focus()
    keys.press("Enter")
    expect(request).to_contain_text('"name": "folded"')
    expect(request).to_be_visible()


def _token(plane: TimedSandbox) -> str:
    """A session token like that of the dashboard."""
    form = urllib.parse.urlencode({"password": plane.key}).encode()
    with urllib.request.urlopen(f"{plane.url}/auth/login", data=form) as answer:  # noqa: S310 - loopback
        return str(json.load(answer)["access_token"])
