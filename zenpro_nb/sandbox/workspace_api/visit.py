"""One request inside a workspace: who asks, what is there, and what they may do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from zenpro_nb.sandbox import addresses, lifecycle
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.rbac import Verdict
from zenpro_nb.sandbox.tables import Workspace
from zenpro_nb.sandbox.workspace_api import made_up
from zenpro_nb.sandbox.workspace_api.entrance import Entrance
from zenpro_nb.sandbox.workspace_api.envelope import Envelope
from zenpro_nb.sandbox.workspace_api.filters import flag_value
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError
from zenpro_nb.sandbox.workspace_api.rights import WorkspaceRights
from zenpro_nb.sandbox.workspace_api.world import World


class Door(msgspec.Struct, frozen=True):
    """A request that has found its workspace, before anybody has said who they are."""

    request: Request
    payload: bytes
    context: Context
    session: Session
    workspace: Workspace
    world: World
    now: datetime

    def entrance(self) -> Entrance:
        """Return who decides whether somebody may come in."""
        return Entrance(self.context, self.session, self.workspace, self.world)

    def bearer(self) -> str | None:
        """Return the bearer credential of the request; None without one."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    @property
    def base(self) -> str:
        """The address of the sandbox, as whoever asks knows it."""
        return addresses.base_of(self.request)


class Visit(msgspec.Struct, frozen=True):
    """A request of somebody who has come in. Times here are naive, as on the wire."""

    door: Door
    account: Account
    rights: WorkspaceRights
    envelope: Envelope

    @property
    def world(self) -> World:
        """What there is in the workspace."""
        return self.door.world

    @property
    def now(self) -> datetime:
        """The moment of the request."""
        return self.door.now

    @property
    def query(self) -> Mapping[str, str]:
        """The query parameters of the request."""
        return self.door.request.query_params

    @property
    def path(self) -> Mapping[str, str]:
        """The path parameters of the request."""
        return self.door.request.path_params

    def hydrate(self, default: bool) -> bool:
        """Return whether metadata are to be shown."""
        text = self.query.get("hydrate")
        return default if text is None else flag_value("hydrate", text)

    def body(self) -> dict[str, Any]:
        """Return the JSON object that was sent."""
        try:
            found = msgspec.json.decode(self.door.payload or b"{}")
        except msgspec.DecodeError:
            raise InvalidRequestError("json_invalid", ("body",), "JSON decode error", "") from None
        if not isinstance(found, dict):
            raise InvalidRequestError("dict_type", ("body",), "Input should be a valid dictionary", found)
        return found


Handler = Callable[[Visit], object]
PublicHandler = Callable[[Door], object]


class Worlds:
    """What is in each workspace, made up when it is first asked for: a start of the sandbox costs nothing of it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._known: dict[str, World] = {}
        self._kept = context.store.kept
        self._seen = (self._kept.epoch, self._kept.restored)

    def of(self, session: Session, workspace: Workspace) -> World:
        """Return what there is in a workspace, made up when it is first asked for."""
        with self._lock:
            self._forget()
            if workspace.id not in self._known:
                now = self._context.now().replace(tzinfo=None)
                world = made_up.world(session, workspace, self._context.options.seed, now)
                world.as_made = not self._kept.changed
                self._known[workspace.id] = world
            return self._known[workspace.id]

    def _forget(self) -> None:
        """Forget what is not of the database as it is now, which has returned to an earlier state."""
        epoch, restored = self._kept.epoch, self._kept.restored
        if self._seen == (epoch, restored):
            return
        same = epoch == self._seen[0]
        self._known = {key: world for key, world in self._known.items() if same and world.as_made}
        self._seen = (epoch, restored)


class Visits:
    """Makes routes of handlers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._worlds = Worlds(context)

    def public(self, handler: PublicHandler) -> Callable[[Request], Any]:
        """Return the endpoint of a handler that everybody may call."""

        def answer(request: Request, payload: bytes) -> bytes:
            with self._door(request, payload) as door:
                return msgspec.json.encode(handler(door))

        return _endpoint(answer)

    def inside(self, handler: Handler) -> Callable[[Request], Any]:
        """Return the endpoint of a handler that wants to know who is calling."""

        def answer(request: Request, payload: bytes) -> bytes:
            with self._door(request, payload) as door:
                visit = self._enter(door)
                door.world.as_made &= request.method == "GET"
                return visit.envelope.encode(handler(visit))

        return _endpoint(answer)

    @contextmanager
    def _door(self, request: Request, payload: bytes) -> Iterator[Door]:
        now = self._context.now()
        with self._context.store.reading() as session:
            workspace = self._workspace(session, request.path_params["workspace"], now)
            world = self._worlds.of(session, workspace)
            naive = now.replace(tzinfo=None)
            with world.lock:
                world.advance(naive)
                yield Door(request, payload, self._context, session, workspace, world, naive)

    def _workspace(self, session: Session, name: str, now: datetime) -> Workspace:
        found = session.scalar(select(Workspace).where(Workspace.name == name, Workspace.goal != lifecycle.DELETED))
        if found is None or found.server_url != addresses.of_workspace(name):
            # There is none, or its server is a real one elsewhere.
            raise HTTPException(404, "Not Found")
        status = lifecycle.status_of(found, now, self._context.options.lifecycle)
        if status != lifecycle.AVAILABLE:
            # Nothing is behind the address of a workspace that does not run; what answers there is not documented.
            raise HTTPException(503, f"The workspace {name} is {status}.")
        return found

    def _enter(self, door: Door) -> Visit:
        bearer = door.bearer()
        if bearer is None:
            raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
        account = door.entrance().identify(bearer, self._context.now())
        rights = WorkspaceRights(Verdict(door.session, account.person.id, door.workspace), account)
        return Visit(door, account, rights, Envelope(door.now, rights.may_read))


def _endpoint(answer: Callable[[Request, bytes], bytes]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = await run_in_threadpool(answer, request, await request.body())
        return Response(body, media_type="application/json")

    return endpoint
