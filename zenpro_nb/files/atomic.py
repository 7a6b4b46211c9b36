"""Files that are written completely or not at all."""

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
def replace_file(target: Path, *, private: bool = False) -> Iterator[Path]:
    """Yield an empty temporary file that replaces the target if the block succeeds, and is deleted if it fails.

    A symbolic link keeps its destination, and the new file gets the permissions of the old one. Missing folders are
    created.

    Args:
        target: the file to write.
        private: give a new file to its owner alone, whatever the umask.

    Raises:
        OSError: the file cannot be written there.
    """
    real = Path(os.path.realpath(target))
    temporary = real.with_name(f".{secrets.token_hex(8)}.tmp")
    real.parent.mkdir(parents=True, exist_ok=True)
    existed = real.exists()
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private or existed else 0o666))
        yield temporary
        if existed:
            shutil.copymode(real, temporary)
        os.replace(temporary, real)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Let one process at a time run the block; the system releases the lock if a process dies in it.

    Args:
        path: the lock file, which is created and kept.

    Raises:
        OSError: the file cannot be created or locked.
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
    """Write a new file that only its owner can read, and wait until it is on the disk.

    Raises:
        OSError: the file exists already, or cannot be written.
    """
    with open(path, "xb", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def new_private_file(path: Path) -> Iterator[TextIO]:
    """Yield a new file that only its owner can read; on success it is on the disk, and on failure it is deleted.

    Raises:
        OSError: the file exists already, or cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            # A full disk may reject the data only now, while the written data can still be rescued.
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
