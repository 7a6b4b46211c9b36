"""Organizations (API facts 3.3)."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.database.access_tables import Assignment, Role
from zenpro_nb.sandbox.database.tables import Organization, User, Workspace
from zenpro_nb.sandbox.errors import AlreadyThereError, ForbiddenError, OrganizationLimitError
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, PageDep, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.permissions import predefined, queries
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import control_plane as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("organizations")


@routes.get("/organizations", response_model=list[schemas.Organization])
def list_organizations(
    call: PersonCall,
    page: PageDep,
    name: str | None = None,
    owner_id: Id | None = None,
    owner_username: str | None = None,
) -> Response:
    """List the organizations of the caller; superusers see all."""
    with call.reading() as (serializer, rights):
        query = select(Organization).order_by(Organization.seq)
        if name is not None:
            query = query.where(Organization.name == name)
        if owner_id is not None:
            query = query.where(Organization.owner_id == owner_id)
        if owner_username is not None:
            query = query.join(User, User.id == Organization.owner_id).where(User.username == owner_username)
        if not call.caller.is_superuser:
            query = query.where(Organization.id.in_(rights.organization_ids))
        return reply(
            serializer.organizations(serializer.session.scalars(query.offset(page.offset).limit(page.limit)).all())
        )


@routes.post("/organizations", response_model=schemas.Organization)
def create_organization(call: PersonCall, body: schemas.OrganizationCreate) -> Response:
    """Create an organization. Its owner becomes its first admin."""
    with call.writing() as (session, rights):
        if call.caller.is_service_account:
            raise ForbiddenError("Service accounts cannot create organizations.")
        owner_id = body.owner_id or call.caller.id
        if owner_id != call.caller.id or body.trusted_domains:
            rights.require_superuser()
        queries.by_id(session, User, owner_id)
        owned = session.scalar(select(Organization.seq).where(Organization.owner_id == owner_id))
        if owned is not None and not call.caller.is_superuser:
            raise OrganizationLimitError("You already own an organization.")
        _require_free(session, body.name)
        now = call.now()
        organization = Organization(
            id=body.id or queries.new_id(), name=body.name, description=body.description, logo_url=body.logo_url,
            created=now, updated=now, owner_id=owner_id, plan=plans.FREE, trial_ends=None,
            trusted_domains=body.trusted_domains or [], usage={},
        )  # fmt: skip
        session.add(organization)
        session.flush()
        roles = {role.name: role for role in predefined_roles(organization.id)}
        session.add_all(roles.values())
        session.flush()
        session.add(Assignment(role_id=roles[predefined.ADMIN_ROLE].id, user_id=owner_id))
    return _show(call, organization.id)


def predefined_roles(organization_id: str) -> list[Role]:
    """Return new copies of the predefined roles, because an assignment needs a role of the same organization."""
    return [
        Role(
            id=queries.new_id(), organization_id=organization_id, name=role.name, description=role.description,
            level=role.level, system_managed=True, type="normal", permissions=predefined.as_stored(role.permissions),
        )
        for role in predefined.PREDEFINED
    ]  # fmt: skip


def _require_free(session: Session, name: str) -> None:
    if session.scalar(select(Organization.seq).where(Organization.name == name)) is not None:
        raise AlreadyThereError(f"An organization with the name '{name}' already exists.")


def _show(call: AuthenticatedCall, organization_id: str) -> Response:
    with call.reading() as (serializer, _):
        return reply(serializer.organizations([queries.by_id(serializer.session, Organization, organization_id)])[0])


@routes.get("/organizations/{organization_id_or_name}", response_model=schemas.Organization)
def get_organization(call: PersonCall, organization_id_or_name: str) -> Response:
    """Return an organization by id or name."""
    with call.reading() as (serializer, rights):
        return reply(serializer.organizations([rights.organization(organization_id_or_name)])[0])


@routes.patch("/organizations/{organization_id}", response_model=schemas.Organization)
def update_organization(call: PersonCall, organization_id: Id, body: schemas.OrganizationUpdate) -> Response:
    """Change the given fields of an organization."""
    with call.writing() as (session, rights):
        organization = rights.organization(organization_id)
        rights.require("update", "organization", organization_id)
        if body.trusted_domains is not None:
            rights.require_superuser()
        if body.name is not None and body.name != organization.name:
            _require_free(session, body.name)
        if body.owner_id is not None:
            queries.by_id(session, User, body.owner_id)
        for name, value in body.model_dump(exclude_none=True).items():
            setattr(organization, name, value)
        organization.updated = call.now()
    return _show(call, organization_id)


@routes.delete("/organizations/{organization_id}", response_model=None)
def delete_organization(call: PersonCall, organization_id: Id) -> Response:
    """Delete an organization without workspaces."""
    with call.writing() as (session, rights):
        organization = rights.organization(organization_id)
        rights.require("delete", "organization", organization_id)
        alive = select(Workspace.seq).where(
            Workspace.organization_id == organization_id, Workspace.target_state != "deleted"
        )
        if session.scalar(alive) is not None:
            # Inferred: the real behavior is not published, and refusing is the safe choice.
            raise ForbiddenError("The organization still has workspaces. Delete them first.")
        session.delete(organization)
    return reply(None)
