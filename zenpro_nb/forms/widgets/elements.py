"""Widgets that share their layout and style objects, and get their contents when they are created.

Each separate object, and each later change, would be one more message to the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
from traitlets import validate

from zenpro_nb.forms.presentation import Presentation


class ShownHTML(widgets.HTML):  # type: ignore[misc] # ipywidgets has no types
    """HTML that is shown with pseudonyms if they are switched on."""

    def __init__(self, presentation: Presentation, **more: Any) -> None:
        self._presentation = presentation
        super().__init__(**more)

    @validate("value")
    def _present(self, proposal: dict[str, Any]) -> str:
        return self._presentation.text(proposal["value"])


HIDDEN = "zenpro-hidden"


class Slot:
    """The box of a part of the form. It is created with the part, or earlier if it must be placed while hidden."""

    def __init__(self, elements: Elements, *css: str) -> None:
        self._elements, self._css = elements, css
        self._box: widgets.VBox | None = None

    @property
    def box(self) -> widgets.VBox:
        """Return the box. It is empty until the part is created."""
        if self._box is None:
            self._box = self._elements.column((), *self._css)
        return self._box

    def fill(self, *children: widgets.Widget) -> widgets.VBox:
        """Return the box with these widgets."""
        if self._box is None:
            self._box = self._elements.column(children, *self._css)
        else:
            self._box.children = children
        return self._box


class Elements:
    """Creates the widgets of one form.

    Args:
        presentation: changes everything that they show.
    """

    def __init__(self, presentation: Presentation) -> None:
        self.presentation = presentation
        self._layout = widgets.Layout()
        self._styles: dict[type, Any] = {}

    def text(self, on_enter: Callable[[], None] | None = None, **more: Any) -> widgets.Text:
        """Return a text input that reports every key, and calls `on_enter` for Enter."""
        text = self.with_label(widgets.Text, continuous_update=True, **more)
        if on_enter is not None:
            text.on_msg(lambda _, content, buffers: on_enter() if content.get("event") == "submit" else None)
        return text

    def with_label(self, kind: type[widgets.DOMWidget], **more: Any) -> Any:
        """Return a widget of another kind, with an HTML label."""
        return kind(layout=self._layout, style=self._style(kind.style.klass), description_allow_html=True, **more)

    def html(self, value: str = "", *css: str) -> widgets.HTML:
        """Return a piece of HTML."""
        html: widgets.HTML = self.with_label(ShownHTML, presentation=self.presentation, value=value, _dom_classes=css)
        return html

    def button(self, description: str, *css: str, **more: Any) -> widgets.Button:
        """Return a button."""
        style = self._style(widgets.ButtonStyle)
        return widgets.Button(description=description, layout=self._layout, style=style, _dom_classes=css, **more)

    def buttons(self, description: str, css: str) -> widgets.ToggleButtons:
        """Return a row of choices without a selection."""
        style = self._style(widgets.ToggleButtons.style.klass)
        return widgets.ToggleButtons(
            options=(), value=None, description=description, layout=self._layout, style=style, _dom_classes=(css,)
        )

    @staticmethod
    def offer(buttons: widgets.ToggleButtons, options: Sequence[str] | Sequence[tuple[str, str]]) -> None:
        """Replace the options of a row of choices.

        A front end redraws them only if one differs from the previous one at its position (ipywidgets 8.1). If a list
        only loses options at its end, the old ones would stay, so a placeholder is set in between. An empty list is
        not shown at all.
        """
        new = tuple(options)
        if buttons.options == new:
            return
        if new and buttons.options[: len(new)] == new:
            buttons.options = ((" ", None),)
        buttons.options = new

    def column(self, children: Sequence[widgets.Widget], *css: str) -> widgets.VBox:
        """Return the widgets in a column."""
        return widgets.VBox(list(children), layout=self._layout, _dom_classes=css)

    def row(self, children: Sequence[widgets.Widget], *css: str) -> widgets.HBox:
        """Return the widgets in a row."""
        return widgets.HBox(list(children), layout=self._layout, _dom_classes=css)

    @staticmethod
    def mark(widget: widgets.DOMWidget, classes: Mapping[str, bool]) -> None:
        """Add the CSS classes that apply to a widget, and remove the others."""
        names = [name for name in widget._dom_classes if classes.get(name, True)]
        names += [name for name, applies in classes.items() if applies and name not in names]
        if list(widget._dom_classes) != names:
            widget._dom_classes = names

    def _style(self, kind: type) -> Any:
        if kind not in self._styles:
            self._styles[kind] = kind()
        return self._styles[kind]
