"""The magics `%zenpro` and `%%zenpro`.

Nothing heavy is imported here: the command tree, pandas and httpx are imported by the first command.
"""

from __future__ import annotations

import importlib
import os
import threading
from typing import TYPE_CHECKING, Any, cast

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand
from traitlets import Bool, Enum, Int, TraitError, observe, validate

from zenpro_nb import limits
from zenpro_nb.errors import ZenProError
from zenpro_nb.files.variables import PRELOAD
from zenpro_nb.frontends.frame_display import OURS, PANDAS, FrameDisplay
from zenpro_nb.frontends.interactive_tables import INTERACTIVE, InteractiveTables, problem
from zenpro_nb.frontends.pseudonyms import Pseudonymizer
from zenpro_nb.frontends.unshown import ASSIGNED, MARK, UnshownValues

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from zenpro_nb.frontends.all_output import AllOutput
    from zenpro_nb.frontends.notebook import Notebook

NAME = "zenpro"
_PRELOADED = (
    "zenpro_nb.frontends.notebook",
    "zenpro_nb.commands.organization.users",
    "zenpro_nb.commands.people.onboarding",
    "zenpro_nb.commands.people.offboarding",
    "zenpro_nb.client._client",
    "zenpro_nb.frames.decode.decoder",
    "zenpro_nb.frames.decode.build",
    "zenpro_nb.frames.export.files",
    "zenpro_nb.commands.tool.form",
    "zenpro_nb.forms.opening",
    "zenpro_nb.forms.widgets.view",
)


def _wrapped(message: str) -> str:
    """Return the message of an error, wrapped if this shell runs in a terminal; in a notebook it is one line."""
    from zenpro_nb.ui import console, wrapping  # imports click, which loading the extension does not need

    return wrapping.wrap(message, console.width())


