"""Widgets that share their layout and style objects: each of its own would be a message more to the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class Elements:
    """Makes the widgets of one form.

    Args:
        presentation: what all that they show is put through.
    """

    def __init__(self, presentation: Presentation) -> None:
        self.presentation = presentation
        self._layout = widgets.Layout()
        self._styles: dict[type, Any] = {}

    def text(self, on_enter: Callable[[], None], **more: Any) -> widgets.Text:
        """Return a line of text that tells of every key; Enter is told apart."""
        made = self.labelled(widgets.Text, continuous_update=True, **more)
        made.on_msg(lambda _, content, buffers: on_enter() if content.get("event") == "submit" else None)
        return made

    def labelled(self, kind: type[widgets.DOMWidget], **more: Any) -> Any:
        """Return another widget with a label, which is HTML."""
        return kind(layout=self._layout, style=self._style(kind.style.klass), description_allow_html=True, **more)

    def html(self, value: str = "") -> widgets.HTML:
        """Return a piece of HTML."""
        made: widgets.HTML = self.labelled(ShownHTML, presentation=self.presentation, value=value)
        return made

    def button(self, description: str, **more: Any) -> widgets.Button:
        """Return a button."""
        return widgets.Button(description=description, layout=self._layout, **more)

    def buttons(self, description: str, css: str) -> widgets.ToggleButtons:
        """Return a row of choices, of which none is taken yet."""
        made = widgets.ToggleButtons(options=(), value=None, description=description, layout=self._layout)
        made.add_class(css)
        return made

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

    def column(self, children: Sequence[widgets.Widget]) -> widgets.VBox:
        """Return widgets below each other, with a layout of their own, so that they can be hidden."""
        return widgets.VBox(list(children))

    def row(self, children: Sequence[widgets.Widget]) -> widgets.HBox:
        """Return widgets beside each other."""
        return widgets.HBox(list(children), layout=self._layout)

    def _style(self, kind: type) -> Any:
        if kind not in self._styles:
            self._styles[kind] = kind()
        return self._styles[kind]
