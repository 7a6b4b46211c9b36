"""Service accounts of an organization (API facts 3.7). Only listing and creating are observed."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy import select

from zenpro_nb.sandbox.database.access_tables import Assignment
from zenpro_nb.sandbox.database.tables import User
from zenpro_nb.sandbox.errors import ForbiddenError
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, KeyCall, PageDep
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.permissions import predefined, queries, service_accounts
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import people as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("service accounts")

ONE = "/organizations/{organization_id}/service_accounts/{id_or_username}"


@routes.get("/organizations/{organization_id}/service_accounts", response_model=list[schemas.ServiceAccount])
def list_service_accounts(call: KeyCall, organization_id: Id, page: PageDep) -> Response:
    """List the organization's service accounts. Paging is inferred."""
    with call.reading() as (serializer, rights):
        rights.organization(organization_id)
        rights.require("read", "service_account", organization_id)
        query = select(User).where(User.organization_id == organization_id, User.is_service_account)
        rows = serializer.session.scalars(query.order_by(User.seq).offset(page.offset).limit(page.limit))
        return reply(serializer.service_accounts(rows))


@routes.post("/organizations/{organization_id}/service_accounts", response_model=schemas.ServiceAccount)
def create_service_account(call: KeyCall, organization_id: Id, body: schemas.ServiceAccountCreate) -> Response:
    """Create a service account."""
    with call.writing() as (session, rights):
        organization = rights.organization(organization_id)
        rights.require("create", "service_account", organization_id)
        service_accounts.require_free(session, organization_id, body.username)
        plans.require_room(session, organization, "service_account")
        account = queries.new_user(body.username, None, body.username)
        account.is_service_account = True
        account.organization_id = organization_id
        account.description = body.description
        session.add(account)
        session.flush()
        if body.role_id is not None:
            role = queries.role(session, rights, body.role_id)
            if role.organization_id != organization_id or role.level != predefined.ORGANIZATION:
                raise ForbiddenError("The initial role must be an organization role of the same organization.")
            session.add(Assignment(role_id=role.id, user_id=account.id))
    return _show(call, organization_id, account.id)


def _show(call: AuthenticatedCall, organization_id: str, id_or_username: str) -> Response:
    with call.reading() as (serializer, rights):
        account = service_accounts.get(serializer.session, rights, organization_id, id_or_username, "read")
        return reply(serializer.service_accounts([account])[0])


@routes.get(ONE, response_model=schemas.ServiceAccount)
def get_service_account(call: KeyCall, organization_id: Id, id_or_username: str) -> Response:
    """Return a service account by id or username."""
    return _show(call, organization_id, id_or_username)


@routes.patch(ONE, response_model=schemas.ServiceAccount)
@routes.put(ONE, response_model=schemas.ServiceAccount)
def update_service_account(
    call: KeyCall, organization_id: Id, id_or_username: str, body: schemas.ServiceAccountUpdate
) -> Response:
    """Change a service account. ``is_active`` enables or disables it. Inferred; PATCH and PUT do the same."""
    with call.writing() as (session, rights):
        account = service_accounts.get(session, rights, organization_id, id_or_username, "update")
        if body.username is not None and body.username != account.username:
            service_accounts.require_free(session, organization_id, body.username)
        for name, value in body.model_dump(exclude_none=True).items():
            setattr(account, name, value)
    return _show(call, organization_id, account.id)


@routes.delete(ONE, response_model=None)
def delete_service_account(call: KeyCall, organization_id: Id, id_or_username: str) -> Response:
    """Delete a service account with its keys and roles. The route is inferred."""
    with call.writing() as (session, rights):
        session.delete(service_accounts.get(session, rights, organization_id, id_or_username, "delete"))
    return reply(None)
