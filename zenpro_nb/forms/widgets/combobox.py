"""A field with choices from the server: type to filter them, then choose one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from zenpro_nb import limits
from zenpro_nb.forms.choices import Offer
from zenpro_nb.forms.fields import Field, FieldKind
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.forms.presentation import ShownText
from zenpro_nb.forms.widgets.elements import Elements, Slot
from zenpro_nb.forms.widgets.rows import MessageBelow, label_of, messages_of
from zenpro_nb.resources.nouns import singular, without_prefix, words
from zenpro_nb.syntax.ids import is_id

_SEPARATORS = re.compile(r"[,;\s]+")
_CHOICE_MARK = "\t"  # follows the label of a choice that was pressed in a browser: see form.js


class Combobox:
    """A text input, a list of matches and, for several names, the chosen ones with buttons to remove them."""

    css: tuple[str, ...] = ("zenpro-picker",)

    def __init__(self, form: Form, field: Field, elements: Elements, place: Slot) -> None:
        self._form, self._field, self._elements = form, field, elements
        self._several = field.kind is FieldKind.NAMES
        self._open = False
        self._browsing = False  # opened by its button, so it shows all choices
        self._busy = False
        self._late: tuple[str, str] | None = None  # the text when Enter was pressed, and the choice made
        self._pressed_on = ""  # the text when Enter was pressed before names were available
        self._refused = False  # Enter was pressed on text without a match
        self._single = ShownText(form.presentation)  # the text of a field for one name
        value = form.values[field.name]
        hint = "Type to search, press Enter to add" if self._several else "Type to search"
        text = self._single.display(value) if isinstance(value, str) else ""
        self._text = elements.text(self._on_enter, value=text, placeholder=hint, description=label_of(form, field))
        self._text.observe(lambda change: self._on_input(), names="value")
        self._browse = elements.button("▾", "zenpro-browse", tooltip=f"Show the choices for {field.label}")
        self._browse.on_click(lambda _: self._toggle())
        self._matches: widgets.ToggleButtons | None = None
        self._chips: widgets.ToggleButtons | None = None
        self._message = MessageBelow(elements)
        self._line = elements.row([self._text, self._browse], "zenpro-combobox")
        self.box = place.fill(self._line)

    def render(self, problems: Mapping[str, str]) -> None:
        """Show the current values."""
        if self._pressed_on and self._form.choices.offer(self._field, self._pressed_on) is not None:
            self._on_enter()  # the names have arrived
            return
        if self._open and not self._browsing and self._is_settled:
            self._open = False  # the names arrived after the text was typed
        self._text.description = label_of(self._form, self._field)
        form_value = self._form.values[self._field.name]
        if not self._several and self._read() != form_value:
            value = str(form_value)
            self._text.value = self._single.display(value, self._form.choices.title(self._field, value))
        offer = self._form.choices.offer(self._field, self._needle(), partly=True) if self._open else None
        matches = [(choice.shown_label, choice.value) for choice in offer.choices] if offer else []
        self._matches = self._rendered_list(
            self._matches, matches, f"Choices for {self._field.label}", "matches", self._take
        )
        chips = [(f"{self._title(value)} ✕", value) for value in form_value] if isinstance(form_value, list) else []
        self._chips = self._rendered_list(self._chips, chips, f"Remove from {self._field.label}", "chips", self._remove)
        # While the user is choosing, an incomplete text is not a problem.
        choosing = self._open and not self._refused and self._form.status.tone is not Tone.BAD
        problem = None if choosing else problems.get(self._field.name)
        messages = messages_of(self._form, self._field, problem, None if problem else self._about(offer))
        parts = [self._line, self._matches if matches else None, self._chips if chips else None]
        children = (*(widget for widget in parts if widget is not None), *self._message.say(messages))
        if self.box.children != children:
            self.box.children = children

    def disable(self, busy: bool) -> None:
        """Take no input while the form is being sent."""
        self._busy = busy
        for widget in (self._text, self._browse, self._matches, self._chips):
            if widget is not None:
                widget.disabled = busy

    def empty(self) -> None:
        """Remove all choices: the state of widgets is saved with the notebook."""
        self._open = False
        for buttons in (self._matches, self._chips):
            if buttons is not None:
                buttons.options = ()

    # --- user actions ---------------------------------------------------------------------------------------

    def _read(self) -> str:
        """Return the original of the text in the input."""
        return self._original(self._single.read(self._text.value.strip()))

    def _original(self, text: str) -> str:
        """Return the name that a text stands for: without a pseudonym and a prefix."""
        return without_prefix(self._field.noun, self._form.presentation.original(text))

    def _on_input(self) -> None:
        if self._text.value.endswith(_CHOICE_MARK):
            self._take_labelled(self._text.value.removesuffix(_CHOICE_MARK))
            return
        text = self._read()
        if not self._several and text == self._form.values[self._field.name]:
            return
        late, self._late, self._pressed_on, self._refused = self._late, None, "", False
        self._form.choices.ask_again(self._field)
        if late and len(text) > len(late[0]) and text.casefold().startswith(late[0]):
            self._take_again(text, late[1])
            return
        self._open, self._browsing = bool(text), False
        if self._several:
            self._form.leave(self._field.name, text)
        else:
            self._form.set(self._field.name, text)
            self._open = bool(text) and not self._is_settled
        self._redraw()

    def _on_enter(self) -> None:
        """Choose the best match. Enter in a field never sends the form."""
        text, self._pressed_on = self._read(), ""
        if self._several and len(pasted := [part for part in _SEPARATORS.split(text) if "@" in part]) > 1:
            self._take(*map(self._original, pasted))
        elif text and (self._several or self._open or self._is_undecided):
            offer = self._form.choices.offer(self._field, text)
            if offer and offer.choices:
                self._take(offer.choices[0].value)
                self._expect_more(text, offer.choices[0].value)
            elif not self._several or "@" in text or is_id(text):
                # It is not in the list, or there is no list yet: the server decides whether it exists.
                self._take(text)
            else:
                # Either nothing matches, which is reported, or the names have not arrived, and it waits for them.
                self._refused, self._pressed_on = offer is not None, "" if offer else text
                self._redraw()

    @property
    def _is_undecided(self) -> bool:
        """Return whether the text must be the name of an existing object but matches no known one."""
        return self._field.must_exist and not self._is_settled

    @property
    def _is_settled(self) -> bool:
        """Return whether the text is a known name, in a field for one name."""
        return not self._several and self._form.choices.selected_choice(self._field.name) is not None

    def _expect_more(self, text: str, label: str) -> None:
        """Expect more letters: a browser can send Enter before the last ones (see `Controller.submit`)."""
        self._late = text.casefold(), label
        self._form.background.later(f"late:{self._field.name}", limits.FORM_LATE, self._expect_no_more)

    def _expect_no_more(self) -> None:
        self._late = None

    def _take_again(self, text: str, label: str) -> None:
        """Replace the choice made without the last letters, now that they have arrived."""
        if self._several:
            self._remove(label)
        offer = self._form.choices.offer(self._field, text)
        if offer and offer.choices:
            self._take(offer.choices[0].value)
        else:
            self._redraw()

    def _toggle(self) -> None:
        self._open = self._browsing = not self._open
        self._form.choices.ask_again(self._field)
        self._redraw()

    def _take(self, *values: str) -> None:
        self._open = False
        if self._several:
            value = self._form.values[self._field.name]
            self._text.value = ""
            self._form.set(self._field.name, [*dict.fromkeys([*(value if isinstance(value, list) else []), *values])])
        else:
            self._form.set(self._field.name, values[0])
        self._redraw()

    def _take_labelled(self, label: str) -> None:
        """Choose the choice with this label. If there is none anymore, treat the label as typed text."""
        offer = self._form.choices.offer(self._field, label, partly=True)
        for choice in offer.choices if offer else ():
            if label == choice.shown_label:
                self._late = None
                self._take(choice.value)
                return
        self._text.value = label

    def _remove(self, value: str) -> None:
        form_value = self._form.values[self._field.name]
        self._form.set(
            self._field.name, [text for text in form_value if text != value] if isinstance(form_value, list) else []
        )

    # --- display --------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        """Redraw only this row."""
        with self._form.lock:
            self.render(self._form.problems)

    def _title(self, value: str) -> str:
        """Return how a chosen value is displayed."""
        return self._form.presentation.text(self._form.choices.title(self._field, value))

    def _needle(self) -> str:
        """Return the text that filters the choices: nothing once a choice is made, to show the whole list."""
        return "" if self._is_settled else self._read()

    def _rendered_list(
        self, buttons: Any, options: list[tuple[str, str]], label: str, css: str, act: Callable[[str], None]
    ) -> Any:
        """Return the buttons with these options. They are created with the first options."""
        if buttons is None and options:
            buttons = self._elements.buttons(label, f"zenpro-{css}")
            buttons.observe(lambda change: self._on_press(buttons, change["new"], act), names="value")
        if buttons is not None:
            self._elements.offer(buttons, options)
        return buttons

    def _on_press(self, buttons: Any, value: str | None, act: Callable[[str], None]) -> None:
        if value is None:
            return
        buttons.value = None  # allows pressing the same button again
        if not self._busy:
            act(value)
            # The pressed button is gone, and with it the position in the Tab order.
            self._text.focus()

    def _about(self, offer: Offer | None) -> Message | None:
        """Return a message about the choices shown."""
        if not self._open:
            return None
        if offer is None or not offer.complete:
            return self._form.choices.message(self._field)
        if not offer.found:
            noun = singular(self._field.noun) if offer.total == 1 else words(self._field.noun)
            return Message(f"No match among {offer.total:,} {noun}.")
        if offer.found > len(offer.choices):
            return Message(f"Showing {len(offer.choices)} of {offer.found:,}: type more to filter.")
        return None
