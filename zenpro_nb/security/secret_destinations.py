"""Destinations of a one-time secret; checked before the secret is created, so it is never lost."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from zenpro_nb.errors import CredentialError, SaveError, UsageError
from zenpro_nb.files.atomic import new_private_file
from zenpro_nb.files.paths import expand_home
from zenpro_nb.security import keyring
from zenpro_nb.security.secret import Secret

FORMS = "env:NAME, file:PATH or keyring"
_UNSAFE = re.compile(r"[^\w.-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def forms(*, is_persistent: bool) -> str:
    """Return the destinations that work here, in words.

    Args:
        is_persistent: the process outlives the command, so a variable of it is useful.
    """
    kinds = [*(["env:NAME"] if is_persistent else []), "file:PATH", *(["keyring"] if keyring.is_available() else [])]
    return " or ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))


def example(name: str) -> str:
    """Return a destination that works here, for the secret of this name: the keyring, or a file if there is none."""
    return "keyring" if keyring.is_available() else f"file:{_UNSAFE.sub('-', name).strip('-.') or 'new'}.key"


class Destination(Protocol):
    """A destination for one secret."""

    def check(self) -> None:
        """Check that the secret can be stored here; changes nothing.

        Raises:
            UsageError: it cannot.
        """

    def put(self, secret: Secret) -> str:
        """Store it here, and return a phrase that names its location.

        Raises:
            SaveError: storing failed despite the check.
        """


class EnvironmentDestination(Struct, frozen=True):
    """An environment variable of this process and its child processes."""

    variable: str
    is_persistent: bool = True

    def check(self) -> None:
        """Raise UsageError if the variable would end with the command."""
        if not self.is_persistent:
            raise UsageError(
                "A shell command cannot set a variable in the calling shell",
                hint=f"Use {' or '.join(f'--to {form}' for form in forms(is_persistent=False).split(' or '))} here.",
            )

    def put(self, secret: Secret) -> str:
        """Set the variable, and return a phrase that names it."""
        os.environ[self.variable] = secret.reveal()
        return f"in the environment variable {self.variable}, until this process ends"


class FileDestination(Struct, frozen=True):
    """A new file that only its owner can read."""

    path: Path

    def check(self) -> None:
        """Raise UsageError if the file exists or cannot be created."""
        folder = self.path.parent
        if os.path.lexists(self.path):
            raise UsageError(
                f"{self.path} exists, and existing files are not overwritten",
                hint="Choose a file name that does not exist.",
            )
        if not folder.is_dir():
            raise UsageError(
                f"The folder {folder} does not exist", hint="Create it first, or choose a file in another folder."
            )
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UsageError(f"The folder {folder} is not writable", hint="Choose a file in another folder.")

    def put(self, secret: Secret) -> str:
        """Create the file, and return a phrase that names it; raise SaveError if it cannot be written."""
        try:
            with new_private_file(self.path) as file:
                file.write(secret.reveal())
        except OSError as error:
            reason = error.strerror or type(error).__name__
        else:
            return f"in {self.path}, which only you can read"
        # Raised here, so the traceback does not contain the frame of the file.
        raise SaveError(f"{self.path} cannot be written: {reason}")


class KeyringDestination(Struct, frozen=True):
    """The system's keyring, through the package `keyring`."""

    entry: str

    def check(self) -> None:
        """Raise UsageError if there is no keyring."""
        keyring.require(instead="Use --to file:PATH or --to env:NAME instead.")

    def put(self, secret: Secret) -> str:
        """Store it in the keyring, and return how to read it; raise SaveError if the keyring refuses."""
        try:
            keyring.put(keyring.KEYS, self.entry, secret)
        except CredentialError as error:
            raise SaveError(error.message) from None
        return f"in the keyring; read it with keyring.get_password({keyring.KEYS!r}, {self.entry!r})"


def destination(text: str, *, entry: str, is_persistent: bool = True) -> Destination:
    """Return the destination that `--to` names.

    Args:
        entry: the name under which a keyring stores it.
        is_persistent: whether this process continues after the command.

    Raises:
        UsageError: the text is not a destination.
    """
    kind, _, name = text.partition(":")
    if kind == "env" and _VARIABLE.fullmatch(name):
        return EnvironmentDestination(name, is_persistent)
    if kind == "file" and name:
        return FileDestination(expand_home(name))
    if text == "keyring":
        return KeyringDestination(entry)
    raise UsageError(f"Unknown destination {text!r}", hint=f"Use {FORMS}.")
