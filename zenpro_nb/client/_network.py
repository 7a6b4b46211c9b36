"""How this machine reaches a server: the proxy, the trusted certificates, and the bounds of a response.

A connection's read timeout only limits the silence between two bytes. A server that sends one byte now and then could
block a reader forever. `PaceWatch` therefore counts the bytes of a response and the time spent waiting for them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import ssl
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from zenpro_nb import limits
from zenpro_nb.client import _urls
from zenpro_nb.client._cancellation import Clock
from zenpro_nb.client._library import httpx
from zenpro_nb.errors import UsageError
from zenpro_nb.security.printable import without_user

_VARIABLES = "HTTPS_PROXY and ALL_PROXY"

# Makes of a connection the one that is used in its place.
Wrap = Callable[[httpcore.NetworkStream], httpcore.NetworkStream]


class Network:
    """The way to one server, as the environment described it when the client was made.

    Raises:
        UsageError: the URL names no host that could be looked up; the environment names certificates that are not
            there, or a proxy that cannot be used.
    """

    def __init__(self, url: str) -> None:
        parsed = parse_url(url)
        self._proxy = proxy_for(url)
        self._ssl_context = trusted_certificates(url)
        self._origin = httpcore.Origin(
            parsed.raw_scheme, parsed.raw_host, parsed.port or (443 if parsed.scheme == "https" else 80)
        )
        self._proxy_options = None if self._proxy is None else _proxy_connection(self._proxy)

    def url_of(self, target: bytes) -> httpcore.URL:
        """Return the address of what is at this path of the server."""
        origin = self._origin
        return httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)

    def connection(self, wrap: Wrap) -> Any:
        """Return what sends one request at a time to the server, over a connection that is made for the first."""
        backend = _Backend(wrap)
        if self._proxy_options is None:
            return httpcore.HTTPConnection(
                self._origin,
                ssl_context=self._ssl_context,
                keepalive_expiry=limits.KEEPALIVE_EXPIRY,
                network_backend=backend,
            )
        connection_class, options = self._proxy_options
        return connection_class(
            **options,
            ssl_context=self._ssl_context,
            max_connections=1,
            keepalive_expiry=limits.KEEPALIVE_EXPIRY,
            network_backend=backend,
        )

    def is_closed(self, connection: Any) -> bool:
        """Return whether this end has closed the connection, as an answer asked for."""
        return self._proxy_options is None and bool(connection.is_closed())

    def is_alive(self, connection: Any) -> bool:
        """Look whether the connection may be used again; what goes through a proxy looks by itself."""
        return self._proxy_options is not None or not (connection.is_closed() or connection.has_expired())


class _Backend(httpcore.SyncBackend):
    """The usual way to connect, of which each connection is wrapped."""

    def __init__(self, wrap: Wrap) -> None:
        self._wrap = wrap

    def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return self._wrap(super().connect_tcp(*args, **kwargs))


def parse_url(url: str) -> httpx.URL:
    """Return the server's URL taken apart.

    Raises:
        UsageError: it names no host that could be looked up, or holds what no URL holds.
    """
    with contextlib.suppress(httpx.InvalidURL, ValueError):  # whose words are about httpx's own ways
        parsed = httpx.URL(url)
        parsed.raw_host.decode("ascii").encode("idna")  # as whoever looks it up does
        return parsed
    raise UsageError(f"{url!r} is not a URL.", hint=f"Give one like {_urls.API_URL}")


def _proxy_connection(proxy_url: str) -> tuple[Any, dict[str, Any]]:
    """Return which of httpcore's proxies it is, and how it is reached.

    Raises:
        UsageError: there is no such proxy.
    """
    message = f"The proxy {without_user(proxy_url)} from the environment cannot be used"
    try:
        found = httpx.Proxy(proxy_url)
    except (ValueError, httpx.InvalidURL):  # whose words hold the user of the proxy
        found = None
    if found is None:
        raise UsageError(f"{message}.", hint=f"Check {_VARIABLES}.")
    url = httpcore.URL(
        scheme=found.url.raw_scheme, host=found.url.raw_host, port=found.url.port, target=found.url.raw_path
    )
    options: dict[str, Any] = {"proxy_url": url, "proxy_auth": found.raw_auth}
    if found.url.scheme in ("http", "https"):
        return httpcore.HTTPProxy, options
    if importlib.util.find_spec("socksio") is None:
        raise UsageError(
            f"{message}: SOCKS needs the package socksio.", hint=f"pip install socksio, or check {_VARIABLES}."
        )
    return httpcore.SOCKSProxy, options


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for this server, by the rules that `requests` follows too."""
    parts = urlsplit(url)
    if _urls.is_loopback(url):  # nobody means a proxy to reach this machine itself, and the bearer travels in clear
        return None
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return found if "://" in found else f"http://{found}"


