"""One field of a form as widgets: label and help, the input, and advice or a problem below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import ipywidgets as widgets

from zenpro_nb.forms.fields import Field, FieldKind, Raw
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.forms.presentation import ShownText
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.elements import Elements, Slot
from zenpro_nb.syntax.placeholders import BoundValue

_TRISTATE = (("unchanged", None), ("yes", True), ("no", False))


def messages_of(form: Form, field: Field, wrong: str | None, *more: Message | None) -> str:
    """Return the messages below a field: its problem, otherwise advice and more."""
    advice = form.advice(field.name)
    if wrong and advice is not None and advice.tone is not Tone.ADVICE:
        advice = None
    return html.messages(Message(wrong or "", Tone.BAD), advice, *more)


def name_of(form: Form, field: Field) -> str:
    """Return the label, with a mark if the field is required."""
    return f"{field.label} *" if form.needs(field) else field.label


def label_of(form: Form, field: Field) -> str:
    """Return the label with its help."""
    return html.label(name_of(form, field), field.help)


class Row(Protocol):
    """A field on the screen."""

    box: widgets.VBox

    def render(self, problems: Mapping[str, str]) -> None:
        """Show the current values; `problems` are by field."""

    def disable(self, busy: bool) -> None:
        """Take no input while the form is being sent."""

    def empty(self) -> None:
        """Remove the names of other people: the state of widgets is saved with the notebook."""


class MessageBelow:
    """The messages below a field. The widget is created with the first message."""

    def __init__(self, elements: Elements) -> None:
        self._elements = elements
        self._message: widgets.HTML | None = None

    @property
    def value(self) -> str:
        """Return the current message."""
        return "" if self._message is None else self._message.value

    def say(self, text: str) -> list[widgets.Widget]:
        """Show this message, and return the widget for it: none before the first message."""
        if self._message is None and text:
            self._message = self._elements.html(text)
        elif self._message is not None:
            self._message.value = text
        return [] if self._message is None else [self._message]


class InputRow:
    """A field with one input widget."""

    css: tuple[str, ...] = ()  # the classes of its box, except those for its visibility

    def __init__(self, form: Form, field: Field, elements: Elements, place: Slot) -> None:
        self._form, self._field, self._elements = form, field, elements
        self._text = ShownText(form.presentation)
        self._input = self._make()
        self._input.observe(lambda change: form.set(field.name, self._read(change["new"])), names="value")
        self._message = MessageBelow(elements)
        self._suggestions: widgets.ToggleButtons | None = None
        self._first = self._with_help()
        self.box = place.fill(self._first)

    def render(self, problems: Mapping[str, str]) -> None:
        """Show the current values."""
        self._input.description = self._label
        value = self._form.values[self._field.name]
        if self._read(self._input.value) != value:
            self._input.value = self._display(value)
        below = self._message.say(messages_of(self._form, self._field, problems.get(self._field.name)))
        suggested = self._suggest(self._form.hooks.suggestions(self._field.name))
        children = (self._first, *suggested, *below)
        if self.box.children != children:
            self.box.children = children

    def disable(self, busy: bool) -> None:
        """Take no input while the form is being sent."""
        self._input.disabled = busy

    def empty(self) -> None:
        """Remove the suggested names."""
        self._suggest(())

    @property
    def _label(self) -> str:
        # A checkbox repeats its label as its title, where HTML would be shown as source.
        label = name_of if self._field.kind is FieldKind.FLAG else label_of
        return label(self._form, self._field)

    def _make(self) -> Any:
        field, elements = self._field, self._elements
        start: dict[str, Any] = {"value": self._display(self._form.values[field.name]), "description": self._label}
        hint = f"Example: {field.example}" if field.example else ""
        if field.kind is FieldKind.TEXTS:
            return elements.with_label(widgets.Textarea, rows=3, placeholder=f"One per line. {hint}", **start)
        if field.kind is FieldKind.CHOICE:
            return elements.with_label(widgets.Dropdown, options=["", *field.choices], **start)
        if field.kind is FieldKind.TRISTATE:
            return elements.with_label(widgets.Dropdown, options=_TRISTATE, **start)
        if field.kind is FieldKind.FLAG:
            return elements.with_label(widgets.Checkbox, **start)
        if field.kind is FieldKind.DATE:
            return elements.with_label(widgets.DatePicker, **start)
        return elements.text(placeholder=hint, **start)

    def _with_help(self) -> widgets.Widget:
        """Return the input; next to a checkbox the help, because its label has no room for it."""
        if self._field.kind is not FieldKind.FLAG or not self._field.help:
            return self._input
        return self._elements.row([self._input, self._elements.html(html.help_beside(self._field.help))])

    def _display(self, value: Raw) -> Any:
        if self._field.kind is FieldKind.TEXTS:
            return self._text.display("\n".join(value) if isinstance(value, list) else "")
        if self._field.kind is FieldKind.DATE:
            return date.fromisoformat(value) if isinstance(value, str) and value else None
        if isinstance(value, str) and self._is_text:
            return self._text.display(value)
        return str(value) if isinstance(value, BoundValue) else value

    def _read(self, value: Any) -> Raw:
        if self._field.kind is FieldKind.TEXTS:
            return [part.strip() for part in self._text.read(value).splitlines() if part.strip()]
        if self._field.kind is FieldKind.DATE:
            return value.isoformat() if value else ""
        if isinstance(value, str) and self._is_text:
            return self._text.read(value.strip())
        read: Raw = value
        return read

    @property
    def _is_text(self) -> bool:
        """Return whether people type into it. Fixed choices contain no names of people."""
        return self._field.kind in (FieldKind.TEXT, FieldKind.TEXTS)

    def _suggest(self, names: Sequence[str]) -> list[widgets.Widget]:
        """Suggest these names, and return the widgets that show them."""
        if self._suggestions is None:
            if not names:
                return []
            self._suggestions = self._elements.buttons("Suggestions", "zenpro-chips")
            self._suggestions.observe(self._take, names="value")
        self._elements.offer(self._suggestions, names)
        return [self._suggestions] if names else []

    def _take(self, change: dict[str, Any]) -> None:
        if change["new"] is None or self._suggestions is None:
            return
        name, self._suggestions.value = change["new"], None
        self._input.value = name
