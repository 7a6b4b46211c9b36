"""Which accounts besides its owner can read a file."""

from __future__ import annotations

import os
import stat
from typing import IO, Any

from msgspec import Struct


class Exposure(Struct, frozen=True):
    """How far a file is open to other accounts on the machine."""

    mode: str  # in the notation of `ls` and `chmod`: "0644"
    fixable: bool  # whether this account owns it and its file system is writable


def exposure(file: IO[Any]) -> Exposure | None:
    """Return how far an open file is readable by others, or None if only its owner can read it.

    Always None on Windows, which has no such modes: a file there inherits the access list of its folder, which is not
    examined.
    """
    if os.name != "posix":
        return None
    status = os.fstat(file.fileno())
    if not status.st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    read_only = bool(os.fstatvfs(file.fileno()).f_flag & os.ST_RDONLY)
    return Exposure(f"{stat.S_IMODE(status.st_mode):04o}", status.st_uid == os.geteuid() and not read_only)
