"""Members of a workspace and of a project (API facts 3.17). Parameters of writes are inferred."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import delete, select

from zenpro_nb.sandbox.database.access_tables import Assignment, Role
from zenpro_nb.sandbox.errors import AlreadyThereError, ForbiddenError, MissingError
from zenpro_nb.sandbox.http.dependencies import PersonCall
from zenpro_nb.sandbox.http.routing import both_spellings, router
from zenpro_nb.sandbox.permissions import predefined, queries
from zenpro_nb.sandbox.responses import members
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import access as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("members")

MEMBERS = "/workspaces/{workspace_id}/members"


@both_spellings(routes, "GET", MEMBERS, response_model=list[schemas.Member])
def list_workspace_members(call: PersonCall, workspace_id: Id) -> Response:
    """List the principals with a role at the workspace's level."""
    with call.reading() as (serializer, rights):
        row = queries.workspace(serializer.session, rights, workspace_id)
        rights.require("read", "member", row.organization_id, row)
        scope = members.Scope(row.organization_id, predefined.WORKSPACE, row.id)
        return reply(members.members_of(serializer, scope, members.MemberKinds()))


@both_spellings(
    routes, "GET", "/workspaces/{workspace_id}/projects/{project_id}/members", response_model=list[schemas.Member]
)
def list_project_members(call: PersonCall, workspace_id: Id, project_id: Id) -> Response:
    """List the principals with a role in a project. The control plane knows a project only by those roles."""
    with call.reading() as (serializer, rights):
        row = queries.workspace(serializer.session, rights, workspace_id)
        rights.require("read", "member", row.organization_id, row, project_id)
        scope = members.Scope(row.organization_id, predefined.PROJECT, row.id, project_id)
        return reply(members.members_of(serializer, scope, members.MemberKinds()))


@both_spellings(routes, "POST", MEMBERS, response_model=None)
def add_workspace_member(
    call: PersonCall,
    workspace_id: Id,
    role_id: Annotated[Id, Query()],
    user_id: Id | None = None,
    team_id: Id | None = None,
) -> Response:
    """Assign a role in the workspace."""
    kind, subject = queries.only_argument(user_id=user_id, team_id=team_id)
    with call.writing() as (session, rights):
        row = queries.workspace(session, rights, workspace_id)
        rights.require("create", "member", row.organization_id, row)
        role = queries.role(session, rights, role_id)
        if role.organization_id != row.organization_id or role.level != predefined.WORKSPACE:
            raise ForbiddenError("Members of a workspace need a workspace role of its organization.")
        if not queries.belongs(session, row.organization_id, kind, subject):
            raise ForbiddenError("The workspace and its new member are of different organizations.")
        same = select(Assignment.seq).where(
            Assignment.role_id == role_id, getattr(Assignment, kind) == subject, Assignment.workspace_id == row.id
        )
        if session.scalar(same) is not None:
            raise AlreadyThereError("The member has this role already.")
        session.add(Assignment(role_id=role_id, workspace_id=row.id, **{kind: subject}))
    return reply(None)


@both_spellings(routes, "DELETE", MEMBERS, response_model=None)
def remove_workspace_member(
    call: PersonCall, workspace_id: Id, user_id: Id | None = None, team_id: Id | None = None, role_id: Id | None = None
) -> Response:
    """Remove a member's role, or all of their roles at the workspace's level."""
    kind, subject = queries.only_argument(user_id=user_id, team_id=team_id)
    with call.writing() as (session, rights):
        row = queries.workspace(session, rights, workspace_id)
        rights.require("delete", "member", row.organization_id, row)
        roles = select(Role.id).where(Role.level == predefined.WORKSPACE)
        if role_id is not None:
            roles = roles.where(Role.id == role_id)
        removed_rows = session.execute(
            delete(Assignment)
            .where(
                getattr(Assignment, kind) == subject,
                Assignment.workspace_id == row.id,
                Assignment.role_id.in_(roles),
            )
            .returning(Assignment.seq)
        )
        if not removed_rows.all():
            raise MissingError("The user or team is not a member of the workspace.")
    return reply(None)
