"""How an IPython shell shows frames: ours in our own way, every other as before.

pandas is not imported here: IPython looks the class up by its name when the first frame is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from zenpro_nb import frames, limits
from zenpro_nb.frontends.pseudonyms import Pseudonymizer
from zenpro_nb.security import printable
from zenpro_nb.security.log import LOGGER

_MODULES = ("pandas", "pandas.core.frame")  # where releases of pandas say that their DataFrame is
OURS, PANDAS = "zenpro", "pandas"
_HTML, _TEXT = "text/html", "text/plain"


class Settings(Protocol):
    """What people can choose: traits of the magics."""

    display: str
    width: int


class FrameDisplay:
    """The formatters of DataFrames in one shell; made when the extension is loaded, closed when it is unloaded.

    Args:
        formatter: the shell's display formatter.
        settings: looked at each time that a frame is shown.
        pseudonymizer: replaces people with pseudonyms in all frames, if that is switched on.
    """

    def __init__(self, formatter: Any, settings: Settings, pseudonymizer: Pseudonymizer) -> None:
        self._pseudonymizer = pseudonymizer
        self._formatters = formatter.formatters
        self._settings = settings
        self._ours: dict[str, Callable[..., Any]] = {_HTML: self._show_html, _TEXT: self._show_text}
        self._before: dict[tuple[str, str], Callable[..., Any] | None] = {}
        for kind, show in self._ours.items():
            for module in _MODULES:
                # Taken out first: IPython would go on asking one that is registered for the class itself.
                self._before[kind, module] = self._formatters[kind].pop(f"{module}.DataFrame", None)
                self._formatters[kind].for_type_by_name(module, "DataFrame", show)

    def close(self) -> None:
        """Take the formatters away again, unless somebody has put others in their place."""
        for (kind, module), before in self._before.items():
            formatter = self._formatters[kind]
            if _registered(formatter, module) is self._ours[kind]:
                formatter.pop(f"{module}.DataFrame")
                if before is not None:
                    formatter.for_type_by_name(module, "DataFrame", before)

    def _show_html(self, frame: Any) -> Any:
        """Return the HTML of a frame; None shows its text."""
        frame = self._pseudonymizer.frame(frame)
        if _is_ours(frame) and self._settings.display == OURS:
            try:
                return frames.html(frame, width=self._settings.width)
            except Exception as error:  # whatever somebody has made of a frame: it is shown
                LOGGER.debug("a frame is shown as pandas does: %r", error)
        before = self._earlier(_HTML, frame)
        return frame._repr_html_() if before is None else before(frame)

    def _show_text(self, frame: Any, printer: Any, cycle: bool) -> None:
        """Print the text of a frame, and of one of ours nothing that a terminal would obey."""
        frame = self._pseudonymizer.frame(frame)
        before = self._earlier(_TEXT, frame)
        if _is_ours(frame):
            _print(printable.text(self._text(frame)), printer)
        elif before is None:
            _print(repr(frame), printer)
        else:
            before(frame, printer, cycle)

    def _text(self, frame: Any) -> str:
        from zenpro_nb.ui import console  # click comes with it, and loading the extension needs none

        if self._settings.display == OURS:
            try:
                return frames.text(frame, console.width() or limits.TERMINAL_SIZE[0])
            except Exception as error:
                LOGGER.debug("a frame is printed as pandas does: %r", error)
        return repr(frame)

    def _earlier(self, kind: str, frame: Any) -> Callable[..., Any] | None:
        """Return the formatter that was there before for the frame's class or what it is made of."""
        modules = [type_.__module__ for type_ in type(frame).__mro__ if type_.__name__ == "DataFrame"]
        return next(
            (self._before[kind, module] for module in modules if self._before.get((kind, module)) is not None), None
        )


def _is_ours(frame: Any) -> bool:
    return "zenpro" in frame.attrs


def _registered(formatter: Any, module: str) -> Any:
    try:
        return formatter.lookup_by_type(f"{module}.DataFrame")
    except KeyError:
        return None


def _print(text: str, printer: Any) -> None:
    """Print lines as IPython prints the `repr` of anything: indented, where the value stands in another."""
    with printer.group():
        for number, line in enumerate(text.splitlines()):
            if number:
                printer.break_()
            printer.text(line)
