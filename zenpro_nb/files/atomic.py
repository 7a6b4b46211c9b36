"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


@contextlib.contextmanager
def replacing(target: Path, *, private: bool = False) -> Iterator[Path]:
    """Give an empty file beside the target, which takes its place when the block ends well, and is gone when not.

    A link keeps pointing where it points, and what is replaced passes on its rights. Missing folders are made.

    Args:
        target: the file to write.
        private: a file that is new is its owner's alone, and not what the user's umask says.

    Raises:
        OSError: it cannot be written there.
    """
    real = Path(os.path.realpath(target))
    temporary = real.with_name(f".{secrets.token_hex(8)}.tmp")
    real.parent.mkdir(parents=True, exist_ok=True)
    known = real.exists()
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private or known else 0o666))
        yield temporary
        if known:
            shutil.copymode(real, temporary)
        os.replace(temporary, real)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time into the block; the system lets the next one in when a process has died in it.

    Args:
        path: a file for the lock, which is made and stays.

    Raises:
        OSError: it cannot be made, or locked.
    """
    with open(path, "ab", opener=_private) as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, and wait until it is on the disk.

    Raises:
        OSError: there is such a file already, or it cannot be written.
    """
    with open(path, "xb", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def creating_private(path: Path) -> Iterator[TextIO]:
    """Give a new file that only its owner may read; it is on the disk when the block has ended, or not there at all.

    Raises:
        OSError: there is such a file already, or it cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            # A full disk may refuse the data only now, while what was written can still be rescued.
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
