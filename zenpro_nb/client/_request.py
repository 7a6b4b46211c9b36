"""One request as data (`Call`), a list to read (`ListRequest`), and the bytes that are sent (`OutgoingRequest`)."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable, Mapping
from typing import Generic
from urllib.parse import urlencode

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client import _urls
from zenpro_nb.client._library import httpx
from zenpro_nb.client._listing import Merge, P, Sink
from zenpro_nb.client._urls import Form, Params, check_path
from zenpro_nb.security import untrusted_json
from zenpro_nb.security.secret import Secret
from zenpro_nb.version import __version__

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# POSTs that change nothing: logins, checks and statistics of the control plane and of workspaces
# (API facts 2.2, 3.14, 9.1 and 12.1). Prune counts rows, unless its body requests the deletion.
_READING_POSTS = re.compile(
    r"(/api/v1)?/(auth/(login|device_authorization|(workspace|tenant)_authorization/[^/]+)"
    r"|login|device_authorization|rbac/check_permissions|runs/statistics)"
)
# The one of them whose repetition does no harm, however often: it computes, and creates no session.
_STATISTICS_ROUTE = re.compile(r"(/api/v1)?/runs/statistics")
_PRUNE_ROUTE = re.compile(r"(/api/v1)?/pipeline_snapshots/prune")


class Call(Struct, frozen=True):
    """One request below the server's URL. Every request to a server is a `Call`.

    Raises:
        UsageError: a path segment is empty, so the request would go to another route or to none.

    Attributes:
        safe: the request can be repeated without harm.
        once: never send this write twice, even after Retry-After, because its result is shown only once.
    """

    method: str
    path: str
    params: Params = None
    json: object = None
    form: Form | None = None
    safe: bool = False
    once: bool = False

    def __post_init__(self) -> None:
        """Refuse a path with an empty segment before anything is sent."""
        check_path(self.path)

    @classmethod
    def of(
        cls,
        method: str,
        path: str,
        params: Params = None,
        json: object = None,
        form: Form | None = None,
        once: bool = False,
    ) -> Call:
        """Return a call with its method in capitals. Reads are safe.

        >>> Call.of("post", "/api/v1/runs/statistics").safe, Call.of("POST", "/auth/login").safe
        (True, False)
        """
        method = method.upper()
        safe = method in _SAFE_METHODS or (method == "POST" and bool(_STATISTICS_ROUTE.fullmatch(path)))
        return cls(method, path, params, json, form, safe=safe, once=once)

    @property
    def writes(self) -> bool:
        """Return whether the request could change something on the server.

        >>> Call.of("POST", "/teams").writes, Call.of("post", "/api/v1/runs/statistics").writes
        (True, False)
        """
        if self.method in _SAFE_METHODS:
            return False
        if self.method != "POST":
            return True
        path = self.path.partition("?")[0]
        if _PRUNE_ROUTE.fullmatch(path):
            return not (isinstance(self.json, Mapping) and self.json.get("apply", False) is False)
        return not _READING_POSTS.fullmatch(path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


USER_AGENT = f"zenpro-nb/{__version__} python/{platform.python_version()}"

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # the JSON escape, not a backslash followed by "u0000"
# A path that every HTTP library sends unchanged: without dot segments and characters to quote.
_PLAIN_PATH = re.compile(r"(?:/(?!\.)(?:[A-Za-z0-9_.~@:,-]|%[0-9A-Fa-f]{2})*)+")


class ListRequest(Struct, Generic[P], frozen=True, kw_only=True):
    """One read of a list.

    Attributes:
        path: the route.
        params: the filters.
        decode: turns a response body into a page; called in the worker threads.
        limit: the maximum number of rows; no more are requested.
        progress: called in the calling thread with the number of rows read.
        urgent: other requests wait for this list; prefer one more request over one more round trip.
        merge: merges many parts into one page.
        sink: receives all rows; the listing then contains none.
    """

    path: str
    params: Params = None
    decode: Callable[[bytes], P]
    limit: int | None = None
    progress: Callable[[int], None] | None = None
    urgent: bool = False
    merge: Merge[P] | None = None
    sink: Sink[P] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return the route and the query, under which the size of the list is remembered."""
        return _urls.cache_key(self.path, self.params)


class OutgoingRequest(Struct, frozen=True):
    """An encoded request. Its headers contain the credential. `safe`: it can be repeated without harm."""

    method: bytes
    target: bytes
    headers: list[tuple[bytes, bytes]]
    content: bytes | None
    safe: bool

    def __repr__(self) -> str:
        return f"<Outgoing {self.method.decode()} {self.target.decode()}>"


class RequestEncoder:
    """Encodes the requests to one server.

    Args:
        url: the URL of the server.
        user_agent: the User-Agent header.
    """

    def __init__(self, url: httpx.URL, user_agent: str) -> None:
        self._url = str(url).rstrip("/")
        self._prefix = url.raw_path.rstrip(b"/").decode()
        self._headers = [
            (b"Host", url.netloc),
            (b"User-Agent", user_agent.encode("ascii", "replace")),
            (b"Accept-Encoding", b"gzip"),
            (b"Accept", b"application/json"),
        ]

    def encode(self, call: Call, bearer: Secret | None, request_id: str) -> OutgoingRequest:
        """Return the encoded request.

        Raises:
            ValueError, TypeError, RecursionError: the request contains a NaN, a time, a lone surrogate, or endless
                nesting.
            httpx.InvalidURL: the path is malformed.
        """
        target, (content, content_type) = self._target(call), _body(call)
        headers = [*self._headers, (b"X-Request-ID", request_id.encode())]
        if content is not None:
            headers.append((b"Content-Type", content_type))
        if content is not None or call.method in ("POST", "PUT", "PATCH"):
            headers.append((b"Content-Length", str(len(content or b"")).encode()))
        # Added last: the local variables of an earlier error do not contain the token.
        if bearer is not None:
            headers.append((b"Authorization", b"Bearer " + bearer.reveal().encode("ascii", "replace")))
        return OutgoingRequest(call.method.encode("ascii"), target, headers, content, call.safe)

    def _target(self, call: Call) -> bytes:
        query_text = _urls.query(call.params)
        if _PLAIN_PATH.fullmatch(call.path):
            target = f"{self._prefix}{call.path}"
            return (f"{target}?{query_text}" if query_text else target).encode()
        suffix = (("&" if "?" in call.path else "?") + query_text) if query_text else ""
        return httpx.URL(self._url + call.path + suffix).raw_path


def _body(call: Call) -> tuple[bytes | None, bytes]:
    """Return the body and its content type."""
    if call.form is not None:
        pairs = {_urls.to_text(name): _urls.to_text(value) for name, value in call.form.items()}
        return urlencode(pairs).encode(), b"application/x-www-form-urlencoded"
    if call.json is not None:
        return _json(call.json), b"application/json"
    return None, b""


def _json(data: object) -> bytes:
    """Return the data as JSON.

    Raises:
        ValueError, TypeError, RecursionError: the data cannot be sent.
    """
    text = json.dumps(data, default=_reveal, allow_nan=False, ensure_ascii=False)
    if _NUL.search(text):
        raise ValueError(_urls.NUL)
    content = _urls.to_bytes(text)
    if untrusted_json.too_deep(content):
        raise ValueError(f"it is nested deeper than {limits.JSON_DEPTH} levels")
    return content


def _reveal(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
