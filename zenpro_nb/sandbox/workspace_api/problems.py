"""Errors that only workspaces return, such as the two formats of a 422 (API facts 5.2, observed).

ApiError
├── InvalidRequestError   422  a bare list, from the framework: a parameter or body of the wrong type
├── InvalidFilterError    422  {"detail": ["ValueError", …]}, from ZenML: an unsupported operator or value
├── UnexpectedError       500  {"detail": "An unexpected error occurred."}: an error of the server itself
├── TaskRunningError      429  {"detail": ["MaxConcurrentTasksError", …]}: another task is still running
└── SwitchedOffError      501  {"detail": ["NotImplementedError", …]}: a disabled feature (API facts 11.16)
"""

from __future__ import annotations

from typing_extensions import override

from zenpro_nb.sandbox.errors import ApiError


class InvalidRequestError(ApiError):
    """An invalid parameter or body. The real server adds a file path and line of its own, which the sandbox omits."""

    status = 422
    kind = "ValueError"

    def __init__(self, kind: str, location: tuple[str, ...], message: str, value: object) -> None:
        entry = {"type": kind, "loc": location, "msg": message, "input": value}
        super().__init__(f"1 validation error:\n  {entry}")

    @override
    def body(self) -> object:
        return self.detail()


class InvalidFilterError(ApiError):
    """A filter with an invalid value or operator."""

    status = 422
    kind = "ValueError"


class TaskRunningError(ApiError):
    """A maintenance task, while another one is still running."""

    status = 429
    kind = "MaxConcurrentTasksError"


class SwitchedOffError(ApiError):
    """A feature that is disabled on this server (API facts 11.16)."""

    status = 501
    kind = "NotImplementedError"


class UnexpectedError(ApiError):
    """A request that 0.98.0 fails to validate, such as statistics with an unknown filter (observed)."""

    status = 500
    kind = "RuntimeError"

    @override
    def body(self) -> object:
        return {"detail": self.message}
