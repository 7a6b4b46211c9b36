"""The pieces of HTML that a form shows. All text from outside is escaped here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from zenpro_nb import frames, limits
from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.forms.steps import StepGroup, StepLine, left_over
from zenpro_nb.security.printable import markup
from zenpro_nb.ui.markup import address_or_cell, look

CSS = " ".join(files(__package__).joinpath("form.css").read_text(encoding="utf-8").split())
_KEYS = escape(files(__package__).joinpath("form.js").read_text(encoding="utf-8"))

# A sign or a word next to the color, because not everyone sees or notices the color.
_SIGNS = {Tone.PLAIN: "", Tone.BUSY: "… ", Tone.GOOD: "✓ ", Tone.ADVICE: "Note: ", Tone.BAD: "✗ "}

# Hidden until the stylesheet detects a busy kernel, or the script detects a waiting press (see form.css).
BUSY = (
    '<div class="zenpro-busy" role="status">The kernel is busy. Edits and clicks wait until it is idle. '
    f"If a click waits for more than {limits.FORM_BUSY:.0f} seconds, nothing is sent: press the button again.</div>"
)

# Only the browser can reach the clipboard, and stock widgets have no button for it. If the front end does not run the
# handler (VS Code), the command can still be selected.
_COPY = (
    "const b=this,l=b.parentElement.parentElement.querySelector('pre');"
    "const done=()=>{b.textContent='Copied'};"
    "const select=()=>{const r=document.createRange();r.selectNodeContents(l);const s=getSelection();"
    "s.removeAllRanges();s.addRange(r);};"
    "if(navigator.clipboard){navigator.clipboard.writeText(l.textContent).then(done,select)}else{select()}"
)


def style(key: str) -> str:
    """Return the stylesheet. It also hides the text that is shown if the form cannot be drawn.

    Stock widgets report only the Enter key. The script handles other keys once the browser has loaded the stylesheet.
    """
    return f'<style onload="{_KEYS}">{CSS}.zenpro-fallback-{key} {{ display: none; }}</style>'


def messages(*message_shown: Message | None) -> str:
    """Return the messages below a field, one per line."""
    lines = [_with_tone(message) for message in message_shown if message is not None and message.text]
    return f'<div class="zenpro-message">{"<br>".join(lines)}</div>' if lines else ""


def status(*message_shown: Message) -> str:
    """Return the status line. Screen readers announce its changes."""
    lines = "".join(f"<div>{_with_tone(message)}</div>" for message in message_shown if message.text)
    return f'<div role="status" aria-live="polite">{lines}</div>'


def title(text: str, server: str, about: str, *, sandbox: bool, badge: str = "") -> str:
    """Return the head of the form: its title, and one sentence about it. The rest of `about` is folded.

    Args:
        text: the title.
        server: the address that the form writes to.
        about: what the help says beyond the title.
        sandbox: the server is the sandbox.
        badge: the words that mark pseudonyms; empty if names are real.
    """
    first, *rest = re.split(r"(?<=[.!?]) ", about)
    more = f"<div>{_with_code(first)}</div>" if first else ""
    if rest:
        rest_text = _with_code(" ".join(rest))
        more += f"<details><summary>More about this command</summary>{rest_text}</details>"
    where = f'<div class="zenpro-quiet">{markup(server)}{badges(sandbox=sandbox, badge=badge)} · * required</div>'
    return f"<h3>{_with_code(text)}</h3>{more}{where}"


def _with_code(text: str) -> str:
    """Return a text as HTML, with words in backticks as code."""
    parts = re.split("`([^`]+)`", text)
    return "".join(f"<code>{_command(part)}</code>" if at % 2 else markup(part) for at, part in enumerate(parts))


def _command(text: str) -> str:
    """Return a command as HTML whose lines break at blanks, and not after the hyphens of an option or a name."""
    return re.sub(r"[^\s<>]*-[^\s<>]*", r'<span class="zenpro-word">\g<0></span>', markup(text))


def badges(*, sandbox: bool, badge: str) -> str:
    """Return the badges of a form: whether the server is the sandbox, and whether names are pseudonyms."""
    parts = ["", '<span class="zenpro-badge" title="Its data is made up">sandbox</span>'] if sandbox else [""]
    if badge:
        parts.append(f'<span class="zenpro-badge" title="Requests contain the real names">{markup(badge)}</span>')
    return " ".join(parts)


def label(text: str, about: str) -> str:
    """Return the label of a field and its help, which is visible while the field has the focus or the mouse."""
    help_text = f' <span class="zenpro-help"><span>{_with_code(about)}</span></span>' if about else ""
    return markup(text) + help_text


def help_beside(about: str) -> str:
    """Return the help of a field whose label has no room for it."""
    return f'<span class="zenpro-help">{_with_code(about)}</span>'


def fold(text: str, about: str = "") -> str:
    """Return a fold for the next widget. It works in the browser alone: the kernel may be busy or gone."""
    more = f' <span class="zenpro-quiet">{markup(about)}</span>' if about else ""
    return f"<details><summary>{markup(text)}{more}</summary></details>"


def line(text: str, again: str, *, badge: str = "") -> str:
    """Return the equivalent command with its copy button, and the notice for a form that has lost its kernel."""
    about = "does the same in a cell" + (f"; shown with {badge}" if badge else "")
    return (
        f'<div class="zenpro-dead" role="status"><b>This form no longer works: its kernel is gone.</b> Run '
        f"<code>{_command(again)}</code> for a new one with the same values. Requests that were sent are in the "
        f"journal.</div>"
        f'<div class="zenpro-below"><div><b>Command</b> '
        f'<span class="zenpro-quiet">{markup(about)}</span> '
        f'<button type="button" class="zenpro-copy" title="Copy the command" onclick="{markup(_COPY)}">Copy</button>'
        f"</div>"
        f'<pre class="zenpro-line" tabindex="0" aria-label="Command">{_command(text)}</pre></div>'
    )


def preview(message: Message) -> str:
    """Return the request below its first line, or the message shown in its place."""
    if message.tone is Tone.PLAIN and message.text.split(" ", 1)[0] in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        first = f'<div class="zenpro-first zenpro-quiet">{markup(message.text.splitlines()[0])}</div>'
        return f'{first}<pre tabindex="0" aria-label="Request">{markup(message.text)}</pre>'
    text = _with_tone(message).replace("\n", "<br>")
    return f'<div class="zenpro-first">{text}</div>'


def frame(content: Any) -> str:
    """Return a DataFrame with the cells that a notebook shows. A single row is a list of its columns without gaps.

    >>> import pandas as pd
    >>> result = frame(pd.DataFrame({"created": [pd.Timestamp("2026-12-01T20:35:08.797929Z")], "on": [True]}))
    >>> result.count("2026-12-01 20:35</td>"), result.count("✓</td>"), result.count("True")
    (1, 1, 0)
    """
    if len(content) != 1:
        shown = frames.html(content) or f"<pre>{markup(frames.text(content, None))}</pre>"
        return f'<div class="zenpro-frame">{shown}</div>'
    cells = [(column.name, column.cells[0]) for column in frames.whole_columns(content)]
    rows = [
        f"<tr><td>{markup(name)}</td><td>{address_or_cell(cell)}</td></tr>"
        for name, cell in cells
        if cell.text and not cell.nothing
    ]
    body = f"<table>{''.join(rows)}</table>"
    return f'<div class="zenpro-frame">{look(body)}</div>'


def question(text: str) -> str:
    """Return the question before something is destroyed."""
    return f"<div><b>{markup(text)}</b></div>"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a small table. In a narrow one, an address breaks before its `@`.

    >>> table(["Principal"], [["ada@example.com"]])
    '<div class="zenpro-table"><table><tr><th>Principal</th></tr><tr><td>ada<wbr>@example.com</td></tr></table></div>'
    """
    top = "".join(f"<th>{markup(cell)}</th>" for cell in head)
    cells = [[markup(cell).replace("@", "<wbr>@") for cell in row] for row in rows]
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    return f'<div class="zenpro-table"><table><tr>{top}</tr>{body}</table></div>'


