"""A workspace with an unreliable connection, to show how a client handles interrupted responses.

Short responses and the first rows of a long list arrive. Requests for more rows fail: either the server loses its
database, or the connection ends in the middle of the response. This is the sandbox's own convention.
"""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.errors import ApiError

UNRELIABLE = frozenset({"edge-onprem"})
# The longest lists, whose responses are truncated. The responses of other lists become errors.
_TRUNCATED = frozenset({"steps", "artifact_versions"})
_BEGINNING = b'{"index":1,"max_size":1000,"items":['


class LostDatabaseError(ApiError):
    """The response of 0.98.0 when it loses its database while reading."""

    status = 500
    kind = "OperationalError"


class ConnectionLostError(Exception):
    """The connection ends in the middle of a response."""


class TruncatedResponse(Response):
    """A response that is shorter than its content length."""

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(limits.CUT_LENGTH).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _BEGINNING, "more_body": True})


class _IgnoreTruncated(logging.Filter):
    """Drop uvicorn's log records about incomplete responses, because these are intentional."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "without completing response" not in record.getMessage()


async def truncate(request: Request, error: Exception) -> Response:
    """Return a truncated response."""
    return TruncatedResponse()


def install() -> None:
    """Install the log filter for intentionally truncated responses. Calling this again has no effect."""
    logger = logging.getLogger("uvicorn.error")
    if not any(isinstance(filter_, _IgnoreTruncated) for filter_ in logger.filters):
        logger.addFilter(_IgnoreTruncated())


def check(workspace: str, route: str, last_row: int) -> None:
    """Raise an error if the workspace is unreliable and the requested rows exceed its limit."""
    if workspace not in UNRELIABLE or last_row <= limits.ROWS_BEFORE_BREAKING:
        return
    if route in _TRUNCATED:
        raise ConnectionLostError
    raise LostDatabaseError("(pymysql.err.OperationalError) (2013, 'Lost connection to MySQL server during query')")
