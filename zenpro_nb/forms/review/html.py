"""The pieces of HTML of a review form. All text from outside is escaped."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from zenpro_nb.access.reviews.model import DONT_KNOW, KEEP, REVOKE, ReviewRow
from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.forms.review.form import ReviewForm
from zenpro_nb.forms.widgets import html
from zenpro_nb.security.printable import markup
from zenpro_nb.syntax.sentences import capitalized

_CSS = files(__package__).joinpath("review.css").read_text(encoding="utf-8")
_KEYS = escape(files(__package__).joinpath("review.js").read_text(encoding="utf-8"))
# A sign next to the word and the color.
_SIGNS = {KEEP: "✓", REVOKE: "✗", DONT_KNOW: "?"}
_TONES = {KEEP: Tone.GOOD, REVOKE: Tone.BAD, DONT_KNOW: Tone.ADVICE}
_HEAD = ("", "Access", "Recommended", "Decided")


def style(key: str) -> str:
    """Return the stylesheet, which also hides the fallback text, and the script that handles keys."""
    return f'<style onload="{_KEYS}">{html.CSS}{_CSS}.zenpro-fallback-{key} {{ display: none; }}</style>'


def title(form: ReviewForm, line: str) -> str:
    """Return the head: the review, its progress and the principal shown."""
    review = form.review
    badges = html.badges(sandbox=review.sandbox, badge=form.presentation.badge)
    where = markup(review.workspace or review.organization_name)
    decided_count, whole = len(review.decided_rows), len(review.open)
    dead = (
        f'<div class="zenpro-dead" role="status"><b>This form no longer works: its kernel is gone.</b> Every decision '
        f"is saved: run <code>{markup(line)}</code> to continue.</div>"
    )
    bar = f'<progress max="{max(whole, 1)}" value="{decided_count}" aria-label="decided"></progress>'
    head = f"<h3>Review {markup(review.name)} of {where}{badges}</h3>"
    return f'{dead}{head}<div class="zenpro-quiet">{bar} {markup(form.progress)}</div>{_person(form)}'


def _person(form: ReviewForm) -> str:
    if not form.rows:
        return "<div>Nothing to decide.</div>"
    first = form.rows[0]
    kind = "" if first.kind == "user" else f" · {first.kind.replace('-', ' ')}"
    off = ' · <span class="zenpro-advice">deactivated</span>' if first.active is False else ""
    place = f"{form.place + 1:,} of {len(form.people):,}"
    return (
        f'<div class="zenpro-person"><b>{markup(first.principal)}</b>'
        f'<span class="zenpro-quiet">{markup(kind)}{off} · {place}</span></div>'
    )


def rows(form: ReviewForm) -> str:
    """Return the rows of the principal shown, with a mark on the row that the next key applies to."""
    current = form.row
    top = "".join(f"<th>{cell}</th>" for cell in _HEAD)
    body = "".join(_row(row, current is not None and row.row == current.row) for row in form.rows if row.is_open)
    items = "".join(_list_item(row) for row in form.rows if not row.is_open)
    also = f'<div class="zenpro-also zenpro-quiet">Also:<ul>{items}</ul></div>' if items else ""
    return f'<table class="zenpro-rows"><tr>{top}</tr>{body}</table>{also}'


def _row(row: ReviewRow, current: bool) -> str:
    brings = f'<div class="zenpro-quiet">{markup(row.reach)}</div>' if row.reach else ""
    because = f'<div class="zenpro-quiet">{markup(row.reason)}</div>' if row.reason else ""
    mark = ' class="zenpro-current" aria-current="true"' if current else ""
    sign = "▸" if current else ""
    return (
        f"<tr{mark}><td>{sign}</td><td>{markup(row.assignment)}{brings}</td>"
        f"<td>{_decision(row.recommendation, quiet=True)}{because}</td><td>{_decision_text(row)}</td></tr>"
    )


def _decision_text(row: ReviewRow) -> str:
    if not row.decision:
        return '<span class="zenpro-quiet">·</span>'
    why = f'<div class="zenpro-quiet">{markup(row.justification)}</div>' if row.justification else ""
    outcome = f'<div class="zenpro-quiet">applied: {markup(row.outcome)}</div>' if row.outcome else ""
    return f"{_decision(row.decision)}{why}{outcome}"


def _decision(word: str, *, quiet: bool = False) -> str:
    kind = "quiet" if quiet and word == KEEP else _TONES[word].value
    return f'<span class="zenpro-{kind}">{_SIGNS[word]} {markup(word)}</span>'


def _list_item(row: ReviewRow) -> str:
    line = f": <code>{markup(row.revoke_command)}</code>" if row.revoke_command else ""
    brings = f" ({markup(row.reach)})" if row.reach else ""
    return f"<li>{markup(row.assignment)}{brings}{line}</li>"


def ending(form: ReviewForm) -> Message:
    """Return the keys or, when everything is decided, the next step."""
    if form.is_closed:
        return Message("The form was closed. Every decision is saved.")
    if form.is_done:
        return Message(f"{capitalized(form.ending)}.", Tone.GOOD)
    return Message(
        "Click the form, then use the keys: k r d to decide, n p or → ← for next and back, "
        "j u or ↓ ↑ for rows, w for the reason."
    )
