"""Check on the server whether a name is available, without relying on the shape of its response."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import frames, query
from zenpro_nb.client import segment
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RouteNotFoundError,
    UsageError,
)
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.resources import Column, DataType, Table
from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    import pandas as pd

VALIDATION = Table(
    noun="validation",
    help="Check whether a name can be used.",
    columns=(
        Column("name", help="the validated name"),
        Column("usable", DataType.BOOL, help="whether it is available and allowed; missing if unknown"),
        Column("reason", help="the server's reason for rejecting the name"),
    ),
)

# API facts 4.12: no field of the response is documented. These are the words that such a response would use.
_VERDICTS = ("usable", "valid", "is_valid", "available", "is_available", "allowed")
_REASONS = ("reason", "message", "error", "detail")


class Verdict(Struct, frozen=True):
    """The server's verdict on a name; `usable` is None if it gave none."""

    name: str
    usable: bool | None
    reason: str = ""


def organization_routes(name: str) -> list[str]:
    """Return the route that validates an organization name."""
    return [f"/organizations/validation/name/{segment(name)}"]


def workspace_routes(organization_id: str, name: str) -> list[str]:
    """Return the routes that can validate a workspace name, the preferred one first.

    Only the path with `tenant` is observed; the other is inferred (API facts 3.1).
    """
    start = f"/organizations/{organization_id}/validation"
    return [f"{start}/workspace_name/{segment(name)}", f"{start}/tenant_name/{segment(name)}"]


def verdict(session: Session, name: str, routes: Sequence[str]) -> Verdict:
    """Return the verdict from the first of the routes that the server has.

    Raises:
        AuthenticationError: the credential was not accepted.
        ConnectionFailedError: the server was not reached.
    """
    for route in routes:
        try:
            return read(name, session.client.get(route))
        except RouteNotFoundError:
            continue
        except AuthenticationError:
            raise
        except (BadRequestError, ConflictError) as error:
            return Verdict(name, False, error.detail or error.message)
        except (NotFoundError, PermissionDeniedError, ApiError) as error:
            return Verdict(name, None, error.detail or error.message)
    return Verdict(name, None, "the server has no route that validates names")


def read(name: str, response: object) -> Verdict:
    """Return the verdict in a response of unknown shape; `usable` is None if it is unclear.

    >>> read("ml", {"valid": True, "available": False, "reason": "taken"}).usable
    False
    """
    if isinstance(response, bool):
        return Verdict(name, response)
    if not isinstance(response, Mapping):
        return Verdict(name, None)
    flags = [response[word] for word in _VERDICTS if isinstance(response.get(word), bool)]
    reason = next((str(response[word]) for word in _REASONS if response.get(word)), "")
    return Verdict(name, all(flags) if flags else None, reason)


def require_usable(verdict: Verdict) -> None:
    """Refuse a name that the server rejected. Without a verdict, the request itself decides.

    Raises:
        UsageError: the server rejected the name.
    """
    if verdict.usable is False:
        reason = _reason_in_sentence(verdict.reason) or "the server rejected it as taken or not allowed"
        raise UsageError(f"The name {verdict.name!r} cannot be used: {reason}", hint="Choose another name.")


def _reason_in_sentence(reason: str) -> str:
    """Return the reason of the server as the end of a sentence.

    >>> _reason_in_sentence("The name is taken."), _reason_in_sentence("ML-x is reserved")
    ('it is taken', 'ML-x is reserved')
    """
    text = re.sub(r"^(?:the|this) (?:\w+ )?name (?=is\b)", "it ", reason.strip().rstrip("."), flags=re.IGNORECASE)
    return f"{text[:1].lower()}{text[1:]}" if text[:1].isupper() and text[1:2].islower() else text


def frame_of(ctx: CommandContext, verdicts: Sequence[Verdict], routes: Sequence[str]) -> pd.DataFrame:
    """Return the verdicts as a DataFrame."""
    rows: list[dict[str, Any]] = [
        {"name": verdict.name, "usable": verdict.usable, "reason": verdict.reason or None} for verdict in verdicts
    ]
    frame = frames.from_records(VALIDATION, rows)
    query.note(ctx.session, frame, route=routes[0])
    return frame
