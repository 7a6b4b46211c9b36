"""Dependencies of the routes: the sandbox's context, the caller, and the requested part of a list."""

# No postponed annotations here: older versions of FastAPI cannot resolve them for a dependency that is an object.

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Query, Request
from fastapi.security import HTTPBearer
from msgspec import Struct
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication import caller as kinds
from zenpro_nb.sandbox.authentication.caller import Caller
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.errors import ForbiddenError
from zenpro_nb.sandbox.permissions.access import Rights
from zenpro_nb.sandbox.responses.serializers import Serializer
from zenpro_nb.sandbox.workspaces import addresses


class AuthenticatedCall(Struct, frozen=True):
    """A request of a signed-in caller, with the sandbox's context."""

    context: Context
    caller: Caller
    base: str  # the sandbox's address, as the caller knows it

    @contextmanager
    def reading(self) -> Iterator[tuple[Serializer, Rights]]:
        """Open the database for reading, with the caller's permissions."""
        with self.context.reading(self.base) as serializer:
            yield serializer, Rights(serializer.session, self.caller)

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Rights]]:
        """Open the database for changes in one transaction, with the caller's permissions."""
        with self.context.writing() as session:
            yield session, Rights(session, self.caller)

    def now(self) -> datetime:
        """Return the current time."""
        return self.context.now()


def context_of(request: Request) -> Context:
    """Return the sandbox's context."""
    context: Context = request.app.state.context
    return context


async def _context(request: Request) -> Context:
    return context_of(request)


ContextDep = Annotated[Context, Depends(_context)]


class Bearer(HTTPBearer):
    """The bearer credential of a request, as described in the OpenAPI document."""

    async def __call__(self, request: Request) -> AuthenticatedCall:  # type: ignore[override]
        """Return the authenticated call, or raise 401."""
        context = context_of(request)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            # API facts 5.2: a missing credential gets exactly this body and header.
            raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
        return AuthenticatedCall(context, context.identify(token.strip()), addresses.base_of(request))


AnyCall = Annotated[
    AuthenticatedCall, Depends(Bearer(description="A session token, a personal access token or an API key."))
]


async def _person(call: AnyCall) -> AuthenticatedCall:
    if call.caller.kind == kinds.WORKSPACE:
        raise ForbiddenError("A workspace's own credential cannot be used here.")
    return call


PersonCall = Annotated[AuthenticatedCall, Depends(_person)]


async def _no_device(call: PersonCall) -> AuthenticatedCall:
    if call.caller.kind == kinds.DEVICE:
        # API facts 2.1, observed: a string, on the key routes only.
        message = f"Authentication error: token type {kinds.DEVICE} not allowed for this endpoint"
        raise HTTPException(401, message)
    return call


KeyCall = Annotated[AuthenticatedCall, Depends(_no_device)]


async def _machine(call: AnyCall) -> AuthenticatedCall:
    if call.caller.kind != kinds.WORKSPACE:
        raise ForbiddenError("Only a workspace's own credential can be used here.")
    return call


MachineCall = Annotated[AuthenticatedCall, Depends(_machine)]


class OffsetPage(Struct, frozen=True):
    """The requested part of a list, in the API's own terms."""

    offset: int
    limit: int


async def _page(
    request: Request,
    offset: Annotated[int, Query(ge=0, le=limits.OFFSET_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_MAX)] = limits.PAGE_DEFAULT,
) -> OffsetPage:
    # A server can silently return smaller pages than requested. ``--page-cap`` simulates such a server.
    cap = context_of(request).options.page_cap
    return OffsetPage(offset, limit if cap is None else min(limit, cap))


PageDep = Annotated[OffsetPage, Depends(_page)]
