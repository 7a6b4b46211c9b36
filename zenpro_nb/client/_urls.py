"""The server's URL, the paths below it, and where a credential may travel."""

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

API_URL = "https://cloudapi.zenml.io"  # fact sheet section 1
NUL = "it holds a NUL character"
_DASHBOARD = "cloud.zenml.io"


def normalize(url: str) -> str:
    """Return the URL that paths are put behind: without blanks and trailing slashes, otherwise as given.

    `/api/v1` is never added: ZenML's own cloud has none, and self-hosted control planes are given with it
    (fact sheet section 1).

    Raises:
        UsageError: it is not a http(s) URL with a host, it carries a user, a query or a fragment,
            or it is the dashboard's.
    """
    url = url.strip().rstrip("/")
    # Before anything repeats the address, and however wrong it is: a password may hold characters that end a host.
    if "@" in url:
        raise UsageError("The URL holds a user name or a password.", hint="Give the credential separately.")
    quoted = repr(re.split(r"[?#]", url, maxsplit=1)[0])  # what stands behind may be anything
    try:
        parts = urlsplit(url)
        _ = parts.port  # urlsplit judges the port only when asked for it
    except ValueError:
        raise UsageError(f"{quoted} is not a URL.", hint=f"Give one like {API_URL}") from None
    if parts.scheme not in ("http", "https"):
        raise UsageError(f"{quoted} does not begin with https://", hint=f"Give a URL like {API_URL}")
    if not parts.hostname:
        raise UsageError(f"{quoted} names no host.", hint=f"Give a URL like {API_URL}")
    if parts.query or parts.fragment:
        raise UsageError(f"The URL {quoted} has a query or a fragment.", hint="Give the server's URL alone.")
    if parts.hostname == _DASHBOARD:
        raise UsageError(f"{url} is the dashboard, not the API.", hint=f"The API is {API_URL}")
    return url


def is_loopback(url: str) -> bool:
    """Return whether the URL's host is this machine itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_bearer(url: str) -> None:
    """Raise CredentialError where a credential would travel readable for everyone on the way."""
    if url.startswith("http://") and not is_loopback(url):
        raise CredentialError(
            f"A credential is not sent to {url} over plain http.",
            hint="Use https://; plain http is only allowed to this machine itself.",
        )


def segment(value: object) -> str:
    """Return `value` as one segment of a path, so that no name can lead to another route.

    Raises:
        UsageError: it is empty, or made of dots, which every HTTP library resolves as a step in the path.

    Example:
        >>> "/users/" + segment("ada@example.com")
        '/users/ada%40example.com'
    """
    text = str(value)
    if text in ("", ".", "..") or "\0" in text:
        raise UsageError(f"{text!r} cannot stand in a path.", hint="Give a name or an id.")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:  # half a character: a lone surrogate
        bad = ascii(text)
    raise UsageError(f"{bad} cannot stand in a path.", hint="Give a name or an id.")


def check_path(path: str) -> None:
    """Refuse a path with an empty segment, which an unknown name or id leaves behind.

    Raises:
        UsageError: there is one: `/organizations//roles`, `/teams/`.

    Example:
        >>> check_path("/organizations/1/roles?level=organization")
    """
    route = path.partition("?")[0]
    if "//" in route or (route.endswith("/") and route != "/"):
        raise UsageError(
            f"The path {route!r} has an empty segment; nothing was sent.",
            hint="A name or an id is missing in it.",
        )


def query(params: Params) -> str:
    """Return the query string: None left out, booleans as the API writes them, a sequence as one pair for each item."""
    if not params:
        return ""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        pairs.extend((to_text(name), to_text(item)) for item in items if item is not None)
    return urlencode(pairs)


def cache_key(path: str, params: Params) -> tuple[str, str]:
    """Return the path and the query, under which it is remembered how a list is paged.

    Raises:
        UsageError: a value cannot be sent.
    """
    try:
        return path, query(params)
    except ValueError as error:
        raise UsageError(f"GET {path!a} cannot be sent: {error}", hint="Correct the value that contains it.") from None


def to_text(value: object) -> str:
    """Return the value as it is sent.

    Raises:
        ValueError: it holds a NUL or half a character, which no name and no text of this API has.
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
    """Return the text as bytes; raise ValueError, which shows none of it, where it holds half a character."""
    with contextlib.suppress(UnicodeEncodeError):  # which holds the text
        return text.encode()
    raise ValueError("it holds half a character (a lone surrogate)")
