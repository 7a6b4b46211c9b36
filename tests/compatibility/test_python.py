"""Programs written for commit 7500b52 still work."""

from __future__ import annotations

import inspect

import pytest

import zenpro_nb
from zenpro_nb import errors
from zenpro_nb.frontends.connection import Connection


def test_connect_accepts_its_former_arguments() -> None:
    parameters = inspect.signature(zenpro_nb.connect).parameters
    before = ("url", "api_key", "token", "profile", "organization", "workers")
    assert tuple(parameters)[: len(before)] == before
    for parameter in parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert parameter.default is None or parameter.name not in before
        assert parameter.default is not inspect.Parameter.empty


def test_a_connection_has_its_former_methods() -> None:
    assert list(inspect.signature(Connection.run).parameters) == ["self", "words"]
    assert inspect.signature(Connection.run).parameters["words"].kind is inspect.Parameter.VAR_POSITIONAL
    for name in ("client", "close", "__enter__", "__exit__"):
        assert hasattr(Connection, name)


# Each error with a base class that must also catch it.
ERRORS = {
    "UsageError": "ZenProError",
    "UnknownNameError": "UsageError",
    "AmbiguousNameError": "UsageError",
    "ConfirmationError": "UsageError",
    "SaveError": "ZenProError",
    "SettingsError": "ZenProError",
    "CredentialError": "ZenProError",
    "ConnectionFailedError": "ZenProError",
    "TimedOutError": "ConnectionFailedError",
    "OutcomeUnknownError": "ZenProError",
    "PartlyDoneError": "ZenProError",
    "NotReadyError": "ZenProError",
    "UnexpectedAnswerError": "ZenProError",
    "InterruptedReadError": "ZenProError",
    "ApiError": "ZenProError",
    "BadRequestError": "ApiError",
    "AuthenticationError": "ApiError",
    "TokenExpiredError": "AuthenticationError",
    "DeviceTokenError": "AuthenticationError",
    "PlanLimitError": "ApiError",
    "PermissionDeniedError": "ApiError",
    "NotFoundError": "ApiError",
    "RouteNotFoundError": "NotFoundError",
    "ConflictError": "ApiError",
    "RateLimitedError": "ApiError",
    "ServerError": "ApiError",
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_caught_by_their_former_base_classes(name: str) -> None:
    assert issubclass(getattr(errors, name), getattr(errors, ERRORS[name]))
