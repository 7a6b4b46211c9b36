"""Users (API facts 3.9)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import CompoundSelect, func, or_, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.database.access_tables import Assignment, Role, TeamMember
from zenpro_nb.sandbox.database.tables import User
from zenpro_nb.sandbox.errors import AlreadyThereError, ForbiddenError, MissingError
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, OffsetPage, PageDep, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.permissions.access import Rights
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import people as schemas
from zenpro_nb.sandbox.schemas.common import Id, Name, Username

routes = router("users")


@routes.get("/users", response_model=list[schemas.User])
async def list_users(
    call: PersonCall, page: PageDep, email: str | None = None, username: str | None = None, name: str | None = None
) -> Response:
    """List the users visible to the caller. Superusers see all. Filters other than ``email`` are inferred."""
    if call.caller.is_superuser and email is username is name is None:
        # The only list that can have a hundred thousand rows: served from memory, without leaving the event loop.
        cached = call.context.snapshot().people.page(page.offset, page.limit)
        body = cached or await run_in_threadpool(_read_all, call, page)
        return Response(body, media_type="application/json")
    return _list_users(call, page, email, username, name)


def _read_all(call: AuthenticatedCall, page: OffsetPage) -> bytes:
    with call.reading() as (serializer, _):
        return serializer.snapshot.people.read_page(serializer.session, page.offset, page.limit)


def _list_users(
    call: AuthenticatedCall, page: OffsetPage, email: str | None, username: str | None, name: str | None
) -> Response:
    with call.reading() as (serializer, rights):
        # Inferred: service accounts have their own list, so /users is assumed to contain only people.
        query = select(User.id).where(User.is_service_account.is_(False))
        if email is not None:
            query = query.where(func.lower(User.email) == email.lower())
        if username is not None:
            query = query.where(User.username == username)
        if name is not None:
            query = query.where(User.name == name)
        if not call.caller.is_superuser:
            query = query.where(or_(User.id == call.caller.id, User.id.in_(_co_members(rights))))
        ids = serializer.session.scalars(query.order_by(User.seq).offset(page.offset).limit(page.limit)).all()
        people = serializer.users(ids)
        return reply([people[key] for key in ids if key in people])


def _co_members(rights: Rights) -> CompoundSelect[str | None]:
    """Select the users with a role in an organization of the caller (API facts 3.9: visibility)."""
    roles = select(Role.id).where(Role.organization_id.in_(rights.organization_ids))
    has_role = Assignment.role_id.in_(roles)
    teams = select(Assignment.team_id).where(has_role, Assignment.team_id.is_not(None))
    direct = select(Assignment.user_id).where(has_role, Assignment.user_id.is_not(None))
    return direct.union(
        select(TeamMember.user_id).where(TeamMember.team_id.in_(teams), TeamMember.user_id.is_not(None))
    )


@routes.post("/users", response_model=schemas.User)
def create_user(
    call: PersonCall,
    username: Annotated[Username, Query()],
    password: Annotated[Name, Query()],
    is_superuser: bool = False,
) -> Response:
    """Create a local account. The arguments are query parameters: there is no body."""
    with call.writing() as (session, rights):
        rights.require_superuser()
        _require_free(session, username)
        email = username if "@" in username else None
        user = queries.new_user(username, email, None)
        user.password = credentials.hash_password(password)
        user.is_superuser = is_superuser
        session.add(user)
    return _show(call, user.id)


def _require_free(session: Session, username: str) -> None:
    existing = select(User.seq).where(
        User.is_service_account.is_(False), or_(User.username == username, func.lower(User.email) == username.lower())
    )
    if session.scalar(existing) is not None:
        raise AlreadyThereError(f"A user with the username '{username}' already exists.")


def _show(call: AuthenticatedCall, user_id: str) -> Response:
    with call.reading() as (serializer, _):
        return reply(serializer.user(user_id))


@routes.get("/users/me", response_model=schemas.User)
def get_me(call: PersonCall) -> Response:
    """Return the caller, a user or a service account."""
    return _show(call, call.caller.id)


@routes.patch("/users/me", response_model=schemas.User)
def update_me(call: PersonCall, body: schemas.MeUpdate) -> Response:
    """Change the given fields of the caller."""
    with call.writing() as (session, _):
        _apply(queries.by_id(session, User, call.caller.id), body)
    return _show(call, call.caller.id)


@routes.get("/users/authorize_server", response_model=schemas.User)
def authorize_server(call: PersonCall, server_id: Annotated[Id, Query()]) -> Response:
    """Return the caller if they can enter this workspace, or else 403."""
    with call.reading() as (serializer, rights):
        queries.enterable_workspace(serializer.session, rights, server_id)
        return reply(serializer.user(call.caller.id))


@routes.get("/users/{user_id_or_email}", response_model=schemas.User)
def get_user(call: PersonCall, user_id_or_email: str) -> Response:
    """Return a user who is visible to the caller."""
    with call.reading() as (serializer, rights):
        user = queries.user(serializer.session, user_id_or_email)
        if not _may_see(serializer.session, rights, user):
            raise MissingError(f"Unable to find user {user_id_or_email}.")
        return reply(serializer.user(user.id))


def _may_see(session: Session, rights: Rights, user: User) -> bool:
    if rights.caller.is_superuser or user.id == rights.caller.id:
        return True
    if user.is_service_account:
        return user.organization_id in rights.organization_ids
    return session.scalar(select(User.seq).where(User.id == user.id, User.id.in_(_co_members(rights)))) is not None


@routes.patch("/users/{user_id}", response_model=schemas.User)
def update_user(call: PersonCall, user_id: Id, body: schemas.UserUpdate) -> Response:
    """Change the given fields of a user."""
    with call.writing() as (session, rights):
        rights.require_superuser()
        user = queries.by_id(session, User, user_id)
        if body.username is not None and body.username != user.username:
            _require_free(session, body.username)
        if user.id == call.caller.id and (body.is_active is False or body.is_superuser is False):
            # Inferred: a server is assumed to prevent callers from locking themselves out of the whole instance.
            raise ForbiddenError("You cannot deactivate or demote yourself.")
        _apply(user, body)
    return _show(call, user_id)


def _apply(user: User, body: schemas.MeUpdate) -> None:
    changes = body.model_dump(exclude_none=True)
    if "password" in changes:
        changes["password"] = credentials.hash_password(changes["password"])
    if "metadata" in changes:
        changes["extra"] = changes.pop("metadata")
    for name, value in changes.items():
        setattr(user, name, value)


@routes.delete("/users/{user_id}", response_model=None)
def delete_user(call: PersonCall, user_id: Id) -> Response:
    """Delete an account and its roles. Resources owned by the user are kept."""
    with call.writing() as (session, rights):
        rights.require_superuser()
        user = queries.by_id(session, User, user_id)
        if user.id == call.caller.id:
            raise ForbiddenError("You cannot delete yourself.")
        session.delete(user)
    return reply(None)
