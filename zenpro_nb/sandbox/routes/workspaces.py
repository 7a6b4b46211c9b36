"""Workspaces, also under the old name of tenants (API facts 3.15 and 3.16)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query, Response
from sqlalchemy import select

from zenpro_nb.sandbox.database.tables import Workspace
from zenpro_nb.sandbox.errors import ForbiddenError, MissingError
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, MachineCall, OffsetPage, PageDep, PersonCall
from zenpro_nb.sandbox.http.routing import both_spellings, router
from zenpro_nb.sandbox.operations import workspace_writes
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.responses.serializers import Serializer, reply
from zenpro_nb.sandbox.schemas import workspaces as schemas
from zenpro_nb.sandbox.schemas.common import Id, Name, ServerUrl, Slug
from zenpro_nb.sandbox.workspaces import addresses, lifecycle

routes = router("workspaces")


@both_spellings(routes, "GET", "/workspaces", response_model=list[schemas.Workspace])
def list_workspaces(
    call: PersonCall,
    page: PageDep,
    workspace_id: Id | None = None,
    workspace_name: str | None = None,
    tenant_id: Annotated[Id | None, Query(deprecated=True)] = None,
    tenant_name: Annotated[str | None, Query(deprecated=True)] = None,
    url: str | None = None,
    organization_id: Id | None = None,
    status: lifecycle.Status | None = None,
    is_managed: bool | None = None,
    owner_id: Id | None = None,
    member_only: bool = False,
) -> Response:
    """List the workspaces visible to the caller. Superusers see all. ``member_only``: only those they can enter."""
    with call.reading() as (serializer, rights):
        exact = {
            "id": workspace_id or tenant_id,
            "name": workspace_name or tenant_name,
            "server_url": None if url is None else addresses.relative(call.base, url),
            "organization_id": organization_id,
            "is_managed": is_managed,
            "owner_id": owner_id,
        }
        filters = {name: value for name, value in exact.items() if value is not None}
        rows = serializer.session.scalars(select(Workspace).filter_by(**filters).order_by(Workspace.seq))
        visible_rows = [row for row in rows if (rights.may_enter(row) if member_only else rights.sees(row))]
        return reply(serializer.workspaces(_page(serializer, visible_rows, status, page)))


def _page(serializer: Serializer, rows: list[Workspace], status: str | None, page: OffsetPage) -> list[Workspace]:
    # Inferred from "row may remain" (API facts 8.2): deleted workspaces are listed only on request.
    matching = [
        row
        for row in rows
        if serializer.status(row) == status or (status is None and serializer.status(row) != lifecycle.DELETED)
    ]
    return matching[page.offset : page.offset + page.limit]


@both_spellings(routes, "GET", "/organizations/{organization_id}/workspaces", response_model=list[schemas.Workspace])
def list_workspaces_of_organization(
    call: PersonCall, organization_id: Id, page: PageDep, status: lifecycle.Status | None = None
) -> Response:
    """List the organization's workspaces. Observed as /tenants, inferred as /workspaces."""
    with call.reading() as (serializer, rights):
        rights.organization(organization_id)
        query = select(Workspace).where(Workspace.organization_id == organization_id).order_by(Workspace.seq)
        visible_rows = [row for row in serializer.session.scalars(query) if rights.sees(row)]
        return reply(serializer.workspaces(_page(serializer, visible_rows, status, page)))


@both_spellings(
    routes, "GET", "/organizations/{organization_id}/workspace/{workspace_name}", response_model=schemas.Workspace
)
def get_workspace_by_name(call: PersonCall, organization_id: Id, workspace_name: str) -> Response:
    """Return a workspace of the organization by its name."""
    with call.reading() as (serializer, rights):
        rights.organization(organization_id)
        row = queries.workspace(serializer.session, rights, workspace_name)
        if row.organization_id != organization_id:
            raise MissingError(f"Unable to find workspace {workspace_name}.")
        return reply(serializer.workspaces([row])[0])


