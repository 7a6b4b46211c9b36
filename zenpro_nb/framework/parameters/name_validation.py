"""Asking the server whether a name is free, and reading its answer without trusting its shape."""

from __future__ import annotations

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
from zenpro_nb.resources import Column, DataType, Paging, Resource
from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    import pandas as pd

VALIDATION = Resource(
    noun="validation",
    path="",
    paging=Paging.NONE,
    help="Whether a name can be used.",
    columns=(
        Column("name", help="the name that was asked about"),
        Column("usable", DataType.BOOL, help="free and allowed; missing: the server did not say"),
        Column("reason", help="why not, in the server's words"),
    ),
)

# API facts 4.12: no field of the answer is published. These are the words that such an answer would use.
_VERDICTS = ("usable", "valid", "is_valid", "available", "is_available", "allowed")
_REASONS = ("reason", "message", "error", "detail")


class Verdict(Struct, frozen=True):
    """What the server says about a name; `usable` is None where it says nothing."""

    name: str
    usable: bool | None
    reason: str = ""


def organization_routes(name: str) -> list[str]:
    """Return the route that validates the name of an organization."""
    return [f"/organizations/validation/name/{segment(name)}"]


def workspace_routes(organization_id: str, name: str) -> list[str]:
    """Return the routes that may validate the name of a workspace, the better one first.

    Only the spelling with `tenant` is observed; the other is inferred (API facts 3.1).
    """
    start = f"/organizations/{organization_id}/validation"
    return [f"{start}/workspace_name/{segment(name)}", f"{start}/tenant_name/{segment(name)}"]


def verdict(session: Session, name: str, routes: Sequence[str]) -> Verdict:
    """Return what the first of the routes that the server knows says about the name.

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
    return Verdict(name, None, "the server has no route that says so")


def read(name: str, answer: object) -> Verdict:
    """Return the verdict in an answer whose model is unknown; where it is unclear, None.

    >>> read("ml", {"valid": True, "available": False, "reason": "taken"}).usable
    False
    """
    if isinstance(answer, bool):
        return Verdict(name, answer)
    if not isinstance(answer, Mapping):
        return Verdict(name, None)
    said = [answer[word] for word in _VERDICTS if isinstance(answer.get(word), bool)]
    reason = next((str(answer[word]) for word in _REASONS if answer.get(word)), "")
    return Verdict(name, all(said) if said else None, reason)


def require_usable(found: Verdict) -> None:
    """Refuse a name that the server has refused; one that it said nothing about is left to the request itself.

    Raises:
        UsageError: the server has refused it.
    """
    if found.usable is False:
        reason = found.reason or "the server says that it is taken or not allowed"
        raise UsageError(f"The name {found.name!r} cannot be used: {reason}", hint="Choose another name.")


def frame_of(ctx: CommandContext, verdicts: Sequence[Verdict], routes: Sequence[str]) -> pd.DataFrame:
    """Return the verdicts as a frame."""
    rows: list[dict[str, Any]] = [
        {"name": item.name, "usable": item.usable, "reason": item.reason or None} for item in verdicts
    ]
    frame = frames.from_records(VALIDATION, rows)
    query.note(ctx.session, frame, route=routes[0])
    return frame
