"""Role assignments (API facts 3.13). All arguments are query parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, delete, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.database.access_tables import Assignment, Role
from zenpro_nb.sandbox.database.tables import Workspace
from zenpro_nb.sandbox.errors import AlreadyThereError, BadValueError, ForbiddenError, MissingError
from zenpro_nb.sandbox.http.dependencies import PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.permissions import predefined, queries
from zenpro_nb.sandbox.permissions.access import Rights
from zenpro_nb.sandbox.responses.serializers import Serializer, reply, shape
from zenpro_nb.sandbox.schemas import access as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("roles")

# Plain rows, not objects, because every member of an organization can have an assignment of the same role.
_ROWS = select(
    Assignment.user_id,
    Assignment.team_id,
    Assignment.invitation_id,
    Assignment.workspace_id,
    Assignment.project_id,
)


class Target(Struct, frozen=True):
    """The subject and the scope of one assignment."""

    kind: str
    subject: str
    workspace_id: str | None
    project_id: str | None

    def columns(self, role_id: str) -> dict[str, str | None]:
        """Return the columns of an assignment of this role."""
        return {
            "role_id": role_id,
            self.kind: self.subject,
            "workspace_id": self.workspace_id,
            "project_id": self.project_id,
        }


async def _workspace_id(
    workspace_id: Id | None = None, tenant_id: Annotated[Id | None, Query(deprecated=True)] = None
) -> str | None:
    """Return the workspace in either spelling. The old spelling is inferred for this route (API facts 3.13)."""
    return workspace_id or tenant_id


WorkspaceId = Annotated[str | None, Depends(_workspace_id)]


async def _target(
    workspace_id: WorkspaceId,
    user_id: Id | None = None,
    team_id: Id | None = None,
    invitation_id: Id | None = None,
    project_id: Id | None = None,
) -> Target:
    kind, subject = queries.only_argument(user_id=user_id, team_id=team_id, invitation_id=invitation_id)
    if project_id is not None and workspace_id is None:
        raise BadValueError("A project_id needs the workspace_id that it belongs to.")
    return Target(kind, subject, workspace_id, project_id)


TargetDep = Annotated[Target, Depends(_target)]


@routes.get("/roles/{role_id}/assignments", response_model=list[schemas.Assignment])
def list_assignments(
    call: PersonCall, role_id: Id, workspace_id: WorkspaceId, project_id: Id | None = None
) -> Response:
    """List all assignments of a role. This list has no paging."""
    with call.reading() as (serializer, rights):
        role = queries.role(serializer.session, rights, role_id)
        workspace = None if workspace_id is None else queries.by_id(serializer.session, Workspace, workspace_id)
        rights.require("read", "role_assignment", role.organization_id, workspace, project_id)
        query = _ROWS.where(Assignment.role_id == role_id).order_by(Assignment.seq)
        if workspace_id is not None:
            query = query.where(Assignment.workspace_id == workspace_id)
        if project_id is not None:
            query = query.where(Assignment.project_id == project_id)
        return reply(_show(serializer, role, serializer.session.execute(query).all()))


def _show(serializer: Serializer, role: Role, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[dict[str, object]]:
    people = serializer.users(row.user_id for row in rows)
    teams = serializer.teams_by_id(row.team_id for row in rows)
    invitations = serializer.invitations_by_id(row.invitation_id for row in rows)
    shown_role = serializer.roles([role])[0]
    return [
        shape(
            schemas.Assignment,
            row,
            user=people.get(row.user_id or ""),
            team=teams.get(row.team_id or ""),
            invitation=invitations.get(row.invitation_id or ""),
            role=shown_role,
            organization_id=role.organization_id,
        )
        for row in rows
    ]


@routes.post("/roles/{role_id}/assignments", response_model=schemas.Assignment)
def assign(call: PersonCall, role_id: Id, target: TargetDep) -> Response:
    """Assign a role to a user, team or invitation. The response is inferred: none is published (API facts 3.13)."""
    with call.writing() as (session, rights):
        role = _checked(session, rights, role_id, target, "create")
        if session.scalar(select(Assignment.seq).where(_same(role_id, target))) is not None:
            raise AlreadyThereError(f"The role '{role.name}' is already assigned at this scope.")
        session.add(Assignment(**target.columns(role_id)))
    with call.reading() as (serializer, rights):
        assigned = serializer.session.execute(_ROWS.where(_same(role_id, target))).all()
        return reply(_show(serializer, queries.role(serializer.session, rights, role_id), assigned)[0])


@routes.delete("/roles/{role_id}/assignments", response_model=None)
def revoke(call: PersonCall, role_id: Id, target: TargetDep) -> Response:
    """Revoke a role from a user, team or invitation."""
    with call.writing() as (session, rights):
        _checked(session, rights, role_id, target, "delete")
        removed_rows = session.execute(delete(Assignment).where(_same(role_id, target)).returning(Assignment.seq))
        if not removed_rows.all():
            raise MissingError("The role is not assigned at this scope.")
    return reply(None)


def _same(role_id: str, target: Target) -> ColumnElement[bool]:
    return and_(
        *(getattr(Assignment, name).is_not_distinct_from(value) for name, value in target.columns(role_id).items())
    )


def _checked(session: Session, rights: Rights, role_id: str, target: Target, action: str) -> Role:
    """Return the role after checking API facts 3.13: permission, no share role, one organization, matching scope."""
    role = queries.role(session, rights, role_id)
    workspace = None if target.workspace_id is None else queries.by_id(session, Workspace, target.workspace_id)
    rights.require(action, "role_assignment", role.organization_id, workspace, target.project_id)
    if role.type != "normal":
        raise ForbiddenError("Share roles cannot be assigned.")
    same = queries.belongs(session, role.organization_id, target.kind, target.subject)
    if not same or (workspace is not None and workspace.organization_id != role.organization_id):
        raise ForbiddenError("The role and its subject or scope are of different organizations.")
    scope = _level_of(target)
    if scope != role.level:
        raise ForbiddenError(f"A role of level '{role.level}' cannot be assigned at the scope of a {scope}.")
    return role


def _level_of(target: Target) -> str:
    if target.project_id is not None:
        return predefined.PROJECT
    return predefined.ORGANIZATION if target.workspace_id is None else predefined.WORKSPACE
