"""Helpers shared by all route modules."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
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


class LoopRouter(APIRouter):
    """A router whose handlers run in the event loop.

    FastAPI would run them in threads. Passing a request to a thread and back takes a fifth of its time, and threads
    gain nothing, because only one of them runs Python code at a time.
    """

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Register a handler."""
        super().add_api_route(path, _coroutine(endpoint), **options)


def _coroutine(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return the handler as a coroutine function with the same parameters."""
    if inspect.iscoroutinefunction(handler):
        return handler

    @wraps(handler)
    async def answer(*args: Any, **kwargs: Any) -> Any:
        return handler(*args, **kwargs)

    # Older versions of FastAPI look up the names of annotations in this module.
    answer.__signature__ = inspect.signature(handler, eval_str=True)  # type: ignore[attr-defined]
    return answer


def router(tag: str) -> APIRouter:
    """Return a router whose routes appear under this heading in the OpenAPI document."""
    return LoopRouter(tags=[tag], responses=PROBLEMS)


def old_spelling(path: str) -> str:
    """Return the tenant path of a workspace path. Each route exists under both (API facts 3.1)."""
    return path.replace("workspace", "tenant")


def both_spellings(routes: APIRouter, method: str, path: str, **options: Any) -> Callable[[Handler], Handler]:
    """Register a handler under the workspace path, and as deprecated under the tenant path."""

    def register(handler: Handler) -> Handler:
        routes.add_api_route(path, handler, methods=[method], **options)
        # The parameter keeps its name, which belongs to the handler and is not visible to clients.
        old = old_spelling(path).replace("{tenant_", "{workspace_")
        routes.add_api_route(old, handler, methods=[method], deprecated=True, **options)
        return handler

    return register
