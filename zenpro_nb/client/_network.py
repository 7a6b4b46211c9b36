"""How this machine reaches a server: through which proxy, and which certificates it believes."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from zenpro_nb import limits
from zenpro_nb.client import _urls
from zenpro_nb.errors import UsageError
from zenpro_nb.security.printable import without_user

_LIMITS = httpx.Limits(
    max_connections=limits.MAX_CONNECTIONS,
    max_keepalive_connections=limits.MAX_CONNECTIONS,
    keepalive_expiry=limits.KEEPALIVE_EXPIRY,
)


class Network:
    """The way to one server, as the environment described it when the client was made.

    Raises:
        UsageError: the environment names certificates that are not there.
    """

    def __init__(self, url: str) -> None:
        self._proxy = proxy(url)
        self._trust = trust(url)

    def open(self) -> httpx.HTTPTransport:
        """Return connections to the server, none of which is made yet.

        Raises:
            UsageError: the proxy cannot be used.
        """
        try:
            return httpx.HTTPTransport(
                verify=self._trust, http1=True, http2=False, limits=_LIMITS, proxy=self._proxy, trust_env=True
            )
        except ImportError as error:
            words = f"The proxy from the environment cannot be used: {error}"
        except ValueError:  # whose words hold the user of the proxy
            words = f"The proxy {without_user(self._proxy or '')} from the environment cannot be used."
        raise UsageError(words, hint="Check HTTPS_PROXY and ALL_PROXY.")


def proxy(url: str) -> str | None:
    """Return the proxy that the environment names for this server, by the rules that `requests` follows too."""
    parts = urlsplit(url)
    if _urls.is_loopback(url):  # nobody means a proxy to reach this machine itself, and the bearer travels in clear
        return None
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return found if "://" in found else f"http://{found}"


def trust(url: str) -> ssl.SSLContext:
    """Return what is believed: what REQUESTS_CA_BUNDLE, SSL_CERT_FILE or SSL_CERT_DIR name, else certifi's."""
    if url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no file, believes nobody
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        place = os.environ.get(name, "")
        if not place:
            continue
        try:
            return _believing(place, os.stat(place).st_mtime_ns)
        except (OSError, ssl.SSLError):
            missing = f"{name} names {place}, which holds no certificates."
        raise UsageError(missing, hint="Correct or unset it.")
    return _usual()


@lru_cache(maxsize=4)
def _believing(place: str, _changed: int) -> ssl.SSLContext:
    """Return what believes the certificates in a file or folder; read once for all servers, until they change."""
    directory = os.path.isdir(place)
    return ssl.create_default_context(cafile=None if directory else place, capath=place if directory else None)


@lru_cache(maxsize=1)
def _usual() -> ssl.SSLContext:
    """Return what believes certifi's certificates; reading them takes as long as several requests."""
    return httpx.create_ssl_context(trust_env=False)
