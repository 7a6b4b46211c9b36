"""The magics `%zenpro` and `%%zenpro`.

Nothing heavy is imported here: the tree, pandas and httpx come with the first line that is carried out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from zenpro_nb.faces.notebook import Notebook

NAME = "zenpro"


@magics_class
class ZenProMagics(Magics):
    """The face of the command tree in notebook cells."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell=shell)
        self._notebook: Notebook | None = None

    @property
    def notebook(self) -> Notebook:
        """The session of this shell, made at the first use."""
        if self._notebook is None:
            from zenpro_nb.faces.notebook import Notebook

            self._notebook = Notebook(cast("InteractiveShell", self.shell))
        return self._notebook

    @no_var_expand
    @needs_local_scope
    @line_magic(NAME)  # type: ignore[arg-type]
    def line(self, line: str, local_ns: dict[str, Any] | None = None) -> Any:
        """Run one command: `%zenpro users --limit 10`. `%zenpro --help` lists them."""
        return self.notebook.run(line, local_ns)

    @no_var_expand
    @needs_local_scope
    @cell_magic(NAME)  # type: ignore[arg-type]
    def cell(self, line: str, cell: str, local_ns: dict[str, Any] | None = None) -> Any:
        """Run several commands, one a line, in order, stopping at the first error."""
        return self.notebook.run_cell(line, cell, local_ns)

    def close(self) -> None:
        """End what the session started, and close its connections."""
        if self._notebook is not None:
            self._notebook.close()
            self._notebook = None


def load(shell: InteractiveShell) -> None:
    """Register the magics and the completion; a second time, the first are replaced."""
    from zenpro_nb.faces.completion import add_matcher
    from zenpro_nb.faces.preload import warm_up

    unload(shell)
    magics = ZenProMagics(shell)
    shell.register_magics(magics)
    add_matcher(shell, lambda: magics.notebook.runtime())
    warm_up()


def unload(shell: InteractiveShell) -> None:
    """Take back everything that `load` did; IPython has no function for it."""
    from zenpro_nb.faces.completion import remove_matcher

    manager = shell.magics_manager
    magics = manager.registry.pop(ZenProMagics.__name__, None)
    if magics is None:
        return
    for kind in ("line", "cell"):
        manager.magics[kind].pop(NAME, None)
    remove_matcher(shell)
    # Magics.__init__ has entered itself there; compared by identity, since equality of configurables is not defined.
    shell.configurables[:] = [entry for entry in shell.configurables if entry is not magics]
    magics.close()
