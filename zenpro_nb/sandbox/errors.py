"""Errors in the formats of API facts 5.1: ``{"detail": ["ExceptionClass", "message"]}`` and that of OAuth.

ApiError
├── BadValueError              400  ValueError
├── NotSignedInError           401  CredentialsNotValid
├── UpgradeRequiredError       402  SubscriptionUpgradeRequiredError
├── ForbiddenError             403  IllegalOperationError
│   └── OrganizationLimitError 403  OrganizationLimitExceeded
├── MissingError               404  KeyError
└── AlreadyThereError          409  EntityExistsError
OAuthError                400  {"error", "error_description"}
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.database_file import is_busy

_LOG = logging.getLogger(__name__)


class ApiError(Exception):
    """An error that the API returns as a status, the name of an exception and a message."""

    status = 500
    kind = "RuntimeError"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def detail(self) -> list[str]:
        """Return the name of the exception and the message, in the format that clients read."""
        return [self.kind, self.message]

    def body(self) -> object:
        """Return the body of the response."""
        return {"detail": self.detail()}


class BadValueError(ApiError):
    """A value that cannot be used."""

    status = 400
    kind = "ValueError"


class NotSignedInError(ApiError):
    """A credential that is missing, wrong or expired."""

    status = 401
    kind = "CredentialsNotValid"

    def detail(self) -> list[str]:
        """Return the detail, with the prefix that the real server adds to the message."""
        return [self.kind, f"Authentication error: {self.message}"]


class UpgradeRequiredError(ApiError):
    """An action that exceeds the limits of the organization's plan."""

    status = 402
    kind = "SubscriptionUpgradeRequiredError"

    def __init__(self, feature: str) -> None:
        super().__init__(
            f"Your subscription reached its `{feature}` limit. Please upgrade your subscription or reach out to us."
        )


class ForbiddenError(ApiError):
    """An action for which the caller has no permission."""

    status = 403
    kind = "IllegalOperationError"


class OrganizationLimitError(ForbiddenError):
    """A second organization of a user who can own only one."""

    # Inferred: API facts 3.3 names the error of POST /organizations, but not its status.
    kind = "OrganizationLimitExceeded"


class MissingError(ApiError):
    """An object that does not exist or is not visible to the caller."""

    status = 404
    kind = "KeyError"

    def detail(self) -> list[str]:
        """Return the detail. Its message has a second pair of quotes (API facts 5.2)."""
        return [self.kind, f'"{self.message}"']


class AlreadyThereError(ApiError):
    """An object that already exists."""

    status = 409
    kind = "EntityExistsError"


class OAuthError(Exception):
    """An error in the format of OAuth (API facts 2.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


def install(app: Starlette) -> None:
    """Register the handlers of these exceptions in an application."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def _api_error(request: Request, error: Any) -> JSONResponse:
    return JSONResponse(error.body(), error.status)


async def _oauth_error(request: Request, error: Any) -> JSONResponse:
    return JSONResponse({"error": error.error, "error_description": error.description}, 400)


async def _http_error(request: Request, error: Any) -> JSONResponse:
    return JSONResponse({"detail": error.detail}, error.status_code, error.headers)


async def _integrity_error(request: Request, error: Any) -> JSONResponse:
    return JSONResponse({"detail": ["EntityExistsError", "An entity with these properties already exists."]}, 409)


async def _client_gone(request: Request, error: Any) -> Response:
    """Return a response that no one receives: the client closed the connection before its request was complete."""
    return Response(status_code=400)


async def _database_failed(request: Request, error: Any) -> JSONResponse:
    if is_busy(error.orig):
        return JSONResponse(
            {"detail": "The sandbox's database is busy."}, 503, headers={"Retry-After": str(limits.BUSY_RETRY_SECONDS)}
        )
    _LOG.error("The sandbox's database failed.", exc_info=error)
    return JSONResponse({"detail": ["OperationalError", f"The sandbox's database failed: {error.orig}."]}, 500)


_HANDLERS = {
    ApiError: _api_error,
    OAuthError: _oauth_error,
    HTTPException: _http_error,
    IntegrityError: _integrity_error,
    OperationalError: _database_failed,
    ClientDisconnect: _client_gone,
}