@both_spellings(routes, "POST", "/workspaces", response_model=schemas.Workspace)
def create_workspace(
    call: PersonCall,
    body: schemas.WorkspaceCreate | None = None,
    enroll: bool = False,
    name: Annotated[Slug | None, Query()] = None,
    organization_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """Create a workspace, or with ``enroll`` the placeholder and key of a self-hosted workspace.

    API facts 10.7: both a JSON body and ``?name=…&enroll=true`` are documented.
    """
    with call.writing() as (session, rights):
        new = body or workspace_writes.body_from_query(session, rights, name, organization_id)
        row, enrollment_key = workspace_writes.create(session, rights, new, enroll=enroll, now=call.now())
    with call.reading() as (serializer, _):
        created = queries.by_id(serializer.session, Workspace, row.id)
        # The response shows the state at the time of creation, not a later one.
        serializer.now = created.target_since
        return reply(serializer.workspaces([created], enrollment_key)[0])


def _show(call: AuthenticatedCall, workspace_id: str) -> Response:
    with call.reading() as (serializer, _):
        return reply(serializer.workspaces([queries.by_id(serializer.session, Workspace, workspace_id)])[0])


@both_spellings(routes, "GET", "/workspaces/{workspace_id_or_name}", response_model=schemas.Workspace)
def get_workspace(call: PersonCall, workspace_id_or_name: str) -> Response:
    """Return a workspace by id or name."""
    with call.reading() as (serializer, rights):
        return reply(serializer.workspaces([queries.workspace(serializer.session, rights, workspace_id_or_name)])[0])


@both_spellings(routes, "PATCH", "/workspaces/{workspace_id}", response_model=schemas.Workspace)
def update_workspace(
    call: PersonCall, workspace_id: Id, body: schemas.WorkspaceUpdate, force: bool = False
) -> Response:
    """Change names, owner, version, desired state. ``force`` allows an older version (its effect is inferred)."""
    with call.writing() as (session, rights):
        row = workspace_writes.changeable(session, rights, workspace_id, "update")
        workspace_writes.update(session, rights, row, body, force=force, now=call.now())
    return _show(call, workspace_id)


@both_spellings(routes, "DELETE", "/workspaces/{workspace_id}", response_model=None)
def delete_workspace(call: PersonCall, workspace_id: Id) -> Response:
    """Delete a workspace. Its row is kept."""
    with call.writing() as (session, rights):
        row = workspace_writes.changeable(session, rights, workspace_id, "delete")
        lifecycle.set_target_state(row, lifecycle.DELETED, call.now())
    return reply(None)


@both_spellings(routes, "PATCH", "/workspaces/{workspace_id}/deploy", response_model=schemas.Workspace)
def deploy_workspace(call: PersonCall, workspace_id: Id) -> Response:
    """Deploy a workspace: its target state becomes available."""
    return _set_target_state(call, workspace_id, lifecycle.AVAILABLE)


@both_spellings(routes, "PATCH", "/workspaces/{workspace_id}/deactivate", response_model=schemas.Workspace)
def deactivate_workspace(call: PersonCall, workspace_id: Id) -> Response:
    """Deactivate a workspace: its target state becomes deactivated."""
    return _set_target_state(call, workspace_id, lifecycle.DEACTIVATED)


def _set_target_state(call: AuthenticatedCall, workspace_id: str, target_state: str) -> Response:
    with call.writing() as (session, rights):
        row = workspace_writes.changeable(session, rights, workspace_id, "update")
        lifecycle.set_target_state(row, target_state, call.now())
    return _show(call, workspace_id)


@both_spellings(routes, "PATCH", "/workspace_status", response_model=None)
def report_status(
    call: MachineCall,
    server_id: Annotated[Id | None, Header(alias="zenml-server-id")] = None,
    version: Annotated[Name | None, Header(alias="zenml-server-version")] = None,
    url: Annotated[ServerUrl | None, Header(alias="zenml-server-url")] = None,
) -> Response:
    """Record the report that a workspace's server sends after its start, with its address and version as headers.

    API facts 11.5. Inferred: the headers are optional, because a server may not know its own address.
    """
    if server_id not in (None, call.caller.id):
        raise ForbiddenError("A workspace's server reports for its own workspace only.")
    with call.writing() as (session, _):
        row = queries.by_id(session, Workspace, call.caller.id)
        workspace_writes.report(row, version, url, call.now(), call.context.options.lifecycle)
    return reply(None)
