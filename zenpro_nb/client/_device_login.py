"""The login in a browser, step by step (API facts 2.4, RFC 8628)."""

from __future__ import annotations

import platform
import socket
import threading
import uuid
from collections.abc import Mapping

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._cancellation import SYSTEM, Clock
from zenpro_nb.client._client import Client
from zenpro_nb.client._credentials import CONTROL_PLANE_LOGIN, DeviceToken, duration
from zenpro_nb.errors import (
    BadRequestError,
    ConnectionFailedError,
    CredentialError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
)
from zenpro_nb.security.secret import Secret, secret
from zenpro_nb.version import __version__

_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_RESTART_HINT = "Start the login again."
_FINAL_ERRORS = {
    "access_denied": "The login was refused in the browser.",
    "expired_token": "The login was not confirmed in time.",
}


class DeviceLogin(Struct):
    """A login that the user must confirm in a browser.

    Show `verification_uri_complete` (or `verification_uri` and `user_code`), then call `wait`.
    """

    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_at: float
    interval: float
    _client: Client
    _client_id: str
    _code: Secret
    _clock: Clock

    def __repr__(self) -> str:
        return f"<DeviceLogin at {self.verification_uri}, code {self.user_code}>"

    def poll(self) -> DeviceToken | None:
        """Check once whether the user has confirmed. Returns the token, or None if not yet.

        Raises:
            CredentialError: the login was refused or has expired.
        """
        if self._clock.now() >= self.expires_at:
            raise CredentialError(_FINAL_ERRORS["expired_token"], hint=_RESTART_HINT)
        form: dict[str, str | Secret] = {
            "grant_type": _GRANT_TYPE,
            "client_id": self._client_id,
            "device_code": self._code,
        }
        try:
            response = self._client.request("POST", CONTROL_PLANE_LOGIN, form=form).json()
        except BadRequestError as error:
            self._handle_refusal(error)
            return None
        except (OutcomeUnknownError, ConnectionFailedError):
            return None  # the next poll will show
        return self._token(response)

    def wait(self, cancel: threading.Event | None = None) -> DeviceToken:
        """Poll until the user has confirmed.

        Raises:
            CredentialError: the login was refused or has expired, or Ctrl-C or `cancel` ended the wait.
        """
        cancel = cancel or threading.Event()
        try:
            while not cancel.is_set():
                token = self.poll()
                if token is not None:
                    return token
                self._clock.sleep(self.interval, cancel)
        except KeyboardInterrupt:
            cancel.set()
        raise CredentialError("The login was canceled.", hint=_RESTART_HINT)

    def _handle_refusal(self, error: BadRequestError) -> None:
        if error.code == "slow_down":
            self.interval = min(self.interval + limits.DEVICE_SLOW_DOWN, limits.DEVICE_LONGEST_INTERVAL)
        elif error.code != "authorization_pending":
            message = _FINAL_ERRORS.get(error.code, f"The login failed: {error.detail or error.code}")
            raise CredentialError(message, hint=_RESTART_HINT) from None

    def _token(self, response: object) -> DeviceToken:
        data = response if isinstance(response, dict) else {}
        value, lifetime = data.get("access_token"), data.get("expires_in")
        if not isinstance(value, str) or not value:
            raise UnexpectedAnswerError("The response to the login has no token.")
        seconds = duration(lifetime)
        return DeviceToken(value, None if seconds is None else self._clock.now() + seconds)


def start_device_login(
    url: str, *, client_id: str | None = None, clock: Clock = SYSTEM, transport: object | None = None
) -> DeviceLogin:
    """Start a login at the control plane `url`.

    Args:
        client_id: a UUID that identifies this installation; a new one by default.

    Raises:
        ZenProError: the server was not reached, or does not support this login.
    """
    client = Client(url, None, clock=clock, transport=transport, user_agent=_user_agent())
    client_id = client_id or str(uuid.uuid4())
    response = client.request("POST", "/auth/device_authorization", form={"client_id": client_id}).json()
    data: Mapping[str, object] = response if isinstance(response, dict) else {}
    code, user_code, uri = data.get("device_code"), data.get("user_code"), data.get("verification_uri")
    if not (isinstance(code, str) and isinstance(user_code, str) and isinstance(uri, str)):
        raise UnexpectedAnswerError("The server does not support login in the browser.", hint="Use an API key.")
    complete = data.get("verification_uri_complete")
    return DeviceLogin(
        user_code=user_code,
        verification_uri=_absolute(client.url, uri),
        verification_uri_complete=_absolute(client.url, complete if isinstance(complete, str) and complete else uri),
        expires_at=clock.now() + (duration(data.get("expires_in")) or limits.DEVICE_LIFE),
        interval=min(duration(data.get("interval")) or limits.DEVICE_INTERVAL, limits.DEVICE_LONGEST_INTERVAL),
        _client=client,
        _client_id=client_id,
        _code=secret(code),
        _clock=clock,
    )


def _user_agent() -> str:
    """Return the description of this client that the browser shows, in the form that ZenML's own login uses."""
    return (
        f"Host/{socket.gethostname()} zenpro-nb/{__version__} Python/{platform.python_version()} OS/{platform.system()}"
    )


def _absolute(base: str, uri: str) -> str:
    return base + uri if uri.startswith("/") else uri
