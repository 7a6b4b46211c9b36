"""The form of a review without a browser: the tests press keys and check the file after each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forms.conftest import run
from zenpro_nb.access.reviews.model import Review, ReviewRow
from zenpro_nb.errors import InterruptedReadError, UnknownNameError
from zenpro_nb.forms.handle import FormHandle
from zenpro_nb.forms.opening import NotebookForms
from zenpro_nb.forms.review import prompts
from zenpro_nb.forms.review.form import ReviewForm
from zenpro_nb.forms.review.view import ReviewView
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.inventory import Reviews
from zenpro_nb.ui.protocol import TerminalUI

AT = ("https://pro.example.com", "5b0c")


def row(number: int, who: str, what: str, grant: str = "role", **more: str) -> ReviewRow:
    said = {} if grant == "information" else {"recommendation": "keep", "reason": "The audit has no finding."}
    return ReviewRow(number, who, "user", grant, what, user_id=who, **{**said, **more})  # type: ignore[arg-type]


ROWS = (
    row(1, "ada@x.io", "Organization Admin in acme"),
    row(
        2,
        "ada@x.io",
        "superuser of the server",
        "information",
        revoke_command="%zenpro users update ada --no-superuser",
    ),
    row(3, "ada@x.io", "member of the team <b>ops</b>", "membership", reach="Workspace Admin in ml-prod"),
    row(4, "bob@x.io", "Organization Member in acme", recommendation="revoke", reason="Deactivated."),
    row(5, "eve@x.io", "Organization Member in acme"),
)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path))


@pytest.fixture
def clock(ctx: CommandContext, monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(ctx.session, "clock", made)
    return made


@pytest.fixture
def form(ctx: CommandContext, clock: Clock) -> ReviewForm:
    review = Reviews().create(Review("q4", *AT, "acme", created="2026-11-26T09:00:00Z", rows=ROWS)).review
    return ReviewForm(review, ctx, "grace@x.io")


def stored_decisions() -> list[str]:
    """The decisions in the file."""
    return [item.decision for item in Reviews().find("q4", *AT).review.rows]


def test_each_decision_is_saved_before_the_next_key(form: ReviewForm) -> None:
    assert (form.progress, form.place, form._row) == ("0 of 4 decided", 0, 1)
    form.press("k")
    assert stored_decisions() == ["keep", "", "", "", ""]
    assert form._row == 3  # rows without a decision are skipped
    form.press("r")
    assert (stored_decisions(), form.place, form._row) == (["keep", "", "revoke", "", ""], 1, 4)
    form.press("d")
    form.press("x")
    form.press("k")
    assert stored_decisions() == ["keep", "", "revoke", "don't-know", "keep"]
    assert form.is_done
    assert form.progress == "3 of 4 decided · 1 undecided (don't-know) · 1 revocation not applied yet"
    zenpro = form.run.ui.name
    assert form.ending == (
        f"3 of 4 rows decided; 1 revocation not applied yet: `{zenpro} reviews apply q4`; 1 undecided (don't-know): "
        f'`{zenpro} reviews get q4 --where "decision=don\'t-know"`'
    )
    (first, *_) = Reviews().find("q4", *AT).review.rows
    assert (first.decided_by, first.decided) == ("grace@x.io", "1970-01-01T00:16:40Z")
    # A new form, as after a lost kernel, continues from the file.
    again = ReviewForm(Reviews().find("q4", *AT).review, form.run, "ada@x.io")
    assert again.progress == form.progress


def test_next_and_back_move_between_principals(form: ReviewForm) -> None:
    for key, place in (("n", 1), ("n", 2), ("n", 2), ("p", 1), ("p", 0), ("p", 0)):
        form.press(key)
        assert form.place == place
    form.press("j")
    assert form._row == 3
    form.press("j")
    assert form._row == 3
    form.press("u")
    assert form._row == 1
    assert stored_decisions() == [""] * 5


def test_the_typed_justification_is_saved_with_the_decision(form: ReviewForm, clock: Clock) -> None:
    form.type("leads it")
    form.press("k")
    assert form.justification == ""
    form.press("p")
    form.press("u")
    assert form.justification == "leads it"
    form.type("leads it, since May")
    form.justify()
    assert Reviews().find("q4", *AT).review.rows[0].justification == "leads it, since May"


def test_late_letters_belong_to_the_previous_row(form: ReviewForm, clock: Clock) -> None:
    form.type("leads")
    form.press("k")
    form.type("leads it")  # sent before the key, arrived after it
    rows = Reviews().find("q4", *AT).review.rows
    assert (rows[0].justification, form.justification) == ("leads it", "")
    clock.time += 10
    form.type("leads it as well")
    assert form.justification == "leads it as well"
    assert Reviews().find("q4", *AT).review.rows[0].justification == "leads it"


def test_a_decision_that_cannot_be_saved_is_reported(form: ReviewForm, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("zenpro_nb.inventory.reviews._write", full)
        form.press("r")
    assert "Not saved" in form.status.text
    assert "No space left" in form.status.text
    assert form._row == 1
    form.press("r")
    assert stored_decisions()[0] == "revoke"


def test_two_forms_of_one_review_do_not_overwrite_each_other(form: ReviewForm) -> None:
    other = ReviewForm(form.review, form.run, "ada@x.io")
    other.press("n")
    other.press("k")
    form.press("k")
    assert stored_decisions() == ["keep", "", "", "keep", ""]
    assert form.review.rows[3].decided_by == "ada@x.io"


def test_the_row_is_drawn_escaped_with_all_details(form: ReviewForm) -> None:
    view = ReviewView(form, "k", "%zenpro form review q4")
    shown = view._title.value + view._rows.value + view._status.value
    assert "Review q4 of acme" in shown
    assert "&lt;b&gt;ops&lt;/b&gt;" in shown
    assert "Workspace Admin in ml-prod" in shown
    assert "users update ada --no-superuser" in shown
    assert shown.count('aria-current="true"') == 1
    view.why.value = "why not"
    view.buttons["r"].click()
    assert Reviews().find("q4", *AT).review.rows[0].justification == "why not"
    assert view.why.value == ""
    view.buttons["n"].click()
    assert "✗ revoke" in view._rows.value  # recommended for bob
    form.close()
    assert view.buttons["k"].disabled
    form.press("k")
    assert stored_decisions()[3] == ""


def test_it_opens_for_a_review_of_the_organization(ctx: CommandContext, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx.forms = NotebookForms(in_kernel=True)
    with pytest.raises(
        UnknownNameError, match=r"There is no review of acme\. Create one: `reviews create 20\d\d-q[1-4]`"
    ):
        run(ctx, "%zenpro form review")
    run(ctx, "%zenpro reviews create q4 --workspace ml-prod")
    words = run(ctx, "%zenpro form review")  # the only one
    assert "run %zenpro form review q4 again" in repr(words)  # not interactive
    monkeypatch.setattr(TerminalUI, "is_interactive", property(lambda ui: True))
    handle = run(ctx, "%zenpro form review q4")
    assert isinstance(handle, FormHandle)
    handle.view.buttons["k"].click()
    assert run(ctx, "%zenpro reviews")["decisions"].tolist() == [1]
    # The caller is a member of this organization only as its admin.
    run(ctx, "%zenpro reviews create all")
    questions: list[str] = []
    monkeypatch.setattr(TerminalUI, "ask", lambda ui, question: questions.append(question) or "q4")
    assert run(ctx, "%zenpro form review").form.review.name == "q4"
    (question,) = questions
    assert question in ("Review to decide (all, q4) [all]: ", "Review to decide (q4, all) [q4]: ")
    run(ctx, "%zenpro reviews decide q4 --recommended --yes")
    handle = run(ctx, "%zenpro form review")
    handle.view.buttons["r"].click()
    refused = "`reviews apply all` will refuse row 1 without `--allow-self`: You would leave the organization."
    assert handle.form.status.text.endswith(refused)
    assert "review" in set(run(ctx, "%zenpro form")["form"])
    ctx.forms.close()


def test_in_a_terminal_letters_answer(form: ReviewForm, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["w", "leads it", "k", "n", "?", "r", "n", "p", "q"])
    questions: list[str] = []

    def answer(ui: TerminalUI, question: str) -> str:
        questions.append(question)
        return next(answers)

    monkeypatch.setattr(TerminalUI, "is_interactive", True)
    monkeypatch.setattr(TerminalUI, "_input", answer)
    assert prompts.ask(form) == "2 of 4 decided · 1 to revoke"
    assert all(question.endswith("then Enter? ") for question in questions if question != "Why: ")
    assert any("Deactivated; now revoke" in question for question in questions)
    assert stored_decisions() == ["keep", "", "", "revoke", ""]
    assert Reviews().find("q4", *AT).review.rows[0].justification == "leads it"


@pytest.mark.parametrize("error", [KeyboardInterrupt, EOFError])
def test_the_end_of_the_questions_says_that_the_decisions_are_saved(
    form: ReviewForm, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    answers = iter(["k"])

    def answer(ui: TerminalUI, question: str) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise error from None

    monkeypatch.setattr(TerminalUI, "is_interactive", True)
    monkeypatch.setattr(TerminalUI, "_input", answer)
    if error is EOFError:
        assert prompts.ask(form) == "1 of 4 decided"
    else:
        with pytest.raises(InterruptedReadError, match="every decision is saved: 1 of 4 decided"):
            prompts.ask(form)
    assert stored_decisions()[0] == "keep"
