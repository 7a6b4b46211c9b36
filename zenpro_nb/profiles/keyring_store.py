"""The logins that `login --keyring` keeps in the system's keyring, and the list of their accounts.

A keyring cannot be asked what it holds, and asking may open a window that wants a password. So the accounts, which are
no secrets, stand in a file of the state directory, and the keyring is opened only for one of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from zenpro_nb.client import ApiKey, BearerToken, Credential, DeviceToken, PasswordLogin
from zenpro_nb.errors import CredentialError, SettingsError, UsageError
from zenpro_nb.files.paths import state_directory
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.sources import FoundCredential, Make, Need, accepted
from zenpro_nb.security.secret import Secret

T = TypeVar("T")

SERVICE = "zenpro-login"
# Where `--to keyring` of the commands that make a key puts it.
KEYS_SERVICE = "zenpro"
INDEX = "logins.json"

_KINDS: tuple[tuple[str, type[Any]], ...] = (
    ("key", ApiKey),
    ("password", PasswordLogin),
    ("device", DeviceToken),  # before its base class
    ("token", BearerToken),
)


class KeyringStore:
    """The kept logins of this machine's user."""

    def __init__(self, watch: Watch) -> None:
        self._path: Path = state_directory(watch.environ) / INDEX
        self._watch = watch

    def accounts(self) -> list[str]:
        """Under which accounts something is kept.

        Raises:
            SettingsError: the list of accounts is no longer what this tool wrote.
        """
        if not self._watch.file(self._path):
            return []
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            data = None
        if not isinstance(data, list):
            raise SettingsError(f"{self._path} cannot be read", hint="Remove it; it lists kept logins, and holds none.")
        return [str(account) for account in data]

    def keep(self, account: str, credential: Credential) -> str:
        """Keep the credential, and say where.

        Raises:
            CredentialError: the keyring refused it.
            UsageError: there is no keyring.
        """
        kind = next(name for name, known in _KINDS if isinstance(credential, known))
        value = {"kind": kind, "secret": credential.secret.reveal()}  # type: ignore[attr-defined]
        if isinstance(credential, PasswordLogin):
            value["username"] = credential.username
        if isinstance(credential, BearerToken) and credential.token.expires_at is not None:
            value["expires_at"] = str(credential.token.expires_at)
        text = Secret(json.dumps(value))
        del value
        keyring = require_keyring()
        _asked(lambda: keyring.set_password(SERVICE, account, text.reveal()))
        self._write(sorted({*self.accounts(), account}))
        return f"{keyring.get_keyring().name}, account {account!r} of {SERVICE!r}"

    def find(self, account: str, make: Make | None = None) -> FoundCredential:
        """What is kept under this account.

        Args:
            make: turns a key or a password into another credential than one for a control plane.
        """
        words = "the keyring, kept by login --keyring"
        self._watch.file(self._path)  # is written whenever something is kept or forgotten
        try:
            keyring = require_keyring()
            text = _asked(lambda: keyring.get_password(SERVICE, account))
        except (CredentialError, UsageError) as error:
            return FoundCredential(None, words, str(error))
        credential = None if text is None else _revived(Secret(text), make)
        if credential is None:
            return FoundCredential(None, words, f"The keyring keeps no login for {account}. Use `login --keyring`")
        return FoundCredential(credential, words)

    def forget(self, account: str) -> None:
        """Take it out of the keyring; nothing happens where nothing is kept.

        Raises:
            CredentialError: the keyring refused.
        """
        keyring = require_keyring()
        if _asked(lambda: keyring.get_password(SERVICE, account)) is not None:
            _asked(lambda: keyring.delete_password(SERVICE, account))
        self._write([one for one in self.accounts() if one != account])

    def _write(self, accounts: list[str]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_suffix(f".{os.getpid()}")
            temporary.write_text(json.dumps(accounts, indent=2), encoding="utf-8")
            temporary.replace(self._path)
        except OSError as error:
            raise SettingsError(
                f"{self._path} cannot be written: {error.strerror}", hint="Set ZENPRO_STATE_DIR to a folder that can."
            ) from None
        self._watch = Watch(self._watch.environ)


def find_key(entry: str, need: Need) -> FoundCredential:
    """The key that `api-keys create --to keyring` put there, or any other under this entry of our service."""
    words = f"the keyring, entry {entry!r} of {KEYS_SERVICE!r}"
    try:
        keyring = require_keyring()
        text = _asked(lambda: keyring.get_password(KEYS_SERVICE, entry))
    except (CredentialError, UsageError) as error:
        return FoundCredential(None, words, str(error))
    if not text:
        return FoundCredential(None, words, f"The keyring has no entry {entry!r} of {KEYS_SERVICE!r}")
    return accepted(Secret(text), need, words)


def require_keyring() -> Any:
    """The package `keyring`, with a keyring behind it.

    Raises:
        UsageError: it is not installed, or the machine has none.
    """
    try:
        import keyring
        from keyring.backends import fail, null
    except ImportError:
        raise UsageError("The package keyring is not installed", hint="Install it: pip install keyring.") from None
    if isinstance(keyring.get_keyring(), (fail.Keyring, null.Keyring)):
        raise UsageError("This machine has no keyring", hint="Set an environment variable instead.")
    return keyring


def _asked(question: Callable[[], T]) -> T:
    try:
        return question()
    except Exception as error:  # a backend may raise anything
        reason = type(error).__name__
    raise CredentialError(f"The keyring refused ({reason})", hint="Unlock it, or set an environment variable instead.")


def _revived(text: Secret, make: Make | None) -> Credential | None:
    """The credential that was kept; None where something else has written there."""
    try:
        value = json.loads(text.reveal())
        secret = Secret(value["secret"])
        if make is not None and value["kind"] in ("key", "password"):
            return make(secret, value.get("username"))
        if value["kind"] == "password":
            return PasswordLogin(value["username"], secret)
        if value["kind"] == "key":
            return ApiKey(secret)
        expires_at = float(value["expires_at"]) if "expires_at" in value else None
        return {"device": DeviceToken, "token": BearerToken}[value["kind"]](secret, expires_at)
    except (ValueError, KeyError, TypeError, CredentialError):
        return None
