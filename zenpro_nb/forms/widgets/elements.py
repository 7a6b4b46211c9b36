"""Widgets that share their layout and style objects: each of its own would be a message more to the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

_LABEL = "140px"


class Elements:
    """Makes the widgets of one form."""

    def __init__(self) -> None:
        self._layout = widgets.Layout()
        self._styles: dict[type, Any] = {}

    def text(self, on_enter: Callable[[], None], **more: Any) -> widgets.Text:
        """Return a line of text that tells of every key; Enter is told apart."""
        made = self.labelled(widgets.Text, continuous_update=True, **more)
        made.on_msg(lambda _, content, buffers: on_enter() if content.get("event") == "submit" else None)
        return made

    def labelled(self, kind: type[widgets.DOMWidget], **more: Any) -> Any:
        """Return another widget with a label."""
        return kind(layout=self._layout, style=self._style(kind.style.klass), **more)

    def html(self, value: str = "") -> widgets.HTML:
        """Return a piece of HTML."""
        return self.labelled(widgets.HTML, value=value)

    def button(self, description: str, **more: Any) -> widgets.Button:
        """Return a button."""
        return widgets.Button(description=description, layout=self._layout, **more)

    def buttons(self, description: str, css: str) -> widgets.ToggleButtons:
        """Return a row of choices, of which none is taken yet."""
        made = widgets.ToggleButtons(options=(), value=None, description=description, layout=self._layout)
        made.add_class(css)
        return made

    def column(self, children: Sequence[widgets.Widget]) -> widgets.VBox:
        """Return widgets below each other, with a layout of their own, so that they can be hidden."""
        return widgets.VBox(list(children))

    def row(self, children: Sequence[widgets.Widget]) -> widgets.HBox:
        """Return widgets beside each other."""
        return widgets.HBox(list(children), layout=self._layout)

    def _style(self, kind: type) -> Any:
        if kind not in self._styles:
            made = kind()
            if made.has_trait("description_width"):
                made.description_width = _LABEL
            self._styles[kind] = made
        return self._styles[kind]
