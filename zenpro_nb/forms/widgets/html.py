"""The pieces of HTML that a form shows; every text that comes from somewhere else is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from zenpro_nb import limits
from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.forms.steps import StepGroup, StepLine, left_over
from zenpro_nb.security import printable
from zenpro_nb.security.printable import markup

_CSS = files(__package__).joinpath("form.css").read_text(encoding="utf-8")
_KEYS = escape(files(__package__).joinpath("form.js").read_text(encoding="utf-8"))

# A sign or a word beside the colour, for those who do not see it and for those who do not look.
_SIGNS = {Tone.PLAIN: "", Tone.BUSY: "… ", Tone.GOOD: "✓ ", Tone.ADVICE: "Note: ", Tone.BAD: "✗ "}

# Hidden until the stylesheet sees that the kernel is busy, or the script that a press waits for it (see form.css).
BUSY = (
    '<div class="zenpro-busy" role="status">The kernel is busy. Edits and presses wait until it is idle. '
    f"A press that waits for more than {limits.FORM_BUSY:.0f} seconds is not sent: press again then.</div>"
)

# The clipboard belongs to the browser: a kernel cannot reach it, and stock widgets have no button for it. Where the
# front end does not run the handler (VS Code), the line can still be selected.
_COPY = (
    "const b=this,l=b.parentElement.parentElement.querySelector('pre');"
    "const done=()=>{b.textContent='Copied'};"
    "const select=()=>{const r=document.createRange();r.selectNodeContents(l);const s=getSelection();"
    "s.removeAllRanges();s.addRange(r);};"
    "if(navigator.clipboard){navigator.clipboard.writeText(l.textContent).then(done,select)}else{select()}"
)


def style(key: str) -> str:
    """Return the stylesheet, which also hides the words that stand for the form where it is not drawn.

    Stock widgets hear of no key but Enter: the script hears of the others, as soon as the browser has the stylesheet.
    """
    return f'<style onload="{_KEYS}">{_CSS}.zenpro-fallback-{key} {{ display: none; }}</style>'


def messages(*shown: Message | None) -> str:
    """Return messages under a field, one below the other."""
    lines = [_toned(message) for message in shown if message is not None and message.text]
    return f'<div class="zenpro-message">{"<br>".join(lines)}</div>' if lines else ""


def status(*shown: Message) -> str:
    """Return the status line, read out by screen readers when it changes."""
    lines = "".join(f"<div>{_toned(message)}</div>" for message in shown if message.text)
    return f'<div role="status" aria-live="polite">{lines}</div>'


def title(text: str, server: str, about: str, *, sandbox: bool, badge: str = "") -> str:
    """Return the head of the form; `badge` is the word that says that people in it are."""
    more = f"<div>{markup(about)}</div>" if about else ""
    where = f'<div class="zenpro-quiet">{markup(server)}{badges(sandbox=sandbox, badge=badge)} · * is needed</div>'
    return f"<h3>{markup(text)}</h3>{more}{where}"


def badges(*, sandbox: bool, badge: str) -> str:
    """Return what must be known of where the form is, and of how it is shown, at a glance."""
    parts = ["", '<span class="zenpro-badge" title="Its data are invented">sandbox</span>'] if sandbox else [""]
    if badge:
        parts.append(f'<span class="zenpro-badge" title="What is sent is real">{markup(badge)}</span>')
    return " ".join(parts)


def label(text: str, about: str) -> str:
    """Return the label of a field, and beside it the help that is seen where the focus or the mouse is."""
    return f'{markup(text)} <span class="zenpro-help"><span>{markup(about)}</span></span>' if about else markup(text)


def help_beside(about: str) -> str:
    """Return the help of a field whose label has no place for it."""
    return f'<span class="zenpro-help">{markup(about)}</span>'


def fold(text: str, about: str = "") -> str:
    """Return what folds and unfolds the widget behind it, in the browser alone: its kernel may be busy, or gone."""
    more = f' <span class="zenpro-quiet">{markup(about)}</span>' if about else ""
    return f"<details><summary>{markup(text)}{more}</summary></details>"


def line(text: str, again: str, *, badge: str = "") -> str:
    """Return the magic line with its button, and what is seen once the form has lost its kernel."""
    about = "that does the same in a cell" + (f", with {badge} here" if badge else "")
    return (
        f'<div class="zenpro-dead" role="status"><b>This form is dead: it has lost its kernel.</b> Run '
        f"<code>{markup(again)}</code> for a new one, filled in as this one was. What was sent stays sent, and stands "
        f"in the journal.</div>"
        f'<div class="zenpro-below"><div><b>The line</b> '
        f'<span class="zenpro-quiet">{markup(about)}</span> '
        f'<button type="button" class="zenpro-copy" title="Copy the line" onclick="{markup(_COPY)}">Copy</button></div>'
        f'<pre class="zenpro-line" tabindex="0" aria-label="The line">{markup(text)}</pre></div>'
    )


def preview(shown: Message) -> str:
    """Return the request below its first line, or what stands in its place."""
    if shown.tone is Tone.PLAIN and shown.text.split(" ", 1)[0] in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        first = f'<div class="zenpro-first zenpro-quiet">{markup(shown.text.splitlines()[0])}</div>'
        return f'{first}<pre tabindex="0" aria-label="The request">{markup(shown.text)}</pre>'
    return f'<div class="zenpro-first">{_toned(shown)}</div>'


def frame(shown: Any) -> str:
    """Return a frame; one row of many columns reads better downwards, without what is missing."""
    if len(shown) != 1:
        return f'<div class="zenpro-frame">{printable.text(shown._repr_html_())}</div>'
    row = shown.iloc[0]
    pairs = [(str(name), str(row[name])) for name in shown.columns if shown[name].notna().all() and str(row[name])]
    return f'<div class="zenpro-frame">{table(("", ""), pairs)}</div>'


def question(text: str) -> str:
    """Return what is asked before something is destroyed."""
    return f"<div><b>{markup(text)}</b></div>"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a small table."""
    top = "".join(f"<th>{markup(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{markup(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def steps(groups: Sequence[StepGroup]) -> str:
    """Return the steps of a plan, each group below whom it is about."""
    if not groups:
        return ""
    room, parts = limits.FORM_STEPS, []
    for group in groups:
        lines = "".join(_step(item) for item in group.lines[: max(0, room)])
        room -= len(group.lines)
        if lines:
            parts.append(f"<div><b>{markup(group.who)}</b><ul>{lines}</ul></div>")
    more = left_over(groups)
    rest = f'<div class="zenpro-quiet">… and {more:,} more; `plan` shows them all</div>' if more else ""
    return f'<div class="zenpro-steps" tabindex="0" role="group" aria-label="The steps">{"".join(parts)}{rest}</div>'


def _step(item: StepLine) -> str:
    kind = {Tone.PLAIN: "quiet"}.get(item.tone, item.tone.value)
    note = f' <span class="zenpro-quiet">{markup(item.note)}</span>' if item.note else ""
    return f'<li class="zenpro-{kind}"><span aria-hidden="true">{item.sign}</span> {markup(item.text)}{note}</li>'


def _toned(message: Message) -> str:
    sign = "" if message.text.endswith("…") else _SIGNS[message.tone]
    kind = {Tone.PLAIN: "quiet", Tone.BUSY: "quiet"}.get(message.tone, message.tone.value)
    return f'<span class="zenpro-{kind}">{sign}{markup(message.text)}</span>'
