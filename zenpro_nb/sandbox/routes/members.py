"""Members of an organization: the principals with a role at its level (API facts 3.4 and 7.3)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import delete, select

from zenpro_nb.sandbox.database.access_tables import Assignment, Role
from zenpro_nb.sandbox.database.tables import User
from zenpro_nb.sandbox.errors import ForbiddenError, MissingError
from zenpro_nb.sandbox.http.dependencies import PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.permissions import predefined, queries
from zenpro_nb.sandbox.responses import members
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import access as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("members")


@routes.get("/organizations/{organization_id}/members", response_model=list[schemas.Member])
def list_members(
    call: PersonCall,
    organization_id: Id,
    role_id: Id | None = None,
    include_users: bool = True,
    include_service_accounts: bool = True,
    include_teams: bool = True,
    include_invitations: bool = True,
) -> Response:
    """List all members. This list has no paging. ``include_invitations`` is inferred."""
    with call.reading() as (serializer, rights):
        rights.organization(organization_id)
        rights.require("read", "member", organization_id)
        scope = members.Scope(organization_id, predefined.ORGANIZATION)
        kinds = members.MemberKinds(include_users, include_service_accounts, include_teams, include_invitations)
        return reply(members.members_of(serializer, scope, kinds, role_id))


@routes.delete("/organizations/{organization_id}/members", response_model=None)
def remove_member(call: PersonCall, organization_id: Id, user_id: Annotated[Id, Query()]) -> Response:
    """Remove the user's roles at the organization's level, but no roles below it."""
    with call.writing() as (session, rights):
        rights.organization(organization_id)
        rights.require("delete", "member", organization_id)
        if queries.by_id(session, User, user_id).is_service_account:
            raise ForbiddenError("Service accounts cannot be removed from their organization.")
        roles = select(Role.id).where(Role.organization_id == organization_id, Role.level == predefined.ORGANIZATION)
        removed_rows = session.execute(
            delete(Assignment)
            .where(Assignment.user_id == user_id, Assignment.role_id.in_(roles))
            .returning(Assignment.seq)
        )
        if not removed_rows.all():
            raise MissingError(f"User {user_id} is not a member of the organization.")
    return reply(None)
