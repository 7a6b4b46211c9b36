"""Who can read a file besides its owner."""

from __future__ import annotations

import os
import stat
from typing import IO, Any

from msgspec import Struct


class Exposure(Struct, frozen=True):
    """How far a file is open to other accounts of the machine."""

    mode: str  # as `ls` and `chmod` write it: "0644"
    fixable: bool  # it belongs to this account, on a file system that can be written


def exposure(file: IO[Any]) -> Exposure | None:
    """Return how far an open file is readable by others; None where only its owner can read it.

    Windows has no such modes: a file there has the access list of its folder, which is not examined, so None.
    """
    if os.name != "posix":
        return None
    status = os.fstat(file.fileno())
    if not status.st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    read_only = bool(os.fstatvfs(file.fileno()).f_flag & os.ST_RDONLY)
    return Exposure(f"{stat.S_IMODE(status.st_mode):04o}", status.st_uid == os.geteuid() and not read_only)
