"""A review in a terminal: one row at a time, each answered with a letter."""

from __future__ import annotations

from zenpro_nb.access.reviews.model import ReviewRow
from zenpro_nb.errors import ConfirmationError, InterruptedReadError
from zenpro_nb.forms import questions
from zenpro_nb.forms.presentation import ShownText
from zenpro_nb.forms.review.form import BACK, DECISION_KEYS, NEXT, ReviewForm
from zenpro_nb.ui import console

_QUIT, _WHY = "q", "w"
_KEYS = "k keep, r revoke, d don't know, w why, n next, p back, q quit"


def ask(form: ReviewForm) -> str:
    """Ask about rows until the user quits or all are decided. Return the progress, or the next command.

    Raises:
        InterruptedReadError: the user pressed Ctrl-C. Decisions are saved.
    """
    ui = form.run.ui
    console.say(f"Review {form.review.name} of {form.review.workspace or form.review.organization_name}: {_KEYS}")
    row_shown = -1
    try:
        while (row := form.row) is not None:
            if form.place != row_shown:
                row_shown = form.place
                _show(form)
            answer = ui.ask(form.presentation.text(_question(row))).lower()[:1]
            if answer == _QUIT:
                break
            if answer == _WHY:
                why = ShownText(form.presentation)
                form.type(why.read(questions.text(ui, "Why", why.display(row.justification))))
            elif answer in (*DECISION_KEYS, NEXT, BACK):
                form.press(answer)
                if form.status.text:
                    console.say(form.presentation.text(f"  {form.status.text}"))
                if form.is_done:
                    break
            else:
                console.say(f"  {_KEYS}")
    except KeyboardInterrupt:
        raise InterruptedReadError(
            f"Stopped by Ctrl-C; every decision is saved: {form.progress}", hint="Run the command again to continue."
        ) from None
    except ConfirmationError:
        pass  # the input ended, which quits
    finally:
        form.close()
    return form.ending if form.is_done else form.progress


def _show(form: ReviewForm) -> None:
    first, text = form.rows[0], form.presentation.text
    off = ", deactivated" if first.active is False else ""
    place = f"{form.place + 1:,} of {len(form.people):,}"
    console.say(text(f"\n{first.principal} ({first.kind}{off}) · {place} · {form.progress}"))
    for row in form.rows:
        if not row.is_open:
            console.say(text(f"  also {row.assignment}{f': {row.revoke_command}' if row.revoke_command else ''}"))


def _question(row: ReviewRow) -> str:
    access = f"{row.assignment}{f' ({row.reach})' if row.reach else ''}"
    now = f"; now {row.decision}" if row.decision else ""
    reason = row.reason.removesuffix(".") if now else row.reason
    return f"  {access}\n  {row.recommendation}: {reason}{now}\n  k/r/d/w/n/p/q, then Enter? "
