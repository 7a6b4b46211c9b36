"""The entries with deadlines that commands on this machine have written, so that other commands find their files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from zenpro_nb.access import desired
from zenpro_nb.commands.organization.deadlines.text_files import save
from zenpro_nb.files.paths import state_directory
from zenpro_nb.framework.declare import Write
from zenpro_nb.syntax.timespec import written_instant

if TYPE_CHECKING:
    from zenpro_nb.access.desired.editing import EntryPlace, EntryState

_FILE = "deadline-files.json"
# The request that assigns or revokes the role, without its method.
Key = tuple[str, tuple[tuple[str, object], ...]]


class KnownEntry(Struct, frozen=True):
    """An entry that a command on this machine has written into a file.

    Attributes:
        server: the control plane; another one can have an organization, roles and people with the same names.
        path, params: the request that assigns the role.
        names: the names and ids of its `EntryPlace`.
        until: its deadline.
    """

    server: str
    path: str
    params: dict[str, str]
    names: list[list[str] | None]
    until: str

    @property
    def key(self) -> Key:
        """Return the key of its assignment."""
        return self.path, tuple(sorted(self.params.items()))

    @property
    def place(self) -> EntryPlace:
        """Return its place in the file."""
        new = desired.editing.Name
        principal, role, workspace, project = (None if name is None else new(*name) for name in self.names)
        return desired.editing.EntryPlace(principal or new(""), role or new(""), workspace, project)


def known_entries(server: str) -> dict[str, list[KnownEntry]]:
    """Return the entries for a server that commands on this machine have written, by file."""
    entries_by_file = {
        file: [entry for entry in entries if entry.server == server] for file, entries in _read().items()
    }
    return {file: entries for file, entries in entries_by_file.items() if entries}


def _read() -> dict[str, list[KnownEntry]]:
    try:
        content = (state_directory() / _FILE).read_bytes()
        return msgspec.json.decode(content, type=dict[str, list[KnownEntry]])
    except (OSError, msgspec.DecodeError):
        return {}  # there is none, or it is damaged: the next deadline writes a new one


def remember(server: str, path: Path, changes: Mapping[Key, tuple[EntryPlace, EntryState, EntryState]]) -> None:
    """Record the entries with deadlines that a command writes into a file.

    Raises:
        SaveError: the state directory cannot be written.
    """
    entries_by_file, here = _read(), os.path.abspath(path)
    new = {
        (server, *key): KnownEntry(
            server, key[0], {name: str(value) for name, value in key[1]}, _names(place), written_instant(state)
        )
        for key, (place, state, _) in changes.items()
        if isinstance(state, datetime)
    }
    if new:
        entries_here = {(entry.server, *entry.key): entry for entry in entries_by_file.get(here, ())}
        entries_by_file[here] = list({**entries_here, **new}.values())
        save(state_directory() / _FILE, msgspec.json.encode(entries_by_file).decode())


def _names(place: EntryPlace) -> list[list[str] | None]:
    return [
        None if name is None else list(name) for name in (place.principal, place.role, place.workspace, place.project)
    ]


def key_of(write: Write) -> Key:
    """Return the key of the assignment that a write creates or removes."""
    return write.path, tuple(sorted(write.params.items()))
