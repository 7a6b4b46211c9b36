"""One request over HTTP, and nothing else: no retries, no credentials of its own, no meaning of statuses.

This is the only module that knows httpx. It speaks to httpx's transport, not to its client: one server needs neither
cookies nor redirects nor a choice among proxies for each request, and a page costs about half the time.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import socket
import ssl
import threading
import uuid
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from zenpro_nb import limits
from zenpro_nb.client import _urls
from zenpro_nb.errors import UnexpectedAnswerError, UsageError
from zenpro_nb.security.secret import Secret, scrub
from zenpro_nb.version import __version__

Form = Mapping[str, str | Secret]

USER_AGENT = f"zenpro-nb/{__version__} python/{platform.python_version()}"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LIMITS = httpx.Limits(
    max_connections=limits.MAX_CONNECTIONS,
    max_keepalive_connections=limits.MAX_CONNECTIONS,
    keepalive_expiry=limits.KEEPALIVE_EXPIRY,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request below the server's URL. `safe` says that repeating it does no harm."""

    method: str
    path: str
    params: _urls.Params = None
    json: object = None
    form: Form | None = None
    safe: bool = False

    @classmethod
    def of(
        cls, method: str, path: str, params: _urls.Params = None, json: object = None, form: Form | None = None
    ) -> Call:
        method = method.upper()
        return cls(method, path, params, json, form, safe=method in _SAFE_METHODS)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Reply:
    """A server's answer, whatever its status; `content` is the body as it was sent, decompressed."""

    __slots__ = ("content", "headers", "request_id", "status")

    def __init__(self, status: int, content: bytes, headers: Mapping[str, str], request_id: str | None) -> None:
        self.status = status
        self.content = content
        self.headers = headers
        self.request_id = request_id

    def json(self) -> object:
        """The body as Python data; None when it is empty.

        Raises:
            UnexpectedAnswerError: it is not JSON.
        """
        if not self.content:
            return None
        try:
            data: object = json.loads(self.content)
        except ValueError:
            unreadable = True
        else:
            unreadable = False
        if unreadable:  # raised here, where no traceback of the parser holds the body
            raise not_json(self.content)
        return data

    def __repr__(self) -> str:
        return f"<Reply {self.status}, {len(self.content)} bytes>"


WEB_PAGE_HINT = (
    "The URL is probably the dashboard's or a proxy's page: give the API's URL, "
    "which ends in /api/v1 where the control plane is self-hosted."
)


def is_web_page(content: bytes) -> bool:
    """Whether a body is HTML, which no API of ZenML sends."""
    return content[:200].lstrip().startswith(b"<")


def not_json(content: bytes) -> UnexpectedAnswerError:
    """The error for a body that this API never sends."""
    if is_web_page(content):
        return UnexpectedAnswerError("The server answered with a web page instead of data.", hint=WEB_PAGE_HINT)
    return UnexpectedAnswerError(
        "The server answered with something that is not the data asked for.", hint="Check that the URL is the API's."
    )


@dataclass(frozen=True, slots=True)
class TransportFailure:
    """There was no answer. `sent` says that the server may have got the request."""

    words: str
    sent: bool = False
    timed_out: bool = False
    hopeless: bool = False  # trying again cannot help
    hint: str = ""


