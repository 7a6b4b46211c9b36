"""The API of all workspaces, as one application below the sandbox's address."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from zenpro_nb.sandbox import errors
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.workspace_api import unreliable
from zenpro_nb.sandbox.workspace_api.calls import Endpoints, Handler, PublicHandler
from zenpro_nb.sandbox.workspace_api.listings import LISTINGS
from zenpro_nb.sandbox.workspace_api.routes import (
    accounts,
    lists,
    projects,
    runs,
    schedules,
    server,
)

API = "/api/v1"

_PUBLIC: tuple[tuple[str, str, PublicHandler], ...] = (
    ("POST", f"{API}/login", server.log_in),
    ("GET", f"{API}/info", server.info),
    ("GET", f"{API}/version", server.version),
    ("GET", "/health", server.health),
    ("GET", "/ready", server.health),
)
_KEYS = "/service_accounts/{account_id}/api_keys"
_INSIDE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/current-user", server.current_user),
    ("GET", "/statistics", server.statistics),
    ("GET", "/projects/{item_id}/statistics", server.project_statistics),
    ("POST", "/runs/statistics", runs.statistics),
    ("POST", "/projects", projects.create),
    ("PUT", "/projects/{item_id}", projects.update),
    ("DELETE", "/projects/{item_id}", projects.delete),
    ("PUT", "/schedules/{item_id}", schedules.update_schedule),
    ("DELETE", "/schedules/{item_id}", schedules.delete_schedule),
    ("PUT", "/triggers/{item_id}", schedules.update_trigger),
    ("DELETE", "/triggers/{item_id}", schedules.delete_trigger),
    ("PUT", "/webhooks/{item_id}/secret", schedules.rotate_webhook_secret),
    ("GET", "/runs/{item_id}/steps", runs.steps),
    ("GET", "/runs/{item_id}/status", runs.status),
    ("GET", "/runs/{item_id}/pipeline-configuration", runs.configuration),
    ("GET", "/runs/{item_id}/dag", runs.graph),
    ("GET", "/runs/{item_id}/logs", runs.logs),
    ("POST", "/runs/{item_id}/stop", runs.stop),
    ("DELETE", "/runs/{item_id}", runs.delete),
    ("GET", "/steps/{item_id}/status", runs.step_status),
    ("GET", "/steps/{item_id}/step-configuration", runs.step_configuration),
    ("GET", "/steps/{item_id}/logs", runs.step_logs),
    ("POST", "/pipeline_snapshots/prune", runs.prune_snapshots),
    ("POST", "/pipeline_snapshots/{item_id}/runs", runs.start_snapshot),
    ("POST", "/run_templates/{item_id}/runs", runs.start_template),
    ("POST", "/service_accounts", accounts.refuse),
    ("PUT", "/service_accounts/{item_id}", accounts.update_account),
    ("DELETE", "/service_accounts/{item_id}", accounts.delete_account),
    ("GET", _KEYS, accounts.keys),
    ("POST", _KEYS, accounts.refuse),
    ("GET", f"{_KEYS}/{{item_id}}", accounts.key),
    ("PUT", f"{_KEYS}/{{item_id}}", accounts.update_key),
    ("PUT", f"{_KEYS}/{{item_id}}/rotate", accounts.refuse),
    ("DELETE", f"{_KEYS}/{{item_id}}", accounts.delete_key),
)


def create_app(context: Context) -> Starlette:
    """Return the application, which is mounted at the path of the workspaces."""
    app = Starlette(routes=[Mount("/{workspace}", routes=list(_routes(Endpoints(context))))])
    errors.install(app)
    app.add_exception_handler(unreliable.ConnectionLostError, unreliable.truncate)
    unreliable.install()
    return app


def _routes(endpoints: Endpoints) -> Iterator[BaseRoute]:
    for method, path, public in _PUBLIC:
        yield Route(path, endpoints.public(public), methods=[method])
    for method, path, handler in (*_INSIDE, *_lists()):
        yield Route(API + path, endpoints.inside(handler), methods=[method])


def _lists() -> Iterator[tuple[str, str, Handler]]:
    for listing in LISTINGS:
        yield "GET", f"/{listing.route}", lists.list_handler(listing)
        yield "GET", f"/{listing.route}/{{item_id}}", lists.item_handler(listing)
