"""The pieces of HTML that a form shows; every text that comes from somewhere else is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.security import printable
from zenpro_nb.security.printable import markup

_CSS = files(__package__).joinpath("form.css").read_text(encoding="utf-8")

# A sign or a word beside the colour, for those who do not see it and for those who do not look.
_SIGNS = {Tone.PLAIN: "", Tone.BUSY: "… ", Tone.GOOD: "✓ ", Tone.ADVICE: "Note: ", Tone.BAD: "✗ "}

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
    """Return the stylesheet, with rules that hide the words which stand for the form while it lives.

    JupyterLab may draw a form from the saved state although its kernel is gone, and marks it then as disconnected.
    """
    words, dead = f".zenpro-fallback-{key}", f".zenpro-form-{key}.jupyter-widgets-disconnected"
    return f"<style>{_CSS}{words} {{ display: none; }} body:has({dead}) {words} {{ display: block; }}</style>"


def messages(*shown: Message | None) -> str:
    """Return messages under a field, one below the other."""
    lines = [_toned(one) for one in shown if one is not None and one.text]
    return f'<div class="zenpro-message">{"<br>".join(lines)}</div>' if lines else ""


def status(*shown: Message) -> str:
    """Return the status line, read out by screen readers when it changes."""
    lines = "".join(f"<div>{_toned(one)}</div>" for one in shown if one.text)
    return f'<div role="status" aria-live="polite">{lines}</div>'


def title(text: str, where: str, about: str) -> str:
    """Return the head of the form."""
    return f'<h3>{markup(text)}</h3><div class="zenpro-quiet">{markup(where)}</div><div>{markup(about)}</div>'


def line(text: str) -> str:
    """Return the magic line, with its button."""
    return (
        f'<div><div><b>The line</b> <span class="zenpro-quiet">that does the same in a cell</span> '
        f'<button type="button" class="zenpro-copy" title="Copy the line" onclick="{markup(_COPY)}">Copy</button></div>'
        f'<pre class="zenpro-line" tabindex="0" aria-label="The line">{markup(text)}</pre></div>'
    )


def preview(shown: Message) -> str:
    """Return the request, or what stands in its place."""
    head = '<b>Preview</b> <span class="zenpro-quiet">of what will be sent</span>'
    if shown.tone is Tone.PLAIN and shown.text.split(" ", 1)[0] in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        return f'<div>{head}</div><pre tabindex="0" aria-label="Preview">{markup(shown.text)}</pre>'
    return f"<div>{head}</div><div>{_toned(shown)}</div>"


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


def _toned(one: Message) -> str:
    kind = {Tone.PLAIN: "quiet", Tone.BUSY: "quiet"}.get(one.tone, one.tone.value)
    return f'<span class="zenpro-{kind}">{_SIGNS[one.tone]}{markup(one.text)}</span>'
