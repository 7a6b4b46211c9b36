"""The system's keyring, through the package `keyring`, which may be missing and whose backends may raise anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from zenpro_nb import extras
from zenpro_nb.errors import CredentialError, MissingExtraError, UsageError
from zenpro_nb.security.secret import Secret

T = TypeVar("T")

KEYS = "zenpro"  # the service under which `--to keyring` stores new keys
LOGINS = "zenpro-login"  # the service under which `login --keyring` stores credentials

_INSTEAD = "Set an environment variable instead: `export ZENML_PRO_API_KEY=…`."


def require(instead: str = _INSTEAD) -> Any:
    """Return the package `keyring`, after checking that it has a working backend.

    Args:
        instead: the alternative to suggest if there is none.

    Raises:
        MissingExtraError: the package is not installed.
        UsageError: the machine has no keyring.
    """
    try:
        extras.load("keyring", "A login or key in the system's keyring")
    except MissingExtraError as error:
        error.hint = f"{instead} To install it, run: {error.hint.removeprefix('Run: ')}"
        raise
    import keyring
    from keyring.backends import fail, null

    if isinstance(keyring.get_keyring(), (fail.Keyring, null.Keyring)):
        raise UsageError("No keyring backend is available on this machine", hint=instead)
    return keyring


def is_available() -> bool:
    """Return whether this machine has a keyring that can be used."""
    try:
        require()
    except UsageError:
        return False
    return True


def name() -> str:
    """Return the name of the keyring backend."""
    return str(require().get_keyring().name)


def get(service: str, account: str) -> Secret | None:
    """Return the secret of this account, or None.

    Raises:
        CredentialError: the keyring refused access.
        UsageError: the machine has no keyring.
    """
    return _call(lambda keyring: _as_secret(keyring.get_password(service, account)))


def put(service: str, account: str, secret: Secret) -> None:
    """Store a secret, replacing any earlier one; raise as `get`."""
    _call(lambda keyring: keyring.set_password(service, account, secret.reveal()))


def delete(service: str, account: str) -> None:
    """Delete the secret of this account if there is one; raise as `get`."""
    if get(service, account) is not None:
        _call(lambda keyring: keyring.delete_password(service, account))


def _as_secret(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


def _call(operation: Callable[[Any], T]) -> T:
    keyring = require()
    try:
        return operation(keyring)
    except Exception as error:  # a backend may raise anything
        reason = type(error).__name__
    # Raised here, so the traceback contains no frames of the backend, whose variables include the secret.
    raise CredentialError(
        f"The keyring refused access ({reason})", hint="Unlock it, or set an environment variable instead."
    )
