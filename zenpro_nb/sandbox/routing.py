"""What all route modules have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter

from zenpro_nb.sandbox.schemas.auth import OAuthProblem
from zenpro_nb.sandbox.schemas.common import Problem

Handler = TypeVar("Handler", bound=Callable[..., Any])

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem | OAuthProblem, "description": "ValueError, or an OAuth error"},
    401: {"model": Problem, "description": "Missing, wrong or expired credential"},
    402: {"model": Problem, "description": "The plan does not allow it"},
    403: {"model": Problem, "description": "Not permitted"},
    404: {"model": Problem, "description": "Unknown or invisible"},
    409: {"model": Problem, "description": "Exists already"},
    429: {"model": Problem, "description": "Too many requests; see Retry-After"},
    503: {"model": Problem, "description": "The database is busy; see Retry-After"},
}


def router(tag: str) -> APIRouter:
    """Return a router whose routes the OpenAPI document puts under this heading."""
    return APIRouter(tags=[tag])


def old_spelling(path: str) -> str:
    """Return the tenant route of a workspace route: each exists under both (API facts 3.1)."""
    return path.replace("workspace", "tenant")


def both_spellings(routes: APIRouter, method: str, path: str, **options: Any) -> Callable[[Handler], Handler]:
    """Register a handler under the workspace path and, deprecated, under the tenant path."""

    def register(handler: Handler) -> Handler:
        routes.add_api_route(path, handler, methods=[method], **options)
        # The parameter keeps its name: it is the handler's, and invisible to a client.
        old = old_spelling(path).replace("{tenant_", "{workspace_")
        routes.add_api_route(old, handler, methods=[method], deprecated=True, **options)
        return handler

    return register
