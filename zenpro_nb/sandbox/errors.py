"""Failures in the shapes of API facts 5.1: ``{"detail": ["ExceptionClass", "message"]}`` and OAuth's own.

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
from starlette.requests import Request
from starlette.responses import JSONResponse

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database_file import is_busy

_LOG = logging.getLogger(__name__)


class ApiError(Exception):
    """A failure that the API answers with a status, the name of an exception and a message."""

    status = 500
    kind = "RuntimeError"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def detail(self) -> list[str]:
        """Return the name of the exception and the message, as the client reads them."""
        return [self.kind, self.message]

    def body(self) -> object:
        """Return the body of the answer."""
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
        """Return the detail with the beginning that the real server puts before the message."""
        return [self.kind, f"Authentication error: {self.message}"]


class UpgradeRequiredError(ApiError):
    """Something that the organization's plan does not allow."""

    status = 402
    kind = "SubscriptionUpgradeRequiredError"

    def __init__(self, feature: str) -> None:
        super().__init__(
            f"Your subscription reached its `{feature}` limit. Please upgrade your subscription or reach out to us."
        )


class ForbiddenError(ApiError):
    """Something that the caller may not do."""

    status = 403
    kind = "IllegalOperationError"


class OrganizationLimitError(ForbiddenError):
    """A second organization for somebody who may own one."""

    # Inferred: API facts 3.3 names the error of POST /organizations, but not its status.
    kind = "OrganizationLimitExceeded"


class MissingError(ApiError):
    """Something that does not exist, or that the caller may not see."""

    status = 404
    kind = "KeyError"

    def detail(self) -> list[str]:
        """Return the detail; its message arrives in a second pair of quotes (API facts 5.2)."""
        return [self.kind, f'"{self.message}"']


class AlreadyThereError(ApiError):
    """Something that exists already."""

    status = 409
    kind = "EntityExistsError"


class OAuthError(Exception):
    """A failure in the shape of OAuth (API facts 2.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


def install(app: Starlette) -> None:
    """Teach an application to answer these exceptions."""
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
}
