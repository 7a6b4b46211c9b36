"""How an IPython shell shows DataFrames: those of zenpro in the style of zenpro, all others as before.

pandas is not imported here: IPython finds the class by name when the first DataFrame is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from zenpro_nb import frames, limits
from zenpro_nb.errors import InterruptedReadError
from zenpro_nb.frontends.interactive_tables import InteractiveTables
from zenpro_nb.frontends.pseudonyms import Pseudonymizer
from zenpro_nb.security import printable
from zenpro_nb.security.log import LOGGER

_MODULES = ("pandas", "pandas.core.frame")  # the modules of DataFrame in different releases of pandas
OURS, PANDAS = "zenpro", "pandas"
_HTML, _TEXT = "text/html", "text/plain"


class StoppedDisplay(KeyboardInterrupt):
    """Ctrl-C while a DataFrame is prepared for the display: one line, as in a shell, in place of a traceback."""

    def _render_traceback_(self) -> list[str]:
        error = InterruptedReadError("stopped by Ctrl-C while the table was displayed", hint="Run the cell again.")
        return error._render_traceback_()


@contextmanager
def _stoppable() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedDisplay from None


class DisplaySettings(Protocol):
    """The traits of the magics that affect the display."""

    display: str
    width: int


class FrameDisplay:
    """The formatters of DataFrames in one shell, from loading the extension to unloading it.

    Args:
        formatter: the shell's display formatter.
        settings: read each time a DataFrame is shown.
        pseudonymizer: replaces people with pseudonyms in all DataFrames if that is switched on.
        interactive: shows DataFrames as interactive tables.
        project_names: returns the names of projects by id, as far as they are known.
    """

    def __init__(
        self,
        formatter: Any,
        settings: DisplaySettings,
        pseudonymizer: Pseudonymizer,
        interactive: InteractiveTables,
        project_names: Callable[[], Mapping[str, str]],
    ) -> None:
        self._project_names = project_names
        self._interactive = interactive
        self._pseudonymizer = pseudonymizer
        self._formatters = formatter.formatters
        self._settings = settings
        self._ours: dict[str, Callable[..., Any]] = {_HTML: self._show_html, _TEXT: self._show_text}
        self._before: dict[tuple[str, str], Callable[..., Any] | None] = {}
        for kind, show in self._ours.items():
            for module in _MODULES:
                # Remove it first: IPython prefers a formatter registered for the class itself.
                self._before[kind, module] = self._formatters[kind].pop(f"{module}.DataFrame", None)
                self._formatters[kind].for_type_by_name(module, "DataFrame", show)

    def close(self) -> None:
        """Remove the formatters, unless others have replaced them."""
        self._interactive.close()
        for (kind, module), before in self._before.items():
            formatter = self._formatters[kind]
            if _registered_printers(formatter, module) is self._ours[kind]:
                formatter.pop(f"{module}.DataFrame")
                if before is not None:
                    formatter.for_type_by_name(module, "DataFrame", before)

    @_stoppable()
    def _show_html(self, frame: Any) -> Any:
        """Return the HTML of a DataFrame; None to show its text."""
        original, frame = frame, self._pseudonymizer.frame(frame)
        if _is_ours(frame) and self._settings.display != PANDAS:
            try:
                if self._interactive.wants(original, self._settings.display):
                    return self._interactive.html(self._pseudonymizer.tables([original])[0], self._project_names())
                return frames.html(frame, width=self._settings.width, names=self._project_names())
            except Exception as error:  # a modified DataFrame must still be shown
                LOGGER.debug("a DataFrame is shown in the style of pandas: %r", error)
        before = self._earlier(_HTML, frame)
        return frame._repr_html_() if before is None else before(frame)

    @_stoppable()
    def _show_text(self, frame: Any, printer: Any, cycle: bool) -> None:
        """Print the text of a DataFrame; for those of zenpro without control characters."""
        frame = self._pseudonymizer.frame(frame)
        before = self._earlier(_TEXT, frame)
        if _is_ours(frame):
            _print(self._text(frame), printer)
        elif before is None:
            _print(repr(frame), printer)
        else:
            before(frame, printer, cycle)

    def _text(self, frame: Any) -> str:
        from zenpro_nb.ui import console  # imports click, which loading the extension does not need

        if self._settings.display != PANDAS:
            try:
                width, names = console.width(), self._project_names()
                text = frames.text(
                    frame,
                    width or limits.TERMINAL_SIZE[0],
                    color=console.supports_color(),
                    names=names,
                    terminal=width is not None,
                )
                return console.paint(text)
            except Exception as error:
                LOGGER.debug("a DataFrame is printed in the style of pandas: %r", error)
        return printable.text(repr(frame))

    def _earlier(self, kind: str, frame: Any) -> Callable[..., Any] | None:
        """Return the previous formatter for the class of the DataFrame or its base classes."""
        modules = [type_.__module__ for type_ in type(frame).__mro__ if type_.__name__ == "DataFrame"]
        return next(
            (self._before[kind, module] for module in modules if self._before.get((kind, module)) is not None), None
        )


def _is_ours(frame: Any) -> bool:
    return "zenpro" in frame.attrs


def _registered_printers(formatter: Any, module: str) -> Any:
    try:
        return formatter.lookup_by_type(f"{module}.DataFrame")
    except KeyError:
        return None


def _print(text: str, printer: Any) -> None:
    """Print lines as IPython prints the `repr` of any object: indented inside another value."""
    with printer.group():
        for number, line in enumerate(text.splitlines()):
            if number:
                printer.break_()
            printer.text(line)
