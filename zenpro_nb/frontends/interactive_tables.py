"""Which DataFrames of a shell are interactive tables, and which output contains the JavaScript that they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenpro_nb import extras, frames
from zenpro_nb.errors import MissingExtraError

INTERACTIVE = "interactive"  # the extra, and the value of the setting `display`
SHOW = "show"  # the fact of a DataFrame that was read with `--show table`


class InteractiveTables:
    """The interactive tables of one shell.

    Args:
        shell: its cells have ids, by which a repeated cell is recognized.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._carrier: str | None = None  # the cell whose output contains the JavaScript; None if there is none
        self._cell = ""
        shell.events.register("pre_run_cell", self._begin)

    def close(self) -> None:
        """Forget the shell."""
        self._shell.events.unregister("pre_run_cell", self._begin)

    def wants(self, frame: Any, setting: str) -> bool:
        """Return whether the DataFrame is to be shown as an interactive table, and can be."""
        is_requested = setting == INTERACTIVE or bool(frames.facts(frame).get(SHOW))
        return is_requested and frames.can_be_interactive(frame) and problem() is None

    def html(self, frame: Any, names: Mapping[str, str]) -> str:
        """Return the HTML of a DataFrame; `names` are those of projects by id."""
        carries = self._carrier is None
        table_html = frames.interactive_html(frame, with_library=carries, names=names)
        if carries:
            self._carrier = self._cell
        return table_html

    def _begin(self, info: Any = None) -> None:
        """Note which cell runs. A repeated cell loses its output, and so the JavaScript in it."""
        self._cell = str(getattr(info, "cell_id", None) or "")
        if self._cell and self._cell == self._carrier:
            self._carrier = None


def problem() -> MissingExtraError | None:
    """Return why DataFrames cannot be interactive tables; None if they can."""
    try:
        extras.check(INTERACTIVE, "An interactive table")
    except MissingExtraError as error:
        return error
    return None
