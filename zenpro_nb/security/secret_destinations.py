"""Destinations of a one-time secret; checked before the secret is created, so it is never lost."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from zenpro_nb.errors import CredentialError, SaveError, UsageError
from zenpro_nb.files.atomic import new_private_file
from zenpro_nb.files.paths import expand_home
from zenpro_nb.security import keyring
from zenpro_nb.security.secret import Secret

FORMS = "file:PATH, env:NAME or keyring"
_KIND = re.compile(r"\w{2,}:")  # a word before a colon is a kind of destination; a single letter is a drive of Windows
_REPLIES = frozenset({"y", "yes", "n", "no", "ok", "file", "env"})  # answers to another question, and incomplete ones
_UNSAFE = re.compile(r"[^\w.-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def forms(*, is_persistent: bool) -> str:
    """Return the destinations that work here, in words.

    Args:
        is_persistent: the process outlives the command, so a variable of it is useful.
    """
    return _listed([f"{kind}:{name}" if name else kind for kind, name in _kinds(is_persistent=is_persistent)])


def question(name: str, *, is_persistent: bool) -> str:
    """Return the question for the destination of a secret of this name, with what a user can type; see `forms`."""
    words = {"file": f"A file name such as {_file(name)}", "env": "env:NAME", "keyring": "keyring"}
    return f"Where should it go? {_listed([words[kind] for kind, _ in _kinds(is_persistent=is_persistent)])}"


def _kinds(*, is_persistent: bool) -> list[tuple[str, str]]:
    """Return the kinds of destination that work here, each with its placeholder."""
    kinds = [("file", "PATH")]
    kinds += [("env", "NAME")] if is_persistent else []
    return kinds + ([("keyring", "")] if keyring.is_available() else [])


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def example(name: str) -> str:
    """Return a destination that works here, for the secret of this name: the keyring, or a file if there is none."""
    return "keyring" if keyring.is_available() else f"file:{_file(name)}"


def _file(name: str) -> str:
    return f"{_UNSAFE.sub('-', name).strip('-.') or 'new'}.key"


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
                hint=f"Use {forms(is_persistent=False)} here.",
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
        keyring.require(instead="Use file:PATH or env:NAME instead.")

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
    if not _KIND.match(text) and _is_path(text):
        return FileDestination(expand_home(text))
    example = (
        f" For a file, use `--to {shlex.quote(f'file:{text}')}`." if text.strip() and not _KIND.match(text) else ""
    )
    raise UsageError(f"Unknown destination {text!r}", hint=f"Use {FORMS}.{example}")


def typed_destination(answer: str, *, entry: str, is_persistent: bool) -> str:
    """Return the value of `--to` for the answer to a prompt, where any other text than a kind is the name of a file.

    Raises:
        UsageError: the answer cannot be used; the message is the reason.
    """
    if _KIND.match(answer) or answer == "keyring":
        text = answer
    elif answer.casefold() in _REPLIES:
        raise UsageError(f"{answer!r} is not a file name; for a file with this name, type file:{answer}")
    elif is_persistent and not _is_path(answer) and answer.isupper() and _VARIABLE.fullmatch(answer):
        raise UsageError(
            f"{answer!r} can be a variable or a file", hint=f"Type env:{answer} for the variable, or file:{answer}."
        )
    else:
        text = f"file:{answer}"
    destination(text, entry=entry, is_persistent=is_persistent).check()
    return text


def _is_path(text: str) -> bool:
    """Return whether a text can only be a path: it contains a separator or a dot."""
    return any(mark in text for mark in (".", "/", os.sep)) and bool(text.strip(". "))
