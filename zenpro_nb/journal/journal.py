"""The journal of writes: JSON lines on this machine, without secrets.

Each write has two lines under one id: `begun` before it is sent, and its outcome. A line of the first kind alone says
that this process ended in between, or is still at it; older versions wrote the second kind only.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from zenpro_nb import limits
from zenpro_nb.errors import SaveError
from zenpro_nb.files.paths import state_directory
from zenpro_nb.security.masking import mask
from zenpro_nb.security.secret import scrubbed

FILE = "journal.jsonl"
BEGUN = "begun"
_MASKED = ("body", "before", "inverse", "left")
# Without the times of the file, where the system can leave them out: half as long.
_sync = getattr(os, "fdatasync", os.fsync)
_CUT_OFF = "it was begun, and how it ended was not written down; look before you try again"


class Entry(Struct, frozen=True):
    """One write that was sent, or is about to be."""

    command: str  # the line that somebody would type
    server: str
    method: str
    route: str
    params: Mapping[str, Any]
    body: Mapping[str, Any] | None
    outcome: str = BEGUN  # then done, already, refused, unknown …
    detail: str = ""
    request_id: str | None = None
    profile: str | None = None
    target: str = ""  # what it was about, for people
    time: str = ""
    id: str = ""  # the same in both lines of one write; "" in what older versions wrote
    command_id: str = ""  # the same in all writes of one command
    organization: str | None = None
    plan: str = ""  # the id of the plan that it is a step of
    step: int | None = None  # its number there
    place: int = 0  # its place among the writes of the command, which are sent at the same time
    before: Mapping[str, Any] | None = None  # the fields that it changes, as they were; None: nobody has looked
    inverse: Sequence[Mapping[str, Any]] = ()  # what takes it back: see `framework.writes.undo`
    irreversible: str = ""  # why nothing does
    left: Mapping[str, Any] | None = None  # the id and the changed fields, as the answer showed them
    undoes: str = ""  # the key of the write that it takes back: see `commands`
    recreates: str = ""  # the id of the deleted object that it creates again; the new id is in `left`


class _Line(Struct):
    """A line that waits to be written."""

    text: str
    ended: bool = False
    error: SaveError | None = None


class Journal:
    """A file of entries, oldest first.

    Args:
        path: the file; the state directory's when left out.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_directory() / FILE
        self._turn = threading.Condition()
        self._writing = False  # a thread writes for all that wait
        self._waiting: list[_Line] = []

    def append(self, entry: Entry) -> None:
        """Add one line; return when it is in the file. Entries that several threads add together are written at once.

        Secrets are masked, whether known by the name of their field or by their look.

        Raises:
            SaveError: the file cannot be written.
        """
        # Masked first: a secret lets itself not be copied.
        masked = {name: mask(getattr(entry, name)) for name in _MASKED}
        record = scrubbed(asdict(replace(entry, params=mask(dict(entry.params)), **masked)))
        # A column of a thousand addresses is on the line of each of its writes; once is told enough.
        record["command"] = shortened(record["command"])
        record["time"] = entry.time or datetime.now(UTC).isoformat(timespec="milliseconds")
        self._commit(_Line(json.dumps(record, default=str, ensure_ascii=False) + "\n"))

    def _commit(self, line: _Line) -> None:
        """Write the line with those of the other threads that wait: one of them writes for all."""
        with self._turn:
            self._waiting.append(line)
            while self._writing and not line.ended:
                self._turn.wait()
            if not line.ended:
                self._writing = True
                group, self._waiting = self._waiting, []
        if not line.ended:
            self._write_group(group)
        if line.error is not None:
            raise line.error

    def _write_group(self, group: Sequence[_Line]) -> None:
        error: SaveError | None = SaveError("Writing the journal was interrupted")
        try:
            self._write("".join(line.text for line in group))
            error = None
        except SaveError as failure:
            error = failure
        finally:
            with self._turn:
                self._writing = False
                for line in group:
                    line.ended, line.error = True, error
                self._turn.notify_all()

    def require_writable(self) -> None:
        """Find out before a write is sent whether it could be entered afterwards.

        Raises:
            SaveError: the file cannot be written.
        """
        self._write("")

    def _write(self, line: str) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # One write call on a file opened for appending: kernels that write at once do not mix their lines.
            descriptor = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_RDWR, 0o600)
            try:
                data = line.encode(errors="backslashreplace")  # halves of characters, as JSON writes them
                if data and _is_torn(descriptor):
                    data = b"\n" + data
                if os.write(descriptor, data) < len(data):
                    raise OSError(errno.ENOSPC, "only a part of the line was written")
                if data:
                    _flush(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise SaveError(
                f"The journal {self.path} cannot be written: {error.strerror}",
                hint="Set ZENPRO_STATE_DIR to a folder that can.",
            ) from None

    def entries(self, torn: list[int] | None = None) -> list[dict[str, Any]]:
        """Return the entries, oldest first; those of one command are in the order of the command.

        Lines that contain no entry, such as one that a crash cut short, are skipped.

        A write of which only the beginning is known has the outcome `unknown`.

        Args:
            torn: gets the numbers of the lines that were passed over.

        Raises:
            SaveError: the file is there and cannot be read.
        """
        found: dict[str, dict[str, Any]] = {}
        for number, line in enumerate(self._lines(), start=1):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            if isinstance(record, dict):
                key = record.get("id") or number
                found[str(key)] = {**record, **_beginning(found.get(str(key)))}
            elif torn is not None and line.strip():
                torn.append(number)
        return _in_order([_ended(record) for record in found.values()])

    def _lines(self) -> Iterator[str]:
        try:
            with self.path.open(encoding="utf-8", errors="replace") as lines:
                yield from lines
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise SaveError(
                f"The journal {self.path} cannot be read: {error.strerror}",
                hint="Make it readable, or move it away.",
            ) from None


def _beginning(begun: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the outcome's line leaves to that of the beginning: when the write was sent."""
    return {"time": begun["time"]} if begun and "time" in begun else {}


def _ended(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "outcome": "unknown", "detail": _CUT_OFF} if record.get("outcome") == BEGUN else record


def _in_order(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records with those of each command in the order of the command, not of the threads that sent them."""
    places: dict[object, list[int]] = {}
    for at, record in enumerate(records):
        if record.get("command_id"):
            places.setdefault(record["command_id"], []).append(at)
    ordered = list(records)
    for slots in places.values():
        for slot, at in zip(slots, sorted(slots, key=lambda at: _place(records[at])), strict=True):
            ordered[slot] = records[at]
    return ordered


def _place(record: Mapping[str, Any]) -> int:
    """Return the place of a write in its command; 0 in what older versions wrote."""
    place = record.get("place")
    return place if isinstance(place, int) else 0


def _flush(descriptor: int) -> None:
    """Return when what was written survives a crash of the machine; folders on a network may not offer that."""
    try:
        _sync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise


def _is_torn(descriptor: int) -> bool:
    """Return whether the file's last line has no end: a crash or a full disk cut it short."""
    if not os.fstat(descriptor).st_size:
        return False
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) != b"\n"


def shortened(line: str) -> str:
    """Return the line, cut where it is longer than a person wrote it."""
    return line if len(line) <= limits.JOURNAL_LINE else line[: limits.JOURNAL_LINE] + " …"
