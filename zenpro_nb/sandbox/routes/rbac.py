"""Permission queries, and shares of individual resources (API facts 3.14 and 7.9)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query, Response
from pydantic import Field
from sqlalchemy import delete, select

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.access_tables import Share
from zenpro_nb.sandbox.database.tables import Organization, Workspace
from zenpro_nb.sandbox.http.dependencies import AnyCall, MachineCall, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.permissions import queries, rbac
from zenpro_nb.sandbox.responses.serializers import reply, shape
from zenpro_nb.sandbox.schemas import access as schemas
from zenpro_nb.sandbox.schemas.common import Id, Name

routes = router("permissions")

Resource = Annotated[str, Field(min_length=1, max_length=limits.DESCRIPTION_MAX)]
Resources = Annotated[list[Resource], Field(max_length=limits.LOOKUP_MAX)]


@routes.get("/permissions", response_model=list[schemas.CheckedPermission])
def list_permissions(
    call: PersonCall, organization_id: Id | None = None, workspace_id: Id | None = None, project_id: Id | None = None
) -> Response:
    """List the caller's permissions, one row per resource type, action and scope. The whole route is inferred."""
    with call.reading() as (serializer, rights):
        if call.caller.is_superuser:
            ids = serializer.session.scalars(select(Organization.id).order_by(Organization.seq)).all()
            rows = rbac.of_superuser(ids)
        else:
            rows = rbac.of_grants(rights.grants)
        scope_ids = {"organization_id": organization_id, "workspace_id": workspace_id, "project_id": project_id}
        filters = {name: value for name, value in scope_ids.items() if value is not None}
        return reply([row for row in rows if all(row[name] in (None, value) for name, value in filters.items())])


@routes.post("/rbac/check_permissions", response_model=dict[str, bool])
def check_permissions(
    call: AnyCall,
    user_id: Annotated[Id, Query()],
    action: Annotated[Name, Query()],
    resources: Annotated[Resources, Body()],
) -> Response:
    """Check for each resource string, ``[<project_id>:]<type>[/<id>]``, whether the user has the permission."""
    with call.reading() as (serializer, rights):
        workspace = rbac.asking_workspace(serializer.session, rights, user_id)
        holdings = serializer.snapshot.holdings_of(serializer.session, user_id)
        check = rbac.PermissionCheck(serializer.session, user_id, holdings, workspace)
        return reply({resource: check.allows(action, resource) for resource in resources})


@routes.get("/rbac/allowed_resource_ids", response_model=schemas.ResourceIds)
def allowed_resource_ids(
    call: AnyCall,
    user_id: Annotated[Id, Query()],
    resource: Annotated[Resource, Query()],
    action: Annotated[Name, Query()],
) -> Response:
    """Return whether all resources of a type are allowed, or else the allowed ids."""
    with call.reading() as (serializer, rights):
        workspace = rbac.asking_workspace(serializer.session, rights, user_id)
        holdings = serializer.snapshot.holdings_of(serializer.session, user_id)
        check = rbac.PermissionCheck(serializer.session, user_id, holdings, workspace)
        full = check.allows(action, resource)
        return reply({"full_access": full, "ids": [] if full else check.allowed_ids(action, resource)})


@routes.get("/rbac/resource_members", response_model=list[schemas.ResourceMember])
def list_resource_members(call: MachineCall, resource: Annotated[Resource, Query()]) -> Response:
    """List the users and teams with whom a resource is shared. Only path and method are observed."""
    with call.reading() as (serializer, _):
        query = select(Share).where(Share.workspace_id == call.caller.id, Share.resource == resource)
        return reply(
            [shape(schemas.ResourceMember, row) for row in serializer.session.scalars(query.order_by(Share.seq))]
        )


@routes.post("/rbac/resource_members", response_model=None)
def share_resource(call: MachineCall, body: schemas.ShareCreate) -> Response:
    """Share one resource with a user or team. An empty list of actions ends the share."""
    kind, subject = queries.only_argument(user_id=body.user_id, team_id=body.team_id)
    with call.writing() as (session, _):
        queries.by_id(session, Workspace, call.caller.id)
        queries.belongs(session, call.caller.organization_id or "", kind, subject)
        same = (
            Share.workspace_id == call.caller.id,
            Share.resource == body.resource,
            getattr(Share, kind) == subject,
        )
        session.execute(delete(Share).where(*same))
        if body.actions:
            session.add(
                Share(workspace_id=call.caller.id, resource=body.resource, actions=body.actions, **{kind: subject})
            )
    return reply(None)


@routes.delete("/rbac/resources", response_model=None)
def forget_shares(call: MachineCall, resources: Annotated[Resources, Query()]) -> Response:
    """Delete all shares of deleted resources."""
    with call.writing() as (session, _):
        session.execute(delete(Share).where(Share.workspace_id == call.caller.id, Share.resource.in_(resources)))
    return reply(None)
