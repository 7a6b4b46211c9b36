"""All errors that a user of zenpro_nb can encounter.

ZenProError
├── UsageError              the command cannot be run as typed
│   ├── UnknownNameError        no such organization, role, column, variable …
│   ├── AmbiguousNameError      several objects have this name
│   ├── IncompleteError         required arguments are missing; a notebook opens the form
│   ├── MissingExtraError       the command needs an optional package that is not installed
│   └── ConfirmationError       a destructive command in a session that cannot ask for confirmation
├── ReadOnlyError           the session is read-only, and the command is a write; nothing was sent
├── BlockedError            a guard blocks at least one write; none of the command's writes were sent
├── SaveError               a file could not be written
├── SettingsError           a settings file cannot be used
├── CaptureError            a capture on disk cannot be read
├── ReviewError             a review on disk cannot be read, or was edited
├── CredentialError         no credential, or one that cannot be used for this server
├── ConnectionFailedError   the server could not be reached
│   └── TimedOutError           the server did not respond in time
├── OutcomeUnknownError     a write was sent, but its response was lost or came from a gateway
├── PartlyDoneError         some of several writes were refused; the others are done
├── FindingsError           a check found something; the command itself succeeded
├── RequirementsError       requirements of a notebook are not met; the message lists all of them
├── NotReadyError           an operation that a write started failed later, or has not finished
├── UnexpectedAnswerError   the response is not one that this API sends (HTML, a broken body)
├── InterruptedReadError    Ctrl-C; the message names the interrupted operation
└── ApiError                the server refused the request
├── BadRequestError         400, 413, 414, 422
├── AuthenticationError     401
│   ├── TokenExpiredError       … and the token cannot be refreshed
│   └── DeviceTokenError        … because this route refuses device tokens
├── PlanLimitError          402
├── PermissionDeniedError   403
├── NotFoundError           404
│   └── RouteNotFoundError      … the route itself, not the object
├── ConflictError           409
├── RateLimitedError        429
└── ServerError             5xx
└── SwitchedOffError        501, 405 of a workspace: the feature is switched off
"""

from __future__ import annotations

from zenpro_nb.errors.base import ZenProError
from zenpro_nb.errors.commands import (
    AmbiguousNameError,
    BlockedError,
    CaptureError,
    ConfirmationError,
    ConnectionFailedError,
    CredentialError,
    FindingsError,
    IncompleteError,
    InterruptedReadError,
    MissingExtraError,
    NotReadyError,
    OutcomeUnknownError,
    PartlyDoneError,
    ReadOnlyError,
    RequirementsError,
    ReviewError,
    SaveError,
    SettingsError,
    TimedOutError,
    UnexpectedAnswerError,
    UnknownNameError,
    UsageError,
)
from zenpro_nb.errors.responses import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DeviceTokenError,
    NotFoundError,
    PermissionDeniedError,
    PlanLimitError,
    RateLimitedError,
    RouteNotFoundError,
    ServerError,
    SwitchedOffError,
    TokenExpiredError,
)

__all__ = [
    "AmbiguousNameError", "ApiError", "AuthenticationError", "BadRequestError", "BlockedError", "CaptureError",
    "ConfirmationError", "ConflictError", "ConnectionFailedError", "CredentialError", "DeviceTokenError",
    "FindingsError", "IncompleteError", "InterruptedReadError", "MissingExtraError", "NotFoundError", "NotReadyError",
    "OutcomeUnknownError", "PartlyDoneError", "PermissionDeniedError", "PlanLimitError", "RateLimitedError",
    "ReadOnlyError", "RequirementsError", "ReviewError", "RouteNotFoundError", "SaveError", "ServerError",
    "SettingsError", "SwitchedOffError", "TimedOutError", "TokenExpiredError", "UnexpectedAnswerError",
    "UnknownNameError", "UsageError", "ZenProError",
]  # fmt: skip
