"""Store the logins of `login --keyring` in the system's keyring, with a list of their accounts.

A keyring cannot list its entries, and reading it can open a password prompt. The accounts, which are
not secrets, are kept in a file of the state directory, and the keyring is opened only for one of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from zenpro_nb.client import ApiKey, BearerToken, Credential, DeviceToken, PasswordLogin
from zenpro_nb.errors import CredentialError, SettingsError, UsageError
from zenpro_nb.files.atomic import replace_file
from zenpro_nb.files.paths import state_directory
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.sources import FoundCredential, Make, Need, accepts
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
    """A credential in the JSON format of the keyring entry."""

    kind: Literal["key", "password", "device", "token"]
    secret: Secret
    username: str | None = None
    expires_at: float | None = None


class KeyringStore:
    """The stored logins of this machine's user."""

    def __init__(self, watch: Watch) -> None:
        self._path: Path = state_directory(watch.environ) / INDEX
        self._watch = watch

    def accounts(self) -> list[str]:
        """Return the accounts with a stored login.

        Raises:
            SettingsError: the list of accounts is damaged.
        """
        if not self._watch.file(self._path):
            return []
        import msgspec  # imported here, because the command tree must load quickly

        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[str])
        except (OSError, msgspec.MsgspecError):
            raise SettingsError(
                f"{self._path} cannot be read",
                hint="Delete the file: it lists the stored logins but contains no secrets.",
            ) from None

    def keep(self, account: str, credential: Credential) -> str:
        """Store the credential, and return where.

        Raises:
            CredentialError: the keyring refused it.
            SettingsError: the list of accounts cannot be written; nothing is stored.
            UsageError: there is no keyring.
        """
        # The keyring comes first: if it refuses, the list must not contain the account.
        keyring.put(keyring.LOGINS, account, _encode(credential))
        try:
            self._write(sorted({*self.accounts(), account}))
        except SettingsError:
            keyring.delete(keyring.LOGINS, account)  # `logout` would never find an entry that is not in the list
            raise
        return f"{keyring.name()}, account {account!r} of {keyring.LOGINS!r}"

    def find(self, account: str, make: Make | None = None) -> FoundCredential:
        """Return the login stored for this account, or the reason why there is none.

        Args:
            account: a server's URL, or the result of `account_of` for a profile.
            make: turns a key or a password into a credential for another kind of server than a control plane.
        """
        source_label = "the keyring, stored by login --keyring"
        self._watch.file(self._path)  # it changes whenever a login is stored or deleted
        try:
            text = keyring.get(keyring.LOGINS, account)
        except (CredentialError, UsageError) as error:
            return FoundCredential(None, source_label, str(error))
        credential = None if text is None else _read(text, make)
        if credential is None:
            return FoundCredential(None, source_label, f"The keyring has no login for {account}. Run `login --keyring`")
        return FoundCredential(credential, source_label)

    def forget(self, account: str) -> None:
        """Delete it from the keyring; do nothing if there is none.

        Raises:
            CredentialError: the keyring refused; the account stays in the list.
        """
        keyring.delete(keyring.LOGINS, account)
        self._write([text for text in self.accounts() if text != account])

    def _write(self, accounts: list[str]) -> None:
        try:
            with replace_file(self._path, private=True) as temporary:
                temporary.write_text(json.dumps(accounts, indent=2), encoding="utf-8")
        except OSError as error:
            raise SettingsError(
                f"{self._path} cannot be written: {error.strerror}", hint="Set ZENPRO_STATE_DIR to a writable folder."
            ) from None
        self._watch = Watch(self._watch.environ)


def find_key(entry: str, need: Need) -> FoundCredential:
    """Return the key that `api-keys create --to keyring` stored, or any other key in this entry of our service."""
    source_label = f"the keyring, entry {entry!r} of {keyring.KEYS!r}"
    try:
        key = keyring.get(keyring.KEYS, entry)
    except (CredentialError, UsageError) as error:
        return FoundCredential(None, source_label, str(error))
    if not key:
        return FoundCredential(None, source_label, f"The keyring has no entry {entry!r} of {keyring.KEYS!r}")
    return accepts(key, need, source_label)


def _encode(credential: Any) -> Secret:
    kind = next(name for name, type_ in _KINDS.items() if isinstance(credential, type_))
    username = getattr(credential, "username", None)
    expires_at = credential.token.expires_at if isinstance(credential, BearerToken) else None
    login = {"kind": kind, "secret": credential.secret, "username": username, "expires_at": expires_at}
    fields = {name: value for name, value in login.items() if value is not None}
    return Secret(json.dumps(fields, default=lambda secret: secret.reveal()))


def _read(text: Secret, make: Make | None) -> Credential | None:
    """Return the stored credential; None if another program has written the entry."""
    import msgspec

    try:
        # Not strict: earlier versions wrote the time as text.
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
