"""The form of `workspaces create`."""

from __future__ import annotations

import re

import pytest

from tests.forms.conftest import ByHand, Opener, run
from zenpro_nb.errors import ConflictError, UsageError
from zenpro_nb.forms.messages import Tone
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext


def test_a_new_workspace_from_the_first_field_to_its_address(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str
) -> None:
    form = open_form("workspaces create")
    assert form.values["org"] == "acme"
    assert form.preview.text == "Still required: Name."
    form.set("name", name)
    form.set("description", "for the test")
    by_hand.settle()
    assert form.advice("name").text == f"{name} is available."
    assert form.preview.text.startswith("POST /workspaces\n")
    assert f'"name": "{name}"' in form.preview.text
    assert form.line == f"%zenpro workspaces create {name} --org acme --description 'for the test' --wait --out result"
    seen: list[str] = []
    form.listen(lambda: seen.append(form.follow.text) if form.follow.tone is Tone.BUSY else None)
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT
    assert form.follow.tone is Tone.GOOD
    assert ctx.ui.variables["result"]["name"].item() == name  # type: ignore[attr-defined]
    done = f"Done: created workspace {name} in acme. The result is in the variable result."
    assert form.follow.text == f"{done} {name} is available: {ctx.session.settings.url}/workspace/{name}"
    # One line replaces itself: first the state and the seconds, then the success.
    assert form.status.text == ""
    waiting = rf"Created workspace {name} in acme\. Waiting until it is available: [a-z_]+, \d+ s"
    assert seen
    assert all(re.fullmatch(waiting, text) for text in seen), seen
    assert f"{name} is available." not in [message.text for message in form.checks.values()]
    assert name in set(run(ctx, "workspaces")["name"])
    # The command does the same, and correctly reports that the workspace exists.
    with pytest.raises((ConflictError, UsageError), match=name):
        run(ctx, form.line)


def test_a_double_click_sends_once(open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str) -> None:
    form = open_form("workspaces create")
    form.set("name", name)
    by_hand.settle()
    form.submit()
    form.submit()
    assert form.state is FormState.WAITING
    by_hand.settle()
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT
    assert form.follow.tone is Tone.GOOD


def test_a_name_that_is_taken_has_one_reason(open_form: Opener, by_hand: ByHand) -> None:
    form = open_form("workspaces create")
    form.set("name", "ml-prod")
    by_hand.settle()
    assert form.errors == {"name": "The name is taken. Choose another name."}
