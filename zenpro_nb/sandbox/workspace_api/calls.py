"""One request to a workspace, with its caller, permissions and contents."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from fastapi import HTTPException
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.database.tables import Workspace
from zenpro_nb.sandbox.permissions.rbac import PermissionCheck
from zenpro_nb.sandbox.responses.snapshot import Snapshot
from zenpro_nb.sandbox.workspace_api import sample_data
from zenpro_nb.sandbox.workspace_api.envelope import Envelope
from zenpro_nb.sandbox.workspace_api.filters import flag_value
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError
from zenpro_nb.sandbox.workspace_api.rights import WorkspaceRights
from zenpro_nb.sandbox.workspace_api.sign_in import SignIn
from zenpro_nb.sandbox.workspace_api.world import World
from zenpro_nb.sandbox.workspaces import addresses, lifecycle


class RequestContext(msgspec.Struct, frozen=True):
    """A request with its workspace, before authentication."""

    request: Request
    payload: bytes
    context: Context
    snapshot: Snapshot
    session: Session
    workspace: Workspace
    world: World
    now: datetime

    def sign_in(self) -> SignIn:
        """Return the authentication of the workspace."""
        return SignIn(self.context, self.session, self.workspace, self.world)

    def bearer(self) -> str | None:
        """Return the bearer credential of the request, or None."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    @property
    def base(self) -> str:
        """The address of the sandbox as the caller knows it."""
        return addresses.base_of(self.request)


class WorkspaceCall(msgspec.Struct, frozen=True):
    """An authenticated request. Times here are naive, as in the API."""

    ctx: RequestContext
    account: Account
    rights: WorkspaceRights
    envelope: Envelope

    @property
    def world(self) -> World:
        """The contents of the workspace."""
        return self.ctx.world

    @property
    def now(self) -> datetime:
        """The time of the request."""
        return self.ctx.now

    @property
    def query(self) -> Mapping[str, str]:
        """The query parameters of the request."""
        return self.ctx.request.query_params

    @property
    def path(self) -> Mapping[str, str]:
        """The path parameters of the request."""
        return self.ctx.request.path_params

    def hydrate(self, default: bool) -> bool:
        """Return whether to show metadata."""
        text = self.query.get("hydrate")
        return default if text is None else flag_value("hydrate", text)

    def body(self) -> dict[str, Any]:
        """Return the JSON object in the request body."""
        try:
            found = msgspec.json.decode(self.ctx.payload or b"{}")
        except msgspec.DecodeError:
            raise InvalidRequestError("json_invalid", ("body",), "JSON decode error", "") from None
        if not isinstance(found, dict):
            raise InvalidRequestError("dict_type", ("body",), "Input should be a valid dictionary", found)
        return found


Handler = Callable[[WorkspaceCall], object]
PublicHandler = Callable[[RequestContext], object]


class Worlds:
    """The contents of each workspace, generated on first access to keep the start of the sandbox fast."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._worlds_by_id: dict[str, World] = {}
        self._saved_states = context.store.saved
        self._version = (self._saved_states.epoch, self._saved_states.restored)

    def of(self, session: Session, workspace: Workspace) -> World:
        """Return the contents of a workspace, generated on first access."""
        with self._lock:
            self._drop_stale()
            if workspace.id not in self._worlds_by_id:
                now = self._context.now().replace(tzinfo=None)
                world = sample_data.build_world(session, workspace, self._context.options.seed, now)
                world.is_pristine = not self._saved_states.changed
                self._worlds_by_id[workspace.id] = world
            return self._worlds_by_id[workspace.id]

    def _drop_stale(self) -> None:
        """Drop contents that do not match the database after it was restored to an earlier state."""
        epoch, restored = self._saved_states.epoch, self._saved_states.restored
        if self._version == (epoch, restored):
            return
        same = epoch == self._version[0]
        self._worlds_by_id = {key: world for key, world in self._worlds_by_id.items() if same and world.is_pristine}
        self._version = (epoch, restored)


class Endpoints:
    """Create endpoints from handlers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._worlds = Worlds(context)

    def public(self, handler: PublicHandler) -> Callable[[Request], Any]:
        """Return the endpoint of a public handler."""

        def answer(request: Request, payload: bytes) -> bytes:
            with self._context_of(request, payload) as ctx:
                return msgspec.json.encode(handler(ctx))

        return _endpoint(answer)

    def inside(self, handler: Handler) -> Callable[[Request], Any]:
        """Return the endpoint of a handler that requires authentication."""

        def answer(request: Request, payload: bytes) -> bytes:
            with self._context_of(request, payload) as ctx:
                call = self._enter(ctx)
                ctx.world.is_pristine &= request.method == "GET"
                return call.envelope.encode(handler(call))

        return _endpoint(answer)

    @contextmanager
    def _context_of(self, request: Request, payload: bytes) -> Iterator[RequestContext]:
        now = self._context.now()
        snapshot = self._context.snapshot()
        with self._context.store.reading() as session:
            workspace = self._running(snapshot.workspace(session, request.path_params["workspace"]), now)
            world = self._worlds.of(session, workspace)
            naive = now.replace(tzinfo=None)
            with world.lock:
                world.advance(naive)
                yield RequestContext(request, payload, self._context, snapshot, session, workspace, world, naive)

    def _running(self, workspace: Workspace | None, now: datetime) -> Workspace:
        """Return the workspace if the sandbox is its server and it runs."""
        if workspace is None or workspace.server_url != addresses.of_workspace(workspace.name):
            # The workspace does not exist, or its server is a real one elsewhere.
            raise HTTPException(404, "Not Found")
        status = lifecycle.status_of(workspace, now, self._context.options.lifecycle)
        if status != lifecycle.AVAILABLE:
            # A workspace that does not run has no server. The real response at its address is not documented.
            raise HTTPException(503, f"The workspace {workspace.name} is {status}.")
        return workspace

    def _enter(self, ctx: RequestContext) -> WorkspaceCall:
        bearer = ctx.bearer()
        if bearer is None:
            raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
        account = ctx.sign_in().identify(bearer, self._context.now())
        person_id = account.person.id
        holdings = ctx.snapshot.holdings_of(ctx.session, person_id)
        rights = WorkspaceRights(PermissionCheck(ctx.session, person_id, holdings, ctx.workspace), account)
        return WorkspaceCall(ctx, account, rights, Envelope(ctx.now, rights.may_read))


def _endpoint(answer: Callable[[Request, bytes], bytes]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        # In the event loop, like the routes of the control plane.
        return Response(answer(request, await request.body()), media_type="application/json")

    return endpoint
