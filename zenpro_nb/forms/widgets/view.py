"""A form on the screen, drawn with stock ipywidgets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import ipywidgets as widgets

from zenpro_nb.forms.fields import Field, FieldKind, about
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.hooks.base import FormTable
from zenpro_nb.forms.messages import Message
from zenpro_nb.forms.state import FormState
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.combobox import Combobox
from zenpro_nb.forms.widgets.elements import HIDDEN, Elements, Slot
from zenpro_nb.forms.widgets.rows import InputRow, Row

_INCOMPLETE = "zenpro-incomplete"  # the button while required fields are empty
_LASTING = ("zenpro-lasting",)  # still visible when the kernel is gone
_CSS = dict.fromkeys(("title", "steps", "line", "result"), _LASTING)
_CSS |= {"preview": ("zenpro-folded",), "status": ("zenpro-status",)}


class FormView:
    """The widgets of one form; Display `root`."""

    def __init__(self, form: Form, key: str) -> None:
        self.form = form
        self._style = html.style(key)
        self._elements = elements = Elements(form.presentation)
        field_names = {field.name for field in form.applicable_fields}
        self._places = self._create_places(field_names)
        self._rows: dict[str, Row] = {}  # of the fields shown so far
        for field in form.applicable_fields:
            self.row(field.name)
        self._more = self._folded_rows()
        self._texts = {part: elements.html(text, *_CSS.get(part, ())) for part, text in self._parts().items()}
        self._assemble(key)
        form.listen(self.render)
        self.render()

    def _assemble(self, key: str) -> None:
        """Put the widgets together."""
        form, elements, texts = self.form, self._elements, self._texts
        self._question = Slot(elements, HIDDEN)
        danger = form.command.destructive
        css = ("zenpro-send", _INCOMPLETE) if form.missing else ("zenpro-send",)
        self.submit = elements.button(form.button, *css, button_style="danger" if danger else "primary")
        self.submit.on_click(lambda _: form.submit())
        self.cancel = elements.button("Cancel", tooltip="Close the form without sending anything")
        self.cancel.on_click(lambda _: form.close())
        children = [
            elements.html(self._style + html.BUSY, "zenpro-lasting", "zenpro-last"),
            texts["title"],
            *(self._places[field.name].box for field in form.fields if not field.rare),
            *self._more,
            *(texts[part] for part in ("table", "steps", "line") if part in texts),
            self._request(),
            self._question.box,
            elements.row([self.submit, self.cancel]),
            texts["status"],
            texts["result"],
        ]
        self.root = elements.column(children, "zenpro-form", f"zenpro-form-{key}")

    def row(self, name: str) -> Row:
        """Return the row of one field. It is created when the field is first shown."""
        if name not in self._rows:
            self._rows[name] = _kind(self.form.field(name))(
                self.form, self.form.field(name), self._elements, self._places[name]
            )
        return self._rows[name]

    def render(self) -> None:
        """Show the current state. Called after each change, in the thread that made it."""
        with self.form.lock:
            if self.form.state is FormState.CLOSED:
                self._show_closed()
            else:
                self._render()

    def _create_places(self, field_names: Collection[str]) -> dict[str, Slot]:
        """Return the box of each field."""
        problems = self.form.problems
        places = {}
        for field in self.form.fields:
            css = [name for name, holds in self._marks(field, field_names, problems).items() if holds]
            places[field.name] = Slot(self._elements, *_kind(field).css, *css)
        return places

    def _marks(self, field: Field, field_names: Collection[str], problems: Mapping[str, str]) -> dict[str, bool]:
        """Return which CSS classes a row has: for hidden and for folded fields."""
        return {HIDDEN: field.name not in field_names, "zenpro-rare": self.form.is_folded(field, problems)}

    def _folded_rows(self) -> list[widgets.Widget]:
        """Return a fold with the rarely needed fields; nothing if there are none."""
        rare = [field for field in self.form.fields if field.rare]
        if not rare:
            return []
        hidden = self.form.hooks.hidden()
        names = ", ".join(field.label for field in rare if field.name not in hidden)
        fold = self._elements.html(html.fold("More", names), "zenpro-fold")
        return [fold, self._elements.column([self._places[field.name].box for field in rare], "zenpro-folded")]

    def _request(self) -> widgets.Widget:
        """Return the request, of which only the first line is visible until it is unfolded."""
        fold = self._elements.html(html.fold("Request"), "zenpro-fold")
        return self._elements.column([fold, self._texts["preview"]], "zenpro-request")

    def _render(self) -> None:
        form = self.form
        field_names = {field.name for field in form.applicable_fields}
        busy, problems = form.state is FormState.SENDING, form.problems
        for field in form.fields:
            self._elements.mark(self._places[field.name].box, self._marks(field, field_names, problems))
            if field.name in field_names:
                row = self.row(field.name)
                row.render(problems)
                row.disable(busy)
        for part, text in self._parts().items():
            self._texts[part].value = text
        self._ask(busy)
        self.submit.disabled = form.state is not FormState.FILLING
        self._elements.mark(self.submit, {_INCOMPLETE: bool(form.missing)})
        self.cancel.disabled = busy  # a request on its way cannot be called back

    @cached_property
    def confirm(self) -> widgets.Text:
        """Return the input for the name of the object that is about to be destroyed."""
        field = self._elements.text(description="Confirm", placeholder=self._to_type)
        field.observe(lambda change: self.form.confirm(change["new"]), names="value")
        return field

    def _ask(self, busy: bool) -> None:
        """Show the question before something is destroyed. Its widgets are created when it is first needed."""
        form, question = self.form, self.form.question
        self._elements.mark(self._question.box, {HIDDEN: not question})
        if question and not self._question.box.children:
            self._question.fill(self._elements.html(), self.confirm)
        for text in self._question.box.children[:1]:
            text.value = html.question(question)
            self.confirm.placeholder = self._to_type
            if self.confirm.value.strip() != form.confirmation_text:
                self.confirm.value = form.confirmation_text
            self.confirm.disabled = busy

    @property
    def _to_type(self) -> str:
        expected = self.form.presentation.text(self.form.confirmation)
        return f"type {expected}" if expected else ""

    def _parts(self) -> dict[str, str]:
        """Return the current texts of the form, by the part that shows them."""
        form = self.form
        (what, more), badge = about(form.command), form.presentation.badge
        result = form.presentation.frame(form.result) if form.result is not None else None
        return {
            "title": html.title(what, form.server, more, sandbox=form.is_sandbox, badge=badge),
            "table": _table(form.hooks.table()),
            **({"steps": html.steps(form.steps)} if form.command.plan else {}),
            "line": html.line(form.line, form.reopen_line, badge=badge),
            "preview": html.preview(form.preview),
            "status": html.status(form.status, form.follow),
            "result": html.frame(result) if result is not None else "",
        }

    def _show_closed(self) -> None:
        """Remove the fields, and leave the command with the entered values."""
        title = self._texts["title"]
        if self.root.children == (title,):
            return
        sent = "" if self.form.result is None else " Requests that were sent are in the journal."
        line = html.line(self.form.line, self.form.reopen_line, badge=self.form.presentation.badge)
        title.value = f"{self._style}{html.status(Message(f'The form was closed.{sent}'))}{line}"
        self.root.children = (title,)
        for row in self._rows.values():
            row.empty()


def _kind(field: Field) -> type[Combobox] | type[InputRow]:
    return Combobox if field.kind in (FieldKind.NAME, FieldKind.NAMES) else InputRow


def _table(content: FormTable | Message | None) -> str:
    if isinstance(content, FormTable):
        return html.table(content.head, content.rows)
    return html.status(content) if content is not None else ""
