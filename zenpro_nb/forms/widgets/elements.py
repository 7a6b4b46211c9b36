"""Widgets that share their layout and style objects: each of its own would be a message more to the browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

_LABEL = "140px"


class Kit:
    """Makes the widgets of one form."""

    def __init__(self) -> None:
        self._layout = widgets.Layout()
        self._styles: dict[type, Any] = {}
        self._made: list[widgets.Widget] = []

    def text(self, **more: Any) -> widgets.Text:
        """A line of text that tells of every key."""
        return self.labelled(widgets.Text, continuous_update=True, **more)

    def labelled(self, kind: type[widgets.DOMWidget], **more: Any) -> Any:
        """Another widget with a label."""
        return self._keep(kind(layout=self._layout, style=self._style(kind.style.klass), **more))

    def html(self, value: str = "") -> widgets.HTML:
        """A piece of HTML."""
        return self.labelled(widgets.HTML, value=value)

    def button(self, description: str, **more: Any) -> widgets.Button:
        """A button."""
        return self._keep(widgets.Button(description=description, layout=self._layout, **more))

    def buttons(self, description: str, css: str) -> widgets.ToggleButtons:
        """A row of choices, of which none is taken yet."""
        made = widgets.ToggleButtons(options=(), value=None, description=description, layout=self._layout)
        made.add_class(css)
        return self._keep(made)

    def column(self, children: Sequence[widgets.Widget], *, own_layout: bool = False) -> widgets.VBox:
        """Widgets below each other; with a layout of its own it can be hidden."""
        layout = self._keep(widgets.Layout()) if own_layout else self._layout
        return self._keep(widgets.VBox(list(children), layout=layout))

    def row(self, children: Sequence[widgets.Widget]) -> widgets.HBox:
        """Widgets beside each other."""
        return self._keep(widgets.HBox(list(children), layout=self._layout))

    def close(self) -> None:
        """Take them all out of the kernel."""
        for one in self._made:
            one.close()

    def _style(self, kind: type) -> Any:
        if kind not in self._styles:
            made = kind()
            if made.has_trait("description_width"):
                made.description_width = _LABEL
            self._styles[kind] = made
        return self._styles[kind]

    def _keep(self, made: Any) -> Any:
        self._made.append(made)
        return made
