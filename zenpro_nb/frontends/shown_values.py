"""How an IPython shell shows cards and pictures while pseudonyms are on."""

from __future__ import annotations

import itertools
from typing import Any

from zenpro_nb.frontends.pseudonyms import BADGE, Pseudonymizer

# The classes shown as HTML besides DataFrames: module and name.
_SHOWN = (
    ("zenpro_nb.ui.cards", "Card"),
    ("zenpro_nb.pictures.dag", "Dag"),
    ("zenpro_nb.pictures.timeline", "Timeline"),
    ("zenpro_nb.pictures.bars", "Bars"),
)
_HTML, _TEXT = "text/html", "text/plain"


class ShownValues:
    """The formatters of cards and pictures in one shell, until they are closed."""

    def __init__(self, formatter: Any, pseudonymizer: Pseudonymizer) -> None:
        self._formatters = formatter.formatters
        self._pseudonymizer = pseudonymizer
        for module, name in _SHOWN:
            self._formatters[_HTML].for_type_by_name(module, name, self._html)
            self._formatters[_TEXT].for_type_by_name(module, name, self._text)

    def close(self) -> None:
        """Remove the formatters."""
        for kind, (module, name) in itertools.product((_HTML, _TEXT), _SHOWN):
            self._formatters[kind].pop(f"{module}.{name}", None)

    def _html(self, value: Any) -> Any:
        return self._pseudonymizer.text(self._badged(value)._repr_html_())

    def _text(self, value: Any, printer: Any, cycle: bool) -> None:
        printer.text(self._pseudonymizer.text(repr(self._badged(value))))

    def _badged(self, value: Any) -> Any:
        """Return a card with the badge for pseudonyms."""
        if not self._pseudonymizer.is_on or not hasattr(value, "badge"):
            return value
        from msgspec.structs import replace  # keeps the imports of `%load_ext` few

        return replace(value, badge=" · ".join(filter(None, (value.badge, BADGE))))
