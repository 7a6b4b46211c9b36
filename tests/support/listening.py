"""Requests to third-party servers, which do not announce that they are ready."""

from __future__ import annotations

import urllib3
from urllib3.util import Retry

_INTERVAL = 0.1  # seconds between two attempts to connect


def when_listening(url: str, *, patience: float, method: str = "GET", **request: object) -> urllib3.BaseHTTPResponse:
    """Send the request as soon as the server accepts connections, for at most `patience` seconds; return its response.

    Raises:
        urllib3.exceptions.MaxRetryError: nothing listens after this time.
    """
    attempts = Retry(
        total=None, connect=int(patience / _INTERVAL), read=False, backoff_factor=_INTERVAL, backoff_max=_INTERVAL
    )
    with urllib3.PoolManager(retries=attempts, timeout=patience) as pool:
        return pool.request(method, url, **request)  # type: ignore[arg-type]