@magics_class
class ZenProMagics(Magics):
    """The commands in notebook cells."""

    display = Enum(
        [OURS, PANDAS, INTERACTIVE],
        default_value=OURS,
        help="Show the DataFrames of %zenpro in the style of zenpro, in that of pandas, or as tables with search, "
        "sorting, and pages (extra `interactive`). Their data is the same.",
    ).tag(config=True)
    width = Int(
        limits.FRAME_WIDTH,
        min=0,
        help="Maximum width of a DataFrame in a notebook, in characters. Columns that do not fit the page are folded "
        "away: empty columns first, then IDs, and the most important columns last. With 0, or with a larger "
        "display.max_columns of pandas, no columns are folded away.",
    ).tag(config=True)

    pseudonyms = Bool(
        False,
        help="Show pseudonyms in place of people, for screens that others see: in every value that is displayed, in "
        "forms, in messages and errors, and in printed text. Values do not change. Open forms are closed, and Tab does "
        "not complete names. Plots, widgets of other packages, and saved files do not change.",
    ).tag(config=True)

    read_only = Bool(
        False,
        help="Block every write before anything is sent. Dry runs, plans, and lists work. This is a safety catch, "
        "not a security boundary: for that, use a credential with a viewer role.",
    ).tag(config=True)

    def __init__(self, shell: InteractiveShell) -> None:
        self._frames: FrameDisplay | None = None
        self._output: AllOutput | None = None  # while pseudonyms are on
        self._unshown: UnshownValues | None = None
        self._notebook: Notebook | None = None
        super().__init__(shell=shell)
        self.pseudonymizer = Pseudonymizer(self)
        self.warming: threading.Thread | None = None

    @property
    def notebook(self) -> Notebook:
        """Return the session of this shell. It is created at the first use."""
        if self._notebook is None:
            if self.warming is not None:
                # Two threads that import the same package in different orders would see incomplete modules.
                self.warming.join()
            from zenpro_nb.frontends.notebook import Notebook

            self._notebook = Notebook(cast("InteractiveShell", self.shell), self.pseudonymizer, self._locks)
        return self._notebook

    @no_var_expand
    @needs_local_scope
    @line_magic(NAME)  # type: ignore[arg-type]
    def line(self, line: str, local_ns: dict[str, Any] | None = None) -> Any:
        """Run one command: `%zenpro users --limit 10`. `%zenpro --help` lists them."""
        marked, typed = line.startswith(MARK), line.removeprefix(MARK)
        result = self.notebook.run(typed.removeprefix(ASSIGNED) if marked else typed, local_ns)
        if marked:
            self.notebook.report_unshown(typed, result)
        return result

    @no_var_expand
    @needs_local_scope
    @cell_magic(NAME)  # type: ignore[arg-type]
    def cell(self, line: str, cell: str, local_ns: dict[str, Any] | None = None) -> Any:
        """Run several commands, one per line, in order, and stop at the first error."""
        return self.notebook.run_cell(line, cell, local_ns)

    def _locks(self) -> list[str]:
        return ["%config ZenProMagics.read_only = True"] if self.read_only else []

    def _project_names(self) -> dict[str, str]:
        """Return the names of projects by id, as far as this session has read them."""
        return {} if self._notebook is None else self._notebook.session.names.by_id("projects")

    def show_frames(self) -> None:
        """Start to show DataFrames in the style of zenpro."""
        formatter = self.shell.display_formatter  # type: ignore[union-attr]
        self._frames = FrameDisplay(
            formatter, self, self.pseudonymizer, InteractiveTables(self.shell), self._project_names
        )
        self._unshown = UnshownValues(cast("InteractiveShell", self.shell), NAME)
        ZenProError.wrapped = _wrapped
        if self.pseudonyms:
            self._cover_output()

    @validate("display")
    def _check_display(self, proposal: Any) -> Any:
        """Refuse interactive tables without itables. Settings files must not prevent loading the extension."""
        if proposal["value"] == INTERACTIVE and self._frames is not None and (missing := problem()) is not None:
            raise TraitError(str(missing))  # the setting keeps its value
        return proposal["value"]

    @observe("pseudonyms")
    def _switch_pseudonyms(self, change: Any) -> None:
        """Close the forms opened before, whose widgets contain real names, and change what is printed."""
        if change["new"] and self._notebook is not None:
            self._notebook.close_forms()
        if change["new"] and self._frames is not None:
            self._cover_output()
        elif self._output is not None:
            self._output.close()
            self._output = None

    def _cover_output(self) -> None:
        """Show pseudonyms in everything else that the shell shows."""
        from zenpro_nb.frontends.all_output import AllOutput  # only if switched on

        if self._output is None:
            self._output = AllOutput(self.shell, self.pseudonymizer)

    def close(self) -> None:
        """Show DataFrames as before, stop what the session started, and close its connections."""
        ZenProError.wrapped = str
        if self._frames is not None:
            self._frames.close()
            self._frames = None
        if self._unshown is not None:
            self._unshown.close()
            self._unshown = None
        if self._output is not None:
            self._output.close()
            self._output = None
        if self._notebook is not None:
            self._notebook.close()
            self._notebook = None


def load(shell: InteractiveShell) -> None:
    """Register the magics and the completion, and replace earlier ones."""
    from zenpro_nb.frontends.completion import add_matcher

    unload(shell)
    magics = ZenProMagics(shell)
    shell.register_magics(magics)
    add_matcher(shell, lambda: magics.notebook.context(), with_names=lambda: not magics.pseudonymizer.is_on)
    magics.show_frames()
    magics.warming = warm_up()


def unload(shell: InteractiveShell) -> None:
    """Undo everything that `load` did; IPython has no function for it."""
    from zenpro_nb.frontends.completion import remove_matcher

    manager = shell.magics_manager
    magics = manager.registry.pop(ZenProMagics.__name__, None)
    if magics is None:
        return
    for kind in ("line", "cell"):
        manager.magics[kind].pop(NAME, None)
    remove_matcher(shell)
    # Magics.__init__ registered itself there. Compare by identity: configurables do not define equality.
    shell.configurables[:] = [entry for entry in shell.configurables if entry is not magics]
    magics.close()


def warm_up() -> threading.Thread | None:
    """Import the dependencies of the first command in a thread while the user is reading. Return the thread.

    This is off unless `ZENPRO_WARM_UP=1` is set, as in the demo and on Binder: an import in a thread slows down the
    next cell. `benchmarks/loading.py` measures the time saved.
    """
    if os.environ.get(PRELOAD) != "1":
        return None
    thread = threading.Thread(target=preload, name="zenpro warm-up", daemon=True)
    thread.start()
    return thread


def preload() -> None:
    """Import the dependencies of the first commands, DataFrames and forms."""
    for name in _PRELOADED:
        importlib.import_module(name)
