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

# Wraps a connection.
Wrap = Callable[[httpcore.NetworkStream], httpcore.NetworkStream]


class Network:
    """The route to one server, as the environment defined it when the client was created.

    Raises:
        UsageError: the URL does not contain a valid host, or the environment names missing certificates or an unusable
            proxy.
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
        """Return the URL of a path on the server."""
        origin = self._origin
        return httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)

    def connection(self, wrap: Wrap) -> Any:
        """Return a connection for one request at a time. It is opened by the first request."""
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
        """Return whether this end has closed the connection, as requested by a response."""
        return self._proxy_options is None and bool(connection.is_closed())

    def is_alive(self, connection: Any) -> bool:
        """Return whether the connection can be reused. Connections through a proxy check this themselves."""
        return self._proxy_options is not None or not (connection.is_closed() or connection.has_expired())


class _Backend(httpcore.SyncBackend):
    """The standard backend, with each connection wrapped."""

    def __init__(self, wrap: Wrap) -> None:
        self._wrap = wrap

    def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return self._wrap(super().connect_tcp(*args, **kwargs))


def parse_url(url: str) -> httpx.URL:
    """Return the parsed URL of the server.

    Raises:
        UsageError: the URL is malformed or does not contain a valid host.
    """
    with contextlib.suppress(httpx.InvalidURL, ValueError):  # its messages describe httpx internals
        parsed = httpx.URL(url)
        parsed.raw_host.decode("ascii").encode("idna")  # the same encoding as in a name lookup
        return parsed
    raise UsageError(f"{url!r} is not a URL.", hint=f"Use one like {_urls.API_URL}")


def _proxy_connection(proxy_url: str) -> tuple[Any, dict[str, Any]]:
    """Return httpcore's class for the proxy, and its arguments.

    Raises:
        UsageError: the proxy cannot be used.
    """
    message = f"The proxy {without_user(proxy_url)} from the environment cannot be used"
    try:
        proxy = httpx.Proxy(proxy_url)
    except (ValueError, httpx.InvalidURL):  # its messages contain the user of the proxy
        proxy = None
    if proxy is None:
        raise UsageError(f"{message}.", hint=f"Check {_VARIABLES}.")
    url = httpcore.URL(
        scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=proxy.url.raw_path
    )
    options: dict[str, Any] = {"proxy_url": url, "proxy_auth": proxy.raw_auth}
    if proxy.url.scheme in ("http", "https"):
        return httpcore.HTTPProxy, options
    if importlib.util.find_spec("socksio") is None:
        raise UsageError(
            f"{message}: SOCKS needs the package socksio.", hint=f"Run `pip install socksio`, or check {_VARIABLES}."
        )
    return httpcore.SOCKSProxy, options


def proxy_for(url: str) -> str | None:
    """Return the proxy for this server from the environment, by the same rules as `requests`."""
    parts = urlsplit(url)
    if _urls.is_loopback(url):  # a proxy is never intended for this machine, and the token would travel in clear
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def trusted_certificates(url: str) -> ssl.SSLContext:
    """Return the trusted certificates: REQUESTS_CA_BUNDLE, SSL_CERT_FILE or SSL_CERT_DIR, or those of certifi."""
    if url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no file and trusts no certificate
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = os.environ.get(name, "")
        if not path:
            continue
        try:
            return _context_from(path, os.stat(path).st_mtime_ns)
        except (OSError, ssl.SSLError):
            problem = f"{name} names {path}, which does not contain certificates."
        raise UsageError(problem, hint="Correct or unset it.")
    return _default_context()


@lru_cache(maxsize=4)
def _context_from(path: str, _modified: int) -> ssl.SSLContext:
    """Return a context that trusts the certificates in a file or folder.

    It is cached for all servers until the file or folder changes.
    """
    directory = os.path.isdir(path)
    return ssl.create_default_context(cafile=None if directory else path, capath=path if directory else None)


@lru_cache(maxsize=1)
def _default_context() -> ssl.SSLContext:
    """Return a context that trusts the certificates of certifi.

    It is cached, because reading the certificates takes as long as several requests.
    """
    return httpx.create_ssl_context(trust_env=False)


class ResponseBoundError(Exception):
    """A response exceeded a bound. `slow`: it was too slow, rather than too long."""

    def __init__(self, message: str, *, slow: bool) -> None:
        super().__init__(message)
        self.slow = slow


class PaceWatch(httpcore.NetworkStream):
    """A connection that bounds each response in bytes and time; every write starts a new response.

    Args:
        stream: the connection.
        clock: the source of time.
        on_open: called with this stream, and with the stream that TLS creates from it.
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
        self._total_wait = self._window_wait = 0.0  # seconds of waiting, without the time that the reader needs itself

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, and start a new response."""
        self._start_response()
        self._stream.write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read the available bytes; wait for the first one.

        Raises:
            ResponseBoundError: the response is too long or too slow.
        """
        started = self._clock.monotonic()
        data = self._stream.read(max_bytes, timeout)
        wait = self._clock.monotonic() - started
        self._total_bytes += len(data)
        self._total_wait += wait
        if self._first_byte_seen:  # the wait for the first byte is limited by the read timeout
            self._window_bytes += len(data)
            self._window_wait += wait
        self._first_byte_seen = True
        self._check()
        return data

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the TLS connection, bounded in the same way."""
        return PaceWatch(self._stream.start_tls(ssl_context, server_hostname, timeout), self._clock, self._on_open)

    def get_extra_info(self, info: str) -> Any:
        """Return a property of the connection."""
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _check(self) -> None:
        if self._total_bytes > limits.ANSWER_BYTES:
            raise too_long_error()
        if self._total_wait > limits.ANSWER_TIME:
            raise ResponseBoundError(f"did not finish its response in {limits.ANSWER_TIME / 60:.0f} min", slow=True)
        if self._window_wait >= limits.PACE_WINDOW:
            if self._window_bytes < limits.PACE_RATE * self._window_wait:
                raise ResponseBoundError(
                    f"responds too slowly: {self._window_bytes:,} bytes in {self._window_wait:.0f} s", slow=True
                )
            self._window_bytes, self._window_wait = 0, 0.0


def too_long_error() -> ResponseBoundError:
    """Return the error for a response that is too long."""
    return ResponseBoundError(f"sent a response with more than {limits.ANSWER_BYTES // 2**20} MB", slow=False)
