"""A form on the screen, drawn with stock ipywidgets."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import ipywidgets as widgets

from zenpro_nb.forms.fields import Field, FieldKind, about
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.hooks.base import Table
from zenpro_nb.forms.messages import Message
from zenpro_nb.forms.state import State
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.combobox import Combobox
from zenpro_nb.forms.widgets.elements import HIDDEN, Elements
from zenpro_nb.forms.widgets.rows import InputRow, Row

_LASTING = ("zenpro-lasting",)  # still shown when the kernel is gone
_CSS = {"title": _LASTING, "steps": _LASTING, "line": _LASTING, "result": _LASTING, "preview": ("zenpro-folded",)}


class View:
    """The widgets of one form; `root` is what is displayed."""

    def __init__(self, form: Form, key: str) -> None:
        self.form = form
        self._style = html.style(key)
        self._elements = elements = Elements(form.presentation)
        shown, problems = {field.name for field in form.shown}, form.problems
        self._rows: dict[str, Row] = {field.name: self._row(field, shown, problems) for field in form.fields}
        self._more = self._folded_rows()
        self._texts = {part: elements.html(text, *_CSS.get(part, ())) for part, text in self._parts().items()}
        self._made(key)
        form.listen(self.render)
        self.render()

    def _made(self, key: str) -> None:
        """Put the widgets together."""
        form, elements, texts = self.form, self._elements, self._texts
        self.confirm = elements.text(form.submit, description="Confirm", placeholder=self._to_type)
        self.confirm.observe(lambda change: form.confirm(change["new"]), names="value")
        asked = () if form.question else (HIDDEN,)
        self._confirm_box = elements.column([texts["question"], self.confirm], *asked)
        verb, danger = form.words[-1].capitalize(), form.command.destructive
        self.submit = elements.button(verb, button_style="danger" if danger else "primary")
        self.submit.on_click(lambda _: form.submit())
        self.cancel = elements.button("Cancel", tooltip="Close the form; nothing is sent")
        self.cancel.on_click(lambda _: form.close())
        children = [
            elements.html(self._style, "zenpro-lasting"),
            texts["title"],
            *(self._rows[field.name].box for field in form.fields if not field.rare),
            *self._more,
            texts["table"],
            texts["steps"],
            texts["line"],
            self._request(),
            self._confirm_box,
            elements.row([self.submit, self.cancel]),
            texts["status"],
            texts["result"],
        ]
        self.root = elements.column(children, "zenpro-form", f"zenpro-form-{key}")

    def row(self, name: str) -> Row:
        """Return the row of one field."""
        return self._rows[name]

    def render(self) -> None:
        """Show what the form holds now; called after each change, in whatever thread that was."""
        with self.form.lock:
            if self.form.state is State.CLOSED:
                self._say_goodbye()
            else:
                self._render()

    def _row(self, field: Field, shown: Collection[str], problems: Mapping[str, str]) -> Row:
        is_offered = field.kind in (FieldKind.NAME, FieldKind.NAMES)
        css = [name for name, holds in self._marks(field, shown, problems).items() if holds]
        return (Combobox if is_offered else InputRow)(self.form, field, self._elements, css)

    def _marks(self, field: Field, shown: Collection[str], problems: Mapping[str, str]) -> dict[str, bool]:
        """Return the CSS classes of a row: where it is hidden, and where it is folded away."""
        return {HIDDEN: field.name not in shown, "zenpro-rare": self.form.is_folded(field, problems)}

    def _folded_rows(self) -> list[widgets.Widget]:
        """Return the fields that few need, behind what unfolds them; nothing where there are none."""
        rare = [field for field in self.form.fields if field.rare]
        if not rare:
            return []
        hidden = self.form.hooks.hidden()
        names = ", ".join(field.label for field in rare if field.name not in hidden)
        fold = self._elements.html(html.fold("More", names), "zenpro-fold")
        return [fold, self._elements.column([self._rows[field.name].box for field in rare], "zenpro-folded")]

    def _request(self) -> widgets.Widget:
        """Return the request, folded down to its first line."""
        fold = self._elements.html(html.fold("The request"), "zenpro-fold")
        return self._elements.column([fold, self._texts["preview"]], "zenpro-request")

    def _render(self) -> None:
        form = self.form
        shown = {field.name for field in form.shown}
        busy, problems = form.state is State.SENDING, form.problems
        for name, row in self._rows.items():
            self._elements.mark(row.box, self._marks(form.field(name), shown, problems))
            if name in shown:
                row.render(problems)
                row.disable(busy)
        for part, text in self._parts().items():
            self._texts[part].value = text
        self._elements.mark(self._confirm_box, {HIDDEN: not form.question})
        self.confirm.placeholder = self._to_type
        if self.confirm.value.strip() != form.typed:
            self.confirm.value = form.typed
        self.confirm.disabled = busy
        self.submit.disabled = form.state is not State.FILLING
        self.cancel.disabled = busy  # what is on its way cannot be called back

    @property
    def _to_type(self) -> str:
        wanted = self.form.presentation.text(self.form.confirmation)
        return f"type {wanted}" if wanted else ""

    def _parts(self) -> dict[str, str]:
        """Return the texts of the form as they are now, by the part that shows them."""
        form = self.form
        (what, more), made_up = about(form.command), form.presentation.badge
        result = form.presentation.frame(form.result) if form.result is not None else None
        return {
            "title": html.title(what, form.server, more, sandbox=form.is_sandbox, made_up=made_up),
            "table": _table(form.hooks.table()),
            "steps": html.steps(form.steps),
            "line": html.line(form.line, form.again, made_up=made_up),
            "preview": html.preview(form.preview),
            "question": html.question(form.question),
            "status": html.status(form.status, form.follow),
            "result": html.frame(result) if result is not None else "",
        }

    def _say_goodbye(self) -> None:
        """Take the fields away, and leave the line that was filled in."""
        title = self._texts["title"]
        if self.root.children == (title,):
            return
        words = "The form was closed." if self.form.result is None else "The form was closed; what was sent stays sent."
        line = html.line(self.form.line, self.form.again, made_up=self.form.presentation.badge)
        title.value = f"{self._style}{html.status(Message(words))}{line}"
        self.root.children = (title,)
        for row in self._rows.values():
            row.empty()


def _table(shown: Table | Message | None) -> str:
    if isinstance(shown, Table):
        return html.table(shown.head, shown.rows)
    return html.status(shown) if shown is not None else ""
