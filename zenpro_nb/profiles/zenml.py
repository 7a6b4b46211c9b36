"""Read the credentials that `zenml login` stored, by zenml's rules; never write them (API facts 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client import ApiKey, Credential, DeviceToken, Token, TokenRequest
from zenpro_nb.errors import CredentialError, SettingsError
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.sources import FoundCredential, Make, recognize
from zenpro_nb.security.printable import without_user
from zenpro_nb.security.secret import Secret

FILE = "credentials.yaml"
PREFIX = "zenml:"
DIRECTORY_VARIABLE = "ZENML_CONFIG_PATH"
# zenml's own name for it, without a ZENML_ prefix, and the values that zenml treats as true.
OFF_VARIABLE = "DISABLE_CREDENTIALS_DISK_CACHING"
_YES = frozenset({"1", "y", "yes", "true"})

_AGAIN = "Run `zenml login` again."


class StoredLogin(Struct, frozen=True):
    """A login stored for one server."""

    url: str
    pro_url: str = ""
    key: Secret | None = None
    username: str = ""
    password: Secret | None = None
    token: Secret | None = None
    expires_at: float | None = None  # seconds since 1970, UTC; None: never
    lifetime: float | None = None
    leeway: float = 0.0
    device: bool = False  # the token comes from a browser login
    workspace: bool = False

    @property
    def name(self) -> str:
        """Return the name that users type for it."""
        return PREFIX + self.url.removeprefix("https://").removeprefix("http://")


class KeyWithToken(ApiKey):
    """A stored key, and the token that it was last exchanged for, which is still valid."""

    def __init__(self, key: Secret, token: Token) -> None:
        super().__init__(key)
        self._token = token

    def start(self, ask: TokenRequest) -> Token:
        """Return the token that zenml fetched."""
        return self._token

    def renew(self, ask: TokenRequest) -> Token:
        """Return a token fetched with the key."""
        return super().start(ask)


def path_of(watch: Watch) -> Path:
    """Return the path of the file in which zenml stores its credentials."""
    directory = watch.variable(DIRECTORY_VARIABLE)
    return (Path(directory) if directory else Path(click.get_app_dir("zenml"))) / FILE


def load(watch: Watch) -> list[StoredLogin]:
    """Return the entries in file order; empty without a file, or if zenml is configured not to store credentials.

    Raises:
        SettingsError: the file cannot be read; the message gives the file and the line.
    """
    path = path_of(watch)
    if watch.variable(OFF_VARIABLE).lower() in _YES or not watch.file(path):
        return []
    data = _parse(path)
    if data is None:
        return []
    if not isinstance(data, dict):
        del data  # it may contain a secret, and would appear in the traceback
        raise SettingsError(f"{path}, line 1: this is not a mapping of servers", hint=_AGAIN)
    return [_entry(str(url), value) for url, value in data.items() if isinstance(value, dict)]


def control_planes(entries: Sequence[StoredLogin], configured: str) -> list[StoredLogin]:
    """Return the entries of control planes.

    zenml 0.98.0 writes `pro_api_url` with the server's own address at any first login with a key, also at a plain
    server (API facts 10.16). It is trusted only with further evidence: it is the address in
    use, another server's entry refers to it, or it stores a browser login.
    """
    referenced = {entry.pro_url for entry in entries if entry.pro_url != entry.url}
    return [
        entry
        for entry in entries
        if entry.url == configured
        or (not entry.workspace and entry.url == entry.pro_url and (entry.device or entry.url in referenced))
    ]


def credential_of(entry: StoredLogin, now: float, make: Make | None = None) -> FoundCredential:
    """Return the entry's credential: its token while it is valid, otherwise its key, otherwise its user and password.

    Args:
        make: turns a key or a password into a credential for another kind of server than a control plane.
    """
    words = f"zenml login at {entry.url}"
    is_valid = entry.token is not None and (entry.expires_at is None or entry.expires_at - entry.leeway >= now)
    try:
        return FoundCredential(_credential(entry, make, is_valid=is_valid), words)
    except CredentialError as error:
        return FoundCredential(None, words, str(error))


def _credential(entry: StoredLogin, make: Make | None, *, is_valid: bool) -> Credential:
    token = entry.token if is_valid else None
    if entry.key is not None:
        if token is None or make is not None:
            return (make or recognize)(entry.key, None)
        return KeyWithToken(entry.key, Token(token, entry.expires_at, entry.lifetime))
    if token is not None:
        return DeviceToken(token, entry.expires_at)
    if entry.username and entry.password is not None:
        return (make or recognize)(entry.password, entry.username)
    if entry.token is not None:
        raise CredentialError(f"The login that `zenml login` stored for {entry.url} has expired", hint=_AGAIN)
    raise CredentialError(f"`zenml login` stored no credential for {entry.url}", hint=_AGAIN)


def _parse(path: Path) -> object:
    import yaml

    try:
        data: object = yaml.safe_load(path.read_text(encoding="utf-8"))
        return data
    except OSError as error:
        words, line = error.strerror or type(error).__name__, None
    except UnicodeDecodeError:
        words, line = "it is not UTF-8 text", None
    except yaml.YAMLError as error:
        # The parser's message may repeat a part of the file, and thus of a secret.
        mark = getattr(error, "problem_mark", None)
        words, line = "it is not YAML", None if mark is None else mark.line + 1
    place = f"{path}, line {line}" if line else f"{path}"
    raise SettingsError(f"{place}: zenml's credentials cannot be read: {words}", hint=_AGAIN)


def _entry(url: str, value: Mapping[str, object]) -> StoredLogin:
    token_value = value.get("api_token")
    token = token_value if isinstance(token_value, dict) else {}
    lifetime = _number(token.get("expires_in"))
    leeway = _number(token.get("leeway"))
    return StoredLogin(
        url=without_user(url).rstrip("/"),
        pro_url=without_user(str(value.get("pro_api_url") or "")).rstrip("/"),
        key=_secret(value.get("api_key")),
        username=str(value.get("username") or ""),
        password=_secret(value.get("password")),
        token=_secret(token.get("access_token")),
        expires_at=_time(token.get("expires_at")),
        lifetime=lifetime,
        leeway=_leeway(lifetime) if leeway is None else leeway,
        device=bool(token.get("device_id")),
        workspace=value.get("deployment_type") == "cloud"
        or any(value.get(name) for name in ("organization_id", "workspace_id")),
    )


def _secret(value: object) -> Secret | None:
    return Secret(value.strip()) if isinstance(value, str) and value.strip() else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _leeway(lifetime: float | None) -> float:
    """Return the leeway by zenml's rule, for an entry without its own."""
    if lifetime is None or lifetime < limits.TOKEN_SHORT_LIFE:
        return limits.TOKEN_LEEWAY_SHORT
    return lifetime // limits.TOKEN_LEEWAY_DIVISOR


def _time(value: object) -> float | None:
    """Return the time as a timestamp, in UTC if it has no zone; YAML itself parses unquoted times."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(moment, datetime):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
