"""A file with deadlines, and what a command changes in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenpro_nb.access import desired
from zenpro_nb.commands.organization.deadlines.known_entries import Key, key_of, remember
from zenpro_nb.commands.organization.deadlines.text_files import lock, read, save
from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.declare import Outcome, Write
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.access.desired.editing import EntryPlace, EntryState
    from zenpro_nb.query import Found

_EXTENSIONS = (".yaml", ".yml")


class DeadlineFile:
    """A file with deadlines, and what a command changes in it.

    The file is changed before the requests are sent, because a role without its deadline would stay forever; the
    entries of requests that fail are changed back.

    Args:
        path: the file; it may not exist.
        name: its name as the user typed it.
        organization: the organization of the roles.
        server: its control plane.
    """

    def __init__(self, path: Path, name: str, organization: Found, server: str) -> None:
        self.path = path
        self.name = name
        self._organization = organization
        self._server = server
        self._before = read(path, name)
        self._has_written: str | None = None
        self._changes: dict[Key, tuple[EntryPlace, EntryState, EntryState]] = {}
        self._require_organization()

    @property
    def text(self) -> str:
        """Return the text of the file before the command; that of a new file if there is none."""
        return desired.editing.new_file(self._organization.name) if self._before is None else self._before

    def _require_organization(self) -> None:
        state = desired.desired_state(self.text.removeprefix("\ufeff"), self.name)
        if state.organization not in ("", self._organization.id, self._organization.name):
            raise UsageError(
                f"{self.name} is for the organization {state.organization}, not for {self._organization.name}",
                hint="Name another file, or use that organization: --org NAME.",
            )

    def state_of(self, place: EntryPlace) -> tuple[EntryState, str]:
        """Return the state of an entry before the command, and its position for messages."""
        return desired.editing.entry_of(desired.desired_state(self.text, self.name), place)

    def want(self, write: Write, place: EntryPlace, state: EntryState) -> None:
        """Change an entry with this write.

        Raises:
            UsageError: the file cannot be changed safely.
        """
        self._changes[key_of(write)] = (place, state, self.state_of(place)[0])
        self._edit({place: new_state for place, new_state, _ in self._changes.values()})

    def begin(self) -> None:
        """Change the file, before anything is sent.

        Raises:
            SaveError: the file cannot be written.
            UsageError: it has changed since the command was prepared.
        """
        with lock():
            if read(self.path, self.name) != self._before:
                raise UsageError(f"{self.name} has changed since the command was prepared", hint="Run it again.")
            self._has_written = self._edit({place: state for place, state, _ in self._changes.values()})
            save(self.path, self._has_written)
            remember(self._server, self.path, self._changes)

    def end(self, outcomes: Sequence[Outcome]) -> list[str]:
        """Keep the changes of writes that succeeded or may have, undo the others, and return lines about the result.

        Raises:
            SaveError: the file cannot be written.
        """
        remaining = {
            key_of(outcome.write)
            for outcome in outcomes
            if outcome.state in ("done", "unknown") or (outcome.state == "already" and outcome.write.noop)
        }
        entries = [entry for key, entry in self._changes.items() if key in remaining]
        if len(entries) < len(self._changes):
            with lock():
                self._undo(entries, [entry for key, entry in self._changes.items() if key not in remaining])
        late = [outcome.write.target for outcome in outcomes if outcome.state == "already" and not outcome.write.noop]
        return [
            *(f"{target}: already had the role, so no deadline was recorded" for target in late),
            *self._messages(entries),
        ]

    def _undo(self, saved_state: Sequence[Any], failed_writes: Sequence[Any]) -> None:
        if read(self.path, self.name) == self._has_written:
            if not saved_state and self._before is None:
                self.path.unlink()
                return
            text = self._edit({place: state for place, state, _ in saved_state})
        else:  # another process has edited the file since
            text = self._edit({place: before for place, _, before in failed_writes}, read(self.path, self.name))
        save(self.path, text)

    def _messages(self, entries: Sequence[tuple[EntryPlace, EntryState, EntryState]]) -> Iterator[str]:
        dated = [state for _, state, _ in entries if isinstance(state, datetime)]
        lifted = [state for _, state, _ in entries if state == "permanent"]
        removed = len(entries) - len(dated) - len(lifted)
        if dated:
            yield (
                f"{self.name} contains the deadline. The role is not revoked automatically: run "
                f"`apply {quoted(self.name)} --yes` on a schedule"
            )
        if lifted:
            yield f"{self.name}: {counted(len(lifted), 'deadline')} removed; the role is now permanent"
        if removed:
            yield f"{self.name}: {counted(removed, 'entry')} removed"

    def _edit(self, changes: Mapping[EntryPlace, EntryState], text: str | None = None) -> str:
        return desired.editing.edit(self.text if text is None else text, self.name, changes)


def file_called(name: str, organization: Found, server: str) -> DeadlineFile:
    """Return the file with this name, which may not exist yet.

    Raises:
        UsageError: it is not a YAML file, cannot be read, is invalid, or is for another organization.
    """
    if not name.lower().endswith(_EXTENSIONS):
        raise UsageError(f"--file {name!r} needs a .yaml or .yml extension", hint="Write --file expiring.yaml.")
    path = expand_home(name, UsageError)
    if not path.parent.is_dir():
        raise UsageError(f"--file {name!r}: there is no folder {str(path.parent)!r}", hint="Create the folder first.")
    return DeadlineFile(path, name, organization, server)
