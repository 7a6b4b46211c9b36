"""The server's URL, the paths below it, and the rule for sending a credential."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode, urlsplit

from zenpro_nb.errors import CredentialError, UsageError
from zenpro_nb.security.secret import Secret

Params = Mapping[str, object] | None  # str, int, float, bool, Secret, None, or a sequence of these
Form = Mapping[str, str | Secret]

API_URL = "https://cloudapi.zenml.io"  # API facts 1.1
NUL = "it contains a NUL character"
_DASHBOARD = "cloud.zenml.io"


def normalize(url: str) -> str:
    """Return the base URL without surrounding blanks and trailing slashes, and otherwise unchanged.

    `/api/v1` is never added: ZenML's own cloud does not have it, and URLs of self-hosted control planes include it
    (API facts 1.3).

    Raises:
        UsageError: it is not an http(s) URL with a host; it has a user, a query or a fragment; or it is the URL of the
            dashboard.
    """
    url = url.strip().rstrip("/")
    # Checked before any message repeats the address: a password can contain characters that end a host.
    if "@" in url:
        raise UsageError("The URL contains a user name or a password.", hint="Pass the credential separately.")
    quoted = repr(re.split(r"[?#]", url, maxsplit=1)[0])  # the query can contain anything
    try:
        parts = urlsplit(url)
        _ = parts.port  # urlsplit checks the port only at access
    except ValueError:
        raise UsageError(f"{quoted} is not a URL.", hint=f"Use one like {API_URL}") from None
    if parts.scheme not in ("http", "https"):
        raise UsageError(f"{quoted} does not begin with https://", hint=f"Use a URL like {API_URL}")
    if not parts.hostname:
        raise UsageError(f"{quoted} does not contain a host.", hint=f"Use a URL like {API_URL}")
    if parts.query or parts.fragment:
        raise UsageError(f"The URL {quoted} has a query or a fragment.", hint="Use only the URL of the server.")
    if parts.hostname == _DASHBOARD:
        raise UsageError(f"{url} is the URL of the dashboard, not of the API.", hint=f"The API is {API_URL}")
    return url


def is_loopback(url: str) -> bool:
    """Return whether the host of the URL is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_bearer(url: str) -> None:
    """Raise CredentialError if a credential would travel unencrypted to another machine."""
    if url.startswith("http://") and not is_loopback(url):
        raise CredentialError(
            f"zenpro does not send a credential to {url} over plain HTTP.",
            hint="Use https://; plain HTTP is allowed only for this machine.",
        )


def segment(value: object) -> str:
    """Return `value` as one path segment. A name can then never lead to another route.

    Raises:
        UsageError: it is empty or consists of dots, which HTTP libraries resolve as a step in the path.

    Example:
        >>> "/users/" + segment("ada@example.com")
        '/users/ada%40example.com'
    """
    text = str(value)
    if text in ("", ".", "..") or "\0" in text:
        raise UsageError(f"{text!r} cannot be part of a path.", hint="Use a name or an ID.")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:  # a lone surrogate
        bad = ascii(text)
    raise UsageError(f"{bad} cannot be part of a path.", hint="Use a name or an ID.")


def check_path(path: str) -> None:
    """Refuse a path with an empty segment, which is the result of an empty name or id.

    Raises:
        UsageError: a segment is empty, as in `/organizations//roles` or `/teams/`.

    Example:
        >>> check_path("/organizations/1/roles?level=organization")
    """
    route = path.partition("?")[0]
    if "//" in route or (route.endswith("/") and route != "/"):
        raise UsageError(
            f"The path {route!r} has an empty segment; nothing was sent.",
            hint="A name or an ID is missing.",
        )


def query(params: Params) -> str:
    """Return the query string: None is left out, booleans are lowercase, a sequence becomes one pair per item."""
    if not params:
        return ""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        pairs.extend((to_text(name), to_text(item)) for item in items if item is not None)
    return urlencode(pairs)


def cache_key(path: str, params: Params) -> tuple[str, str]:
    """Return the path and the query, the key under which the paging of a list is remembered.

    Raises:
        UsageError: a value cannot be sent.
    """
    try:
        return path, query(params)
    except ValueError as error:
        raise UsageError(f"GET {path!a} cannot be sent: {error}", hint="Correct the value that contains it.") from None


def to_text(value: object) -> str:
    """Return the text that represents the value in a request.

    Raises:
        ValueError: it contains a NUL or a lone surrogate, which no name and no text of this API has.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value.reveal() if isinstance(value, Secret) else str(value)
    if "\0" in text:
        raise ValueError(NUL)
    if not text.isascii():
        to_bytes(text)
    return text


def to_bytes(text: str) -> bytes:
    """Return the text as bytes. Raises a ValueError without the text for a lone surrogate."""
    with contextlib.suppress(UnicodeEncodeError):  # the exception contains the text
        return text.encode()
    raise ValueError("it contains a lone surrogate")
