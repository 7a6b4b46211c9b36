"""A form sends only after a press of its button, and only the values at the time of the press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import pytest

from tests.forms.conftest import ByHand, Opener, run
from tests.support.cutting import Cutter
from zenpro_nb import limits
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.state import FormState
from zenpro_nb.forms.widgets.view import FormView
from zenpro_nb.framework.cli.context import CommandContext

CHANGED = "Nothing was sent because the form changed after you pressed the button. Press {} again."


@pytest.fixture
def writes(proxy: Cutter) -> list[str]:
    """The write requests that reach the server."""
    seen: list[str] = []

    def note(method: str, path: str) -> bool:
        if method != "GET" and path != "/auth/login":
            seen.append(f"{method} {path}")
        return False

    proxy.wanted = note
    return seen


def inputs(view: FormView) -> list[widgets.Text]:
    """Every text input."""
    found: list[widgets.Text] = []

    def walk(widget: Any) -> None:
        if isinstance(widget, widgets.Text):
            found.append(widget)
        for child in getattr(widget, "children", ()):
            walk(child)

    walk(view.root)
    return found


def enter(text: widgets.Text) -> None:
    text._handle_custom_msg({"event": "submit"}, [])


def type_into(view: FormView, name: str, text: str) -> None:
    row: Any = view.row(name)
    line = row._text if hasattr(row, "_browse") else row._input
    line.value = text
    enter(line)


def test_enter_in_a_field_never_sends(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str, writes: list[str]
) -> None:
    run(ctx, f"teams create {name}")
    writes.clear()
    for words, filled in (
        ("teams delete", {"team": name}),
        ("teams create", {"name": f"{name}-2", "description": "words"}),
        ("workspaces create", {"name": name, "org": "acme"}),
        ("roles assign", {"role": "Workspace Viewer", "workspace": "ml-staging", "teams": "Vision"}),
    ):
        view = FormView(open_form(words), "key")
        for field, text in filled.items():
            type_into(view, field, text)
            by_hand.settle()
        if view.form.question:
            view.confirm.value = view.form.confirmation
        for text in inputs(view):
            enter(text)
            by_hand.settle()
        assert view.form.state is FormState.FILLING
        assert view.form.preview.text.startswith(("POST", "DELETE")), view.form.preview
        assert view.form.is_confirmed
    assert writes == []


@pytest.mark.parametrize("moment", ["after the press", "while the request is prepared"])
def test_an_edit_cancels_a_press(
    open_form: Opener, by_hand: ByHand, name: str, proxy: Cutter, writes: list[str], moment: str
) -> None:
    form = open_form("roles assign", role="Workspace Viewer", workspace="ml-staging", users=("grace@example.com",))
    add: Callable[[], None] = lambda: form.set("teams", ["Vision"])  # noqa: E731
    form.set("workspace", "ml-prod")  # the request is then prepared after the press
    by_hand.waiting.pop("prepare")
    form.submit()
    if moment == "after the press":
        add()
        assert form.state is FormState.FILLING
    else:
        note = proxy.wanted
        proxy.wanted = lambda method, path: add() is not None or note(method, path)  # type: ignore[func-returns-value]
    by_hand.settle()
    assert writes == []
    assert form.state is FormState.FILLING
    assert form.status.text == CHANGED.format("Assign")
    form.submit()
    assert form.state is FormState.WAITING
    by_hand.settle()
    assert len(writes) == 2


def test_an_edit_before_the_last_request_before_the_write_cancels_it(
    open_form: Opener, by_hand: ByHand, name: str, proxy: Cutter, writes: list[str]
) -> None:
    """Between preparation and write, the command reads the current state, to verify the write afterwards."""
    form = open_form("workspaces create", name=name)
    by_hand.settle()
    questions: list[str] = []
    form.submit()
    note = proxy.wanted

    def late(method: str, path: str) -> bool:
        questions.append(path)
        if method == "GET" and form.status.text == "Sending …":
            form.set("description", "after the press")
        return note(method, path)

    proxy.wanted = late
    by_hand.settle()
    assert any(path.startswith("/workspaces") for path in questions)
    assert writes == []
    assert form.state is FormState.FILLING
    assert form.status.text == CHANGED.format("Create")


def test_the_typed_name_is_an_edit_too(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str, writes: list[str]
) -> None:
    run(ctx, f"teams create {name}")
    writes.clear()
    form = open_form("teams delete", team=name)
    form.confirm(name[:-1])
    form.submit()
    form.confirm(name)
    by_hand.settle()
    form.confirm("")
    form.confirm(name)
    assert writes == []
    assert form.status.text == CHANGED.format("Delete"), "more edits do not hide that nothing was sent"
    form.submit()
    by_hand.settle()
    assert len(writes) == 1


def test_information_that_arrives_cancels_no_press(
    open_form: Opener, by_hand: ByHand, name: str, writes: list[str]
) -> None:
    form = open_form("teams create", name=name)
    form.submit()
    form._read()  # the names of the organizations arrive after the press
    by_hand.settle()
    assert form.state is FormState.SENT, form.status
    assert len(writes) == 1


class Kernel:
    """A kernel with a busy time set by the test."""

    busy = 0.0

    def __call__(self) -> float:
        return self.busy


@pytest.fixture
def waiting(writes: list[str], open_form: Opener, name: str) -> tuple[Form, Kernel]:
    form, kernel = open_form("teams create", name=name), Kernel()
    form.busy = kernel
    return form, kernel


def test_a_press_that_waited_is_shown_and_not_sent(
    waiting: tuple[Form, Kernel], by_hand: ByHand, writes: list[str]
) -> None:
    form, kernel = waiting
    kernel.busy = limits.FORM_BUSY + 4
    for _ in range(3):  # all of them waited
        form.submit()
        by_hand.settle()
    assert writes == []
    assert form.state is FormState.FILLING
    assert form.status.text == (
        "Nothing was sent: the kernel had been busy for 14 seconds when it handled the click. "
        "Check the form, then press Create again when the kernel is idle."
    )
    notice = form.status
    form.set("description", "typed before the press")  # arrives after it
    assert form.status is notice
    kernel.busy = 0.0
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT
    assert len(writes) == 1


def test_a_press_that_waited_for_a_moment_is_sent(
    waiting: tuple[Form, Kernel], by_hand: ByHand, writes: list[str]
) -> None:
    form, kernel = waiting
    kernel.busy = limits.FORM_BUSY
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT
    assert len(writes) == 1
