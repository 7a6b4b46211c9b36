"""The widgets of a form, without a browser."""

from __future__ import annotations

import re

import comm
import ipywidgets as widgets
import pytest
from comm.base_comm import BaseComm

from tests.forms.conftest import ByHand, Opener
from tests.support.forms import input_of, text_of
from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.view import FormView


def test_from_the_first_letter_to_the_frame(open_form: Opener, by_hand: ByHand, name: str) -> None:
    view = FormView(open_form("workspaces create"), "key")
    assert input_of(view, "name").description.startswith("Name *")
    assert input_of(view, "description").description.startswith(
        'Description <span class="zenpro-help"><span>Describe its purpose'
    )
    assert "zenpro-incomplete" in view.submit._dom_classes
    input_of(view, "name").value = name
    by_hand.settle()
    assert "zenpro-incomplete" not in view.submit._dom_classes
    assert f"✓ {name} is available." in text_of(view)
    assert "POST /workspaces" in text_of(view)
    assert "This cannot be undone: " in text_of(view)
    assert f"workspaces create {name}" in text_of(view)
    assert any('<span class="zenpro-word">--org</span> acme' in text.value for text in view._texts.values())
    view.submit.click()
    assert view.submit.disabled
    by_hand.settle()
    assert "✓ Done: created workspace" in text_of(view)
    assert "POST /workspaces" in text_of(view)
    assert "cannot be undone" not in text_of(view)
    assert f"{name} is available: {view.form.session.settings.url}/workspace/{name}" in text_of(view)
    assert "available" in text_of(view)
    assert view.submit.disabled
    input_of(view, "name").value = name + "2"
    assert not view.submit.disabled


def test_the_result_looks_like_a_frame(open_form: Opener, by_hand: ByHand, name: str) -> None:
    view = FormView(open_form("workspaces create"), "key")
    input_of(view, "name").value = name
    view.submit.click()
    by_hand.settle()
    one = view._texts["result"].value
    # Times to the minute, signs for yes and no, states as badges, whole ids, and no missing values.
    assert re.search(r"<td>created</td><td>\d{4}-\d\d-\d\d \d\d:\d\d</td>", one)
    assert re.search(r"<td>is_managed</td><td>[✓–]</td>", one)
    assert '<span class="zp-state zp-' in one
    assert not re.search(r"\d:\d\d:\d\d|True|False|NaT|&lt;NA&gt;|>·<", one)
    view = FormView(open_form("invitations create"), "key")
    view.form.set("emails", [f"{name}@example.com", f"{name}2@example.com"])
    by_hand.settle()
    view.submit.click()
    by_hand.settle()
    many = view._texts["result"].value
    assert many.count("zp-state zp-good") == 2
    assert '<div class="zp-foot">2 outcomes' in many


def test_a_suggestion_is_taken_by_a_click(open_form: Opener, by_hand: ByHand) -> None:
    view = FormView(open_form("workspaces create"), "key")
    offers = view.row("name")._suggestions  # type: ignore[attr-defined]
    assert "ml-prod" not in offers.options
    first = offers.options[0]
    offers.value = first
    assert view.form.values["name"] == first
    assert offers not in view.row("name").box.children


def test_cancel_closes_and_leaves_the_line(open_form: Opener, by_hand: ByHand, name: str) -> None:
    view = FormView(open_form("teams create"), "key")
    input_of(view, "name").value = name
    view.submit.click()
    by_hand.settle()
    assert "✓ Done: created team" in text_of(view)
    view.cancel.click()
    assert "Requests that were sent are in the journal" in text_of(view)
    assert f"teams create {name}" in text_of(view)


def test_an_enrolled_workspace_asks_where_its_key_goes(open_form: Opener, by_hand: ByHand, name: str) -> None:
    view = FormView(open_form("workspaces create"), "key")
    to = view.row("to").box
    assert "zenpro-hidden" in to._dom_classes
    input_of(view, "enroll").value = True
    assert "zenpro-hidden" not in to._dom_classes
    input_of(view, "name").value = name
    view.submit.click()
    by_hand.settle()
    assert view.form.problems == {"to": "This field is required."}
    assert "--wait" not in view.form.line


def test_the_form_advises_against_names_that_the_documentation_does_not_allow(open_form: Opener) -> None:
    view = FormView(open_form("workspaces create"), "key")
    input_of(view, "name").value = "ML Prod"
    assert "According to ZenML&#x27;s documentation, use only" in text_of(view)
    assert "ml-prod" in text_of(view)
    input_of(view, "name").value = "x" * 51
    assert "✗ Use at most 50 characters; this name has 51." in text_of(view)


def test_the_kinds_of_fields(open_form: Opener) -> None:
    users = FormView(open_form("users update"), "key")
    assert isinstance(input_of(users, "active"), widgets.Dropdown)
    input_of(users, "active").value = False
    assert users.form.values["active"] is False
    roles = FormView(open_form("roles create"), "key")
    input_of(roles, "level").value = "workspace"
    input_of(roles, "permissions").value = "pipeline:read\n\n model:read,create "
    assert roles.form.values["permissions"] == ["pipeline:read", "model:read,create"]
    assert "--permission pipeline:read --permission model:read,create" in roles.form.line
    keys = FormView(open_form("api-keys create"), "key")
    input_of(keys, "expires_in").value = "soon"
    assert "✗" in keys.row("expires_in")._message.value  # type: ignore[attr-defined]


def test_all_text_is_escaped() -> None:
    evil = "<img src=x onerror=alert(1)>"
    shown = [
        html.messages(Message(evil, Tone.BAD)),
        html.status(Message(evil)),
        html.title(evil, evil, evil, sandbox=True),
        html.label(evil, evil),
        html.help_beside(evil),
        html.fold(evil, evil),
        html.line(evil, evil),
        html.preview(Message(f"POST {evil}")),
        html.table((evil,), ((evil,),)),
        html.question(evil),
    ]
    assert not any("<img" in item for item in shown)


@pytest.mark.parametrize("words", ["roles assign", "workspaces create"])
def test_few_messages_make_a_form(open_form: Opener, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Layouts and styles are shared, empty parts are not created, and few widgets change after creation."""
    sent: list[str] = []

    class Counted(BaseComm):
        def publish_msg(self, msg_type: str, *args: object, **more: object) -> None:
            sent.append(msg_type)

    monkeypatch.setattr(comm, "create_comm", Counted)
    form = open_form(words)
    FormView(form, "key")
    assert len(form.fields) < len(sent) < 7 * len(form.applicable_fields)
    assert sent.count("comm_msg") <= 2  # the suggested names, once they are known
