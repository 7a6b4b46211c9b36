"""The captures of this machine: written atomically, and found by name or date."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access import Inventory
from zenpro_nb.errors import CaptureError, SaveError, UnknownNameError, UsageError
from zenpro_nb.files.atomic import file_lock
from zenpro_nb.files.paths import CAPTURES_VARIABLE, captures_directory
from zenpro_nb.inventory import capture as on_disk
from zenpro_nb.inventory.capture import Capture
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.timespec import FORMS, in_days, parse_time, require_days

if TYPE_CHECKING:
    from zenpro_nb.session.session import Session

NOW = "now"  # read from the server instead of a capture
_NONE_YET = (
    "Run `captures create` now, and `diff` later: no other source has an earlier state. The audit log has no API, and "
    "`usage` only counts runs. To create captures regularly: `docs captures`."
)


class Captures:
    """The captures in a folder.

    Args:
        root: the folder; by default that of the settings.

    Example:
        >>> captures = Captures(Path("captures"))
        >>> captures.write(Inventory(server="https://pro.example.com", organization_id="5b0c"), "before").name
        'before'
        >>> [capture.name for capture in captures.of("https://pro.example.com", "5b0c")]
        ['before']
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or captures_directory()

    @property
    def _work_root(self) -> Path:
        """Return the folder next to the root in which captures are written and deleted."""
        return self.root.with_name(f"{self.root.name}.unfinished")

    def every(self, damaged: list[CaptureError] | None = None) -> list[Capture]:
        """Return all captures, oldest first.

        Args:
            damaged: receives the errors of captures that cannot be read.

        Raises:
            CaptureError: the folder cannot be read, or a capture cannot be read and `damaged` is None.
        """
        return self._read("server=*/organization=*", damaged)

    def of(self, server: str, organization_id: str, damaged: list[CaptureError] | None = None) -> list[Capture]:
        """Return the captures of an organization, oldest first; see `every`."""
        folder = self.root / on_disk.folder_of(server, organization_id)
        return self._read(folder.relative_to(self.root).as_posix().replace("[", "[[]"), damaged)

    def _read(self, below: str, damaged: list[CaptureError] | None) -> list[Capture]:
        captures = []
        for path in self._folders(below):
            try:
                captures.append(on_disk.read(path))
            except CaptureError as error:
                if damaged is None:
                    raise
                damaged.append(error)
        return sorted(captures, key=lambda capture: (capture.time, capture.path))

    def _folders(self, below: str) -> list[Path]:
        try:
            return sorted(self.root.glob(f"{below}/taken=*"))
        except OSError as error:
            raise on_disk.damage_error(self.root, error.strerror or str(error)) from None

    def write(self, inventory: Inventory, name: str = "") -> Capture:
        """Save an inventory with the secrets in its texts masked.

        Args:
            inventory: the inventory to save.
            name: unique within its organization; by default its time.

        Raises:
            UsageError: the name is taken, or looks like a date.
            SaveError: the files cannot be written.
        """
        inventory = on_disk.mask_secrets(inventory)
        with self._writing():
            time = inventory.started or datetime.now(UTC)
            there = self.of(inventory.server, inventory.organization_id, [])
            name = _new_name(name, time, [capture.name for capture in there])
            place = self.root / on_disk.place_of(inventory, time)
            while place.exists():
                time += timedelta(microseconds=1)
                place = self.root / on_disk.place_of(inventory, time)
            work = self._new_work_folder()
            try:
                manifest = on_disk.write_files(replace(inventory, started=time), name, work)
                for folder in (place.parent.parent, place.parent):
                    folder.mkdir(exist_ok=True, mode=0o700)
                work.rename(place)
            finally:
                shutil.rmtree(work, ignore_errors=True)
        return Capture(place, manifest)

    def delete(self, captures: Sequence[Capture]) -> None:
        """Delete captures, each of them atomically.

        Raises:
            SaveError: a capture cannot be deleted; those before it are deleted.
        """
        with self._writing():
            for capture in captures:
                work = self._new_work_folder()
                capture.path.rename(work / capture.path.name)
                shutil.rmtree(work)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Lock the folder for one writer, and convert system errors to one line."""
        try:
            for folder in (self.root, self._work_root):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with file_lock(self._work_root / ".lock"):
                self._delete_leftovers()
                yield
        except OSError as error:
            raise SaveError(
                f"The captures in {self.root} cannot be changed: {error.strerror or error}",
                hint=f"Set {CAPTURES_VARIABLE} to a writable folder; its parent must be writable and on the same disk.",
            ) from None

    def _new_work_folder(self) -> Path:
        work = self._work_root / secrets.token_hex(8)
        work.mkdir(mode=0o700)
        return work

    def _delete_leftovers(self) -> None:
        """Delete leftovers of killed processes; the lock excludes running ones."""
        for path in self._work_root.iterdir():
            if path.is_dir() and time.time() - path.stat().st_mtime > limits.CAPTURE_LEFTOVER:
                shutil.rmtree(path, ignore_errors=True)

    def find(self, text: str, server: str, organization_id: str, now: datetime) -> Capture:
        """Return the capture with this name, else the newest capture not after this time.

        Args:
            text: a name or a time, also in words, such as `last month`; a date means the end of the day.
            server, organization_id: the organization of the captures.
            now: the reference of relative times such as `7d`.

        Raises:
            UnknownNameError: there is none.
            UsageError: the time could be months or minutes.
            CaptureError: a capture that may match cannot be read.
        """
        damaged: list[CaptureError] = []
        captures = self.of(server, organization_id, damaged)
        for capture in captures:
            if capture.name == text:
                return capture
        if damaged:
            raise damaged[0]  # it may be the match, and an older capture would be returned instead
        require_days(text)
        if not text.strip().isdigit():
            text = in_days(text) or text  # people write `last month`, or `30 days ago`
        try:
            end = parse_time(text, now).end
        except ValueError:
            raise _unknown(text, captures, self.every([])) from None
        before = [capture for capture in captures if capture.time < end]
        if not before:
            raise _unknown(text, captures, self.every([]))
        return before[-1]

    def newest(self, server: str, organization_id: str) -> Capture:
        """Return the newest capture of an organization.

        Raises:
            UnknownNameError: there is none.
            CaptureError: a capture cannot be read.
        """
        captures = self.of(server, organization_id)
        if not captures:
            raise _unknown("", captures, self.every([]))
        return captures[-1]


def captures_in_use(session: Session) -> Captures:
    """Return the captures of this machine, or those of the sandbox that the session started and uses.

    Captures of a sandbox are in a folder of its own, which is deleted with it.
    """
    return Captures(session.sandbox_captures)


def prunable(captures: Sequence[Capture], *, daily: int, monthly: int) -> list[Capture]:
    """Return the captures that are neither the last of a kept day nor of a kept month, counted from the newest.

    Args:
        captures: the captures of one organization, oldest first.
        daily: the number of days with captures of which the last one is kept.
        monthly: the number of months with captures of which the last one is kept.
    """
    kept_paths: set[Path] = set()
    for count, form in ((daily, "%Y-%m-%d"), (monthly, "%Y-%m")):
        last = {f"{capture.time.astimezone(UTC):{form}}": capture.path for capture in captures}
        kept_paths |= set(list(last.values())[len(last) - min(count, len(last)) :])
    return [capture for capture in captures if capture.path not in kept_paths]


def _new_name(name: str, time: datetime, there: Sequence[str]) -> str:
    if not name:
        first = f"{time.astimezone(UTC):%Y-%m-%dT%H%M%S}Z"
        names = (first, *(f"{first}-{number}" for number in range(2, len(there) + 3)))
        return next(name for name in names if name not in there)
    if name in there:
        raise UsageError(f"The capture {name!r} already exists", hint="Choose another name, or delete it first.")
    if name == NOW or _is_time(name):
        raise UsageError(f"The capture name {name!r} looks like a time", hint="Choose another name.")
    return name


def _is_time(text: str) -> bool:
    try:
        parse_time(text, datetime.now(UTC))
    except ValueError:
        return False
    return True


def _oldest(found: Sequence[Capture]) -> str:
    """Return what selects the oldest capture: its date, or its name if a later capture is from the same day."""
    date = f"{found[0].time.astimezone(UTC):%Y-%m-%d}"
    is_only = all(f"{capture.time.astimezone(UTC):%Y-%m-%d}" != date for capture in found[1:])
    return date if is_only else found[0].name


def _unknown(text: str, found: Sequence[Capture], every: Sequence[Capture]) -> UnknownNameError:
    if not found:
        places = {f"{capture.manifest.organization_name} at {capture.manifest.server}": None for capture in every}
        others = f"; `captures` lists those of {name_list(list(places), limits.FAILED_NAMED)}" if places else ""
        return UnknownNameError(f"There are no captures of this organization{others}", hint=_NONE_YET)
    names = [capture.name for capture in reversed(found)]
    there = f"Captures: {name_list(names, limits.NAMES_IN_MESSAGE)}."
    if _is_time(text):
        oldest = _oldest(found)
        first = f"{found[0].manifest.organization_name} is from {found[0].time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        error = UnknownNameError(
            f"All captures are newer than {text!r}: the first one of {first}, and nothing earlier is known",
            hint=f"Did you mean {oldest!r}? {there}",
        )
        error.corrections = (oldest,)
        return error
    ago = in_days(text)  # a number without a unit
    otherwise = f"Did you mean {ago!r}? {there}" if ago else f"{there} Write a time as {FORMS}."
    hint = did_you_mean(text, names, otherwise)
    return UnknownNameError(f"There is no capture {text!r}", hint=hint)
