"""Keep the journal of writes: JSON lines on this machine, without secrets.

Each write has two lines with the same id: `begun` before it is sent, and its outcome. If only the first one exists, the
process ended in between, or is still sending; older versions wrote only the second one. Each first line is on the disk
before its write is sent. A second line is written together with the next first line, or when there is none to wait for.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from zenpro_nb import limits
from zenpro_nb.errors import SaveError
from zenpro_nb.files.paths import state_directory
from zenpro_nb.security.masking import mask
from zenpro_nb.security.secret import scrub_data

FILE = "journal.jsonl"
STARTED = "begun"
_MASKED = ("body", "before", "inverse", "left")
# fdatasync does not write the times of the file, and takes half as long.
_sync = getattr(os, "fdatasync", os.fsync)
_INTERRUPTED = "it was begun, but its outcome was not recorded; check it before you try again"


class Entry(Struct, frozen=True):
    """One write that was sent, or is about to be sent."""

    command: str  # the command as the user would type it
    server: str  # the server that it was sent to
    method: str
    route: str
    params: Mapping[str, Any]
    body: Mapping[str, Any] | None
    outcome: str = STARTED  # then done, already, refused, unknown …
    detail: str = ""
    request_id: str | None = None
    profile: str | None = None
    target: str = ""  # its target, for people
    name: str = ""  # the name of the object in the target: the email of a person; "" in entries of older versions
    time: str = ""
    id: str = ""  # the same in both lines of one write; "" in entries of older versions
    command_id: str = ""  # the same in all writes of one command
    organization: str | None = None
    plan: str = ""  # the id of its plan
    step: int | None = None  # its number in the plan
    place: int = 0  # its place among the writes of the command, which are sent at the same time
    before: Mapping[str, Any] | None = None  # the previous values of the changed fields; None: not read
    inverse: Sequence[Mapping[str, Any]] = ()  # the requests that undo it: see `framework.writes.undo`
    irreversible: str = ""  # why it cannot be undone
    left: Mapping[str, Any] | None = None  # the id and the changed fields from the response
    undoes: str = ""  # the key of the write that it undoes: see `commands`
    recreates: str = ""  # the id of the deleted object that it creates again; the new id is in `left`
    workspace: str = ""  # the name of the workspace that it was sent to; "" for a control plane and a plain server
    workspace_id: str = ""
    control_plane: str = ""  # the control plane of that workspace


class _Line(Struct):
    """A line waiting to be written."""

    text: str
    failed: Callable[[SaveError], None] | None = None  # called if it cannot be written and no one waits for it
    ended: bool = False
    error: SaveError | None = None


class Journal:
    """A file of entries, oldest first.

    Args:
        path: the file; by default in the state directory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_directory() / FILE
        self._turn = threading.Condition()
        self._writing = False  # a thread is writing the lines of all waiting threads
        self._waiting: list[_Line] = []

    def append(self, entry: Entry) -> None:
        """Add one line; return when it is in the file. Entries from several threads are written together.

        Secrets are masked, whether recognized by the name of their field or by their format.

        Raises:
            SaveError: the file cannot be written.
        """
        self._commit(_Line(self._text(entry)))

    def append_later(self, entry: Entry, failed: Callable[[SaveError], None]) -> None:
        """Add one line without waiting: it is written with the next line that is waited for, or by `flush`.

        Lines are always written in the order in which they were added.

        Args:
            failed: called, in any thread, if the file cannot be written.
        """
        line = _Line(self._text(entry), failed)
        with self._turn:
            self._waiting.append(line)

    def flush(self) -> None:
        """Return when all lines that were added before are in the file; their errors are passed to `failed`."""
        with self._turn:
            last = self._waiting[-1] if self._waiting else None
            while last is None and self._writing:
                self._turn.wait()
        if last is not None:
            self._finish(last)

    def _text(self, entry: Entry) -> str:
        # Masked first: a secret cannot be copied.
        masked = {name: mask(getattr(entry, name)) for name in _MASKED}
        record = scrub_data(asdict(replace(entry, params=mask(dict(entry.params)), **masked)))
        # A column of a thousand addresses would be in the line of each of its writes; a shortened one is enough.
        record["command"] = shorten(record["command"])
        record["time"] = entry.time or datetime.now(UTC).isoformat(timespec="milliseconds")
        return json.dumps(record, default=str, ensure_ascii=False) + "\n"

    def _commit(self, line: _Line) -> None:
        """Add the line, and return when it is in the file."""
        with self._turn:
            self._waiting.append(line)
        self._finish(line)
        if line.error is not None:
            raise line.error

    def _finish(self, line: _Line) -> None:
        """Return when the line was written with all other waiting lines: one thread writes for all."""
        with self._turn:
            while self._writing and not line.ended:
                self._turn.wait()
            if not line.ended:
                self._writing = True
                group, self._waiting = self._waiting, []
        if not line.ended:
            self._write_group(group)

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
            if error is not None:
                for line in group:
                    if line.failed is not None:
                        line.failed(error)

    def require_writable(self) -> None:
        """Check before a write is sent that it can be recorded afterwards.

        Raises:
            SaveError: the file cannot be written.
        """
        self._write("")

    def _write(self, line: str) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # One write call on a file opened for appending: kernels that write at the same time do not mix their lines.
            descriptor = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_RDWR, 0o600)
            try:
                data = line.encode(errors="backslashreplace")  # surrogates in JSON texts
                if data and _is_torn(descriptor):
                    data = b"\n" + data
                if os.write(descriptor, data) < len(data):
                    raise OSError(errno.ENOSPC, "only part of the line was written")
                if data:
                    _flush(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise SaveError(
                f"The journal {self.path} cannot be written: {error.strerror}",
                hint="Set ZENPRO_STATE_DIR to a writable folder.",
            ) from None

    def entries(self, torn: list[int] | None = None) -> list[dict[str, Any]]:
        """Return the entries, oldest first; those of one command are in the order of the command.

        Lines that contain no entry, such as one that a crash cut short, are skipped.

        A write with only its first line has the outcome `unknown`.

        Args:
            torn: collects the numbers of the skipped lines.

        Raises:
            SaveError: the file exists and cannot be read.
        """
        records: dict[str, dict[str, Any]] = {}
        for number, line in enumerate(self._lines(), start=1):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            if isinstance(record, dict):
                key = record.get("id") or number
                records[str(key)] = {**record, **_beginning(records.get(str(key)))}
            elif torn is not None and line.strip():
                torn.append(number)
        return _in_order([_end(record) for record in records.values()])

    def _lines(self) -> Iterator[str]:
        try:
            with self.path.open(encoding="utf-8", errors="replace") as lines:
                yield from lines
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise SaveError(
                f"The journal {self.path} cannot be read: {error.strerror}",
                hint="Make it readable, or move it elsewhere.",
            ) from None


def _beginning(entry: dict[str, Any] | None) -> dict[str, Any]:
    """Return the field that the line of the outcome takes from the first line: the time of sending."""
    return {"time": entry["time"]} if entry and "time" in entry else {}


def _end(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "outcome": "unknown", "detail": _INTERRUPTED} if record.get("outcome") == STARTED else record


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
    """Return the place of a write in its command; 0 in entries of older versions."""
    place = record.get("place")
    return place if isinstance(place, int) else 0


def _flush(descriptor: int) -> None:
    """Flush the file: its content then survives a crash of the machine, except in some network folders."""
    try:
        _sync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise


def _is_torn(descriptor: int) -> bool:
    """Return whether the last line of the file is incomplete, after a crash or a full disk."""
    if not os.fstat(descriptor).st_size:
        return False
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) != b"\n"


def shorten(line: str) -> str:
    """Return the line, shortened if it is longer than a typed one."""
    if len(line) <= limits.JOURNAL_LINE:
        return line
    text = line[: limits.JOURNAL_LINE].rpartition(" ")[0]
    if not text:
        return line[: limits.JOURNAL_LINE] + " …"
    left_out = len(line[len(text) :].split())
    return f"{text} … {left_out:,} more"
