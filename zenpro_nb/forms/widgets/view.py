"""A form on the screen, drawn with stock ipywidgets."""

from __future__ import annotations

import ipywidgets as widgets

from zenpro_nb.forms.fields import FieldKind
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.hooks.hooks import Table
from zenpro_nb.forms.messages import Note
from zenpro_nb.forms.state import State
from zenpro_nb.forms.widgets import html, style
from zenpro_nb.forms.widgets.combobox import PickRow
from zenpro_nb.forms.widgets.elements import Kit
from zenpro_nb.forms.widgets.rows import InputRow, Row, on_enter

_CONFIRM = "Confirm"


class View:
    """The widgets of one form; `root` is what is displayed."""

    def __init__(self, form: Form, key: str) -> None:
        self.form = form
        self._key = key
        self._kit = kit = Kit()
        self._rows: dict[str, Row] = {field.name: self._row(field.name) for field in form.fields}
        self._title = kit.html()
        self._table, self._line, self._preview, self._status, self._result = (kit.html() for _ in range(5))
        self.confirm = kit.text(description=_CONFIRM)
        self.confirm.observe(lambda change: form.confirm(change["new"]), names="value")
        on_enter(self.confirm, form.submit)
        self._question = kit.html()
        self._confirm_box = kit.column([self._question, self.confirm], own_layout=True)
        self.submit = kit.button(
            form.words[-1].capitalize(), button_style="danger" if form.command.destructive else "primary"
        )
        self.submit.on_click(lambda _: form.submit())
        self.cancel = kit.button("Cancel", tooltip="Close the form; nothing is sent")
        self.cancel.on_click(lambda _: form.close())
        self.root = widgets.VBox(self._children())
        self.root.add_class("zenpro-form")
        self.root.add_class(f"zenpro-form-{key}")
        form.listen(self.render)
        self.render()

    def row(self, name: str) -> Row:
        """The row of one field."""
        return self._rows[name]

    def render(self) -> None:
        """Show what the form holds now; called after each change, in whatever thread that was."""
        with self.form.lock:
            if self.form.state is State.CLOSED:
                self._say_goodbye()
            else:
                self._render()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _row(self, name: str) -> Row:
        field = self.form.field(name)
        picked = field.kind in (FieldKind.NAME, FieldKind.NAMES)
        return PickRow(self.form, field, self._kit) if picked else InputRow(self.form, field, self._kit)

    def _children(self) -> list[widgets.Widget]:
        kit = self._kit
        rows = [self._rows[field.name].box for field in self.form.fields]
        buttons = kit.row([self.submit, self.cancel])
        styles = kit.html(style.style(self._key))
        return [
            styles,
            self._title,
            *rows,
            self._table,
            self._line,
            self._preview,
            self._confirm_box,
            buttons,
            self._status,
            self._result,
        ]

    def _render(self) -> None:
        form = self.form
        shown = {field.name for field in form.shown}
        busy, problems = form.state is State.SENDING, form.problems
        for name, row in self._rows.items():
            row.box.layout.display = None if name in shown else "none"
            if name in shown:
                row.render(problems)
                row.disable(busy)
        about, _, more = (form.command.help or "").partition(". ")
        self._title.value = html.title(about.rstrip("."), f"{form.where} · fields with * are needed", more)
        self._table.value = _table(form.care.table())
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
        shown = form.result
        self._result.value = html.frame(shown) if shown is not None else ""

    def _say_goodbye(self) -> None:
        """Take the fields away, and leave the line that was filled in."""
        if not self.root.children or self.root.children[0] is self._title:
            return
        words = "The form was closed." if self.form.result is None else "The form was closed; what was sent stays sent."
        self._title.value = f"{style.style(self._key)}{html.status(Note(words))}{html.line(self.form.line)}"
        self.root.children = (self._title,)
        for row in self._rows.values():
            row.empty()


def _table(shown: Table | Note | None) -> str:
    if isinstance(shown, Table):
        return html.table(shown.head, shown.rows)
    return html.status(shown) if shown is not None else ""