class Wire:
    """Connections to one server.

    Args:
        url: the server's normalized URL.
        read_timeout: seconds that the server may be silent.
        transport: an `httpx.BaseTransport` in place of the network.
        user_agent: what the server is told about the client.
    """

    def __init__(
        self, url: str, *, read_timeout: float, transport: object | None = None, user_agent: str = USER_AGENT
    ) -> None:
        if transport is not None and not isinstance(transport, httpx.BaseTransport):
            raise TypeError("transport must be an httpx.BaseTransport")
        self._url = url
        self._injected = transport is not None
        self._transport = transport if transport is not None else _network(url)
        self._headers = [
            (b"User-Agent", user_agent.encode("ascii", "replace")),
            (b"Accept-Encoding", b"gzip"),
            (b"Accept", b"application/json"),
        ]
        timeouts = {
            "connect": limits.CONNECT_TIMEOUT,
            "read": read_timeout,
            "write": read_timeout,
            "pool": read_timeout,
        }
        self._extensions = {"timeout": timeouts, "trace": self._watch}
        self._streams: weakref.WeakSet[object] = weakref.WeakSet()
        self._streams_lock = threading.Lock()

    def send(self, call: Call, bearer: Secret | None = None) -> Reply | TransportFailure:
        """The answer, or why there is none; raises nothing but what Ctrl-C raises."""
        request_id = str(uuid.uuid4())
        interrupted = False
        outcome: Reply | TransportFailure
        # httpx's exceptions become values here: raised further they would carry frames whose locals hold the
        # credential. The same goes for Ctrl-C, which is raised anew below.
        try:
            request = self._request(call, bearer, request_id)
            outcome = request if isinstance(request, TransportFailure) else self._pipeline(request, request_id)
        except httpx.HTTPError as error:
            outcome = _failure(error, self._url)
        except httpx.InvalidURL as error:
            outcome = TransportFailure(f"{call.path!r} is not a path: {error}", hopeless=True)
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            raise KeyboardInterrupt("" if call.safe else f"{call} was on its way: look whether it happened.")
        return outcome

    def _request(self, call: Call, bearer: Secret | None, request_id: str) -> httpx.Request | TransportFailure:
        """The request, or why there can be none: a NaN, a time, half a character, something nested without end."""
        try:
            return self._built(call, bearer, request_id)
        except (ValueError, TypeError, RecursionError) as error:
            reason = _words(error)
        # The path as ASCII: what is wrong with it must not break the printing of the message too.
        return TransportFailure(
            f"{call.method} {call.path!a} cannot be sent: {reason}", hopeless=True, hint="Correct what is sent."
        )

    def _built(self, call: Call, bearer: Secret | None, request_id: str) -> httpx.Request:
        url = self._url + call.path
        words = _urls.query(call.params)
        if words:
            url += ("&" if "?" in call.path else "?") + words
        headers = [*self._headers, (b"X-Request-ID", request_id.encode())]
        if bearer is not None:
            headers.append((b"Authorization", b"Bearer " + bearer.reveal().encode("ascii", "replace")))
        content = None
        if call.form is not None:
            content = urlencode({name: _urls.plain(value) for name, value in call.form.items()}).encode()
            headers.append((b"Content-Type", b"application/x-www-form-urlencoded"))
        elif call.json is not None:
            content = json.dumps(call.json, default=_reveal, allow_nan=False).encode()
            headers.append((b"Content-Type", b"application/json"))
        return httpx.Request(call.method, url, headers=headers, content=content, extensions=self._extensions)

    def _pipeline(self, request: httpx.Request, request_id: str) -> Reply:
        response = self._transport.handle_request(request)
        try:
            content = response.read()
        finally:
            response.close()
        headers = response.headers
        return Reply(response.status_code, content, headers, headers.get("X-Request-ID", request_id))

    def _watch(self, event: str, info: Mapping[str, object]) -> None:
        # httpcore tells of each new stream here, and nowhere else while a thread waits for the first byte of an answer.
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._streams_lock:
                self._streams.add(info["return_value"])

    def cut(self) -> None:
        """End every connection now, so that threads which wait for an answer stop waiting."""
        with self._streams_lock:
            streams = list(self._streams)
        for stream in streams:
            sock = stream.get_extra_info("socket")  # type: ignore[attr-defined]
            if isinstance(sock, socket.socket):
                # Closed already is what is wanted. The base class's method leaves the TLS object alone, which the
                # other thread is using.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connections; an injected transport belongs to whoever made it."""
        if not self._injected:
            self._transport.close()


def _reveal(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")


def _network(url: str) -> httpx.HTTPTransport:
    try:
        return httpx.HTTPTransport(
            verify=_trust(url), http1=True, http2=False, limits=_LIMITS, proxy=_proxy(url), trust_env=True
        )
    except (ImportError, ValueError) as error:
        words = scrub(str(error))
    raise UsageError(f"The proxy from the environment cannot be used: {words}", hint="Check HTTPS_PROXY and ALL_PROXY.")


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for this server, by the rules that `requests` follows too."""
    parts = urlsplit(url)
    if _urls.is_loopback(url):  # nobody means a proxy to reach this machine itself, and the bearer travels in clear
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _trust(url: str) -> ssl.SSLContext:
    """Which certificates are believed: what REQUESTS_CA_BUNDLE, SSL_CERT_FILE or SSL_CERT_DIR name, else certifi's."""
    if url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no file, believes nobody
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        place = os.environ.get(name, "")
        if not place:
            continue
        try:
            directory = os.path.isdir(place)
            return ssl.create_default_context(cafile=None if directory else place, capath=place if directory else None)
        except (OSError, ssl.SSLError):
            missing = f"{name} names {place}, which holds no certificates."
        raise UsageError(missing, hint="Correct or unset it.")
    return httpx.create_ssl_context(trust_env=False)


def _failure(error: httpx.HTTPError, url: str) -> TransportFailure:
    reasons = _chain(error)
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return TransportFailure(f"{url} did not accept a connection in time", timed_out=True)
    if any(isinstance(reason, ssl.SSLCertVerificationError) for reason in reasons):
        return TransportFailure(
            f"The certificate of {url} is not trusted",
            hopeless=True,
            hint="Where your organization has its own authority, name its file in REQUESTS_CA_BUNDLE.",
        )
    if isinstance(error, httpx.ConnectError | httpx.ProxyError | httpx.UnsupportedProtocol):
        unknown = any(isinstance(reason, socket.gaierror) and reason.errno != socket.EAI_AGAIN for reason in reasons)
        host = urlsplit(url).hostname
        words = f"No such host: {host}" if unknown else f"{url} was not reached ({_words(error)})"
        return TransportFailure(words, hopeless=unknown, hint="Check the URL, the network and the VPN.")
    if isinstance(error, httpx.LocalProtocolError):
        return TransportFailure(f"The request cannot be written: {_words(error)}", hopeless=True)
    if isinstance(error, httpx.TimeoutException):
        return TransportFailure(f"{url} did not answer in time", sent=True, timed_out=True)
    return TransportFailure(f"The connection to {url} broke ({_words(error)})", sent=True)


def _words(error: BaseException) -> str:
    return scrub(str(error)) or type(error).__name__


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in found:
        found.append(step)
        step = step.__cause__ or step.__context__
    return found
