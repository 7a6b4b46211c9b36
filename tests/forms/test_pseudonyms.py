"""Forms with pseudonyms: no real name reaches the browser, and requests contain real names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import pytest

from tests.forms.conftest import ByHand, Notebook, Opener, run
from tests.support.forms import answering
from zenpro_nb import frames
from zenpro_nb.forms.opening import NotebookForms
from zenpro_nb.forms.review.form import ReviewForm
from zenpro_nb.forms.review.view import ReviewView
from zenpro_nb.forms.widgets.combobox import Combobox
from zenpro_nb.forms.widgets.view import FormView
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.frontends.pseudonyms import Pseudonymizer
from zenpro_nb.inventory import Reviews

REAL = ("ada@example.com", "Ada Lovelace", "Lovelace", "linus@example.com", "Linus", "grace@example.com", "Hopper")


@dataclass
class Wanted:
    pseudonyms: bool = True


@pytest.fixture
def setting() -> Wanted:
    return Wanted()


@pytest.fixture
def pseudonymizer(setting: Wanted) -> Pseudonymizer:
    return Pseudonymizer(setting)


@pytest.fixture
def state_dir(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path))


def below(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from below(child)


def sent_to_the_browser(view: FormView | ReviewView) -> str:
    return "\n".join(str(item.get_state()) for item in below(view.root))


def combobox(view: FormView, name: str) -> Combobox:
    row = view.row(name)
    assert isinstance(row, Combobox)
    return row


def labels(row: Combobox) -> list[str]:
    assert row._matches is not None
    return [label for label, _ in row._matches.options]


def no_real_person(text: str) -> None:
    found = [item for item in REAL if item in text]
    assert not found, (found, text)


def test_from_opening_to_the_result(
    open_form: Opener, by_hand: ByHand, pseudonymizer: Pseudonymizer, ctx: CommandContext, name: str
) -> None:
    run(ctx, f"teams create {name}")
    form = open_form("teams add", pseudonymizer, team=name)
    view = FormView(form, "key")
    users = combobox(view, "users")
    users._text.value = "ada@example.com"  # a real address is visible while it is typed
    by_hand.settle()
    assert "pseudonym.example" in labels(users)[0]
    users._on_enter()
    assert form.values["users"] == ["ada@example.com"]
    by_hand.settle()
    text = sent_to_the_browser(view)
    no_real_person(text)
    assert frames.PSEUDONYMS in text
    assert "POST /teams/" in text
    view.submit.click()
    by_hand.settle()
    assert form.result["outcome"].item() == "done"
    no_real_person(sent_to_the_browser(view))
    assert "ada@example.com" in set(run(ctx, f"teams members {name}")["email"])


def test_a_pseudonym_finds_and_selects_the_person(
    open_form: Opener, by_hand: ByHand, pseudonymizer: Pseudonymizer
) -> None:
    form = open_form("users deactivate", pseudonymizer)
    view = FormView(form, "key")
    users = combobox(view, "users")
    users._text.value = "hopper"
    for _ in range(2):  # a person already shown is still found by the real name
        view.render()
        assert "pseudonym.example" in labels(users)[0]
    by_hand.settle()
    shown = pseudonymizer.text("grace@example.com")
    for typed in (shown, shown.upper(), f"{shown}, {shown}"):
        form.set("users", [])
        users._text.value = typed
        users._on_enter()
        by_hand.settle()
        assert form.values["users"] == ["grace@example.com"]
    assert "users deactivate grace@example.com" in form.line
    assert not form.problems
    view.confirm.value = pseudonymizer.text(form.confirmation)
    assert form.is_confirmed


def test_values_from_the_command_are_shown_as_pseudonyms_and_sent_unchanged(
    open_form: Opener, by_hand: ByHand, pseudonymizer: Pseudonymizer
) -> None:
    form = open_form("users offboard", pseudonymizer, users=("grace@example.com",))
    view = FormView(form, "key")
    by_hand.settle()
    no_real_person(sent_to_the_browser(view))
    assert form.values["users"] == ["grace@example.com"]
    assert form.writes
    form.close()
    no_real_person(sent_to_the_browser(view))


def test_a_text_in_a_field_is_read_back_as_the_original(
    open_form: Opener, by_hand: ByHand, pseudonymizer: Pseudonymizer
) -> None:
    pseudonymizer.learn("ada@example.com", "Ada Lovelace")
    form = open_form("teams create", pseudonymizer, name="ops", description="asked for by Ada Lovelace")
    view = FormView(form, "key")
    by_hand.settle()
    no_real_person(sent_to_the_browser(view))
    assert form.parameters()["description"] == "asked for by Ada Lovelace"
    view.row("description")._input.value = "asked for by nobody"  # type: ignore[attr-defined]
    assert form.parameters()["description"] == "asked for by nobody"


def test_real_names_are_shown_again_when_pseudonyms_are_switched_off(
    open_form: Opener, by_hand: ByHand, pseudonymizer: Pseudonymizer, setting: Wanted
) -> None:
    form = open_form("users deactivate", pseudonymizer, users=("grace@example.com",))
    view = FormView(form, "key")
    by_hand.settle()
    setting.pseudonyms = False
    view.render()
    text = sent_to_the_browser(view)
    assert "users deactivate grace@example.com" in text
    assert frames.PSEUDONYMS not in text


def test_in_a_terminal(ctx: CommandContext, pseudonymizer: Pseudonymizer, name: str) -> None:
    class Person(Notebook):
        is_interactive = True  # type: ignore[assignment]

        def say(self, line: str) -> None:
            super().say(pseudonymizer.text(line))

    terminal = CommandContext(ctx.session, Person(), forms=NotebookForms(in_kernel=False, presentation=pseudonymizer))
    run(ctx, f"teams create {name}")
    pseudonymizer.learn("ada@example.com", "Ada Lovelace")
    shown = pseudonymizer.text("ada@example.com")
    with answering(name, shown, "n", "y") as streams:
        frame = run(terminal, "form teams add")
        output = streams[0].getvalue().decode() + streams[1].getvalue().decode()
    assert frame["outcome"].item() == "done"
    no_real_person(output)
    assert "ada@example.com" in set(run(ctx, f"teams members {name}")["email"])


@pytest.mark.usefixtures("state_dir")
def test_a_review(ctx: CommandContext, pseudonymizer: Pseudonymizer, name: str) -> None:
    run(ctx, f"reviews create {name} --workspace ml-prod")
    review = next(item.review for item in Reviews().every() if item.review.name == name)
    view = ReviewView(ReviewForm(review, ctx, "ada@example.com", pseudonymizer), "key", "the line")
    people = len(view.form.people)
    for _ in range(people):
        no_real_person(sent_to_the_browser(view))
        view.form.press("n")
    row = view.form.row
    assert row is not None
    view.why.value = "because Ada Lovelace <ada@example.com> said so"
    view.form.press("k")
    view.form.press("p")
    view.form.press("n")
    view.form.press("u")
    no_real_person(sent_to_the_browser(view))
    kept = view.form.review.row(row.row)
    assert kept is not None
    assert kept.justification == "because Ada Lovelace <ada@example.com> said so"
