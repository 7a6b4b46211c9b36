"""A keyring in memory, in place of the machine's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend

Held = dict[tuple[str, str], str]  # by service and account


@contextmanager
def memory_keyring() -> Iterator[Held]:
    """Replace the keyring while the block runs, and return its contents."""
    before = keyring.get_keyring()
    held: Held = {}

    class Memory(KeyringBackend):
        priority = 1  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            return held.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            held[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del held[service, username]

    keyring.set_keyring(Memory())
    try:
        yield held
    finally:
        keyring.set_keyring(before)
