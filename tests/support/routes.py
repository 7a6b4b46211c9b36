"""The declared route of a request that a test has seen."""

from __future__ import annotations

import re

from zenpro_nb.resources.routes import ROUTES, Route


def route_of(method: str, path: str) -> Route | None:
    """Return the route of a request; a fixed path takes precedence over one with braces."""
    candidates = [route for route in ROUTES if route.method == method and _matches(route.path, path)]
    return min(candidates, key=lambda route: route.path.count("{"), default=None)


def _matches(pattern: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path) is not None
