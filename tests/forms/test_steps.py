"""Forms of plans: the steps by principal, the reasons for blocked ones, and the outcomes."""

from __future__ import annotations

import re
import uuid

import pytest

from tests.forms.conftest import ByHand, Opener
from tests.support.forms import text_of
from zenpro_nb.commands.tree import tree
from zenpro_nb.forms import steps
from zenpro_nb.forms.messages import Tone
from zenpro_nb.forms.state import FormState
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.view import FormView
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write import Hold, PlanPosition, Write
from zenpro_nb.limits import FORM_STEPS


def test_the_steps_are_shown_and_then_their_outcomes(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_NEW_PASSWORD", uuid.uuid4().hex)
    email = f"{name}@x.io"
    _run(ctx, "users", "create", email)
    _run(ctx, "teams", "create", name)
    view = FormView(open_form("users onboard", users=(email,), teams=(name,)), "key")
    shown = view._texts["steps"].value
    assert f"<b>{email}</b>" in shown
    assert shown.count(f"<b>{email}</b>") == 1
    assert re.findall(r"<li.*?</li>", shown)
    assert f"in team {name}" in shown
    assert '<span aria-hidden="true">+</span>' in shown
    view.submit.click()
    by_hand.settle()
    assert view.form.state is FormState.SENT, view.form.status.text
    assert view._texts["steps"].value.count("✓ done") == view._texts["steps"].value.count("<li")
    assert f"users onboard {email}" in text_of(view)


def test_signs_tones_and_reasons() -> None:
    writes = [
        Write("POST", "/", target="ada@x.io in team ops", name="ada@x.io", position=PlanPosition(action="add")),
        Write(
            "DELETE", "/", target="ada@x.io as Admin in acme", name="ada@x.io", position=PlanPosition(action="remove")
        ),
        Write("PATCH", "/", target="team ops", name="ops", position=PlanPosition(action="update")),
        Write(
            "DELETE",
            "/",
            target="bob@x.io in team <ops>",
            name="bob@x.io",
            position=PlanPosition(action="remove"),
            hold=Hold(blocked="self: no; --x"),
        ),
    ]
    groups = steps.planned_steps(writes)
    assert [group.principal for group in groups] == ["ada@x.io", "ops", "bob@x.io"]
    assert [line.sign for group in groups for line in group.lines] == ["+", "−", "~", "⊘"]
    assert groups[0].lines[0].tone is Tone.GOOD
    assert groups[2].lines[0].note == "self: no; --x"
    drawn = html.steps(groups)
    assert "team &lt;ops&gt;" in drawn
    assert "self: no; --x" in drawn


def test_of_very_many_steps_the_first_are_drawn() -> None:
    writes = [
        Write("POST", "/", target=f"p{at}@x.io in team ops", name=f"p{at}@x.io", position=PlanPosition(action="add"))
        for at in range(450)
    ]
    drawn = html.steps(steps.planned_steps(writes))
    assert drawn.count("<li") == FORM_STEPS
    assert f"… and {450 - FORM_STEPS} more" in drawn
    assert html.steps([]) == ""


def _run(ctx: CommandContext, *words: str) -> None:
    from zenpro_nb.framework.cli.run import run

    run(tree, words, ctx)
