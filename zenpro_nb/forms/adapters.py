"""The session and UI of a form, in place of those of a cell: shorter timeouts, and no printed output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import client as client_api
from zenpro_nb import limits
from zenpro_nb.errors import CredentialError
from zenpro_nb.profiles import Settings
from zenpro_nb.security import printable
from zenpro_nb.session.session import Session
from zenpro_nb.ui import console
from zenpro_nb.ui.protocol import UI, Advance, Drawing, TerminalUI

if TYPE_CHECKING:
    from zenpro_nb.client import Client, Credential


class FormSession(Session):
    """The notebook's server as it was when the form opened, with a client that times out sooner.

    The credential follows the notebook's, so after a new login in another cell the form still works.
    """

    def __init__(self, outer: Session) -> None:
        super().__init__(outer.environ, observe=outer.observe)
        self._outer = outer
        self._opened = outer.settings
        self.before_write: Callable[[], None] = lambda: None  # called before each request that changes something

    @property
    def settings(self) -> Settings:
        """Return the notebook's settings while it uses this server, with the organization the form was opened for."""
        now = self._outer.settings
        if now.url != self._opened.url:
            return self._opened
        return replace(now, organization=self._opened.organization, workspace=self._opened.workspace)

    @property
    def read_only(self) -> str:
        """Return the reason for the read-only lock of the notebook. A later lock applies to open forms as well."""
        return self._outer.read_only

    def _connect(self, url: str, credential: Credential) -> Client:
        """Return a client with a shorter timeout than in a cell, because Ctrl-C does not reach a form."""
        return client_api.Client(
            url, credential, read_timeout=limits.FORM_READ_TIMEOUT, gate=self._admit_write, observe=self.observe
        )

    def _admit_write(self) -> None:
        self.require_writable()
        self.before_write()


class FormUI(TerminalUI):
    """Collects the messages of a command for the form. Text printed in a callback would be lost."""

    def __init__(self, outer: UI) -> None:
        self.name, self.commands, self.has_variables = outer.name, outer.commands, outer.has_variables
        self._outer = outer
        self.words: list[str] = []
        self.outputs: list[object] = []

    def begin(self) -> None:
        """Discard earlier messages and values."""
        self.words, self.outputs = [], []

    @property
    def is_interactive(self) -> bool:
        """Return False: a command cannot ask questions in a form."""
        return False

    @contextmanager
    def progress(self, label: str, unit: str = console.ROW) -> Iterator[Advance]:
        """Show no progress bar: the form shows its own status."""
        yield lambda rows: None

    def warn(self, line: str) -> None:
        """Collect the line for the form."""
        self.words.append(printable.words(self.command_names.text(line)))

    def say(self, line: str) -> None:
        """Collect the line for the form."""
        self.words.append(printable.words(self.command_names.text(line)))

    def show(self, value: object) -> None:
        """Collect the value for the form."""
        self.outputs.append(self.with_commands(value))

    def picture(self, value: Drawing) -> None:
        """Collect the picture for the form."""
        self.show(value)

    def assign(self, name: str, value: object) -> None:
        """Assign a value to a variable of the notebook."""
        self._outer.assign(name, value)

    def confirm(self, question: str) -> bool:
        """Return True: the form asks before it calls the command."""
        return True

    def ask_secret(self, prompt: str, variable: str) -> str:
        """Refuse: the contents of a widget are saved with the notebook.

        Raises:
            CredentialError: always.
        """
        raise CredentialError(
            "Forms do not accept secrets because their fields are saved with the notebook",
            hint=f"Run the command in a cell, which prompts for it, or set the environment variable {variable}.",
        )
