"""The system's keyring, through the package `keyring`, which may be missing, and whose backends may raise anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from zenpro_nb import extras
from zenpro_nb.errors import CredentialError, UsageError
from zenpro_nb.security.secret import Secret

T = TypeVar("T")

KEYS = "zenpro"  # the service under which `--to keyring` puts keys that were made
LOGINS = "zenpro-login"  # the service under which `login --keyring` keeps logins

_INSTEAD = "Set an environment variable instead."


def require(instead: str = _INSTEAD) -> Any:
    """Return the package `keyring`, with a keyring behind it.

    Args:
        instead: what to do where there is none.

    Raises:
        MissingExtraError: it is not installed.
        UsageError: the machine has no keyring.
    """
    extras.load("keyring", "A login or key in the system's keyring")
    import keyring
    from keyring.backends import fail, null

    if isinstance(keyring.get_keyring(), (fail.Keyring, null.Keyring)):
        raise UsageError("This machine has no keyring", hint=instead)
    return keyring


def name() -> str:
    """Return what the keyring calls itself."""
    return str(require().get_keyring().name)


def get(service: str, account: str) -> Secret | None:
    """Return what stands there.

    Raises:
        CredentialError: the keyring refused.
        UsageError: there is none.
    """
    return _asked(lambda keyring: _hidden(keyring.get_password(service, account)))


def put(service: str, account: str, secret: Secret) -> None:
    """Put a secret there, in place of what stood there; raise as `get`."""
    _asked(lambda keyring: keyring.set_password(service, account, secret.reveal()))


def delete(service: str, account: str) -> None:
    """Take away what stands there, if anything does; raise as `get`."""
    if get(service, account) is not None:
        _asked(lambda keyring: keyring.delete_password(service, account))


def _hidden(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


def _asked(question: Callable[[Any], T]) -> T:
    keyring = require()
    try:
        return question(keyring)
    except Exception as error:  # a backend may raise anything
        reason = type(error).__name__
    # Raised here, where no traceback holds the frames of the backend: the secret is in their variables.
    raise CredentialError(f"The keyring refused ({reason})", hint="Unlock it, or set an environment variable instead.")
