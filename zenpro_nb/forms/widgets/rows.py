"""One field of a form as widgets: label, input, and beside it help, advice or what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import ipywidgets as widgets

from zenpro_nb.forms.fields import Field, FieldKind, Raw, plain_help
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import Note, Tone
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.elements import Kit

_TRISTATE = (("leave as it is", None), ("yes", True), ("no", False))


class Row(Protocol):
    """A field on the screen."""

    box: widgets.VBox

    def render(self, problems: Mapping[str, str]) -> None:
        """Show what the form holds now; `problems` are what is wrong, by field."""

    def disable(self, busy: bool) -> None:
        """Take no input while the form is being sent."""

    def empty(self) -> None:
        """Hold no names any more: the state of widgets is saved with the notebook."""


def notes_of(form: Form, field: Field, wrong: str | None, *more: Note | None) -> str:
    """What stands beside a field: what is wrong with it, else what else there is to say, and its help."""
    advice = form.advice(field.name)
    if wrong and advice is not None and advice.tone is not Tone.ADVICE:
        advice = None
    return html.note(Note(wrong or "", Tone.BAD), advice, *more, Note(plain_help(field.help)))


def label_of(form: Form, field: Field) -> str:
    """The label, marked where the field must be filled in."""
    return f"{field.label} *" if form.needs(field) else field.label


def on_enter(text: widgets.Text, act: Callable[[], None]) -> None:
    """Call it when Enter is pressed in a line of text."""
    text.on_msg(lambda _, content, buffers: act() if content.get("event") == "submit" else None)


class InputRow:
    """A field that holds what is typed or chosen in one widget."""

    def __init__(self, form: Form, field: Field, kit: Kit) -> None:
        self._form, self._field, self._kit = form, field, kit
        self._input = self._make()
        self._input.observe(lambda change: form.set(field.name, self._read(change["new"])), names="value")
        self._note = kit.html()
        self._offers: widgets.ToggleButtons | None = None
        self.box = kit.column([self._input, self._note], own_layout=True)

    def render(self, problems: Mapping[str, str]) -> None:
        """Show what the form holds now."""
        self._input.description = label_of(self._form, self._field)
        value = self._shown(self._form.values[self._field.name])
        if self._read(self._input.value) != self._form.values[self._field.name]:
            self._input.value = value
        self._note.value = notes_of(self._form, self._field, problems.get(self._field.name))
        self._suggest(self._form.care.suggestions(self._field.name))

    def disable(self, busy: bool) -> None:
        """Take no input while the form is being sent."""
        self._input.disabled = busy

    def empty(self) -> None:
        """It holds no names of others."""
        self._suggest(())

    def _make(self) -> Any:
        field, kit = self._field, self._kit
        start = self._shown(self._form.values[field.name])
        if field.kind is FieldKind.TEXTS:
            return kit.labelled(widgets.Textarea, value=start, rows=3, placeholder="one a line")
        if field.kind is FieldKind.CHOICE:
            return kit.labelled(widgets.Dropdown, options=["", *field.choices], value=start)
        if field.kind is FieldKind.TRISTATE:
            return kit.labelled(widgets.Dropdown, options=_TRISTATE, value=start)
        if field.kind is FieldKind.FLAG:
            return kit.labelled(widgets.Checkbox, value=start)
        if field.kind is FieldKind.DATE:
            return kit.labelled(widgets.DatePicker, value=start)
        text = kit.text(value=start, placeholder=getattr(field.param, "metavar", None) or "")
        on_enter(text, self._form.submit)
        return text

    def _shown(self, value: Raw) -> Any:
        if self._field.kind is FieldKind.TEXTS:
            return "\n".join(value) if isinstance(value, list) else ""
        if self._field.kind is FieldKind.DATE:
            return date.fromisoformat(value) if isinstance(value, str) and value else None
        return value

    def _read(self, value: Any) -> Raw:
        if self._field.kind is FieldKind.TEXTS:
            return [part.strip() for part in value.splitlines() if part.strip()]
        if self._field.kind is FieldKind.DATE:
            return value.isoformat() if value else ""
        return value.strip() if isinstance(value, str) else value

    def _suggest(self, names: Sequence[str]) -> None:
        if self._offers is None:
            if not names:
                return
            self._offers = self._kit.buttons("Suggestions", "zenpro-chips")
            self._offers.observe(self._take, names="value")
        if self._offers.options != tuple(names):
            self._offers.options = tuple(names)
        self.box.children = (self._input, *((self._offers,) if names else ()), self._note)

    def _take(self, change: dict[str, Any]) -> None:
        if change["new"] is None or self._offers is None:
            return
        name, self._offers.value = change["new"], None
        self._input.value = name
