"""Pseudonyms that all processes of a user share, in a file that only this user can read.

The file has the secret key, and each person in the order in which a process first met them. Every process repeats this
order, and so gets the same pseudonyms.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from zenpro_nb import limits
from zenpro_nb.files.atomic import file_lock, write_private
from zenpro_nb.sharing.people.named_people import NamedPerson
from zenpro_nb.sharing.people.pseudonyms import Pseudonyms, new_key

_LOCK = "lock"


class _Line(msgspec.Struct, omit_defaults=True):
    """A line of the file: a person with names, or replaced ids."""

    address: str = ""
    names: list[str] = msgspec.field(default_factory=list)
    ids: list[str] = msgspec.field(default_factory=list)

    def __bytes__(self) -> bytes:
        return msgspec.json.encode(self) + b"\n"


class StoredPseudonyms(Pseudonyms):
    """Pseudonyms that are the same in each process with the same file.

    If the file cannot be used, or is deleted, this process continues with its own pseudonyms.

    Args:
        path: of the file, which is created if it does not exist. A lock file is next to it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begin = 0  # of the lines that other processes may have written
        self._stored_ids: set[str] = set()
        try:
            self._key_line = self._key()
        except OSError:
            self._key_line = new_key().hex().encode()
        super().__init__(key=bytes.fromhex(self._key_line.decode()))
        with contextlib.suppress(OSError), self._turn():
            pass

    def add(self, person: NamedPerson) -> None:
        """Assign a pseudonym to a person, after all those that other processes have stored first."""
        if self.has_added(person):
            return
        with contextlib.suppress(OSError), self._turn() as file:
            super().add(person)
            file.write(bytes(_Line(person.address, sorted(person.names))))
        super().add(person)  # nothing is left to do if the file could be used

    def store_ids(self) -> None:
        """Store the ids that this process has replaced, so that the next ones know them too."""
        new = [key for key in self._ids.replaced if key not in self._stored_ids]
        new = new[: max(0, limits.STORED_IDS - len(self._stored_ids))]
        if new:
            with contextlib.suppress(OSError), self._turn() as file:
                file.write(bytes(_Line(ids=new)))

    def _key(self) -> bytes:
        """Return the key in the file, which is created if there is none."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(self._path.with_name(_LOCK)):
            if self._path.exists():
                line = self._path.read_bytes().partition(b"\n")[0]
                if len(line) == len(new_key().hex()) and not line.strip(b"0123456789abcdef"):
                    return line
                self._path.unlink()
            line = new_key().hex().encode()
            write_private(self._path, line + b"\n")
            return line

    @contextlib.contextmanager
    def _turn(self) -> Iterator[BinaryIO]:
        """Repeat what other processes have stored, and yield the file at its end; no other process writes now.

        Raises:
            OSError: the file cannot be used.
        """
        with file_lock(self._path.with_name(_LOCK)), self._path.open("r+b") as file:
            if file.readline().rstrip(b"\n") != self._key_line:
                raise FileNotFoundError(f"{self._path} belongs to others")
            file.seek(max(file.tell(), self._begin))
            last = b"\n"
            for last in file:
                self._repeat(last)
            if not last.endswith(b"\n"):  # a process was stopped while it wrote
                file.write(b"\n")
            yield file
            self._begin = file.tell()

    def _repeat(self, content: bytes) -> None:
        try:
            line = msgspec.json.decode(content, type=_Line)
        except msgspec.DecodeError:
            return
        super().add(NamedPerson(line.address, set(line.names)))
        self._stored_ids.update(line.ids)
        self._ids.replace_in(" ".join(line.ids))
