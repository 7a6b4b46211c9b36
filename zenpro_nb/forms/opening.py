"""Opening a form in the manner of the place: widgets, questions in a terminal, or words where nobody watches."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.commands.tool.form import NAME
from zenpro_nb.forms.handle import Fallback, FormHandle
from zenpro_nb.syntax.unparse import spell

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form


class NotebookForms:
    """The forms that one IPython shell has opened."""

    def __init__(self, *, in_kernel: bool) -> None:
        self._in_kernel = in_kernel
        self._open: weakref.WeakSet[Form] = weakref.WeakSet()

    def __call__(self, runtime: Runtime, command: WriteCommand, words: Sequence[str], given: Mapping[str, Any]) -> Any:
        """Open the form of a command; see `commands.forming.open_form`."""
        line = f"{runtime.face.name} {spell(command, [NAME, *words], given, leave_out=('dry_run', 'yes'))}"
        if not (runtime.face.watched or (self._in_kernel and _in_voila())):
            return Fallback((command.help or "").partition(". ")[0], line)
        if not self._in_kernel:
            return ask(runtime, command, words, given)
        from zenpro_nb.forms.background import Threads
        from zenpro_nb.forms.form import Form

        # A credential that is missing is asked for here, in the cell, where somebody can type it.
        _ = runtime.session.server
        form = Form(command, words, runtime, Threads(), given)
        self._open.add(form)
        return FormHandle(form, line)

    def close(self) -> None:
        """Close them all."""
        for form in list(self._open):
            form.close()


def ask(runtime: Runtime, command: WriteCommand, words: Sequence[str], given: Mapping[str, Any]) -> Any:
    """The questions of a form in a terminal; words where nobody can answer."""
    if not runtime.face.watched:
        line = f"{runtime.face.name} {spell(command, [NAME, *words], given, leave_out=('dry_run', 'yes'))}"
        return Fallback((command.help or "").partition(". ")[0], line)
    from zenpro_nb.forms.prompts import ask as ask_questions

    return ask_questions(runtime, command, words, given)


def _in_voila() -> bool:
    """Voila shows a notebook to people, but executes it as if nobody watched; it says so in the environment."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
