"""The page of routes: which command uses each route of the control plane, or why none does."""

from __future__ import annotations

from zenpro_nb.resources.routes import ROUTES, STATUS, Route

_HEAD = """# Routes of the control plane

Every route that is known, and the command that uses it, or why none does. `api GET PATH` reads any of them.
Routes marked *inferred* follow by analogy; no public material shows them. Control planes that know the older
spelling (`/tenants` for `/workspaces`) are asked in that spelling.

<!-- Made by `python docs/generate.py`; a test holds it to the code. -->

| route | command |
|---|---|
"""


def page() -> str:
    """Return the table of all routes."""
    rows = [f"| `{route.method} {route.path}`{' *inferred*' * route.inferred} | {_use(route)} |" for route in ROUTES]
    return _HEAD + "\n".join(rows) + "\n"


def _use(route: Route) -> str:
    if route.commands:
        return ", ".join(f"`{command}`" if command else STATUS for command in route.commands)
    return f"none: {route.why_none}"
