"""Create the application."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from fastapi import FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from zenpro_nb.sandbox import errors
from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.database.store import Store
from zenpro_nb.sandbox.http.middleware import Middleware
from zenpro_nb.sandbox.options import Options
from zenpro_nb.sandbox.routes import ROUTERS
from zenpro_nb.sandbox.workspace_api.app import create_app as create_workspace_api
from zenpro_nb.sandbox.workspaces import addresses

TITLE = "zenpro_nb sandbox of the ZenML Pro control plane"
NEW_SPELLING = "workspace"


def create_app(options: Options, clock: Clock, store: Store) -> ASGIApp:
    """Return the whole control plane as one ASGI application."""
    app = FastAPI(
        title=TITLE,
        version=version("zenpro-nb"),
        description="Sample data served by the routes of ZenML Pro. This is not ZenML Pro.",
        # FastAPI's own pages load scripts from other sites. `/` lists the routes without scripts.
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = Context(options, clock, store)
    errors.install(app)
    # The routes themselves: `include_router` would analyze each of them once more, in every start of a sandbox. A fixed
    # path must precede one with a parameter at the same position.
    app.router.routes += sorted(_routes(options), key=_parameters)
    app.mount(addresses.WORKSPACES, create_workspace_api(app.state.context))
    return Middleware(app, options, clock)


def _parameters(route: BaseRoute) -> list[bool]:
    """Return, for each segment of a path, whether it is a parameter."""
    return [segment.startswith("{") for segment in getattr(route, "path", "").split("/")]


def _routes(options: Options) -> Iterator[BaseRoute]:
    """Yield all routes; an old control plane answers those of the new spelling with FastAPI's 404."""
    for router in ROUTERS:
        for route in router.routes:
            if not options.legacy or not _is_new(getattr(route, "path", "")):
                yield route


def _is_new(path: str) -> bool:
    # Parameters use the new spelling in both.
    return NEW_SPELLING in path.replace("{" + NEW_SPELLING, "")
