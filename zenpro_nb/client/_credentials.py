"""The kinds of credential (API facts 2.1 and 9.1). Each one can obtain a token.

A new kind is one class with the members of `Credential`. It sends requests to the server through `TokenRequest`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._urls import Form
from zenpro_nb.errors import AuthenticationError, CredentialError, TokenExpiredError, UnexpectedAnswerError
from zenpro_nb.security import untrusted_json
from zenpro_nb.security.secret import Secret, secret

_PREFIX = "ZENPROKEY_"
CONTROL_PLANE_LOGIN = "/auth/login"
WORKSPACE_LOGIN = "/api/v1/login"
API_TOKEN = "/auth/api_token"  # noqa: S105 - a route


class Token(Struct, frozen=True):
    """A bearer token. `expires_at` is in seconds (UTC), `lifetime` is the whole life in seconds; None means unknown."""

    secret: Secret
    expires_at: float | None = None
    lifetime: float | None = None


class TokenRequest(Protocol):
    """Sends one request to the credential's server, without the client's own token."""

    def __call__(self, method: str, path: str, *, form: Form | None = None, bearer: Secret | None = None) -> object:
        """Return the JSON of the response. Raises a typed error if there is none."""
        ...

    def now(self) -> float:
        """Return the seconds since 1970 (UTC)."""
        ...


class Credential(Protocol):
    """A way to sign in to a server."""

    @property
    def kind(self) -> str:
        """Return the name for the status card, such as "API key"."""
        ...

    @property
    def renewable(self) -> bool:
        """Return whether `renew` can return a new token."""
        ...

    def start(self, request: TokenRequest) -> Token:
        """Return the first token, stored or fetched."""
        ...

    def renew(self, request: TokenRequest) -> Token | None:
        """Return a new token after the last one expired or was refused; None if that is impossible."""
        ...


class ApiKey:
    """A personal access token or a service account's key. It is exchanged for a token that is valid for one hour.

    Args:
        key: `ZENPROKEY_…`, or a workspace's own `ZENKEY_…`.
        login: the route of the exchange; `WORKSPACE_LOGIN` for a workspace.

    Example:
        >>> ApiKey("ZENPROKEY_abc")
        ApiKey(***)
    """

    kind = "API key"
    renewable = True

    def __init__(self, key: str | Secret, *, login: str = CONTROL_PLANE_LOGIN) -> None:
        self.secret = _validate(key)
        self._login = login
        self._is_of_control_plane = self.secret.reveal().startswith(_PREFIX)
        if login == CONTROL_PLANE_LOGIN and self.secret.reveal().startswith(("ZENKEY_", "KITKEY_")):
            raise CredentialError(
                "This is a workspace's own key, which does not work for the control plane.",
                hint="Use a personal access token or an organization's service account key (ZENPROKEY_…).",
            )

    def start(self, request: TokenRequest) -> Token:
        # Only the key, as in the documentation and in ZenML's own client (API facts 2.2).
        try:
            return _token_from(request("POST", self._login, form={"password": self.secret}), request.now())
        except AuthenticationError as error:
            # Inferred (API facts 2.1): all keys of the control plane have this prefix.
            if self._login == CONTROL_PLANE_LOGIN and not self._is_of_control_plane:
                error.hint = f"It does not begin with {_PREFIX}, as the API keys of ZenML Pro do. {error.hint}"
            raise

    renew = start

    def __repr__(self) -> str:
        return "ApiKey(***)"


class PasswordLogin:
    """A local user of a self-hosted server with password authentication."""

    kind = "password"
    renewable = True

    def __init__(self, username: str, password: str | Secret, *, login: str = CONTROL_PLANE_LOGIN) -> None:
        self.username = username
        self.secret = password if isinstance(password, Secret) else Secret(password)
        self._login = login

    def start(self, request: TokenRequest) -> Token:
        return _token_from(
            request("POST", self._login, form={"username": self.username, "password": self.secret}), request.now()
        )

    renew = start

    def __repr__(self) -> str:
        return f"PasswordLogin({self.username!r}, ***)"


class BearerToken:
    """A token that cannot be renewed.

    Args:
        token: for example, an API token from the UI.
        expires_at: seconds since 1970 (UTC); by default, the expiry in the token itself, if it has one.
    """

    kind = "API token"
    renewable = False

    def __init__(self, token: str | Secret, expires_at: float | None = None) -> None:
        self.secret = _validate(token)
        claimed_expiry, lifetime = _read_claims(self.secret)
        self.token = Token(self.secret, claimed_expiry if expires_at is None else expires_at, lifetime)

    def start(self, request: TokenRequest) -> Token:
        return self.token

    def renew(self, request: TokenRequest) -> Token | None:
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"


class DeviceToken(BearerToken):
    """The token of a browser login. The routes of API keys refuse it.

    After a refusal, it is exchanged for a token that every route accepts and that is valid for one hour. That token is
    then used and exchanged again until the device token expires (API facts 2.1 and 2.3).
    """

    kind = "browser login"
    renewable = True

    def renew(self, request: TokenRequest) -> Token | None:
        try:
            response = request("GET", API_TOKEN, bearer=self.secret)
        except AuthenticationError as error:
            raise TokenExpiredError(
                "The browser login has expired.", hint="Log in again.", status=error.status, request_id=error.request_id
            ) from None
        if not isinstance(response, str) or not response:
            raise UnexpectedAnswerError("The server did not return a token for the browser login.")
        fresh = secret(response)
        del response
        if not _is_well_formed(fresh):
            raise _malformed_token_error()
        return Token(fresh, *_read_claims(fresh))


class ControlPlaneSession:
    """A session of the control plane, exchanged at a workspace (API facts 9.1, flow c).

    Args:
        bearer: returns the current token of the control plane, usually `Client.bearer` of its client.
    """

    kind = "control plane session"
    renewable = True

    def __init__(self, bearer: Callable[[], Secret]) -> None:
        self._bearer = bearer

    def start(self, request: TokenRequest) -> Token:
        response = request("POST", WORKSPACE_LOGIN, form={"grant_type": "zenml-external"}, bearer=self._bearer())
        return _token_from(response, request.now())

    renew = start

    def __repr__(self) -> str:
        return "ControlPlaneSession(***)"


def _validate(value: str | Secret) -> Secret:
    """Return the value as a secret. Raises CredentialError for a malformed one before it can break a header."""
    credential = secret(value)
    if not _is_well_formed(credential):
        raise CredentialError("The key or token is empty or contains invalid characters.", hint="Copy it again.")
    return credential


def _malformed_token_error() -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        "The response to the login has a malformed token.", hint="Check that the URL points to the API."
    )


def _is_well_formed(credential: Secret) -> bool:
    text = credential.reveal()
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def duration(value: object) -> float | None:
    """Return a duration sent by the server in seconds; None if it is not a number or is too large for a clock.

    >>> duration(3600), duration(10**400), duration(float("inf")), duration(True)
    (3600.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= limits.LONGEST_LIFE:
        return None
    return float(value)


def _timestamp(value: object) -> float | None:
    """Return a time from a token in seconds since 1970; None if it is not a valid time."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limits.LAST_MOMENT:
        return None
    return float(value)


def _token_from(response: object, now: float) -> Token:
    """Return the token in the response to a login.

    A workspace responds with 200 and no token if it requires a browser (API facts 9.1).
    """
    data = response if isinstance(response, dict) else {}
    value, life = data.get("access_token"), data.get("expires_in")
    if not isinstance(value, str) or not value:
        del response, data, value
        raise UnexpectedAnswerError(
            "The response to the login has no token.", hint="Check that the URL points to the API."
        )
    fresh, lifetime = secret(value), duration(life)
    del response, data, value
    if not _is_well_formed(fresh):
        raise _malformed_token_error()
    if lifetime is not None:
        return Token(fresh, now + lifetime, lifetime)
    return Token(fresh, *_read_claims(fresh))


def _read_claims(token: Secret) -> tuple[float | None, float | None]:
    """Return the expiry and the whole life of a JWT, (None, None) for anything else.

    Signatures are not verified.
    """
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return None, None
    try:
        claims = untrusted_json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        claims = None
    if not isinstance(claims, dict):
        return None, None
    expires_at, issued = _timestamp(claims.get("exp")), _timestamp(claims.get("iat"))
    if expires_at is None or issued is None:
        return expires_at, None
    return expires_at, expires_at - issued
