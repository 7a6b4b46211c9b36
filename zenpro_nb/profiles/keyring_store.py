"""The logins that `login --keyring` keeps in the system's keyring, and the list of their accounts.

A keyring cannot be asked what it holds, and asking may open a window that wants a password. So the accounts, which are
no secrets, stand in a file of the state directory, and the keyring is opened only for one of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from zenpro_nb.client import ApiKey, BearerToken, Credential, DeviceToken, PasswordLogin
from zenpro_nb.errors import CredentialError, SettingsError, UsageError
from zenpro_nb.files.atomic import replacing
from zenpro_nb.files.paths import state_directory
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.sources import FoundCredential, Make, Need, accepted
from zenpro_nb.security import keyring
from zenpro_nb.security.secret import Secret

INDEX = "logins.json"

_KINDS: dict[str, type[Any]] = {
    "key": ApiKey,
    "password": PasswordLogin,
    "device": DeviceToken,  # before its base class
    "token": BearerToken,
}


class _Login(Struct, frozen=True):
    """A credential as the keyring keeps it, as JSON."""

    kind: Literal["key", "password", "device", "token"]
    secret: Secret
    username: str | None = None
    expires_at: float | None = None


class KeyringStore:
    """The kept logins of this machine's user."""

    def __init__(self, watch: Watch) -> None:
        self._path: Path = state_directory(watch.environ) / INDEX
        self._watch = watch

    def accounts(self) -> list[str]:
        """Return the accounts under which something is kept.

        Raises:
            SettingsError: the list of accounts is no longer what this tool wrote.
        """
        if not self._watch.file(self._path):
            return []
        import msgspec  # not before something is read: the tree of commands is to load quickly

        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[str])
        except (OSError, msgspec.MsgspecError):
            raise SettingsError(
                f"{self._path} cannot be read", hint="Remove it; it lists kept logins, and holds none."
            ) from None

    def keep(self, account: str, credential: Credential) -> str:
        """Keep the credential, and say where.

        Raises:
            CredentialError: the keyring refused it.
            SettingsError: the list of accounts cannot be written; nothing is kept.
            UsageError: there is no keyring.
        """
        # The keyring first: where it refuses, the list names nothing that is not there.
        keyring.put(keyring.LOGINS, account, _written(credential))
        try:
            self._write(sorted({*self.accounts(), account}))
        except SettingsError:
            keyring.delete(keyring.LOGINS, account)  # what is not in the list, `logout` would never find
            raise
        return f"{keyring.name()}, account {account!r} of {keyring.LOGINS!r}"

    def find(self, account: str, make: Make | None = None) -> FoundCredential:
        """Return what is kept under this account, or why there is nothing.

        Args:
            account: a server's URL, or what `account_of` gives for a profile.
            make: turns a key or a password into another credential than one for a control plane.
        """
        words = "the keyring, kept by login --keyring"
        self._watch.file(self._path)  # is written whenever something is kept or forgotten
        try:
            text = keyring.get(keyring.LOGINS, account)
        except (CredentialError, UsageError) as error:
            return FoundCredential(None, words, str(error))
        credential = None if text is None else _read(text, make)
        if credential is None:
            return FoundCredential(None, words, f"The keyring keeps no login for {account}. Use `login --keyring`")
        return FoundCredential(credential, words)

    def forget(self, account: str) -> None:
        """Take it out of the keyring; nothing happens where nothing is kept.

        Raises:
            CredentialError: the keyring refused; the account stays in the list.
        """
        keyring.delete(keyring.LOGINS, account)
        self._write([text for text in self.accounts() if text != account])

    def _write(self, accounts: list[str]) -> None:
        try:
            with replacing(self._path, private=True) as temporary:
                temporary.write_text(json.dumps(accounts, indent=2), encoding="utf-8")
        except OSError as error:
            raise SettingsError(
                f"{self._path} cannot be written: {error.strerror}", hint="Set ZENPRO_STATE_DIR to a folder that can."
            ) from None
        self._watch = Watch(self._watch.environ)


def find_key(entry: str, need: Need) -> FoundCredential:
    """Return the key that `api-keys create --to keyring` put there, or any other under this entry of our service."""
    words = f"the keyring, entry {entry!r} of {keyring.KEYS!r}"
    try:
        key = keyring.get(keyring.KEYS, entry)
    except (CredentialError, UsageError) as error:
        return FoundCredential(None, words, str(error))
    if not key:
        return FoundCredential(None, words, f"The keyring has no entry {entry!r} of {keyring.KEYS!r}")
    return accepted(key, need, words)


def _written(credential: Any) -> Secret:
    kind = next(name for name, known in _KINDS.items() if isinstance(credential, known))
    username = getattr(credential, "username", None)
    expires_at = credential.token.expires_at if isinstance(credential, BearerToken) else None
    login = {"kind": kind, "secret": credential.secret, "username": username, "expires_at": expires_at}
    held = {name: value for name, value in login.items() if value is not None}
    return Secret(json.dumps(held, default=lambda secret: secret.reveal()))


def _read(text: Secret, make: Make | None) -> Credential | None:
    """Return the credential that was kept; None where something else has written there."""
    import msgspec

    try:
        # Not strictly: earlier versions wrote the time as text.
        login = msgspec.json.decode(text.reveal(), type=_Login, strict=False, dec_hook=lambda _, secret: Secret(secret))
        if make is not None and login.kind in ("key", "password"):
            return make(login.secret, login.username)
        if login.kind == "password":
            return PasswordLogin(login.username or "", login.secret)
        if login.kind == "key":
            return ApiKey(login.secret)
        token: Credential = _KINDS[login.kind](login.secret, login.expires_at)
        return token
    except (msgspec.MsgspecError, CredentialError):
        return None
