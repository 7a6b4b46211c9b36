"""Widgets that share their layout and style objects, and are made as they are first shown.

Each object of its own, and each change of one that was made already, would be a message more to the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
from traitlets import validate

from zenpro_nb.forms.presentation import Presentation


class ShownHTML(widgets.HTML):  # type: ignore[misc] # ipywidgets has no types
    """HTML in which people are made up where that is wanted, whoever writes it."""

    def __init__(self, presentation: Presentation, **more: Any) -> None:
        self._presentation = presentation
        super().__init__(**more)

    @validate("value")
    def _present(self, proposal: dict[str, Any]) -> str:
        return self._presentation.text(proposal["value"])


HIDDEN = "zenpro-hidden"


class Place:
    """Where a part of the form stands: a box that is made with the part, or before it while nobody sees it."""

    def __init__(self, elements: Elements, *css: str) -> None:
        self._elements, self._css = elements, css
        self._box: widgets.VBox | None = None

    @property
    def box(self) -> widgets.VBox:
        """Return the box, empty while the part is not made."""
        if self._box is None:
            self._box = self._elements.column((), *self._css)
        return self._box

    def filled(self, *children: widgets.Widget) -> widgets.VBox:
        """Return the box with these widgets in it."""
        if self._box is None:
            self._box = self._elements.column(children, *self._css)
        else:
            self._box.children = children
        return self._box


class Elements:
    """Makes the widgets of one form.

    Args:
        presentation: what all that they show is put through.
    """

    def __init__(self, presentation: Presentation) -> None:
        self.presentation = presentation
        self._layout = widgets.Layout()
        self._styles: dict[type, Any] = {}

    def text(self, on_enter: Callable[[], None] | None = None, **more: Any) -> widgets.Text:
        """Return a line of text that reports every key, and calls `on_enter` for Enter."""
        made = self.labelled(widgets.Text, continuous_update=True, **more)
        if on_enter is not None:
            made.on_msg(lambda _, content, buffers: on_enter() if content.get("event") == "submit" else None)
        return made

    def labelled(self, kind: type[widgets.DOMWidget], **more: Any) -> Any:
        """Return another widget with a label, which is HTML."""
        return kind(layout=self._layout, style=self._style(kind.style.klass), description_allow_html=True, **more)

    def html(self, value: str = "", *css: str) -> widgets.HTML:
        """Return a piece of HTML."""
        made: widgets.HTML = self.labelled(ShownHTML, presentation=self.presentation, value=value, _dom_classes=css)
        return made

    def button(self, description: str, *css: str, **more: Any) -> widgets.Button:
        """Return a button."""
        style = self._style(widgets.ButtonStyle)
        return widgets.Button(description=description, layout=self._layout, style=style, _dom_classes=css, **more)

    def buttons(self, description: str, css: str) -> widgets.ToggleButtons:
        """Return a row of choices, of which none is taken yet."""
        style = self._style(widgets.ToggleButtons.style.klass)
        return widgets.ToggleButtons(
            options=(), value=None, description=description, layout=self._layout, style=style, _dom_classes=(css,)
        )

    @staticmethod
    def offer(buttons: widgets.ToggleButtons, options: Sequence[str] | Sequence[tuple[str, str]]) -> None:
        """Give a row of choices others.

        A front end draws them anew only where one differs from the one that stands in its place (ipywidgets 8.1): of
        a list that got shorter at its end, all would stay. So that it differs, nothing is offered in between. An empty
        list is not shown at all.
        """
        wanted = tuple(options)
        if buttons.options == wanted:
            return
        if wanted and buttons.options[: len(wanted)] == wanted:
            buttons.options = ((" ", None),)
        buttons.options = wanted

    def column(self, children: Sequence[widgets.Widget], *css: str) -> widgets.VBox:
        """Return widgets below each other."""
        return widgets.VBox(list(children), layout=self._layout, _dom_classes=css)

    def row(self, children: Sequence[widgets.Widget], *css: str) -> widgets.HBox:
        """Return widgets beside each other."""
        return widgets.HBox(list(children), layout=self._layout, _dom_classes=css)

    @staticmethod
    def mark(widget: widgets.DOMWidget, classes: Mapping[str, bool]) -> None:
        """Give a widget the CSS classes that hold, and take the others from it."""
        wanted = [name for name in widget._dom_classes if classes.get(name, True)]
        wanted += [name for name, holds in classes.items() if holds and name not in wanted]
        if list(widget._dom_classes) != wanted:
            widget._dom_classes = wanted

    def _style(self, kind: type) -> Any:
        if kind not in self._styles:
            self._styles[kind] = kind()
        return self._styles[kind]
