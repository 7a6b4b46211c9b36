"""Pseudonyms in everything else that a shell shows: Series and other values, printed text, and errors.

Each hook is one of the shell's own. pandas and other libraries stay as they are.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from typing import Any

from zenpro_nb.frontends.pseudonyms import Pseudonymizer

_JSON = "json"
_PICTURE = "image/"
_SVG = "image/svg+xml"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_STREAMS = ("stdout", "stderr")
_OURS = "zenpro_nb"
# The classes shown as HTML besides DataFrames: module and name.
_CLASSES = (
    ("zenpro_nb.ui.cards", "Card"),
    ("zenpro_nb.pictures.dag", "Dag"),
    ("zenpro_nb.pictures.timeline", "Timeline"),
    ("zenpro_nb.pictures.bars", "Bars"),
)
_HTML, _TEXT = "text/html", "text/plain"


class AllOutput:
    """The output of one shell, which passes through the pseudonyms until it is closed.

    Not covered: pictures, widgets of other packages, files, the output of subprocesses in a terminal.
    """

    def __init__(self, shell: Any, pseudonymizer: Pseudonymizer) -> None:
        self._shell = shell
        self._pseudonymizer = pseudonymizer
        self._formatter = shell.display_formatter
        self._values = ShownValues(self._formatter, pseudonymizer)
        self._format = self._formatter.format
        self._show_traceback = shell._showtraceback
        self._formatter.format = self._format_value
        shell._showtraceback = self._traceback
        shell.events.register("pre_run_cell", self._cover_streams)
        self._cover_streams()
        for value in list(shell.user_ns.values()):  # DataFrames that the user has read before
            pseudonymizer.learn_from(value)

    def close(self) -> None:
        """Remove the hooks."""
        self._shell.events.unregister("pre_run_cell", self._cover_streams)
        self._values.close()
        del self._formatter.format
        del self._shell._showtraceback
        _unwrap_streams()

    def _cover_streams(self, _info: object = None) -> None:
        """Print with pseudonyms; checked before every cell, because others replace the streams too."""
        for name in _STREAMS:
            if not isinstance(stream := getattr(sys, name), PseudonymousStream):
                setattr(sys, name, PseudonymousStream(stream, self._pseudonymizer.text))

    def _format_value(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if _is_a(value, "Series"):  # its columns line up
            value = self._pseudonymizer.series(value)
        data, metadata = self._format(value, *args, **kwargs)
        if _is_a(value, "DataFrame") or type(value).__module__.partition(".")[0] == _OURS:
            return data, metadata  # our formatters have shown it with pseudonyms
        return {mime: self._mask_content(mime, content) for mime, content in data.items()}, metadata

    def _mask_content(self, mime: str, content: Any) -> Any:
        """Return the content of one type with pseudonyms; pictures stay."""
        if mime == _WIDGET or (mime.startswith(_PICTURE) and mime != _SVG):
            return content
        if isinstance(content, str):
            return self._pseudonymizer.text(content)
        return self._pseudonymizer.data(content) if mime.endswith(_JSON) else content

    def _traceback(self, kind: Any, error: Any, lines: list[str]) -> None:
        """Show the error of a cell."""
        shown = self._pseudonymizer.text("\n".join(lines)).split("\n")
        self._show_traceback(kind, self._pseudonymizer.text(str(error)), shown)


class PseudonymousStream:
    """A text stream on which people have pseudonyms; in every other way the original stream."""

    def __init__(self, stream: Any, shown: Callable[[str], str]) -> None:
        self.stream = stream
        self._mask_content = shown

    def write(self, text: str) -> int:
        """Write a text with pseudonyms, and return the length of the original."""
        self.stream.write(self._mask_content(text) if isinstance(text, str) else text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts with pseudonyms."""
        for line in lines:
            self.write(line)

    def __iter__(self) -> Any:
        return iter(self.stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _unwrap_streams() -> None:
    for name in _STREAMS:
        if isinstance(stream := getattr(sys, name), PseudonymousStream):
            setattr(sys, name, stream.stream)


def _is_a(value: Any, name: str) -> bool:
    """Return whether a value is of this class of pandas, which is not imported here."""
    return any((kind.__module__.partition(".")[0], kind.__name__) == ("pandas", name) for kind in type(value).__mro__)


class ShownValues:
    """The formatters of cards and pictures in one shell, until they are closed."""

    def __init__(self, formatter: Any, pseudonymizer: Pseudonymizer) -> None:
        self._formatters = formatter.formatters
        self._pseudonymizer = pseudonymizer
        for module, name in _CLASSES:
            self._formatters[_HTML].for_type_by_name(module, name, self._html)
            self._formatters[_TEXT].for_type_by_name(module, name, self._text)

    def close(self) -> None:
        """Remove the formatters."""
        for kind, (module, name) in itertools.product((_HTML, _TEXT), _CLASSES):
            self._formatters[kind].pop(f"{module}.{name}", None)

    def _html(self, value: Any) -> Any:
        return self._pseudonymizer.text(self._pseudonymizer.card(value)._repr_html_())

    def _text(self, value: Any, printer: Any, cycle: bool) -> None:
        printer.text(self._pseudonymizer.text(repr(self._pseudonymizer.card(value))))
