"""A form on the screen, drawn with stock ipywidgets."""

from __future__ import annotations

import ipywidgets as widgets

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
        self._elements = elements = Elements(form.presentation)
        self._rows: dict[str, Row] = {field.name: self._row(field) for field in form.fields}
        self._more = self._folded_rows()
        self._title, self._table, self._steps, self._line, self._preview, self._question, self._status, self._result = (
            elements.html() for _ in range(8)
        )
        self.confirm = elements.text(form.submit, description="Confirm")
        self.confirm.observe(lambda change: form.confirm(change["new"]), names="value")
        self._confirm_box = elements.column([self._question, self.confirm])
        verb, danger = form.words[-1].capitalize(), form.command.destructive
        self.submit = elements.button(verb, button_style="danger" if danger else "primary")
        self.submit.on_click(lambda _: form.submit())
        self.cancel = elements.button("Cancel", tooltip="Close the form; nothing is sent")
        self.cancel.on_click(lambda _: form.close())
        style = elements.html(self._style)
        self.root = elements.column(
            [
                style,
                self._title,
                *(self._rows[field.name].box for field in form.fields if not field.rare),
                *self._more,
                self._table,
                self._steps,
                self._line,
                self._request(),
                self._confirm_box,
                elements.row([self.submit, self.cancel]),
                self._status,
                self._result,
            ]
        )
        for lasting in (style, self._title, self._steps, self._line, self._result):
            lasting.add_class("zenpro-lasting")  # still shown when the kernel is gone
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

    def _folded_rows(self) -> list[widgets.Widget]:
        """Return the fields that few need, behind what unfolds them; nothing where there are none."""
        rare = [field for field in self.form.fields if field.rare]
        if not rare:
            return []
        hidden = self.form.hooks.hidden()
        names = ", ".join(field.label for field in rare if field.name not in hidden)
        fold = self._elements.html(html.fold("More", names))
        fold.add_class("zenpro-fold")
        more = self._elements.column([self._rows[field.name].box for field in rare])
        more.add_class("zenpro-folded")
        return [fold, more]

    def _request(self) -> widgets.Widget:
        """Return the request, folded down to its first line."""
        fold = self._elements.html(html.fold("The request"))
        fold.add_class("zenpro-fold")
        self._preview.add_class("zenpro-folded")
        box = self._elements.column([fold, self._preview])
        box.add_class("zenpro-request")
        return box

    def _render(self) -> None:
        form = self.form
        shown = {field.name for field in form.shown}
        busy, problems = form.state is State.SENDING, form.problems
        for name, row in self._rows.items():
            row.box.layout.display = None if name in shown else "none"
            if name in shown:
                self._fold(row, form.is_folded(form.field(name), problems))
                row.render(problems)
                row.disable(busy)
        (what, more), made_up = about(form.command), form.presentation.badge
        self._title.value = html.title(what, form.server, more, sandbox=form.is_sandbox, made_up=made_up)
        self._table.value = _table(form.hooks.table())
        self._steps.value = html.steps(form.steps)
        self._line.value = html.line(form.line, form.again, made_up=made_up)
        self._preview.value = html.preview(form.preview)
        self._render_sending(busy)

    def _render_sending(self, busy: bool) -> None:
        form = self.form
        self._confirm_box.layout.display = None if form.question else "none"
        self._question.value = html.question(form.question)
        wanted = form.presentation.text(form.confirmation)
        self.confirm.placeholder = f"type {wanted}" if wanted else ""
        if self.confirm.value.strip() != form.typed:
            self.confirm.value = form.typed
        self.confirm.disabled = busy
        self.submit.disabled = form.state is not State.FILLING
        self.cancel.disabled = busy  # what is on its way cannot be called back
        self._status.value = html.status(form.status, form.follow)
        result = form.presentation.frame(form.result) if form.result is not None else None
        self._result.value = html.frame(result) if result is not None else ""

    @staticmethod
    def _fold(row: Row, folded: bool) -> None:
        (row.box.add_class if folded else row.box.remove_class)("zenpro-rare")

    def _say_goodbye(self) -> None:
        """Take the fields away, and leave the line that was filled in."""
        if self.root.children == (self._title,):
            return
        words = "The form was closed." if self.form.result is None else "The form was closed; what was sent stays sent."
        line = html.line(self.form.line, self.form.again, made_up=self.form.presentation.badge)
        self._title.value = f"{self._style}{html.status(Message(words))}{line}"
        self.root.children = (self._title,)
        for row in self._rows.values():
            row.empty()


def _table(shown: Table | Message | None) -> str:
    if isinstance(shown, Table):
        return html.table(shown.head, shown.rows)
    return html.status(shown) if shown is not None else ""
