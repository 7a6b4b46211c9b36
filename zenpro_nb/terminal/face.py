"""What a command may say and ask, whichever face it was called from: progress, warnings, questions, results.

A command gets a `Face` and never prints by itself. Results are returned; words go to stderr, so that a shell pipe gets
the data alone.
"""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from zenpro_nb import limits
from zenpro_nb.errors import ConfirmationError, CredentialError, UsageError

if TYPE_CHECKING:
    import click

Advance = Callable[[int], None]  # called with the number of rows read so far


class Face(Protocol):
    """Where a command was called from."""

    name: str
    """What the user types before a command there: `%zenpro` or `zenpro`."""

    options: Sequence[click.Parameter]
    """Options that this face adds to each command that returns something."""

    lasting: bool
    """Whether this process goes on after the command, so that its environment is worth something."""

    has_variables: bool
    """Whether `assign` has somewhere to put a value."""

    @property
    def watched(self) -> bool:
        """Whether somebody sits there who sees progress and can answer."""

    def progress(self, label: str) -> Any:
        """A context manager that gives an `Advance`."""

    def warn(self, line: str) -> None:
        """One line that must be seen, but is no error."""

    def say(self, line: str) -> None:
        """One line of plain information."""

    def show(self, value: object) -> None:
        """Show a value now, before the command ends."""

    def assign(self, name: str, value: object) -> None:
        """Put a value under a name where the user's variables are."""

    def confirm(self, question: str) -> bool:
        """Ask yes or no."""

    def ask(self, prompt: str) -> str:
        """Ask for a line of text."""

    def ask_secret(self, prompt: str, variable: str) -> str:
        """Ask for a secret without echo; `variable` is the environment variable to name where nobody can type."""


class Terminal:
    """The shell command, and what all faces share."""

    name = "zenpro"
    options: Sequence[click.Parameter] = ()
    lasting = True
    has_variables = False

    @property
    def watched(self) -> bool:
        return sys.stdin.isatty() and sys.stderr.isatty()

    @contextmanager
    def progress(self, label: str) -> Iterator[Advance]:
        bar = Progress(label, self._bar if self.watched else None)
        try:
            yield bar.advance
        finally:
            bar.close()

    def _bar(self, label: str) -> Any:
        from tqdm.std import tqdm

        return tqdm(desc=label, unit=" rows", leave=False, file=sys.stderr)

    def warn(self, line: str) -> None:
        print(f"warning: {line}", file=sys.stderr)  # noqa: T201 - this module is where words are printed

    def say(self, line: str) -> None:
        print(line, file=sys.stderr)  # noqa: T201

    def show(self, value: object) -> None:
        print(value)  # noqa: T201

    def assign(self, name: str, value: object) -> None:
        raise UsageError("--out puts a result into a notebook's variable", hint="In a shell, use --save FILE.")

    def confirm(self, question: str) -> bool:
        self._require_watcher(question)
        return self._answer(f"{question} [y/N] ").lower() in {"y", "yes"}

    def ask(self, prompt: str) -> str:
        self._require_watcher(prompt)
        return self._answer(prompt)

    def _answer(self, prompt: str) -> str:
        """What somebody types; the end of the input is a no."""
        try:
            return self._input(prompt).strip()
        except EOFError:
            raise ConfirmationError("Nothing was sent.") from None

    def _input(self, prompt: str) -> str:
        # Not by `input` itself, which asks on stdout: that may be a file.
        print(prompt, end="", file=sys.stderr, flush=True)  # noqa: T201
        return input()

    def ask_secret(self, prompt: str, variable: str) -> str:
        # IPython's kernel raises its own subclass of RuntimeError where nobody can type.
        try:
            if not self.watched:
                raise EOFError
            return getpass.getpass(prompt).strip()
        except (EOFError, RuntimeError):
            raise CredentialError(
                "Nobody can type a secret here", hint=f"Set the environment variable {variable} instead."
            ) from None

    def _require_watcher(self, question: str) -> None:
        if not self.watched:
            raise ConfirmationError(
                f"Nobody can be asked here: {question.strip(' :')}", hint="Add --yes if that is what you want."
            )


class Progress:
    """A bar that appears only when the work lasts, and only where somebody watches."""

    def __init__(
        self,
        label: str,
        make: Callable[[str], Any] | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label = label
        self._make = make
        self._monotonic = monotonic
        self._start = monotonic()
        self._bar: Any = None

    def advance(self, rows: int) -> None:
        """Tell how many rows have been read so far."""
        if self._make is None:
            return
        if self._bar is None and self._monotonic() - self._start >= limits.PROGRESS_AFTER:
            self._bar = self._make(self._label)
        if self._bar is not None:
            self._bar.update(rows - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