def steps(groups: Sequence[StepGroup]) -> str:
    """Return the steps of a plan, grouped by the principal they affect."""
    if not groups:
        return ""
    remaining, parts = limits.FORM_STEPS, []
    for group in groups:
        lines = "".join(_step(step) for step in group.lines[: max(0, remaining)])
        remaining -= len(group.lines)
        if lines:
            parts.append(f"<div><b>{markup(group.principal)}</b><ul>{lines}</ul></div>")
    more = left_over(groups)
    rest = f'<div class="zenpro-quiet">… and {more:,} more; `plan` lists all of them</div>' if more else ""
    return f'<div class="zenpro-steps" tabindex="0" role="group" aria-label="Steps">{"".join(parts)}{rest}</div>'


def _step(step: StepLine) -> str:
    kind = {Tone.PLAIN: "quiet"}.get(step.tone, step.tone.value)
    note = f' <span class="zenpro-quiet">{_with_code(step.note)}</span>' if step.note else ""
    return f'<li class="zenpro-{kind}"><span aria-hidden="true">{step.sign}</span> {_with_code(step.text)}{note}</li>'


def _with_tone(message: Message) -> str:
    sign = "" if message.text.endswith("…") else _SIGNS[message.tone]
    kind = {Tone.PLAIN: "quiet", Tone.BUSY: "quiet"}.get(message.tone, message.tone.value)
    return f'<span class="zenpro-{kind}">{sign}{_with_code(message.text)}</span>'
