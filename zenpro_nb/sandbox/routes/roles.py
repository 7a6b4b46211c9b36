"""Roles, predefined and custom (API facts 3.6 and 3.12)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.database.access_tables import Assignment, Role
from zenpro_nb.sandbox.errors import AlreadyThereError, BadValueError, ForbiddenError
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, PageDep, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.permissions import access, predefined, queries
from zenpro_nb.sandbox.permissions.access import Rights, held_by
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import access as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("roles")


@routes.get("/organizations/{organization_id}/roles", response_model=list[schemas.Role])
def list_roles(
    call: PersonCall,
    organization_id: Id,
    page: PageDep,
    name: str | None = None,
    user_id: Id | None = None,
    team_id: Id | None = None,
    resource: str | None = None,
    action: str | None = None,
    system_managed: bool | None = None,
    type: str = "normal",  # noqa: A002 - the API's own name
    level: Annotated[list[predefined.Level] | None, Query()] = None,
    assigned_to_current_user: bool = False,
    workspace_scope: Id | None = None,
    project_scope: Id | None = None,
) -> Response:
    """List roles without their permissions. ``level`` can be repeated and matches any of its values."""
    if user_id is not None and assigned_to_current_user:
        raise BadValueError("user_id and assigned_to_current_user cannot both be set.")
    with call.reading() as (serializer, rights):
        rights.organization(organization_id)
        holder = call.caller.id if assigned_to_current_user else user_id
        if holder != call.caller.id:
            rights.require("read", "role", organization_id)
        query = select(Role).where(Role.organization_id == organization_id, Role.type == type).order_by(Role.seq)
        if name is not None:
            query = query.where(Role.name == name)
        if system_managed is not None:
            query = query.where(Role.system_managed.is_(system_managed))
        if level:
            query = query.where(Role.level.in_(level))
        if holder or team_id or workspace_scope or project_scope:
            query = query.where(Role.id.in_(_is_assigned(holder, team_id, workspace_scope, project_scope)))
        rows = serializer.session.scalars(query).all()
        # A server may not support the filter and ignore it. The option simulates such a server.
        filtered = resource is not None or action is not None
        if filtered and not call.context.options.ignore_role_filter:
            rows = [row for row in rows if access.allows(row.permissions, resource, action)]
        return reply(serializer.roles(rows[page.offset : page.offset + page.limit]))


def _is_assigned(
    holder: str | None, team_id: str | None, workspace_id: str | None, project_id: str | None
) -> Select[str]:
    query = select(Assignment.role_id)
    if holder is not None:
        query = query.where(held_by(holder))
    if team_id is not None:
        query = query.where(Assignment.team_id == team_id)
    # Inferred: a scope filter keeps roles assigned there or in the whole organization.
    if workspace_id is not None:
        query = query.where(or_(Assignment.workspace_id == workspace_id, Assignment.workspace_id.is_(None)))
    if project_id is not None:
        query = query.where(or_(Assignment.project_id == project_id, Assignment.project_id.is_(None)))
    return query


@routes.post("/roles", response_model=schemas.RoleDetail)
def create_role(call: PersonCall, body: schemas.RoleCreate) -> Response:
    """Create a custom role."""
    with call.writing() as (session, rights):
        rights.organization(body.organization_id)
        rights.require("create", "role", body.organization_id)
        _require_free(session, body.organization_id, body.level, body.name)
        role = Role(
            id=queries.new_id(), organization_id=body.organization_id, name=body.name, description=body.description,
            level=body.level, system_managed=False, type="normal", permissions=_permissions(body.permissions or []),
        )  # fmt: skip
        session.add(role)
    return _show(call, role.id)


def _permissions(permissions: list[schemas.Permission]) -> list[dict[str, object]]:
    for permission in permissions:
        unknown = {permission.resource} - set(predefined.ALL_TYPES) or set(permission.actions) - set(predefined.ACTIONS)
        if unknown:
            raise BadValueError(f"Unknown resource type or action: {', '.join(sorted(unknown))}.")
    return [permission.model_dump() for permission in permissions]


def _require_free(session: Session, organization_id: str, level: str, name: str) -> None:
    existing = select(Role.seq).where(Role.organization_id == organization_id, Role.level == level, Role.name == name)
    if session.scalar(existing) is not None:
        raise AlreadyThereError(f"A {level} role with the name '{name}' already exists.")


def _show(call: AuthenticatedCall, role_id: str) -> Response:
    with call.reading() as (serializer, _):
        return reply(serializer.role(queries.by_id(serializer.session, Role, role_id)))


@routes.get("/roles/{role_id}", response_model=schemas.RoleDetail)
def get_role(call: PersonCall, role_id: Id) -> Response:
    """Return a role with its permissions."""
    with call.reading() as (serializer, rights):
        role = queries.role(serializer.session, rights, role_id)
        rights.require("read", "role", role.organization_id)
        return reply(serializer.role(role))


def _custom(session: Session, rights: Rights, role_id: str, action: str) -> Role:
    role = queries.role(session, rights, role_id)
    rights.require(action, "role", role.organization_id)
    if role.system_managed:
        raise ForbiddenError(f"The predefined role '{role.name}' cannot be changed.")
    return role


@routes.patch("/roles/{role_id}", response_model=schemas.RoleDetail)
def update_role(call: PersonCall, role_id: Id, body: schemas.RoleUpdate) -> Response:
    """Change the given fields of a custom role."""
    with call.writing() as (session, rights):
        role = _custom(session, rights, role_id, "update")
        if body.name is not None and body.name != role.name:
            _require_free(session, role.organization_id, role.level, body.name)
            role.name = body.name
        if body.description is not None:
            role.description = body.description
        if body.permissions is not None:
            role.permissions = _permissions(body.permissions)
    return _show(call, role_id)


@routes.delete("/roles/{role_id}", response_model=None)
def delete_role(call: PersonCall, role_id: Id) -> Response:
    """Delete a custom role and all its assignments."""
    with call.writing() as (session, rights):
        session.delete(_custom(session, rights, role_id, "delete"))
    return reply(None)
