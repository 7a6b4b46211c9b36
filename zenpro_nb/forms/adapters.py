"""What a form has in place of a cell's session and face: shorter patience, and nothing is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.errors import CredentialError
from zenpro_nb.profiles import Settings
from zenpro_nb.security import printable
from zenpro_nb.session.session import Session
from zenpro_nb.ui.protocol import UI, Advance, TerminalUI

if TYPE_CHECKING:
    from zenpro_nb.client import Client, Credential


class FormSession(Session):
    """The notebook's server as it was when the form opened, by a client that gives up sooner.

    The credential follows the notebook's: who logs in again in another cell can go on with the form.
    """

    def __init__(self, outer: Session) -> None:
        super().__init__(outer.environ)
        self._outer = outer
        self._opened = outer.settings
        self.before_write: Callable[[], None] = lambda: None  # called before each request that changes something

    @property
    def settings(self) -> Settings:
        """Return those of the notebook while it stays with this server; the organization is that of the beginning."""
        now = self._outer.settings
        if now.url != self._opened.url:
            return self._opened
        return replace(now, organization=self._opened.organization, workspace=self._opened.workspace)

    @property
    def read_only(self) -> str:
        """Return what locks the notebook now: a lock that came after the form was opened holds for the form too."""
        return self._outer.read_only

    def _connected(self, url: str, credential: Credential) -> Client:
        """Return a client that does not wait as long as a cell may, because Ctrl-C does not reach a form."""
        from zenpro_nb.client import Client  # see `Session._connected`

        return Client(url, credential, read_timeout=limits.FORM_READ_TIMEOUT, gate=self._admit_write)

    def _admit_write(self) -> None:
        self.require_writable()
        self.before_write()


class FormUI(TerminalUI):
    """Collects what a command says, for the form to show: in a callback, printed words vanish."""

    def __init__(self, outer: UI) -> None:
        self.name, self.has_variables = outer.name, outer.has_variables
        self._outer = outer
        self.words: list[str] = []
        self.shown: list[object] = []

    def begin(self) -> None:
        """Forget what was said before."""
        self.words, self.shown = [], []

    @property
    def is_interactive(self) -> bool:
        """Say no: the form is on somebody's screen, but a command cannot ask there."""
        return False

    @contextmanager
    def progress(self, label: str) -> Iterator[Advance]:
        """Show no bar: the form says itself that it is at work."""
        yield lambda rows: None

    @contextmanager
    def write_progress(self, total: int) -> Iterator[Callable[[int, int], None]]:
        """Show no bar: the form shows that it is busy."""
        yield lambda ended, failed: None

    def warn(self, line: str) -> None:
        """Keep the line for the form."""
        self.words.append(printable.words(line))

    def say(self, line: str) -> None:
        """Keep the line for the form."""
        self.words.append(printable.words(line))

    def show(self, value: object) -> None:
        """Keep the value for the form."""
        self.shown.append(value)

    def picture(self, value: object) -> None:
        """Keep the picture for the form."""
        self.show(value)

    def assign(self, name: str, value: object) -> None:
        """Put a value into a variable of the notebook."""
        self._outer.assign(name, value)

    def confirm(self, question: str) -> bool:
        """Say yes: the form itself asks, before the command is called."""
        return True

    def ask_secret(self, prompt: str, variable: str) -> str:
        """Refuse: what stands in a widget is saved with the notebook.

        Raises:
            CredentialError: always.
        """
        raise CredentialError(
            "A form takes no secrets, because its fields are saved with the notebook",
            hint=f"Run the line in a cell, which asks for it, or set the environment variable {variable}.",
        )
