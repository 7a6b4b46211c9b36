"""The user interface of a command: progress, warnings, questions and results.

A command gets a `UI` and never prints directly. It returns its results. Messages go to stderr, so a shell pipe gets
only the data.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from zenpro_nb import limits
from zenpro_nb.errors import ConfirmationError, CredentialError, UsageError
from zenpro_nb.security import printable
from zenpro_nb.ui import console
from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.command_names import CommandNames
from zenpro_nb.ui.wrapping import wrap

if TYPE_CHECKING:
    import click

Advance = Callable[[int], object]  # called with the number of rows read so far


class Drawing(Protocol):
    """A picture that can also be drawn with characters."""

    def text(self, columns: int) -> str:
        """Return the picture as characters, for a terminal of this width."""


class UI(Protocol):
    """The user interface from which a command was called."""

    name: str
    """The word before a command: `%zenpro` or `zenpro`."""

    commands: Collection[str]
    """The first words of all commands."""

    options: Sequence[click.Parameter]
    """Options that this UI adds to each command with a result."""

    is_persistent: bool
    """Whether this process continues after the command, so changes to its environment have an effect."""

    has_variables: bool
    """Whether `assign` can set variables."""

    completed: Callable[[str], str]
    """Returns a message in which each command has the options that it needs."""

    is_quiet: bool
    """Whether the command shows no progress."""

    @property
    def command_names(self) -> CommandNames:
        """Return how commands are written in the texts of this UI."""

    @property
    def pseudonyms(self) -> bool | None:
        """Return whether it shows pseudonyms in place of people; None in Python, which has none."""

    @property
    def prints_rows(self) -> bool:
        """Return whether it only prints results: plain rows are then enough, without a DataFrame."""

    @property
    def shows_tables(self) -> bool:
        """Return whether it shows results as tables, with names of projects. Reading these takes further requests."""

    @property
    def output_suffix(self) -> str:
        """Return the suffix of the file format in which it prints results; "" for tables."""

    def print_file(self, path: Path) -> None:
        """Print the content of a file in this format."""

    @property
    def is_interactive(self) -> bool:
        """Return whether a user can see progress and answer questions."""

    def progress(self, label: str, unit: str = console.ROW) -> Any:
        """Return a context manager that yields an `Advance`, which takes the number of rows or of another unit."""

    def write_progress(self, total: int) -> Any:
        """Return a context manager. See `console.write_progress`."""

    def warn(self, line: str) -> None:
        """Show one line that is important but not an error."""

    def warn_incomplete(self, line: str) -> None:
        """Warn that the result is incomplete. A shell command then exits with 4."""

    def mark_failed(self) -> None:
        """Note that the result is a failure, although it is shown. A shell command then exits with 1."""

    def say(self, line: str) -> None:
        """Show one line of information."""

    def show(self, value: object) -> None:
        """Show a value before the command ends."""

    def abridge(self, rest: str, rows: int = limits.PREVIEW_ROWS) -> None:
        """Print only the first rows of a long result as a table, because all of them are elsewhere.

        Args:
            rest: the words after the number of the other rows, such as ` in users.csv`.
            rows: the number of printed rows.
        """

    def picture(self, value: Drawing) -> None:
        """Show a picture of the result. It is not part of the result."""

    def assign(self, name: str, value: object) -> None:
        """Assign a value to a variable of the user."""

    def set_pseudonyms(self, *, on: bool) -> None:
        """Switch pseudonyms on or off."""

    def confirm(self, question: str) -> bool:
        """Ask yes or no. All questions of this kind end with `[y/N]`: Enter never sends, overwrites or deletes."""

    def ask(self, prompt: str) -> str:
        """Ask for a line of text."""

    def ask_secret(self, prompt: str, variable: str) -> str:
        """Ask for a secret without echo. If that is not possible, the error names the environment `variable`."""


class TerminalUI:
    """The UI of the shell command, and the base of all others."""

    name = "zenpro"
    commands: Collection[str] = ()
    options: Sequence[click.Parameter] = ()
    is_persistent = True
    has_variables = False
    output_suffix = ""
    prints_rows = False
    shows_tables = False
    pseudonyms: bool | None = None
    completed: Callable[[str], str] = str
    is_quiet: bool = False

    @property
    def command_names(self) -> CommandNames:
        """Return how commands are written in the texts of this UI."""
        return CommandNames(self.name, self.commands, self.completed)

    @property
    def words_on_stdout(self) -> bool:
        """Return whether messages go to stdout. In a shell they do not, so a pipe gets only results."""
        return False

    @property
    def columns(self) -> int | None:
        """Return the width of messages if they do not go to a terminal; None for no limit."""
        return None

    @property
    def is_interactive(self) -> bool:
        """Return whether input and messages are connected to a terminal."""
        return console.is_interactive()

    @contextmanager
    def progress(self, label: str, unit: str = console.ROW) -> Iterator[Advance]:
        """Show a progress bar in an interactive session."""
        if self.is_interactive and not self.is_quiet:
            with console.progress(label, unit, self._progress_file()) as advance:
                yield advance
        else:
            yield lambda rows: None

    @contextmanager
    def write_progress(self, total: int) -> Iterator[Callable[[int, Mapping[str, int]], None]]:
        """Show the progress of writes in an interactive session."""
        if self.is_interactive and not self.is_quiet:
            with console.write_progress(total, self._progress_file()) as advance:
                yield advance
        else:
            yield lambda ended, failed: None

    def _progress_file(self) -> console.Writable | None:
        """Return where progress is shown; None for stderr."""
        return None

    def print_file(self, path: Path) -> None:
        """Print the content of a file that a command has created for this purpose."""
        console.print_file(path)

    def warn(self, line: str) -> None:
        """Print the line after `warning:`."""
        console.say(f"warning: {printable.line(self.command_names.text(line))}", columns=self.columns)

    def warn_incomplete(self, line: str) -> None:
        """Print the line as a warning."""
        self.warn(line)

    def mark_failed(self) -> None:
        """Do nothing: only a shell command has an exit code."""

    def say(self, line: str) -> None:
        """Print the line as a message."""
        console.say(self.command_names.text(line), on_stdout=self.words_on_stdout, columns=self.columns)

    def show(self, value: object) -> None:
        """Print the value as text."""
        console.show(self.with_commands(value))

    def with_commands(self, value: object) -> object:
        """Return a value whose texts of zenpro name complete commands."""
        return self.command_names.card(value) if isinstance(value, Card) else value

    def abridge(self, rest: str, rows: int = limits.PREVIEW_ROWS) -> None:
        """Do nothing: a DataFrame is displayed in part anyway."""

    def picture(self, value: Drawing) -> None:
        """Print the picture as characters among the messages, so a pipe gets only the data."""
        columns = console.width() or limits.PAGE_NARROW
        console.draw(wrap(value.text(columns), columns), on_stdout=self.words_on_stdout)

    def assign(self, name: str, value: object) -> None:
        """Raise UsageError: a shell has no notebook variables."""
        raise UsageError("--out requires a notebook", hint="In a shell, use --save FILE.")

    def set_pseudonyms(self, *, on: bool) -> None:
        """Raise UsageError: values in Python are real."""
        raise UsageError("Pseudonyms need a notebook or a shell", hint="Start it there: `%zenpro pseudonyms on`.")

    def confirm(self, question: str) -> bool:
        """Ask yes or no, and return the answer; raise ConfirmationError if the session is not interactive."""
        self._require_interactive(question)
        return self._answer(f"{self.command_names.text(question)} [y/N] ").lower() in {"y", "yes"}

    def ask(self, prompt: str) -> str:
        """Ask, and return the typed text; raise ConfirmationError if the session is not interactive."""
        self._require_interactive(prompt)
        return self._answer(self.command_names.text(prompt))

    def _answer(self, prompt: str) -> str:
        """Return the typed text. The end of the input means no."""
        try:
            return self._input(prompt).strip()
        except EOFError:
            raise ConfirmationError("Nothing was sent.") from None

    def _input(self, prompt: str) -> str:
        return console.ask(prompt)

    def ask_secret(self, prompt: str, variable: str) -> str:
        """Return the text typed without echo; otherwise raise CredentialError, with the variable to set."""
        # IPython's kernel raises its own subclass of RuntimeError if it cannot ask.
        is_asked = False
        try:
            if not self.is_interactive or console.input_has_ended():
                raise EOFError
            is_asked = True
            return getpass.getpass(printable.line(console.shown(prompt))).strip()
        except (EOFError, RuntimeError) as error:
            if is_asked and isinstance(error, EOFError):
                console.say("")  # end the line of the prompt
            message = "Cannot ask for a secret: not an interactive session"
            if self.is_interactive:
                message = "Cannot ask for a secret: the input has ended"
            raise CredentialError(message, hint=f"Set the environment variable {variable}.") from None

    def _require_interactive(self, question: str) -> None:
        if not self.is_interactive:
            error = ConfirmationError(
                f"Cannot ask for confirmation, because this is not an interactive session: {question.strip(' :')}",
                hint="Add --yes to confirm.",
            )
            error.adds = "--yes"
            raise error
