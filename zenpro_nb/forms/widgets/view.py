"""A form on the screen, drawn with stock ipywidgets."""

from __future__ import annotations

from zenpro_nb.forms.fields import Field, FieldKind, about
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.hooks.base import Table
from zenpro_nb.forms.messages import Message
from zenpro_nb.forms.state import State
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.combobox import Combobox
from zenpro_nb.forms.widgets.elements import Elements
from zenpro_nb.forms.widgets.rows import InputRow, Row


class View:
    """The widgets of one form; `root` is what is displayed."""

    def __init__(self, form: Form, key: str) -> None:
        self.form = form
        self._style = html.style(key)
        self._elements = elements = Elements()
        self._rows: dict[str, Row] = {field.name: self._row(field) for field in form.fields}
        self._title, self._table, self._line, self._preview, self._question, self._status, self._result = (
            elements.html() for _ in range(7)
        )
        self.confirm = elements.text(form.submit, description="Confirm")
        self.confirm.observe(lambda change: form.confirm(change["new"]), names="value")
        self._confirm_box = elements.column([self._question, self.confirm])
        verb, danger = form.words[-1].capitalize(), form.command.destructive
        self.submit = elements.button(verb, button_style="danger" if danger else "primary")
        self.submit.on_click(lambda _: form.submit())
        self.cancel = elements.button("Cancel", tooltip="Close the form; nothing is sent")
        self.cancel.on_click(lambda _: form.close())
        self.root = elements.column(
            [
                elements.html(self._style),
                self._title,
                *(row.box for row in self._rows.values()),
                self._table,
                self._line,
                self._preview,
                self._confirm_box,
                elements.row([self.submit, self.cancel]),
                self._status,
                self._result,
            ]
        )
        self.root.add_class("zenpro-form")
        self.root.add_class(f"zenpro-form-{key}")
        form.listen(self.render)
        self.render()

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

    def _row(self, field: Field) -> Row:
        is_offered = field.kind in (FieldKind.NAME, FieldKind.NAMES)
        return (Combobox if is_offered else InputRow)(self.form, field, self._elements)

    def _render(self) -> None:
        form = self.form
        shown = {field.name for field in form.shown}
        busy, problems = form.state is State.SENDING, form.problems
        for name, row in self._rows.items():
            row.box.layout.display = None if name in shown else "none"
            if name in shown:
                row.render(problems)
                row.disable(busy)
        what, more = about(form.command)
        self._title.value = html.title(what, f"{form.where} · fields with * are needed", more)
        self._table.value = _table(form.hooks.table())
        self._line.value = html.line(form.line)
        self._preview.value = html.preview(form.preview)
        self._render_sending(busy)

    def _render_sending(self, busy: bool) -> None:
        form = self.form
        self._confirm_box.layout.display = None if form.question else "none"
        self._question.value = html.question(form.question)
        self.confirm.placeholder = f"type {form.confirmation} to confirm" if form.confirmation else ""
        if self.confirm.value.strip() != form.typed:
            self.confirm.value = form.typed
        self.confirm.disabled = busy
        self.submit.disabled = form.state is not State.FILLING
        self.cancel.disabled = busy  # what is on its way cannot be called back
        self._status.value = html.status(form.status, form.follow)
        self._result.value = html.frame(form.result) if form.result is not None else ""

    def _say_goodbye(self) -> None:
        """Take the fields away, and leave the line that was filled in."""
        if self.root.children == (self._title,):
            return
        words = "The form was closed." if self.form.result is None else "The form was closed; what was sent stays sent."
        self._title.value = f"{self._style}{html.status(Message(words))}{html.line(self.form.line)}"
        self.root.children = (self._title,)
        for row in self._rows.values():
            row.empty()


def _table(shown: Table | Message | None) -> str:
    if isinstance(shown, Table):
        return html.table(shown.head, shown.rows)
    return html.status(shown) if shown is not None else ""
