"""Pseudonyms in shells: the switch and the made-up people are stored, and are the same for all commands until `off`."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import frames, sharing
from zenpro_nb.errors import SettingsError
from zenpro_nb.files.paths import STATE_VARIABLE, pseudonyms_directory, pseudonyms_switch
from zenpro_nb.frontends.pseudonyms import Pseudonymizer

if TYPE_CHECKING:
    from zenpro_nb.sharing.people.stored_pseudonyms import StoredPseudonyms

_FILE = "people.jsonl"


class _On(Struct):
    """The switch of one command: it is read once."""

    pseudonyms: bool = True


class ShellPseudonyms(Pseudonymizer):
    """The pseudonyms of one command, which are those of the commands before."""

    _pseudonyms: StoredPseudonyms

    def __init__(self) -> None:
        super().__init__(_On(), _stored)

    def shown(self, value: Any) -> Any:
        """Return what a command displays for a table, a card, or JSON-like data. Texts change as they are written."""
        if hasattr(value, "columns") and hasattr(value, "attrs"):
            return self.tables([frames.as_frame(value)])[0]
        return self.data(value) if isinstance(value, dict | list) else self.card(value)

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, *error: object) -> None:
        """Store what the next command needs to understand the pseudonyms that this one has displayed."""
        self._pseudonyms.store_ids()


def switch(*, on: bool) -> None:
    """Store that all shells show pseudonyms, or real names; the made-up people are then forgotten.

    Raises:
        SettingsError: the folder cannot be written.
    """
    folder, file = pseudonyms_directory(), pseudonyms_switch()
    try:
        if on:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
        elif folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be written: {error.strerror}", hint=f"Set {STATE_VARIABLE} to a writable folder."
        ) from None


def _stored() -> StoredPseudonyms:
    return sharing.StoredPseudonyms(pseudonyms_directory() / _FILE)
