"""A workspace whose answers break off, so that it can be seen what a client makes of it.

It stands behind a bad line: what is short comes through, and of a long list the first rows. Asked for more, its server
loses its database, or the line goes down in the middle of the answer. It is the sandbox's own convention.
"""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.errors import ApiError

BREAKING_OFF = frozenset({"edge-onprem"})
# The longest lists, whose answers are cut; those of the others become errors.
_CUT = frozenset({"steps", "artifact_versions"})
_BEGINNING = b'{"index":1,"max_size":1000,"items":['


class LostDatabaseError(ApiError):
    """What 0.98.0 answers when its database goes away while it reads."""

    status = 500
    kind = "OperationalError"


class LineDownError(Exception):
    """The connection ends before the answer does."""


class CutResponse(Response):
    """Promises more than it sends."""

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(limits.CUT_LENGTH).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _BEGINNING, "more_body": True})


class _NotOurs(logging.Filter):
    """Keeps to itself that an answer was not complete, which uvicorn says of each one that is cut on purpose."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "without completing response" not in record.getMessage()


async def cut(request: Request, error: Exception) -> Response:
    """Answer as far as the line holds."""
    return CutResponse()


def install() -> None:
    """Say nothing of answers that are cut on purpose. Installing it twice changes nothing."""
    logger = logging.getLogger("uvicorn.error")
    if not any(isinstance(filter_, _NotOurs) for filter_ in logger.filters):
        logger.addFilter(_NotOurs())


def check(workspace: str, route: str, last_row: int) -> None:
    """Raise what breaks the answer off, if the workspace is one of those and so many rows are asked for."""
    if workspace not in BREAKING_OFF or last_row <= limits.ROWS_BEFORE_BREAKING:
        return
    if route in _CUT:
        raise LineDownError
    raise LostDatabaseError("(pymysql.err.OperationalError) (2013, 'Lost connection to MySQL server during query')")
