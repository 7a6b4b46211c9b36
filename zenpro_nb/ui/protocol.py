"""What a command may say and ask, whichever face it was called from: progress, warnings, questions, results.

A command gets a `UI` and never prints by itself. Results are returned; words go to stderr, so that a shell pipe gets
the data alone.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from zenpro_nb.errors import ConfirmationError, CredentialError, UsageError
from zenpro_nb.security import printable
from zenpro_nb.ui import console

if TYPE_CHECKING:
    import click

Advance = Callable[[int], object]  # called with the number of rows read so far


class UI(Protocol):
    """Where a command was called from."""

    name: str
    """What the user types before a command there: `%zenpro` or `zenpro`."""

    options: Sequence[click.Parameter]
    """Options that this face adds to each command that returns something."""

    is_persistent: bool
    """Whether this process goes on after the command, so that its environment is worth something."""

    has_variables: bool
    """Whether `assign` has somewhere to put a value."""

    @property
    def prints_rows(self) -> bool:
        """Return whether it only prints a result, so that plain rows serve it as well as a DataFrame."""

    @property
    def output_suffix(self) -> str:
        """Return the suffix of the file whose content it prints of a result; "" where it does not."""

    def print_file(self, path: Path) -> None:
        """Print the content of such a file."""

    @property
    def is_interactive(self) -> bool:
        """Return whether somebody sits there who sees progress and can answer."""

    def progress(self, label: str) -> Any:
        """Return a context manager that gives an `Advance`."""

    def write_progress(self, total: int) -> Any:
        """Return a context manager that gives what is called with how many writes have ended, and how many failed."""

    def warn(self, line: str) -> None:
        """Say one line that must be seen, but is no error."""

    def warn_incomplete(self, line: str) -> None:
        """Warn that the result lacks rows which belong to it; a shell command then exits with 4."""

    def say(self, line: str) -> None:
        """Say one line of plain information."""

    def show(self, value: object) -> None:
        """Show a value now, before the command ends."""

    def picture(self, value: object) -> None:
        """Show a picture of the result, which is no part of it."""

    def assign(self, name: str, value: object) -> None:
        """Put a value under a name where the user's variables are."""

    def confirm(self, question: str) -> bool:
        """Ask yes or no."""

    def ask(self, prompt: str) -> str:
        """Ask for a line of text."""

    def ask_secret(self, prompt: str, variable: str) -> str:
        """Ask for a secret without echo; `variable` is the environment variable to name where nobody can type."""


class TerminalUI:
    """The shell command, and what all faces share."""

    name = "zenpro"
    options: Sequence[click.Parameter] = ()
    is_persistent = True
    has_variables = False
    output_suffix = ""
    prints_rows = False

    @property
    def words_on_stdout(self) -> bool:
        """Return whether words stand with the results; in a shell a pipe gets the results alone."""
        return False

    @property
    def is_interactive(self) -> bool:
        """Return whether a person sits at both ends of the terminal."""
        return console.is_interactive()

    @contextmanager
    def progress(self, label: str) -> Iterator[Advance]:
        """Show a bar on a terminal; give an `Advance` that does nothing where nobody watches."""
        if self.is_interactive:
            with console.progress(label, on_stdout=self.words_on_stdout) as advance:
                yield advance
        else:
            yield lambda rows: None

    @contextmanager
    def write_progress(self, total: int) -> Iterator[Callable[[int, int], None]]:
        """Show how far the writes are on a terminal; show nothing where nobody watches."""
        if self.is_interactive:
            with console.write_progress(total, on_stdout=self.words_on_stdout) as advance:
                yield advance
        else:
            yield lambda ended, failed: None

    def print_file(self, path: Path) -> None:
        """Print the content of a file that a command has made for it."""
        console.print_file(path)

    def warn(self, line: str) -> None:
        """Print the line behind `warning:`."""
        console.say(f"warning: {printable.line(line)}")

    def warn_incomplete(self, line: str) -> None:
        """Print the line as a warning."""
        self.warn(line)

    def say(self, line: str) -> None:
        """Print the line where words go."""
        console.say(line, on_stdout=self.words_on_stdout)

    def show(self, value: object) -> None:
        """Print the value as text."""
        console.show(value)

    def picture(self, value: object) -> None:
        """Print the picture as characters where words go, so that a pipe gets the data alone."""
        console.say(str(value), on_stdout=self.words_on_stdout)

    def assign(self, name: str, value: object) -> None:
        """Raise UsageError: a shell has no variables of a notebook."""
        raise UsageError("--out puts a result into a notebook's variable", hint="In a shell, use --save FILE.")

    def confirm(self, question: str) -> bool:
        """Ask, and return whether the answer was yes; raise UsageError where nobody can answer."""
        self._require_watcher(question)
        return self._answer(f"{question} [y/N] ").lower() in {"y", "yes"}

    def ask(self, prompt: str) -> str:
        """Ask, and return what was typed; raise UsageError where nobody can answer."""
        self._require_watcher(prompt)
        return self._answer(prompt)

    def _answer(self, prompt: str) -> str:
        """Return what somebody types; the end of the input is a no."""
        try:
            return self._input(prompt).strip()
        except EOFError:
            raise ConfirmationError("Nothing was sent.") from None

    def _input(self, prompt: str) -> str:
        return console.ask(prompt)

    def ask_secret(self, prompt: str, variable: str) -> str:
        """Return what is typed without echo, else raise CredentialError, which names the variable to set."""
        # IPython's kernel raises its own subclass of RuntimeError where nobody can type.
        try:
            if not self.is_interactive:
                raise EOFError
            return getpass.getpass(printable.line(prompt)).strip()
        except (EOFError, RuntimeError):
            raise CredentialError(
                "Nobody can type a secret here", hint=f"Set the environment variable {variable} instead."
            ) from None

    def _require_watcher(self, question: str) -> None:
        if not self.is_interactive:
            raise ConfirmationError(
                f"Nobody can be asked here: {question.strip(' :')}", hint="Add --yes if that is what you want."
            )