def trusted_certificates(url: str) -> ssl.SSLContext:
    """Return what is believed: what REQUESTS_CA_BUNDLE, SSL_CERT_FILE or SSL_CERT_DIR name, else certifi's."""
    if url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no file, believes nobody
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = os.environ.get(name, "")
        if not path:
            continue
        try:
            return _context_from(path, os.stat(path).st_mtime_ns)
        except (OSError, ssl.SSLError):
            problem = f"{name} names {path}, which holds no certificates."
        raise UsageError(problem, hint="Correct or unset it.")
    return _default_context()


@lru_cache(maxsize=4)
def _context_from(path: str, _modified: int) -> ssl.SSLContext:
    """Return what believes the certificates in a file or folder; read once for all servers, until they change."""
    directory = os.path.isdir(path)
    return ssl.create_default_context(cafile=None if directory else path, capath=path if directory else None)


@lru_cache(maxsize=1)
def _default_context() -> ssl.SSLContext:
    """Return what believes certifi's certificates; reading them takes as long as several requests."""
    return httpx.create_ssl_context(trust_env=False)


class ResponseBoundError(Exception):
    """An answer was given up. `slow` says that it came too slowly, and not that it was too long."""

    def __init__(self, message: str, *, slow: bool) -> None:
        super().__init__(message)
        self.slow = slow


class PaceWatch(httpcore.NetworkStream):
    """A connection that bounds each response in bytes and time; every write starts a new response.

    Args:
        stream: the connection.
        clock: the time.
        opened: told of this stream, and of the one that TLS makes of it.
    """

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock, on_open: Callable[[PaceWatch], None]) -> None:
        self._stream = stream
        self._clock = clock
        self._on_open = on_open
        self._start_response()
        on_open(self)

    def _start_response(self) -> None:
        self._first_byte_seen = False
        self._total_bytes = self._window_bytes = 0
        self._total_wait = self._window_wait = 0.0  # seconds spent waiting; not those that the reader itself took

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, and expect a new answer."""
        self._start_response()
        self._stream.write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is, once there is any.

        Raises:
            AnswerBoundError: the answer is too long, or comes too slowly.
        """
        started = self._clock.monotonic()
        data = self._stream.read(max_bytes, timeout)
        wait = self._clock.monotonic() - started
        self._total_bytes += len(data)
        self._total_wait += wait
        if self._first_byte_seen:  # how long the server may think is the read time-out's business
            self._window_bytes += len(data)
            self._window_wait += wait
        self._first_byte_seen = True
        self._check()
        return data

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the connection within TLS, which is watched in place of this one."""
        return PaceWatch(self._stream.start_tls(ssl_context, server_hostname, timeout), self._clock, self._on_open)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows about itself."""
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _check(self) -> None:
        if self._total_bytes > limits.ANSWER_BYTES:
            raise too_long_error()
        if self._total_wait > limits.ANSWER_TIME:
            raise ResponseBoundError(f"did not end its answer in {limits.ANSWER_TIME / 60:.0f} min", slow=True)
        if self._window_wait >= limits.PACE_WINDOW:
            if self._window_bytes < limits.PACE_RATE * self._window_wait:
                raise ResponseBoundError(
                    f"answers too slowly: {self._window_bytes:,} bytes in {self._window_wait:.0f} s", slow=True
                )
            self._window_bytes, self._window_wait = 0, 0.0


def too_long_error() -> ResponseBoundError:
    """Return the error for an answer that is longer than any that is read."""
    return ResponseBoundError(f"answers with more than {limits.ANSWER_BYTES // 2**20} MB", slow=False)
