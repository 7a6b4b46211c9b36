"""After any sequence of edits and presses, only the final state of a form counts. Earlier presses have no effect."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from tests.forms.conftest import ByHand, Opener, run, write_words
from tests.support.cutting import Cutter
from zenpro_nb.forms.fields import Field, FieldKind, Raw
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.state import FormState
from zenpro_nb.forms.widgets.view import FormView
from zenpro_nb.framework.cli.context import CommandContext

# Names that exist in the sandbox, and names that do not.
NAMES = {
    "organizations": ["acme", "nobody's"],
    "workspaces": ["ml-prod", "ml-staging", "no-such-workspace"],
    "teams": ["Platform", "Vision", "no such team"],
    "users": ["ada@example.com", "grace@example.com", "nobody@example.com"],
    "roles": ["Workspace Viewer", "Organization Member", "Project Viewer", "No Such Role"],
}
TEXTS = ["t-recovery", "11111111-1111-4111-8111-111111111111", "x" * 300]
# Forms whose fields depend on each other, in the default suite.
SOME = ["roles assign", "teams add", "workspaces create", "api-keys create", "users update"]
SEQUENCES = int(os.environ.get("ZENPRO_SEQUENCES", "2"))  # per form


def value(field: Field, dice: random.Random) -> Raw:
    """A value that a user might enter."""
    if field.kind is FieldKind.FLAG:
        return dice.choice([True, False])
    if field.kind is FieldKind.TRISTATE:
        return dice.choice([True, False, None])
    words = list(field.choices) or NAMES.get(field.noun, TEXTS)
    if field.several:
        return dice.sample(words, dice.randint(0, min(2, len(words))))
    return dice.choice(["", *words])


def act(form: Form, by_hand: ByHand, dice: random.Random) -> None:
    """One user action, or a pause."""
    what = dice.choice(["set", "set", "set", "leave", "confirm", "press", "press", "pause"])
    if what == "set":
        field = dice.choice(form.applicable_fields)
        form.set(field.name, value(field, dice))
    elif what == "leave":
        pickers = [field for field in form.applicable_fields if field.kind is FieldKind.NAMES]
        if pickers:
            form.leave(dice.choice(pickers).name, dice.choice(["", "gra", "zzz"]))
    elif what == "confirm":
        form.confirm(dice.choice(["", "yes", form.confirmation]))
    elif what == "press":
        form.submit()
    if what == "pause" or dice.random() < 0.3:
        by_hand.settle()


def visible_state(form: Form, by_hand: ByHand) -> dict[str, Any]:
    """The visible state of the form after a press."""
    by_hand.settle()
    form.submit()
    by_hand.settle()
    return {
        "state": form.state,
        "status": form.status,
        "problems": form.problems,
        "preview": form.preview,
        "line": form.line,
        "fields": [field.name for field in form.applicable_fields],
    }


@pytest.mark.parametrize(
    "words", [pytest.param(word, marks=[] if word in SOME else pytest.mark.slow) for word in write_words()]
)
def test_only_the_final_state_counts(open_form: Opener, by_hand: ByHand, ctx: CommandContext, words: str) -> None:
    with ctx.session.lock("the test"):  # the lock refuses every write, so nothing changes
        for number in range(SEQUENCES):
            dice = random.Random(f"{words} {number}")
            form = open_form(words)
            for _ in range(dice.randint(4, 10)):
                act(form, by_hand, dice)
            form.confirm("yes")
            by_hand.settle()  # both forms use the same keys of the background
            fresh = open_form(words)
            for field in form.fields:
                fresh.set(field.name, form.values[field.name])
            for name, text in form._unaccepted.items():
                fresh.leave(name, text)
            fresh.confirm("yes")
            assert form.values == fresh.values
            assert visible_state(form, by_hand) == visible_state(fresh, by_hand)
            assert form.state is FormState.FILLING


def test_a_team_is_enough_and_an_earlier_press_has_no_effect(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext
) -> None:
    run(ctx, "roles revoke 'Workspace Viewer' --team Vision --workspace ml-dev --yes")
    form = open_form("roles assign", role="Workspace Viewer", workspace="ml-dev")
    labels = {
        name: str(FormView(form, "key").row(name).box.children[0].children[0].description)
        for name in ("users", "teams")
    }
    assert [name for name, label in labels.items() if "*" in label] == []
    form.submit()
    by_hand.settle()
    assert form.status.text == "Nothing was sent. Check these fields: Users."
    assert form.problems["users"].startswith("Add at least one: a user, a team")
    form.set("teams", ["Vision"])
    by_hand.settle()
    assert form.status.text == ""
    assert form.problems == {}
    assert form.preview.text.startswith("POST /roles/")
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT, form.status


def test_the_name_is_checked_again_in_another_organization(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, proxy: Cutter
) -> None:
    organizations = run(ctx, "organizations").set_index("name")["id"]
    (other,) = set(organizations.index) - {"acme"}
    questions: list[str] = []
    proxy.wanted = lambda method, path: questions.append(path) is not None
    form = open_form("workspaces create")
    form.set("name", "ml-prod")
    by_hand.settle()
    for organization in (other, "acme"):
        questions.clear()
        form.set("org", organization)
        assert "name" not in form.problems
        by_hand.settle()
        assert any("validation" in path and str(organizations[organization]) in path for path in questions), questions
