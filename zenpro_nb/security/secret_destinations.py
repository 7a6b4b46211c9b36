"""Where a secret goes that the server shows only once: checked before it is made, so that it is never lost."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from zenpro_nb.errors import CredentialError, SaveError, UsageError
from zenpro_nb.files.atomic import creating_private
from zenpro_nb.files.paths import expanded
from zenpro_nb.security import keyring
from zenpro_nb.security.secret import Secret

FORMS = "env:NAME, file:PATH or keyring"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Destination(Protocol):
    """What takes one secret."""

    def check(self) -> None:
        """Find out whether the secret can be put here; changes nothing.

        Raises:
            UsageError: it cannot.
        """

    def put(self, secret: Secret) -> str:
        """Put it here, and say where it is now.

        Raises:
            SaveError: it could not be put here after all.
        """


class EnvironmentDestination(Struct, frozen=True):
    """A variable in the environment of this process, and of the processes that it starts."""

    variable: str
    is_persistent: bool = True

    def check(self) -> None:
        """Raise UsageError where the variable would end with the command."""
        if not self.is_persistent:
            raise UsageError(
                "A shell command cannot set a variable of the shell that called it",
                hint="Use --to file:PATH or --to keyring here.",
            )

    def put(self, secret: Secret) -> str:
        """Set the variable, and say which one."""
        os.environ[self.variable] = secret.reveal()
        return f"in the environment variable {self.variable}, until this process ends"


class FileDestination(Struct, frozen=True):
    """A new file that only its owner may read."""

    path: Path

    def check(self) -> None:
        """Raise UsageError where the file exists or cannot be made."""
        folder = self.path.parent
        if os.path.lexists(self.path):
            raise UsageError(f"{self.path} exists, and is not overwritten", hint="Name a file that does not exist.")
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder}", hint="Create it first, or name a file in another folder.")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UsageError(f"Nothing can be written into {folder}", hint="Name a file in another folder.")

    def put(self, secret: Secret) -> str:
        """Make the file, and say where; raise SaveError where it cannot be written."""
        try:
            with creating_private(self.path) as file:
                file.write(secret.reveal())
        except OSError as error:
            reason = error.strerror or type(error).__name__
        else:
            return f"in {self.path}, which only you may read"
        # Raised here, where no traceback holds the frame of the file.
        raise SaveError(f"{self.path} cannot be written: {reason}")


class KeyringDestination(Struct, frozen=True):
    """The system's keyring, through the package `keyring`."""

    entry: str

    def check(self) -> None:
        """Raise UsageError where there is no keyring."""
        keyring.require(instead="Use --to file:PATH or --to env:NAME instead.")

    def put(self, secret: Secret) -> str:
        """Keep it in the keyring, and say how to get it; raise SaveError where the keyring refuses."""
        try:
            keyring.put(keyring.KEYS, self.entry, secret)
        except CredentialError as error:
            raise SaveError(error.message) from None
        return f"in the keyring; keyring.get_password({keyring.KEYS!r}, {self.entry!r}) gives it"


def destination(text: str, *, entry: str, is_persistent: bool = True) -> Destination:
    """Return the destination that `--to` names.

    Args:
        entry: under which a keyring keeps it.
        lasting: this process goes on after the command.

    Raises:
        UsageError: the text names no destination.
    """
    kind, _, name = text.partition(":")
    if kind == "env" and _VARIABLE.fullmatch(name):
        return EnvironmentDestination(name, is_persistent)
    if kind == "file" and name:
        return FileDestination(expanded(name))
    if text == "keyring":
        return KeyringDestination(entry)
    raise UsageError(f"Unknown destination {text!r}", hint=f"Use {FORMS}.")
