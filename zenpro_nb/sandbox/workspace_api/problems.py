"""Refusals that only workspaces have: the two shapes of a 422 (API facts 5.2, observed).

ApiError
├── InvalidRequestError   422  a bare list, from the framework: a parameter or body of the wrong type
├── InvalidFilterError    422  {"detail": ["ValueError", …]}, from ZenML: an operator or value that a filter lacks
└── SwitchedOffError      501  {"detail": ["NotImplementedError", …]}: a feature that is off (API facts 11.16)
"""

from __future__ import annotations

from typing_extensions import override

from zenpro_nb.sandbox.errors import ApiError


class InvalidRequestError(ApiError):
    """The real server adds the path of its own file and the line there, which the sandbox has none of."""

    status = 422
    kind = "ValueError"

    def __init__(self, kind: str, location: tuple[str, ...], message: str, value: object) -> None:
        entry = {"type": kind, "loc": location, "msg": message, "input": value}
        super().__init__(f"1 validation error:\n  {entry}")

    @override
    def body(self) -> object:
        return self.detail()


class InvalidFilterError(ApiError):
    """A filter whose value cannot be used."""

    status = 422
    kind = "ValueError"


class SwitchedOffError(ApiError):
    """A feature that this server has off (API facts 11.16)."""

    status = 501
    kind = "NotImplementedError"
