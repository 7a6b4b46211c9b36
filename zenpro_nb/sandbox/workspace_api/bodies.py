"""Read the fields of a request body, with the server's own errors for values of the wrong type (API facts 5.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError

Body = Mapping[str, Any]


def require(body: Body, *names: str) -> None:
    """Raise InvalidRequestError for the first field that is missing."""
    for name in names:
        if name not in body:
            raise InvalidRequestError("missing", ("body", name), "Field required", dict(body))


def text(body: Body, name: str, *, longest: int = limits.WORKSPACE_TEXT_MAX, pattern: str = "") -> str | None:
    """Return the text of a field; None if it is missing or null.

    Raises:
        InvalidRequestError: it is not a text, is too long, or does not match the pattern.
    """
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidRequestError("string_type", ("body", name), "Input should be a valid string", value)
    if len(value) > longest:
        message = f"String should have at most {longest} characters"
        raise InvalidRequestError("string_too_long", ("body", name), message, value)
    if pattern and not re.fullmatch(pattern, value):
        message = f"String should match pattern '^{pattern}$'"
        raise InvalidRequestError("string_pattern_mismatch", ("body", name), message, value)
    return value


def flag(body: Body, name: str) -> bool | None:
    """Return the boolean of a field; None if it is missing or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidRequestError("bool_type", ("body", name), "Input should be a valid boolean", value)
    return value


def moment(body: Body, name: str) -> datetime | None:
    """Return the time of a field, in UTC and without a zone; None if it is missing or null."""
    value = body.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        message = "Input should be a valid datetime or date"
        raise InvalidRequestError("datetime_from_date_parsing", ("body", name), message, value) from None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def number(body: Body, name: str, *, least: int) -> int | None:
    """Return the whole number of a field; None if it is missing or null."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequestError("int_type", ("body", name), "Input should be a valid integer", value)
    if value < least:
        message = f"Input should be greater than or equal to {least}"
        raise InvalidRequestError("greater_than_equal", ("body", name), message, value)
    return value
