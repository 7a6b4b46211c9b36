"""Read and write the files with deadlines: completely or not at all, one command at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.files.atomic import file_lock, replace_file
from zenpro_nb.files.paths import state_directory

_LOCK = "deadline-files.lock"


def read(path: Path, name: str) -> str | None:
    """Return the text of a file with its line ends; None if there is no file."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{name!r} cannot be read: {reason}", hint="Check its permissions and encoding.") from None


def save(path: Path, text: str) -> None:
    """Replace the text of a file.

    Raises:
        SaveError: the file cannot be written.
    """
    try:
        with replace_file(path) as temporary_file, open(temporary_file, "wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise SaveError(f"{path} cannot be written: {error.strerror or error}", hint="Check the folder.") from None


@contextmanager
def lock() -> Iterator[None]:
    """Let one command on this machine at a time change files with deadlines.

    Raises:
        SaveError: the state directory cannot be written.
    """
    try:
        state_directory().mkdir(parents=True, exist_ok=True)
        with file_lock(state_directory() / _LOCK):
            yield
    except OSError as error:
        raise SaveError(f"{state_directory()} cannot be written: {error.strerror or error}") from None
